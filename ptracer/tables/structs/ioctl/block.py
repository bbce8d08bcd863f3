"""Block devices, loop devices and IDE discs. Source: linux/fs.h, linux/blkpg.h, loop(4), linux/hdreg.h."""

from __future__ import annotations

from collections.abc import Mapping

from ptracer.decode.detail import DATA
from ptracer.decode.expressions import this
from ptracer.decode.structs import Struct, StructScope, StructType
from ptracer.decode.types import (
    Array,
    Byte,
    Bytes,
    Fd,
    Fetcher,
    Hex64,
    HexByte,
    HexInt,
    HexLong,
    Int,
    Int64,
    Integer,
    Layout,
    Ptr,
    UInt,
    UInt64,
    ULong,
    UShort,
)
from ptracer.decode.values import Address, Fields, Value
from ptracer.errors import Fault
from ptracer.hints import Any
from ptracer.plans import BYTES, CONSTANT, Step
from ptracer.tables.structs.ioctl.exchange import Name, Room, answered, bytes_at
from ptracer.tables.words.devices import AtaCommand, LoopCipher, LoopFlags, PartitionOperation
from ptracer.tables.words.files import WideDevice, device

Pairs = list[tuple[str, Value]]
SECTOR = 512
OldDevice = Integer(0, shape=device)


class blkpg_partition(Struct):
    start: Int64
    length: Int64
    pno: Int
    devname: Name[64]
    volname: Name[64]


class blkpg_ioctl_arg(Struct):
    op: PartitionOperation
    flags: Int
    datalen: Int
    data: Ptr[blkpg_partition]


class blk_user_trace_setup(Struct):
    order = ("act_mask", "buf_size", "buf_nr", "start_lba", "end_lba", "pid", "name")
    name: Name[32] = answered
    act_mask: UShort
    buf_size: UInt
    buf_nr: UInt
    start_lba: UInt64
    end_lba: UInt64
    pid: UInt


Range = Array[UInt64, 2]


class loop_info(Struct):
    contents = DATA
    brief = {
        "lo_number": None,
        "lo_offset": None,
        "lo_encrypt_type": this.lo_encrypt_type,
        "lo_encrypt_key_size": this.lo_encrypt_type,
        "lo_flags": None,
        "lo_name": None,
        "lo_encrypt_key": this.lo_encrypt_type,
    }
    lo_number: Int
    lo_device: OldDevice
    lo_inode: ULong
    lo_rdevice: OldDevice
    lo_offset: HexInt
    lo_encrypt_type: LoopCipher
    lo_encrypt_key_size: UInt
    lo_flags: LoopFlags
    lo_name: Name[64]
    lo_encrypt_key: Room(this.lo_encrypt_key_size, 32)
    lo_init: Array[HexLong, 2]
    reserved: Array[HexByte, 4]


class loop_info64(Struct):
    contents = DATA
    brief = {
        "lo_offset": None,
        "lo_number": None,
        "lo_encrypt_type": this.lo_encrypt_type,
        "lo_encrypt_key_size": this.lo_encrypt_type,
        "lo_flags": None,
        "lo_file_name": None,
        "lo_crypt_name": this.lo_encrypt_type,
        "lo_encrypt_key": this.lo_encrypt_type,
    }
    lo_device: WideDevice
    lo_inode: UInt64
    lo_rdevice: WideDevice
    lo_offset: Hex64
    lo_sizelimit: UInt64
    lo_number: UInt
    lo_encrypt_type: LoopCipher
    lo_encrypt_key_size: UInt
    lo_flags: LoopFlags
    lo_file_name: Name[64]
    lo_crypt_name: Name[64]
    lo_encrypt_key: Room(this.lo_encrypt_key_size, 32)
    lo_init: Array[Hex64, 2]


class loop_config(Struct):
    contents = DATA
    fd: Fd
    block_size: UInt
    info: loop_info64
    reserved: Array[Hex64, 8]

    @classmethod
    def shown(cls, pairs: Pairs, scope: StructScope) -> Pairs:
        *known, (_, reserved) = pairs
        return [*known, ("__reserved", reserved)] if any(reserved.items) else known


class hd_geometry(Struct):
    heads: Byte
    sectors: Byte
    cylinders: UShort
    start: ULong


class drive_command(Struct):
    """The first four bytes of what HDIO_DRIVE_CMD is given."""

    command: AtaCommand
    sector_number: Byte
    feature: Byte
    sector_count: Byte


class drive_answer(Struct):
    """The same when the drive has answered."""

    status: HexByte
    error: Byte
    nsector: Byte
    _sector_count: Byte


Addresses = Array[HexInt, 3]


Identity, ObsoleteIdentity = Bytes[512], Bytes[142]


class DriveData(StructType):
    """What the drive has answered, and the sectors that it has read."""

    def __init__(self) -> None:
        super().__init__(drive_answer)

    def fetcher(self, layout: Layout) -> Fetcher:
        load, limit = self.loader(layout), layout.string_limit

        def fetch(scope: Any, address: int) -> Value:
            data = scope.read(address, 4)
            value = load(scope, data, 0)
            size = data[3] * SECTOR
            if size:
                try:
                    sectors = bytes_at(scope, address + 4, size, limit)
                except Fault:
                    sectors = Address(address + 4)
                return Fields([*value.pairs, ("buf", sectors)])
            return value

        return fetch

    def steps(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        return [Step(BYTES, argument, CONSTANT, 4 + min(layout.string_limit, 255 * SECTOR))]


DriveAnswer = DriveData()
