"""Sockets of shared memory communications in NETLINK_SOCK_DIAG: linux/smc_diag.h."""

from __future__ import annotations

from ptracer.decode.expressions import this
from ptracer.decode.structs import Struct
from ptracer.decode.types import Array, Byte, Hex64, InlineString, Integer, UInt, UInt64, UShort
from ptracer.decode.values import Hex, Symbol, Value
from ptracer.tables.structs.netlink.attributes import Attributes, Growing, Octets
from ptracer.tables.structs.netlink.internet_diag import inet_diag_sockid
from ptracer.tables.words import netlink as words


class smc_diag_req(Struct):
    diag_family: words.FamilyByte
    _pad: Octets[2]
    diag_ext: words.SmcExtensions
    id: inet_diag_sockid


class smc_diag_msg(Struct):
    diag_family: words.FamilyByte
    diag_state: words.SmcState
    diag_fallback: words.SmcMode
    diag_shutdown: Byte
    id: inet_diag_sockid
    diag_uid: UInt
    diag_inode: UInt64


class smc_diag_cursor(Struct):
    reserved: UShort
    wrap: UShort
    count: UInt


def two_digits(number: int) -> Value:
    """In base sixteen, where zero has two digits."""
    return Hex(number) if number else Symbol(0, "00", "00")


Bits = Integer(1, shape=two_digits)


class smc_diag_conninfo(Struct):
    token: UInt
    sndbuf_size: UInt
    rmbe_size: UInt
    peer_rmbe_size: UInt
    rx_prod: smc_diag_cursor
    rx_cons: smc_diag_cursor
    tx_prod: smc_diag_cursor
    tx_cons: smc_diag_cursor
    rx_prod_flags: Bits
    rx_conn_state_flags: Bits
    tx_prod_flags: Bits
    tx_conn_state_flags: Bits
    tx_prep: smc_diag_cursor
    tx_sent: smc_diag_cursor
    tx_fin: smc_diag_cursor


class smc_diag_linkinfo(Struct):
    link_id: Byte
    ibname: InlineString[64]  # IB_DEVICE_NAME_MAX
    ibport: Byte
    gid: InlineString[40]
    peer_gid: InlineString[40]


class smc_diag_lgrinfo(Struct):
    lnk: Array[smc_diag_linkinfo, 1]
    role: words.SmcRole


SHORTEST = 40  # bytes of the next structure before it got longer identifiers


class smcd_diag_dmbinfo(Struct):
    linkid: UInt
    peer_gid: Hex64
    my_gid: Hex64
    token: Hex64
    peer_token: Hex64
    peer_gid_ext: Hex64 = this.length > SHORTEST
    my_gid_ext: Hex64 = this.length > SHORTEST


class smc_diag_fallback(Struct):
    reason: words.SmcDecline
    peer_diagnosis: words.SmcDecline


class SmcDiag(Attributes):
    names = words.Smc
    SMC_DIAG_CONNINFO: smc_diag_conninfo
    SMC_DIAG_LGRINFO: smc_diag_lgrinfo
    SMC_DIAG_SHUTDOWN: words.ShutdownNames
    SMC_DIAG_DMBINFO: Growing(smcd_diag_dmbinfo, *range(SHORTEST, 56))
    SMC_DIAG_FALLBACK: smc_diag_fallback
