"""Files and file systems. Source: ioctl_fs(2), ioctl_ficlonerange(2), ioctl_fideduperange(2), linux/fiemap.h."""

from __future__ import annotations

from ptracer.decode.expressions import this
from ptracer.decode.structs import Struct
from ptracer.decode.types import Array, Byte, Fd, Hex64, HexInt, Int, UInt, UInt64, UShort
from ptracer.tables.structs.ioctl.exchange import Room, Tailed
from ptracer.tables.words.devices import (
    ExtendedFlags,
    ExtentFlags,
    ExtentRequestFlags,
    IntegrityCapabilities,
    IntegrityChecksum,
)


class fsuuid2(Struct):
    len: Byte
    uuid: Room(this.len, 16, hexadecimal=True)


class fs_sysfs_path(Struct):
    len: Byte
    name: Room(this.len, 128, text=True)


class logical_block_metadata_cap(Struct):
    lbmd_flags: IntegrityCapabilities
    lbmd_interval: UShort
    lbmd_size: Byte
    lbmd_opaque_size: Byte
    lbmd_opaque_offset: Byte
    lbmd_pi_size: Byte
    lbmd_pi_offset: Byte
    lbmd_guard_tag_type: IntegrityChecksum
    lbmd_app_tag_size: Byte
    lbmd_ref_tag_size: Byte
    lbmd_storage_tag_size: Byte
    _pad: Byte


class fsxattr(Struct):
    fsx_xflags: ExtendedFlags
    fsx_extsize: UInt
    fsx_nextents: UInt
    fsx_projid: HexInt
    fsx_cowextsize: UInt
    _pad: Array[Byte, 8]


class changed_fsxattr(fsxattr):
    """What FS_IOC_FSSETXATTR changes."""

    order = ("fsx_xflags", "fsx_extsize", "fsx_projid", "fsx_cowextsize")


class fstrim_range(Struct):
    start: Hex64
    len: UInt64
    minlen: UInt64


class file_clone_range(Struct):
    src_fd: Fd
    _upper: Int
    src_offset: UInt64
    src_length: UInt64
    dest_offset: UInt64


class file_dedupe_range_info(Struct):
    dest_fd: Fd
    _upper: Int
    dest_offset: UInt64
    _answer: Array[UInt64, 2]


class deduped(Struct):
    """What became of one of the files."""

    _asked: Array[UInt64, 2]
    bytes_deduped: UInt64
    status: Int
    _reserved: UInt


class file_dedupe_range(Struct):
    src_offset: UInt64
    src_length: UInt64
    dest_count: UShort
    _reserved: Array[UShort, 3]


class dedupe_answer(Struct):
    """The same when the call has returned."""

    _asked: Array[UInt64, 2]
    _dest_count: UShort
    _reserved: Array[UShort, 3]


class fiemap_extent(Struct):
    fe_logical: UInt64
    fe_physical: UInt64
    fe_length: UInt64
    _reserved64: Array[UInt64, 2]
    fe_flags: ExtentFlags
    _reserved: Array[UInt, 3]


class fiemap(Struct):
    fm_start: UInt64
    fm_length: UInt64
    fm_flags: ExtentRequestFlags
    _fm_mapped_extents: UInt
    fm_extent_count: UInt
    _reserved: UInt


class fiemap_answer(Struct):
    """The same when the call has returned."""

    _asked: Array[UInt64, 2]
    fm_flags: ExtentRequestFlags
    fm_mapped_extents: UInt
    _fm_extent_count: UInt
    _reserved: UInt


Dedupe = Tailed(file_dedupe_range, "info", file_dedupe_range_info, "dest_count", most=2)
Deduped = Tailed(dedupe_answer, "info", deduped, "_dest_count", most=2)
MappedExtents = Tailed(fiemap_answer, "fm_extents", fiemap_extent, "fm_mapped_extents", brief=True)
