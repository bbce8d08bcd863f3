"""Structures of mounts and quotas. Source: mount_setattr(2), statmount(2), listmount(2), quotactl(2), xfs_quota(8)."""

from __future__ import annotations

from collections.abc import Mapping

from ptracer.decode.expressions import bind, this
from ptracer.decode.structs import Struct
from ptracer.decode.types import (
    Array,
    Char,
    Fetcher,
    Hex64,
    HexInt,
    HexShort,
    Int,
    Layout,
    Length,
    Short,
    Target_,
    UInt,
    UInt64,
    UShort,
    as_type,
    length_source,
)
from ptracer.decode.values import Hex, Sequence, Text, Value
from ptracer.errors import Fault
from ptracer.hints import Any
from ptracer.plans import BYTES, Step
from ptracer.tables.words.mounts import (
    ListMountId,
    MountAttributes,
    Propagation,
    QuotaFields,
    QuotaInfoFields,
    QuotaInfoFlags,
    StatMountMask,
    SuperblockFlags,
    SuperblockMagic,
    XfsQuotaStateFlags,
    XfsQuotaType,
)


class mount_attr(Struct):
    attr_set: MountAttributes
    attr_clr: MountAttributes
    propagation: Propagation
    userns_fd: UInt64


class mnt_id_req(Struct):
    """What statmount(2) takes."""

    size: UInt
    mnt_ns_fd: UInt
    mnt_id: Hex64
    param: StatMountMask
    mnt_ns_id: Hex64


class listmount_req(Struct):
    """What listmount(2) takes: the same, where the parameter is the mount to go on from."""

    size: UInt
    mnt_ns_fd: UInt
    mnt_id: ListMountId
    param: Hex64
    mnt_ns_id: Hex64


class StringPlace(Target_):
    """The beginning of a string, or of ``count`` strings, counted from the end of the structure."""

    def __init__(self, count: Any = None) -> None:
        self.count = count

    def size(self, abi: Any) -> int:
        return 4

    def loader(self, layout: Layout) -> Any:
        count_of = bind(self.count, layout.names) if self.count is not None else None

        def load(scope: Any, data: bytes, offset: int) -> Value:
            place = int.from_bytes(data[offset : offset + 4], "little")
            count = count_of(scope) if count_of is not None else None
            found = strings_at(data[STRINGS_AT:], place, 1 if count is None else count)
            if found is None:
                return Hex(place)
            return found[0] if count is None else Sequence(found)

        return load


STRINGS_AT = 512  # sizeof(struct statmount)


def strings_at(data: bytes, place: int, count: int) -> list[Value] | None:
    """So many strings from a place on; None: they are not all there."""
    found: list[Value] = []
    while len(found) < count:
        end = data.find(b"\0", place)
        if end < 0:
            return None
        found.append(Text(data[place:end]))
        place = end + 1
    return found


OneString = StringPlace()


class statmount(Struct):
    """What is not in the mask is not shown. Strings follow the structure."""

    size: UInt
    mnt_opts: OneString = this.mask & 0x80
    mask: StatMountMask
    sb_dev_major: UInt = this.mask & 0x1
    sb_dev_minor: UInt = this.mask & 0x1
    sb_magic: SuperblockMagic = this.mask & 0x1
    sb_flags: SuperblockFlags = this.mask & 0x1
    fs_type: OneString = this.mask & 0x20
    mnt_id: Hex64 = this.mask & 0x2
    mnt_parent_id: Hex64 = this.mask & 0x2
    mnt_id_old: HexInt = this.mask & 0x2
    mnt_parent_id_old: HexInt = this.mask & 0x2
    mnt_attr: MountAttributes = this.mask & 0x2
    mnt_propagation: Propagation = this.mask & 0x2
    mnt_peer_group: Hex64 = this.mask & 0x2
    mnt_master: Hex64 = this.mask & 0x2
    propagate_from: Hex64 = this.mask & 0x4
    mnt_root: OneString = this.mask & 0x8
    mnt_point: OneString = this.mask & 0x10
    mnt_ns_id: Hex64 = this.mask & 0x40
    fs_subtype: OneString = this.mask & 0x100
    sb_source: OneString = this.mask & 0x200
    opt_num: UInt = this.mask & 0x400
    opt_array: StringPlace(this.opt_num) = this.mask & 0x400
    opt_sec_num: UInt = this.mask & 0x800
    opt_sec_array: StringPlace(this.opt_sec_num) = this.mask & 0x800
    supported_mask: StatMountMask = this.mask & 0x1000
    mnt_uidmap_num: UInt = this.mask & 0x2000
    mnt_uidmap: StringPlace(this.mnt_uidmap_num) = this.mask & 0x2000
    mnt_gidmap_num: UInt = this.mask & 0x4000
    mnt_gidmap: StringPlace(this.mnt_gidmap_num) = this.mask & 0x4000
    _spare2: Array[UInt64, 43]


LONGEST = 1 << 16  # bytes of an answer that are looked into


class StatMount(Target_):
    """``StatMount(this.bufsize)``: the answer of statmount(2), as much of it as there is."""

    def __init__(self, length: Length) -> None:
        self.length = length

    def fetcher(self, layout: Layout) -> Fetcher:
        length, load = bind(self.length, layout.names), as_type(statmount).loader(layout)

        def fetch(scope: Any, address: int) -> Value:
            room = min(length(scope), LONGEST)
            data = scope.read_some(address, room)
            if len(data) < 4 or len(data) < min(room, STRINGS_AT):
                raise Fault(address)
            data = data[: max(int.from_bytes(data[:4], "little"), STRINGS_AT)]
            return load(scope, data.ljust(STRINGS_AT, b"\0"), 0)

        return fetch

    def steps(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        source = length_source(self.length, positions)
        return source and [Step(BYTES, argument, *source, 1, LONGEST)]


# --- quotas


class dqblk(Struct):
    dqb_bhardlimit: UInt64
    dqb_bsoftlimit: UInt64
    dqb_curspace: UInt64
    dqb_ihardlimit: UInt64
    dqb_isoftlimit: UInt64
    dqb_curinodes: UInt64
    dqb_btime: UInt64
    dqb_itime: UInt64
    dqb_valid: QuotaFields

    brief = ("dqb_bhardlimit", "dqb_bsoftlimit", "dqb_curspace", "dqb_ihardlimit", "dqb_isoftlimit", "dqb_curinodes")


class nextdqblk(dqblk):
    dqb_id: UInt

    brief = (*dqblk.brief, "dqb_id")


class dqinfo(Struct):
    dqi_bgrace: UInt64
    dqi_igrace: UInt64
    dqi_flags: QuotaInfoFlags
    dqi_valid: QuotaInfoFields


class fs_disk_quota(Struct):
    d_version: Char
    d_flags: XfsQuotaType
    d_fieldmask: HexShort
    d_id: UInt
    d_blk_hardlimit: UInt64
    d_blk_softlimit: UInt64
    d_ino_hardlimit: UInt64
    d_ino_softlimit: UInt64
    d_bcount: UInt64
    d_icount: UInt64
    d_itimer: Int
    d_btimer: Int
    d_iwarns: UShort
    d_bwarns: UShort
    _timers_high: Array[Char, 4]
    d_rtb_hardlimit: UInt64
    d_rtb_softlimit: UInt64
    d_rtbcount: UInt64
    d_rtbtimer: Int
    d_rtbwarns: UShort
    _padding3: Short
    _padding4: Array[Char, 8]

    brief = (
        "d_version", "d_flags", "d_fieldmask", "d_id", "d_blk_hardlimit", "d_blk_softlimit", "d_ino_hardlimit",
        "d_ino_softlimit", "d_bcount", "d_icount",
    )  # fmt: skip


class fs_qfilestat(Struct):
    qfs_ino: UInt64
    qfs_nblks: UInt64
    qfs_nextents: UInt


class fs_quota_stat(Struct):
    qs_version: Char
    qs_flags: XfsQuotaStateFlags
    _pad: Char
    qs_uquota: fs_qfilestat
    qs_gquota: fs_qfilestat
    qs_incoredqs: UInt
    qs_btimelimit: Int
    qs_itimelimit: Int
    qs_rtbtimelimit: Int
    qs_bwarnlimit: UShort
    qs_iwarnlimit: UShort

    brief = ("qs_version",)


class fs_qfilestatv(Struct):
    qfs_ino: UInt64
    qfs_nblks: UInt64
    qfs_nextents: UInt
    _pad: UInt


class fs_quota_statv(Struct):
    qs_version: Char
    _pad1: Char
    qs_flags: XfsQuotaStateFlags
    qs_incoredqs: UInt
    qs_uquota: fs_qfilestatv
    qs_gquota: fs_qfilestatv
    qs_pquota: fs_qfilestatv
    qs_btimelimit: Int
    qs_itimelimit: Int
    qs_rtbtimelimit: Int
    qs_bwarnlimit: UShort
    qs_iwarnlimit: UShort
    _rtbwarnlimit: UShort
    _pad3: UShort
    _pad4: UInt
    _pad2: Array[UInt64, 7]

    brief = ("qs_version",)
