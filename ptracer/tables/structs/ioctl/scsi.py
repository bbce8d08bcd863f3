"""SCSI devices. Source: sg(4), scsi/sg.h, linux/bsg.h."""

from __future__ import annotations

from ptracer.decode.structs import Struct
from ptracer.decode.types import Char, HexInt, Int, Pointer, Short, UInt


class sg_scsi_id(Struct):
    host_no: Int
    channel: Int
    scsi_id: HexInt
    lun: Int
    scsi_type: HexInt
    h_cmd_per_lun: Short
    d_queue_depth: Short
    _unused1: Int
    _unused2: Int


class sg_req_info(Struct):
    req_state: Char
    orphan: Char
    sg_io_owned: Char
    problem: Char
    pack_id: Int
    usr_ptr: Pointer
    duration: UInt
    _unused: Int
