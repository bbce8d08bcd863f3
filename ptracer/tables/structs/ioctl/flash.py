"""Flash memory. Source: mtd/mtd-abi.h, mtd/ubi-user.h."""

from __future__ import annotations

from ptracer.decode.expressions import this
from ptracer.decode.structs import Struct
from ptracer.decode.types import Array, Byte, Char, Hex64, HexInt, Int, Int64, Pointer, Short, UInt
from ptracer.tables.structs.ioctl.exchange import Address64, Room, Used, answered
from ptracer.tables.words.devices import (
    EraseBlockType,
    FlashCorrectionMode,
    FlashFlags,
    FlashOperationMode,
    FlashType,
    VolumeFlags,
    VolumeProperty,
    VolumeType,
)

MOST_RENAMED = 32  # UBI_MAX_RNVOL


class mtd_info_user(Struct):
    type: FlashType
    flags: FlashFlags
    size: HexInt
    erasesize: HexInt
    writesize: HexInt
    oobsize: HexInt
    padding: Hex64


class erase_info_user(Struct):
    start: HexInt
    length: HexInt


class erase_info_user64(Struct):
    start: Hex64
    length: Hex64


class mtd_oob_buf(Struct):
    start: HexInt
    length: HexInt
    ptr: Pointer


class mtd_oob_buf64(Struct):
    start: Hex64
    _pad: UInt
    length: HexInt
    usr_ptr: Address64


class otp_info(Struct):
    start: HexInt
    length: HexInt
    locked: UInt


class mtd_write_req(Struct):
    start: Hex64
    len: Hex64
    ooblen: Hex64
    usr_data: Address64
    usr_oob: Address64
    mode: FlashOperationMode
    _padding: Array[Byte, 7]


class region_info_user(Struct):
    order = ("regionindex", "offset", "erasesize", "numblocks")
    offset: HexInt = answered
    erasesize: HexInt = answered
    numblocks: HexInt = answered
    regionindex: HexInt


class nand_oobinfo(Struct):
    order = ("useecc", "eccbytes", "oobfree", "eccpos")
    useecc: FlashCorrectionMode
    eccbytes: HexInt
    oobfree: Array[Array[HexInt, 2], 8]
    eccpos: Array[HexInt, 32]


class nand_oobfree(Struct):
    offset: HexInt
    length: HexInt


class nand_ecclayout_user(Struct):
    eccbytes: HexInt
    eccpos: Array[HexInt, 64]
    oobavail: HexInt
    oobfree: Array[nand_oobfree, 8]


class mtd_ecc_stats(Struct):
    corrected: HexInt
    failed: HexInt
    badblocks: HexInt
    bbtblocks: HexInt


class ubi_attach_req(Struct):
    ubi_num: Int
    mtd_num: Int
    vid_hdr_offset: Int
    max_beb_per1024: Short
    disable_fm: Char
    need_resv_pool: Char
    _padding: Array[Byte, 8]


class ubi_mkvol_req(Struct):
    vol_id: Int
    alignment: Int
    bytes: Int64
    vol_type: VolumeType
    flags: VolumeFlags
    name_len: Short
    _padding: Array[Byte, 4]
    name: Room(this.name_len, 128, text=True)


class ubi_rsvol_req(Struct):
    bytes: Int64
    vol_id: Int


class ubi_rnvol_entry(Struct):
    vol_id: Int
    name_len: Short
    _padding: Array[Byte, 2]
    name: Room(this.name_len, 128, text=True)


class ubi_rnvol_req(Struct):
    """What volumes are to be called."""

    count: Int
    _padding: Array[Byte, 12]
    ents: Used(ubi_rnvol_entry, this.count, MOST_RENAMED)


class ubi_leb_change_req(Struct):
    lnum: Int
    bytes: Int
    dtype: EraseBlockType
    _padding: Array[Byte, 7]


class ubi_map_req(Struct):
    lnum: Int
    dtype: EraseBlockType
    _padding: Array[Byte, 3]


class ubi_set_vol_prop_req(Struct):
    property: VolumeProperty
    _padding: Array[Byte, 7]
    value: Hex64
