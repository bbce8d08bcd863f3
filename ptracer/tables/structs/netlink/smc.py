"""Sockets of shared memory communications in NETLINK_SOCK_DIAG: linux/smc_diag.h."""

from __future__ import annotations

from ptracer.decode.structs import Struct
from ptracer.decode.types import Array, Byte, Hex64, HexByte, InlineString, UInt, UInt64, UShort
from ptracer.tables.structs.netlink.attributes import Attributes
from ptracer.tables.structs.netlink.internet_diag import inet_diag_sockid
from ptracer.tables.words import netlink as words


class smc_diag_req(Struct):
    diag_family: words.FamilyByte
    _pad: UShort
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


class smc_diag_conninfo(Struct):
    token: UInt
    sndbuf_size: UInt
    rmbe_size: UInt
    peer_rmbe_size: UInt
    rx_prod: smc_diag_cursor
    rx_cons: smc_diag_cursor
    tx_prod: smc_diag_cursor
    tx_cons: smc_diag_cursor
    rx_prod_flags: HexByte
    rx_conn_state_flags: HexByte
    tx_prod_flags: HexByte
    tx_conn_state_flags: HexByte
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


class smcd_diag_dmbinfo(Struct):
    linkid: UInt
    peer_gid: Hex64
    my_gid: Hex64
    token: Hex64
    peer_token: Hex64
    peer_gid_ext: Hex64
    my_gid_ext: Hex64


class smc_diag_fallback(Struct):
    reason: words.SmcDecline
    peer_diagnosis: words.SmcDecline


class SmcDiag(Attributes):
    names = words.Smc
    SMC_DIAG_CONNINFO: smc_diag_conninfo
    SMC_DIAG_LGRINFO: smc_diag_lgrinfo
    SMC_DIAG_SHUTDOWN: words.Shutdowns
    SMC_DIAG_DMBINFO: smcd_diag_dmbinfo
    SMC_DIAG_FALLBACK: smc_diag_fallback
