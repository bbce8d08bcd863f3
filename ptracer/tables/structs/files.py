"""Structures of files. Source: stat(2), statx(2), statfs(2), fcntl(2), utimensat(2), openat2(2), cachestat(2)."""

from __future__ import annotations

from ptracer.decode.dates import Dated, Moment
from ptracer.decode.expressions import this
from ptracer.decode.structs import Struct, StructScope
from ptracer.decode.types import (
    Array,
    Fetcher,
    Hex64,
    HexInt,
    HexShort,
    Int,
    Int64,
    KernelLong,
    KernelULong,
    Layout,
    Loader,
    Pid,
    Type,
    UInt,
    UInt64,
    ULong,
    UShort,
)
from ptracer.decode.values import Hex, Meant, Symbol, Value
from ptracer.hints import Any
from ptracer.tables.words.files import (
    TYPE_BLOCK,
    TYPE_CHARACTER,
    TYPE_MASK,
    Device,
    FileMode,
    FilesystemFlags,
    FilesystemMagic,
    InodeFlags,
    LockType,
    LongMode,
    LongOpenFlags,
    OwnerType,
    ResolveFlags,
    ShortFileMode,
    ShortFilesystemFlags,
    ShortFilesystemMagic,
    ShortWhence,
    StatxAttributes,
    StatxMask,
    WideDevice,
)


class Whole(Array):
    """An array that is shown only when all of it can be read."""

    def fetcher(self, layout: Layout) -> Fetcher:
        return Type.fetcher(self, layout)


# --- status


def is_device(mode: Any) -> Any:
    """The condition that a mode is a device's."""
    # The types of the two, S_IFCHR and S_IFBLK, differ in one bit, which no other type has beside these.
    return mode & (TYPE_MASK ^ TYPE_CHARACTER ^ TYPE_BLOCK) == TYPE_CHARACTER


class AnyStat(Struct):
    """How every ``struct stat`` is shown: a device has a number, any other file a size."""

    brief = ("st_mode", "st_size", "st_rdev")
    order = (
        "st_dev", "st_ino", "st_mode", "st_nlink", "st_uid", "st_gid", "st_blksize", "st_blocks", "st_size", "st_rdev",
        "st_atime", "st_atime_nsec", "st_mtime", "st_mtime_nsec", "st_ctime", "st_ctime_nsec",
    )  # fmt: skip


class stat(AnyStat):
    """On x86_64, and on x32, which has the same."""

    st_dev: WideDevice
    st_ino: KernelULong
    st_nlink: KernelULong
    st_mode: FileMode
    st_uid: UInt
    st_gid: UInt
    _pad0: Int
    st_rdev: WideDevice = is_device(this.st_mode)
    st_size: KernelLong = is_device(this.st_mode) == 0
    st_blksize: KernelLong
    st_blocks: KernelLong
    st_atime: Moment(KernelLong, this.st_atime_nsec)
    st_atime_nsec: KernelULong
    st_mtime: Moment(KernelLong, this.st_mtime_nsec)
    st_mtime_nsec: KernelULong
    st_ctime: Moment(KernelLong, this.st_ctime_nsec)
    st_ctime_nsec: KernelULong
    _unused: Array[KernelLong, 3]


class stat32(AnyStat):
    """On i386, of calls that know no large files."""

    st_dev: Device
    st_ino: ULong
    st_mode: ShortFileMode
    st_nlink: UShort
    st_uid: UShort
    st_gid: UShort
    st_rdev: Device = is_device(this.st_mode)
    st_size: ULong = is_device(this.st_mode) == 0
    st_blksize: ULong
    st_blocks: ULong
    st_atime: Moment(Int, this.st_atime_nsec)
    st_atime_nsec: ULong
    st_mtime: Moment(Int, this.st_mtime_nsec)
    st_mtime_nsec: ULong
    st_ctime: Moment(Int, this.st_ctime_nsec)
    st_ctime_nsec: ULong
    _unused: Array[ULong, 2]


class stat64(AnyStat):
    """On i386, of the calls with 64 in their names."""

    st_dev: WideDevice
    _pad0: UInt
    _short_ino: ULong
    st_mode: FileMode
    st_nlink: UInt
    st_uid: UInt
    st_gid: UInt
    st_rdev: WideDevice = is_device(this.st_mode)
    _pad3: UInt
    st_size: Int64 = is_device(this.st_mode) == 0
    st_blksize: ULong
    st_blocks: UInt64
    st_atime: Moment(Int, this.st_atime_nsec)
    st_atime_nsec: UInt
    st_mtime: Moment(Int, this.st_mtime_nsec)
    st_mtime_nsec: UInt
    st_ctime: Moment(Int, this.st_ctime_nsec)
    st_ctime_nsec: UInt
    st_ino: UInt64


class statx_timestamp(Struct):
    tv_sec: Int64
    tv_nsec: UInt
    _reserved: Int


StatxTime = Dated(statx_timestamp)


class statx(Struct):
    """What the mask does not have is not shown."""

    stx_mask: StatxMask
    stx_blksize: UInt
    stx_attributes: StatxAttributes
    stx_nlink: UInt = this.stx_mask & 0x4
    stx_uid: UInt = this.stx_mask & 0x8
    stx_gid: UInt = this.stx_mask & 0x10
    stx_mode: ShortFileMode = this.stx_mask & 0x3
    _spare0: UShort
    stx_ino: UInt64 = this.stx_mask & 0x100
    stx_size: UInt64 = this.stx_mask & 0x200
    stx_blocks: UInt64 = this.stx_mask & 0x400
    stx_attributes_mask: StatxAttributes
    stx_atime: StatxTime = this.stx_mask & 0x20
    stx_btime: StatxTime = this.stx_mask & 0x800
    stx_ctime: StatxTime = this.stx_mask & 0x80
    stx_mtime: StatxTime = this.stx_mask & 0x40
    stx_rdev_major: UInt
    stx_rdev_minor: UInt
    stx_dev_major: UInt
    stx_dev_minor: UInt
    stx_mnt_id: Hex64 = this.stx_mask & 0x1000
    stx_dio_mem_align: UInt = this.stx_mask & 0x2000
    stx_dio_offset_align: UInt = this.stx_mask & 0x2000
    stx_subvol: Hex64 = this.stx_mask & 0x8000
    _atomic_write_unit_min: UInt
    _atomic_write_unit_max: UInt
    _atomic_write_segments_max: UInt
    stx_dio_read_offset_align: UInt = this.stx_mask & 0x20000
    _atomic_write_unit_max_opt: UInt
    _spare2: UInt
    _spare3: Array[UInt64, 8]

    brief = ("stx_mask", "stx_attributes", "stx_mode", "stx_size")


class fsid(Struct):
    val: Array[HexInt, 2]


ST_VALID = 0x20  # the kernel filled f_flags: include/linux/statfs.h


class statfs(Struct):
    """On x86_64, and on x32, which has the same."""

    f_type: FilesystemMagic
    f_bsize: UInt64
    f_blocks: UInt64
    f_bfree: UInt64
    f_bavail: UInt64
    f_files: UInt64
    f_ffree: UInt64
    f_fsid: fsid
    f_namelen: UInt64
    f_frsize: UInt64
    f_flags: FilesystemFlags = this.f_flags & ST_VALID
    _spare: Array[UInt64, 4]


class statfs32(Struct):
    """On i386, of calls that know no large file systems."""

    f_type: ShortFilesystemMagic
    f_bsize: UInt
    f_blocks: UInt
    f_bfree: UInt
    f_bavail: UInt
    f_files: UInt
    f_ffree: UInt
    f_fsid: fsid
    f_namelen: UInt
    f_frsize: UInt
    f_flags: ShortFilesystemFlags = this.f_flags & ST_VALID
    _spare: Array[UInt, 4]


class statfs64(Struct):
    """On i386, of the calls with 64 in their names."""

    f_type: ShortFilesystemMagic
    f_bsize: UInt
    f_blocks: UInt64
    f_bfree: UInt64
    f_bavail: UInt64
    f_files: UInt64
    f_ffree: UInt64
    f_fsid: fsid
    f_namelen: UInt
    f_frsize: UInt
    f_flags: ShortFilesystemFlags = this.f_flags & ST_VALID
    _spare: Array[UInt, 4]


# --- times of files

UTIME_NOW, UTIME_OMIT = (1 << 30) - 1, (1 << 30) - 2  # include/uapi/linux/stat.h


class file_timespec(Struct):
    tv_sec: KernelLong
    tv_nsec: KernelULong


class file_timespec64(Struct):
    """Of the calls with time64 in their names."""

    tv_sec: Int64
    tv_nsec: UInt64


class file_timeval(Struct):
    tv_sec: KernelLong
    tv_usec: KernelULong


class utimbuf(Struct):
    actime: Moment(KernelLong)
    modtime: Moment(KernelLong)


class SpecialTime(Dated):
    """A time, or what stands for one: UTIME_NOW, UTIME_OMIT."""

    NAMES = {UTIME_NOW: Symbol(UTIME_NOW, "UTIME_NOW"), UTIME_OMIT: Symbol(UTIME_OMIT, "UTIME_OMIT")}

    def loader(self, layout: Layout) -> Loader:
        load, dated = self.target.loader(layout), super().loader(layout)

        def loaded(scope: Any, data: bytes, offset: int) -> Value:
            value = load(scope, data, offset)
            special = self.NAMES.get(value.pairs[1][1])
            return Meant(value, special) if special else dated(scope, data, offset)

        return loaded


FileTimes, FileTimes64 = Whole(SpecialTime(file_timespec), 2), Whole(SpecialTime(file_timespec64), 2)
FileMicroTimes = Whole(Dated(file_timeval, 6), 2)


# --- descriptors


class flock(Struct):
    l_type: LockType
    l_whence: ShortWhence
    l_start: KernelLong
    l_len: KernelLong


class flock_result(flock):
    """With who holds the lock, which only the kernel fills in."""

    l_pid: Pid


class flock64(Struct):
    l_type: LockType
    l_whence: ShortWhence
    l_start: Int64
    l_len: Int64


class flock64_result(flock64):
    l_pid: Pid


class f_owner_ex(Struct):
    type: OwnerType
    pid: Pid


class delegation(Struct):
    """What F_GETDELEG tells and F_SETDELEG takes."""

    d_flags: HexInt
    d_type: LockType
    _pad: HexShort

    @classmethod
    def shown(cls, pairs: list[tuple[str, Value]], scope: StructScope) -> list[tuple[str, Value]]:
        return [*pairs, ("__pad", Hex(scope.numbers["_pad"]))]


# --- opening and attributes

CREATES = 0x400040  # O_CREAT, or the bit that only O_TMPFILE has


class open_how(Struct):
    flags: LongOpenFlags
    mode: LongMode = (this.flags & CREATES) | this.mode
    resolve: ResolveFlags


class file_attr(Struct):
    fa_xflags: InodeFlags
    fa_extsize: UInt
    fa_nextents: UInt
    fa_projid: HexInt
    fa_cowextsize: UInt


class new_file_attr(Struct):
    """The same, of which the number of extents cannot be set."""

    fa_xflags: InodeFlags
    fa_extsize: UInt
    _nextents: UInt
    fa_projid: HexInt
    fa_cowextsize: UInt


# --- data


class cachestat_range(Struct):
    off: Hex64
    len: UInt64


class cachestat(Struct):
    nr_cache: UInt64
    nr_dirty: UInt64
    nr_writeback: UInt64
    nr_evicted: UInt64
    nr_recently_evicted: UInt64
