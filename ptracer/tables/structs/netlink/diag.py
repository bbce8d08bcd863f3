"""NETLINK_SOCK_DIAG: sock_diag(7). A request and what answers it differ; the flag of requests tells them apart."""

from __future__ import annotations

from collections.abc import Mapping

from ptracer.decode.extents import Decode, compile
from ptracer.decode.structs import Struct
from ptracer.decode.types import Array, Byte, Hex64, HexByte, Layout, UInt, UShort, as_type
from ptracer.decode.values import Address, Fields, HexText, Symbol, Value
from ptracer.hints import Any
from ptracer.tables.structs.bpf import ClassicInstruction, received
from ptracer.tables.structs.internet import InterfaceIndex
from ptracer.tables.structs.netlink.attributes import (
    Attributes,
    Characters,
    Each,
    First,
    Indexed,
    Octets,
    Payload,
    Within,
    aligned,
    attribute_list,
    message_of,
    unknown,
)
from ptracer.tables.structs.netlink.internet_diag import (
    InternetDiag,
    InternetRequest,
    inet_diag_msg,
    inet_diag_req,
    inet_diag_req_v2,
)
from ptracer.tables.structs.netlink.message import Family
from ptracer.tables.structs.netlink.smc import SmcDiag, smc_diag_msg, smc_diag_req
from ptracer.tables.words import netlink as words
from ptracer.tables.words.files import Device

AF_UNIX, AF_INET, AF_INET6, AF_NETLINK, AF_PACKET, AF_SMC = 1, 2, 10, 16, 17, 43
Family8 = words.FamilyByte


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
    order = ("udiag_vfs_dev", "udiag_vfs_ino")
    udiag_vfs_ino: UInt
    udiag_vfs_dev: Device


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


class packet_diag_mclist(Struct):
    pdmc_index: InterfaceIndex
    pdmc_count: UInt
    pdmc_type: UShort
    pdmc_alen: UShort
    _addr: Octets[32]

    @classmethod
    def shown(cls, pairs: list[tuple[str, Value]], scope: Any) -> list[tuple[str, Value]]:
        numbers = scope.numbers
        return [*pairs, ("pdmc_addr", HexText(numbers.data[numbers.offset + 12 :][: min(numbers["pdmc_alen"], 32)]))]


class Program(Payload):
    """Instructions of a classic filter; abbreviated, where they lie."""

    def decoder(self, layout: Layout) -> Decode:
        instructions, other = Each(ClassicInstruction(received)).decoder(layout), unknown(layout)
        if not layout.abbreviate:
            return instructions
        return lambda scope, data: Address(message_of(scope).address) if len(data) >= 8 else other(scope, data)


class PacketDiag(Attributes):
    names = words.PacketDiag
    PACKET_DIAG_INFO: packet_diag_info
    PACKET_DIAG_MCLIST: Each(packet_diag_mclist)
    PACKET_DIAG_RX_RING: packet_diag_ring
    PACKET_DIAG_TX_RING: packet_diag_ring
    PACKET_DIAG_FANOUT: UInt
    PACKET_DIAG_UID: UInt
    PACKET_DIAG_MEMINFO: Indexed(UInt, words.SocketMemory)
    PACKET_DIAG_FILTER: Program()


Shape = tuple[type[Struct], type[Attributes] | None]

REQUESTS: Mapping[int, Shape] = {
    AF_UNIX: (unix_diag_req, None),
    AF_INET: (inet_diag_req_v2, InternetRequest),
    AF_INET6: (inet_diag_req_v2, InternetRequest),
    AF_NETLINK: (netlink_diag_req, None),
    AF_PACKET: (packet_diag_req, None),
    AF_SMC: (smc_diag_req, None),
}
ANSWERS: Mapping[int, Shape] = {
    AF_UNIX: (unix_diag_msg, UnixDiag),
    AF_INET: (inet_diag_msg, InternetDiag),
    AF_INET6: (inet_diag_msg, InternetDiag),
    AF_NETLINK: (netlink_diag_msg, NetlinkDiag),
    AF_PACKET: (packet_diag_msg, PacketDiag),
    AF_SMC: (smc_diag_msg, SmcDiag),
}
OLD: Shape = (inet_diag_req, InternetRequest)
OLD_TYPES = (18, 19)  # TCPDIAG_GETSOCK, DCCPDIAG_GETSOCK
NLM_F_REQUEST = 1


class DiagFamily(Family):
    """Questions about sockets, and their answers."""

    types = words.DiagType

    def flags(self, kind: int) -> str | None:
        return "get"

    def payload(self, scope: Within, kind: int, data: bytes, flags: int) -> list[Value]:
        family = Family8.spell(data[0])
        request = flags & NLM_F_REQUEST
        shape = (REQUESTS if request else ANSWERS).get(data[0])
        if request and kind in OLD_TYPES and data[0] in (AF_INET, AF_INET6):
            shape = OLD
        if shape is None or len(data) == 1:
            limit = self.layout.string_limit
            rest = [("data", HexText(data[1 : limit + 1], len(data) > limit + 1))] if len(data) > 1 else []
            return [Fields([("family", family), *rest])]
        structure, table = shape
        size = as_type(structure).size(self.layout.abi)
        if len(data) < size:
            return [Fields([(as_type(structure).fields[0].name, family), ("", Symbol(0, "...", "..."))])]
        inside = Within(scope, data, data[0], scope.address + aligned(size))
        value = compile(structure, self.layout)(inside, data)
        rest = data[aligned(size) :]
        if not rest or table is None:
            return [value]
        return [value, attribute_list(self.layout, table)(inside, rest)]

