"""NETLINK_SOCK_DIAG: sock_diag(7). A request and what answers it differ; the flag of requests tells them apart."""

from __future__ import annotations

from collections.abc import Mapping

from ptracer.decode.expressions import this
from ptracer.decode.extents import compile
from ptracer.decode.structs import Struct
from ptracer.decode.types import Array, Byte, Hex64, HexByte, HexInt, Layout, UInt, UInt64, UShort, as_type
from ptracer.decode.values import Applied, Fields, Hex, HexText, Symbol, Value
from ptracer.decode.words import Choice
from ptracer.hints import Any
from ptracer.tables.structs.internet import InterfaceIndex, Internet6Address, InternetAddress, Port
from ptracer.tables.structs.netlink.attributes import (
    After,
    Attributes,
    Characters,
    Decode,
    Each,
    First,
    Indexed,
    Payload,
    Whole,
    Within,
    aligned,
    attribute_list,
    unknown,
)
from ptracer.tables.structs.netlink.message import Family
from ptracer.tables.structs.sockopt import StoredAddress
from ptracer.tables.words import netlink as words

AF_UNIX, AF_INET, AF_INET6, AF_NETLINK, AF_PACKET = 1, 2, 10, 16, 17
Family8 = words.FamilyByte


class inet_diag_sockid(Struct):
    idiag_sport: Port
    idiag_dport: Port
    idiag_src: InternetAddress()
    _src: Array[UInt, 3]
    idiag_dst: InternetAddress()
    _dst: Array[UInt, 3]
    idiag_if: InterfaceIndex
    idiag_cookie: Array[UInt, 2]


class inet6_diag_sockid(Struct):
    """The same with longer addresses."""

    idiag_sport: Port
    idiag_dport: Port
    idiag_src: Internet6Address("idiag_src")
    idiag_dst: Internet6Address("idiag_dst")
    idiag_if: InterfaceIndex
    idiag_cookie: Array[UInt, 2]

    @classmethod
    def shown(cls, pairs: list[tuple[str, Value]], scope: Any) -> list[tuple[str, Value]]:
        return [("" if name in ("idiag_src", "idiag_dst") else name, value) for name, value in pairs]


class inet_diag_req_v2(Struct):
    sdiag_family: Family8
    sdiag_protocol: words.InternetProtocolByte
    idiag_ext: words.InternetExtensions
    _pad: Byte
    idiag_states: words.TcpStates
    id: Choice(this.sdiag_family, {AF_INET6: inet6_diag_sockid}, inet_diag_sockid)


class inet_diag_req(Struct):
    idiag_family: Family8
    idiag_src_len: Byte
    idiag_dst_len: Byte
    idiag_ext: words.InternetExtensions
    id: Choice(this.idiag_family, {AF_INET6: inet6_diag_sockid}, inet_diag_sockid)
    idiag_states: words.TcpStates
    idiag_dbs: UInt


class inet_diag_msg(Struct):
    idiag_family: Family8
    idiag_state: words.TcpState
    idiag_timer: Byte
    idiag_retrans: Byte
    id: Choice(this.idiag_family, {AF_INET6: inet6_diag_sockid}, inet_diag_sockid)
    idiag_expires: UInt
    idiag_rqueue: UInt
    idiag_wqueue: UInt
    idiag_uid: UInt
    idiag_inode: UInt


class inet_diag_bc_op(Struct):
    code: words.InternetBytecode
    yes: Byte
    no: UShort


class inet_diag_meminfo(Struct):
    idiag_rmem: UInt
    idiag_wmem: UInt
    idiag_fmem: UInt
    idiag_tmem: UInt


class tcpvegas_info(Struct):
    tcpv_enabled: UInt
    tcpv_rttcnt: UInt
    tcpv_rtt: UInt
    tcpv_minrtt: UInt


class tcp_dctcp_info(Struct):
    dctcp_enabled: UShort
    dctcp_ce_state: UShort
    dctcp_alpha: UInt
    dctcp_ab_ecn: UInt
    dctcp_ab_tot: UInt


class tcp_bbr_info(Struct):
    bbr_bw_lo: HexInt
    bbr_bw_hi: HexInt
    bbr_min_rtt: UInt
    bbr_pacing_gain: UInt
    bbr_cwnd_gain: UInt


SOCKET_OPTIONS = (
    "recverr is_icsk freebind hdrincl mc_loop transparent mc_all nodefrag bind_address_no_port recverr_rfc4884 defer_connect"
).split()


class SocketOptions(Payload):
    """``struct inet_diag_sockopt``: bits, of which those that are set are shown."""

    def decoder(self, layout: Layout) -> Decode:
        other = unknown(layout)

        def decode(scope: Any, data: bytes) -> Value:
            if len(data) < 2:
                return other(scope, data)
            number = int.from_bytes(data[:2], "little")
            pairs: list[tuple[str, Value]] = [(name, 1) for bit, name in enumerate(SOCKET_OPTIONS) if number >> bit & 1]
            rest = number >> len(SOCKET_OPTIONS)
            if rest:
                first = len(SOCKET_OPTIONS) % 8
                pairs.append(("unused", Symbol(rest, f"{rest:#x} /* bits {first}..8 */")))
            return Fields(pairs)

        return decode


class InternetRequest(Attributes):
    names = words.InternetRequest
    INET_DIAG_REQ_BYTECODE: After(inet_diag_bc_op)
    INET_DIAG_REQ_PROTOCOL: Whole(words.InternetProtocol)


class UpperLayer(Attributes):
    names = words.UpperLayer
    INET_ULP_INFO_NAME: Characters()


class InternetDiag(Attributes):
    names = words.InternetDiag
    INET_DIAG_MEMINFO: inet_diag_meminfo
    INET_DIAG_VEGASINFO: tcpvegas_info
    INET_DIAG_CONG: Characters()
    INET_DIAG_TOS: Byte
    INET_DIAG_TCLASS: Byte
    INET_DIAG_SKMEMINFO: Indexed(UInt, words.SocketMemory)
    INET_DIAG_SHUTDOWN: words.Shutdowns
    INET_DIAG_DCTCPINFO: tcp_dctcp_info
    INET_DIAG_PROTOCOL: Whole(words.InternetProtocol)
    INET_DIAG_SKV6ONLY: Byte
    INET_DIAG_LOCALS: Each(StoredAddress())
    INET_DIAG_PEERS: Each(StoredAddress())
    INET_DIAG_MARK: UInt
    INET_DIAG_BBRINFO: tcp_bbr_info
    INET_DIAG_CLASS_ID: UInt
    INET_DIAG_ULP_INFO: UpperLayer
    INET_DIAG_CGROUP_ID: UInt64
    INET_DIAG_SOCKOPT: SocketOptions()


class unix_diag_req(Struct):
    sdiag_family: Family8
    sdiag_protocol: Byte
    _pad: UShort
    udiag_states: words.TcpStates
    udiag_ino: UInt
    udiag_show: words.UnixShow
    udiag_cookie: Array[UInt, 2]


class unix_diag_msg(Struct):
    udiag_family: Family8
    udiag_type: words.SocketKindByte
    udiag_state: words.TcpState
    _pad: Byte
    udiag_ino: UInt
    udiag_cookie: Array[UInt, 2]


class unix_diag_rqlen(Struct):
    udiag_rqueue: UInt
    udiag_wqueue: UInt


class unix_diag_vfs(Struct):
    _ino: UInt
    _dev: UInt

    @classmethod
    def shown(cls, pairs: list[tuple[str, Value]], scope: Any) -> list[tuple[str, Value]]:
        device = scope.numbers["_dev"]
        numbers = [Hex(device >> 8 & 0xFFF), Hex(device & 0xFF | device >> 12 & 0xFFF00)]
        return [("udiag_vfs_dev", Applied("makedev", numbers)), ("udiag_vfs_ino", scope.numbers["_ino"])]


class UnixDiag(Attributes):
    names = words.UnixDiag
    UNIX_DIAG_NAME: Characters()
    UNIX_DIAG_VFS: unix_diag_vfs
    UNIX_DIAG_PEER: UInt
    UNIX_DIAG_ICONS: Each(UInt)
    UNIX_DIAG_RQLEN: unix_diag_rqlen
    UNIX_DIAG_MEMINFO: Indexed(UInt, words.SocketMemory)
    UNIX_DIAG_SHUTDOWN: Byte
    UNIX_DIAG_UID: UInt


class netlink_diag_req(Struct):
    sdiag_family: Family8
    sdiag_protocol: words.NetlinkProtocolByte
    _pad: UShort
    ndiag_ino: UInt
    ndiag_show: words.NetlinkShow
    ndiag_cookie: Array[UInt, 2]


class netlink_diag_msg(Struct):
    ndiag_family: Family8
    ndiag_type: words.SocketKindByte
    ndiag_protocol: words.NetlinkProtocolByte
    ndiag_state: words.NetlinkState
    ndiag_portid: UInt
    ndiag_dst_portid: UInt
    ndiag_dst_group: UInt
    ndiag_ino: UInt
    ndiag_cookie: Array[UInt, 2]


class netlink_diag_ring(Struct):
    ndr_block_size: UInt
    ndr_block_nr: UInt
    ndr_frame_size: UInt
    ndr_frame_nr: UInt


class NetlinkDiag(Attributes):
    names = words.NetlinkDiag
    NETLINK_DIAG_MEMINFO: Indexed(UInt, words.SocketMemory)
    NETLINK_DIAG_GROUPS: Each(Hex64)
    NETLINK_DIAG_RX_RING: netlink_diag_ring
    NETLINK_DIAG_TX_RING: netlink_diag_ring
    NETLINK_DIAG_FLAGS: First(words.NetlinkSocketFlags)


class packet_diag_req(Struct):
    sdiag_family: Family8
    sdiag_protocol: HexByte
    _pad: UShort
    pdiag_ino: UInt
    pdiag_show: words.PacketShow
    pdiag_cookie: Array[UInt, 2]


class packet_diag_msg(Struct):
    pdiag_family: Family8
    pdiag_type: words.SocketKindByte
    pdiag_num: words.EthernetProtocol
    pdiag_ino: UInt
    pdiag_cookie: Array[UInt, 2]


class packet_diag_info(Struct):
    pdi_index: InterfaceIndex
    pdi_version: words.PacketVersion
    pdi_reserve: UInt
    pdi_copy_thresh: UInt
    pdi_tstamp: UInt
    pdi_flags: words.PacketSocketFlags


class packet_diag_ring(Struct):
    pdr_block_size: UInt
    pdr_block_nr: UInt
    pdr_frame_size: UInt
    pdr_frame_nr: UInt
    pdr_retire_tmo: UInt
    pdr_sizeof_priv: UInt
    pdr_features: UInt


class PacketDiag(Attributes):
    names = words.PacketDiag
    PACKET_DIAG_INFO: packet_diag_info
    PACKET_DIAG_RX_RING: packet_diag_ring
    PACKET_DIAG_TX_RING: packet_diag_ring
    PACKET_DIAG_FANOUT: UInt
    PACKET_DIAG_UID: UInt
    PACKET_DIAG_MEMINFO: Indexed(UInt, words.SocketMemory)


Shape = tuple[type[Struct], type[Attributes] | None]

REQUESTS: Mapping[int, Shape] = {
    AF_UNIX: (unix_diag_req, None),
    AF_INET: (inet_diag_req_v2, InternetRequest),
    AF_INET6: (inet_diag_req_v2, InternetRequest),
    AF_NETLINK: (netlink_diag_req, None),
    AF_PACKET: (packet_diag_req, None),
}
ANSWERS: Mapping[int, Shape] = {
    AF_UNIX: (unix_diag_msg, UnixDiag),
    AF_INET: (inet_diag_msg, InternetDiag),
    AF_INET6: (inet_diag_msg, InternetDiag),
    AF_NETLINK: (netlink_diag_msg, NetlinkDiag),
    AF_PACKET: (packet_diag_msg, PacketDiag),
}
OLD: Shape = (inet_diag_req, InternetRequest)
OLD_TYPES = (18, 19)  # TCPDIAG_GETSOCK, DCCPDIAG_GETSOCK
NLM_F_REQUEST = 1


class DiagFamily(Family):
    """Questions about sockets, and their answers."""

    types = words.DiagType

    def flags(self, kind: int) -> str | None:
        return "get"

    def payload(self, scope: Any, kind: int, data: bytes, flags: int) -> list[Value]:
        family = Family8.spell(data[0])
        request = flags & NLM_F_REQUEST
        shape = OLD if request and kind in OLD_TYPES else (REQUESTS if request else ANSWERS).get(data[0])
        if shape is None or len(data) == 1:
            limit = self.layout.string_limit
            rest = [("data", HexText(data[1 : limit + 1], len(data) > limit + 1))] if len(data) > 1 else []
            return [Fields([("family", family), *rest])]
        structure, table = shape
        size = as_type(structure).size(self.layout.abi)
        if len(data) < size:
            return [Fields([(as_type(structure).fields[0].name, family), ("", Symbol(0, "...", "..."))])]
        inside = Within(scope, data, data[0])
        value = compile(structure, self.layout)(inside, data)
        rest = data[aligned(size) :]
        if not rest or table is None:
            return [value]
        return [value, attribute_list(self.layout, table)(inside, rest)]

