"""Internet sockets of NETLINK_SOCK_DIAG: sock_diag(7), linux/inet_diag.h."""

from __future__ import annotations

from ptracer.decode.expressions import this
from ptracer.decode.structs import Struct
from ptracer.decode.types import Array, Byte, HexInt, Layout, UInt, UInt64, UShort
from ptracer.decode.values import Annotated, Fields, Hex, HexText, Joined, Value
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
    HexNumber,
    Indexed,
    Octets,
    Payload,
    Whole,
    unknown,
)
from ptracer.tables.structs.sockopt import StoredAddress
from ptracer.tables.words import netlink as words

AF_INET, AF_INET6 = 2, 10
Family8 = words.FamilyByte


class inet_diag_sockid(Struct):
    idiag_sport: Port
    idiag_dport: Port
    idiag_src: InternetAddress(room=16)
    idiag_dst: InternetAddress(room=16)
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
    """``struct inet_diag_sockopt``: bits, of which those that are set are shown, or all where nothing is abbreviated."""

    def decoder(self, layout: Layout) -> Decode:
        other, every = unknown(layout), not layout.abbreviate
        remark = f"bits {len(SOCKET_OPTIONS) % 8}..8"

        def decode(scope: Any, data: bytes) -> Value:
            if len(data) < 2:
                return other(scope, data)
            number = int.from_bytes(data[:2], "little")
            bits = [(name, number >> bit & 1) for bit, name in enumerate(SOCKET_OPTIONS)]
            pairs: list[tuple[str, Value]] = [(name, bit) for name, bit in bits if bit or every]
            unused = number >> len(SOCKET_OPTIONS)
            if unused or every:
                pairs.append(("unused", Annotated(Hex(unused), remark)))
            if not any(data[2:]):
                return Fields(pairs)
            beyond = Annotated(other(scope, data[2:]), f"bytes 2..{len(data) - 1}", before=True)
            return Joined([Fields(pairs), beyond], ", ")

        return decode


class InternetRequest(Attributes):
    names = words.InternetRequest
    INET_DIAG_REQ_BYTECODE: After(inet_diag_bc_op)
    INET_DIAG_REQ_PROTOCOL: Whole(words.InternetProtocolLong)


class Tls(Attributes):
    names = words.Tls
    TLS_INFO_VERSION: First(words.TlsVersion)
    TLS_INFO_CIPHER: First(words.TlsCipher)
    TLS_INFO_TXCONF: First(words.TlsConfiguration)
    TLS_INFO_RXCONF: First(words.TlsConfiguration)


class Subflow(Attributes):
    names = words.Subflow
    MPTCP_SUBFLOW_ATTR_TOKEN_REM: HexInt
    MPTCP_SUBFLOW_ATTR_TOKEN_LOC: HexInt
    MPTCP_SUBFLOW_ATTR_RELWRITE_SEQ: UInt
    MPTCP_SUBFLOW_ATTR_MAP_SEQ: UInt64
    MPTCP_SUBFLOW_ATTR_MAP_SFSEQ: UInt
    MPTCP_SUBFLOW_ATTR_SSN_OFFSET: UInt
    MPTCP_SUBFLOW_ATTR_MAP_DATALEN: UShort
    MPTCP_SUBFLOW_ATTR_FLAGS: First(words.SubflowFlags)
    MPTCP_SUBFLOW_ATTR_ID_REM: Byte
    MPTCP_SUBFLOW_ATTR_ID_LOC: Byte


class UpperLayer(Attributes):
    names = words.UpperLayer
    INET_ULP_INFO_NAME: Characters()
    INET_ULP_INFO_TLS: Tls
    INET_ULP_INFO_MPTCP: Subflow


class tcp_diag_md5sig(Struct):
    tcpm_family: Family8
    tcpm_prefixlen: Byte
    tcpm_keylen: UShort
    tcpm_addr: Choice(
        this.tcpm_family, {AF_INET: InternetAddress(room=16), AF_INET6: Internet6Address("tcpm_addr")}, Octets[16]
    )
    _key: Octets[80]

    @classmethod
    def shown(cls, pairs: list[tuple[str, Value]], scope: Any) -> list[tuple[str, Value]]:
        *first, (name, address) = pairs
        key = HexText(scope.numbers.data[scope.numbers.offset + 20 :][: min(scope.numbers["tcpm_keylen"], 80)])
        filled = scope.numbers["tcpm_family"] == AF_INET6
        return [*first, ("" if filled else name, address), ("tcpm_key", key)]


class Storage(Attributes):
    names = words.Storage
    SK_DIAG_BPF_STORAGE_MAP_ID: UInt
    SK_DIAG_BPF_STORAGE_MAP_VALUE: HexNumber()


class Storages(Attributes):
    names = words.StorageAnswer
    SK_DIAG_BPF_STORAGE: Storage


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
    INET_DIAG_PROTOCOL: Whole(words.InternetProtocolLong)
    INET_DIAG_SKV6ONLY: Byte
    INET_DIAG_LOCALS: Each(StoredAddress())
    INET_DIAG_PEERS: Each(StoredAddress())
    INET_DIAG_MARK: UInt
    INET_DIAG_BBRINFO: tcp_bbr_info
    INET_DIAG_CLASS_ID: UInt
    INET_DIAG_MD5SIG: Each(tcp_diag_md5sig)
    INET_DIAG_ULP_INFO: UpperLayer
    INET_DIAG_SK_BPF_STORAGES: Storages
    INET_DIAG_CGROUP_ID: UInt64
    INET_DIAG_SOCKOPT: SocketOptions()
