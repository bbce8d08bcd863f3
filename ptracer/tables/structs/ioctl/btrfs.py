"""File systems of type btrfs. Source: linux/btrfs.h."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ptracer.decode.dates import Dated, dated
from ptracer.decode.expressions import this
from ptracer.decode.structs import Struct, StructScope, StructType
from ptracer.decode.types import (
    Argument,
    Array,
    Byte,
    Fd,
    Fetcher,
    Hex64,
    Int,
    Integer,
    Layout,
    Loader,
    Pointer,
    PointerTo,
    Ptr64,
    String,
    Target_,
    UInt,
    UInt64,
    UShort,
)
from ptracer.decode.values import Address, Annotated, Change, Fields, Joined, Sequence, Symbol, Value
from ptracer.errors import Fault
from ptracer.hints import Any
from ptracer.plans import Step
from ptracer.regs import ABI
from ptracer.tables.structs.ioctl.exchange import Address64, Exchange, Name, Tailed, Whole, counted_array
from ptracer.tables.structs.uuid import Uuid
from ptracer.tables.words.files import WideDevice
from ptracer.tables.words.storage import (
    BalanceFilters,
    BalanceFlags,
    BalanceState,
    BlockGroupFlags,
    ChecksumType,
    CompatibleFeatures,
    Compression,
    DefragmentFlags,
    IncompatibleFeatures,
    InformationFlags,
    Key,
    LogicalFlags,
    Object,
    QuotaCommand,
    QuotaInheritFlags,
    QuotaLimitFlags,
    ReadOnlyFeatures,
    ReplaceCommand,
    ReplaceMode,
    ReplaceResult,
    ReplaceState,
    ScrubFlags,
    SendFlags,
    StatisticsFlags,
    SubvolumeFlags,
    Unlimited,
)

Pairs = list[tuple[str, Value]]
QGROUP_INHERIT = 4  # BTRFS_SUBVOL_QGROUP_INHERIT
FIRST_FREE, LAST_FREE = 256, (1 << 64) - 256  # BTRFS_FIRST_FREE_OBJECTID, BTRFS_LAST_FREE_OBJECTID


class Room(PointerTo):
    """A pointer in the first bytes of a room of eight."""

    def size(self, abi: ABI) -> int:
        return 8

    def loader(self, layout: Layout) -> Loader:
        return PointerTo(self.target).loader(layout)


# --- subvolumes and snapshots


class btrfs_ioctl_vol_args(Struct):
    fd: Fd
    _upper: Int
    name: Name[4088]


class btrfs_qgroup_limit(Struct):
    flags: QuotaLimitFlags
    max_rfer: UInt64
    max_excl: UInt64
    rsv_rfer: UInt64
    rsv_excl: UInt64


class btrfs_qgroup_inherit(Struct):
    flags: QuotaInheritFlags
    num_qgroups: UInt64
    num_ref_copies: UInt64
    num_excl_copies: UInt64
    lim: btrfs_qgroup_limit


class Inheritance(Tailed):
    """The groups of a new subvolume, of which a brief call says only that there are some."""

    def __init__(self) -> None:
        super().__init__(btrfs_qgroup_inherit, "qgroups", UInt64, "num_qgroups", brief=True)


class btrfs_ioctl_vol_args_v2(Struct):
    fd: Fd
    _upper: Int
    _transid: UInt64
    flags: SubvolumeFlags
    size: UInt64 = this.flags & QGROUP_INHERIT
    qgroup_inherit: Room(Inheritance()) = this.flags & QGROUP_INHERIT
    _unused: Array[UInt64, 2]
    name: Name[4040]


class created(Struct):
    """What becomes known when a subvolume is made."""

    _fd: UInt64
    transid: UInt64
    _rest: Array[Byte, 4080]


class btrfs_ioctl_timespec(Struct):
    sec: UInt64
    nsec: UInt


class btrfs_ioctl_received_subvol_args(Struct):
    uuid: Uuid
    stransid: UInt64
    _rtransid: UInt64
    stime: Dated(btrfs_ioctl_timespec)
    _rtime: btrfs_ioctl_timespec
    flags: UInt64
    _reserved: Array[UInt64, 16]


class received(Struct):
    """The same when the call has returned."""

    _uuid: Uuid
    _stransid: UInt64
    rtransid: UInt64
    _stime: btrfs_ioctl_timespec
    rtime: Dated(btrfs_ioctl_timespec)
    _flags: UInt64
    _reserved: Array[UInt64, 16]


class Unabbreviated(PointerTo):
    """A pointer that is only followed when the call is shown in full."""

    def loader(self, layout: Layout) -> Loader:
        return Pointer.loader(layout) if layout.abbreviate else super().loader(layout)


class btrfs_ioctl_send_args(Struct):
    send_fd: Fd
    _upper: Int
    clone_sources_count: UInt64
    clone_sources: Unabbreviated(Array[Object, this.clone_sources_count])
    parent_root: Object
    flags: SendFlags
    _version: UInt
    _reserved: Array[Byte, 28]


class UnbracketedFlags(Integer):
    """Flags of a subvolume behind a pointer."""

    bracketed = False

    def __init__(self) -> None:
        super().__init__(8, shape=SubvolumeFlags.spell)


SubvolumeState = UnbracketedFlags()


# --- searches


class btrfs_ioctl_search_key(Struct):
    tree_id: Object
    min_objectid: Object
    max_objectid: Object
    min_offset: Unlimited
    max_offset: Unlimited
    min_transid: Unlimited
    max_transid: Unlimited
    min_type: Key
    max_type: Key
    nr_items: UInt
    _unused: UInt
    _unused1: Array[UInt64, 4]


class SearchKey(StructType):
    """A key: when the call is abbreviated, without bounds that leave no object out."""

    WIDEST = {"min_objectid": FIRST_FREE, "max_objectid": LAST_FREE}

    def loader(self, layout: Layout) -> Loader:
        load, widest = super().loader(layout), self.WIDEST
        if not layout.abbreviate:
            return load

        def brief(scope: Any, data: bytes, offset: int) -> Value:
            pairs = load(scope, data, offset).pairs
            return Fields([(name, value) for name, value in pairs if name not in widest or value.number != widest[name]])

        return brief


class found_key(btrfs_ioctl_search_key):
    """The same when the call has returned."""

    order = ("nr_items",)


Search = SearchKey(btrfs_ioctl_search_key)


class btrfs_ioctl_search_header(Struct):
    transid: UInt64
    objectid: Object
    offset: UInt64
    type: Key
    len: UInt


class btrfs_ioctl_search_args(Struct):
    """Without the 3,992 bytes of room for an answer."""

    key: Search


class btrfs_ioctl_search_args_v2(Struct):
    key: Search
    buf_size: UInt64


class found(Struct):
    """The same when the call has returned."""

    key: found_key


class sized_search(Struct):
    """The first fields of an answer of which the program says how large it may be."""

    key: found_key
    buf_size: UInt64


class Items(Target_):
    """What a search has found: one item after another, of which only the headers are shown."""

    def __init__(self, head: type[Struct], place: int, room: int = 0) -> None:
        self.head, self.place, self.room = head.as_type(), place, room

    def fetcher(self, layout: Layout) -> Fetcher:
        head, size = self.head.loader(layout), self.head.size(layout.abi)
        header = btrfs_ioctl_search_header.as_type()
        load, step = header.loader(layout), header.size(layout.abi)
        start, abbreviate, constant = self.place, layout.abbreviate, self.room

        def fetch(scope: Any, address: int) -> Value:
            data = scope.read(address, size)
            value = head(scope, data, 0)
            if abbreviate:
                return Fields(value.pairs, True)
            count = int.from_bytes(data[64:68], "little")
            room = constant or int.from_bytes(data[104:112], "little")
            items: list[Value] = []
            place, rest, more = 0, None, False
            while len(items) < count:
                if place + step > room:
                    more = True
                    break
                try:
                    item = scope.read(address + start + place, step)
                except Fault:
                    more, rest = True, address + start + place
                    break
                items.append(load(scope, item, 0))
                place += step + int.from_bytes(item[28:32], "little")
            return Fields([*value.pairs, ("buf", Sequence(items, more, rest))])

        return fetch


SearchAnswer, SizedSearchAnswer = Items(found, 104, 3992), Items(sized_search, 112)


class btrfs_ioctl_ino_lookup_args(Struct):
    treeid: Object
    objectid: Object
    _name: Array[Byte, 4080]


class looked_up(Struct):
    """The same when the call has returned."""

    treeid: Object
    _objectid: UInt64
    name: Name[4080]


class Lookup(Exchange):
    """The name of an inode; the kernel says in which tree it is where the program did not."""

    def argument(self, layout: Layout) -> Argument:
        exchange = super().argument(layout)

        def lookup(scope: Any, raw: int) -> Value:
            value = exchange(scope, raw)
            if isinstance(value, Change) and isinstance(value.after, Fields) and value.before.pairs[0][1].number:
                return Change(value.before, Fields(value.after.pairs[1:]))
            return value

        return lookup


class btrfs_data_container(Struct):
    bytes_left: UInt
    bytes_missing: UInt
    elem_cnt: UInt
    elem_missed: UInt


class Container(Target_):
    """struct btrfs_data_container: a header, and the elements after it unless the call is abbreviated."""

    def fetcher(self, layout: Layout) -> Fetcher:
        head = btrfs_data_container.as_type()
        load, size, hidden = head.loader(layout), head.size(layout.abi), layout.abbreviate
        elements = self.elements(layout)

        def fetch(scope: Any, address: int) -> Value:
            data = scope.read(address, size)
            value = load(scope, data, 0)
            if hidden:
                return Fields(value.pairs, True)
            try:
                array = elements(scope, address + size, int.from_bytes(data[8:12], "little"))
            except Fault:
                array = Address(address + size)
            return Fields([*value.pairs, ("val", array)])

        return fetch

    def elements(self, layout: Layout) -> Callable[[Any, int, int], Value]:
        """A function (scope, address, count) that gives the elements."""
        raise NotImplementedError(type(self).__name__)


class Paths(Container):
    """Elements that say where, counted from the first of them, a path begins."""

    def elements(self, layout: Layout) -> Callable[[Any, int, int], Value]:
        text, offsets = String(path=True).fetcher(layout), counted_array(UInt64, layout)

        def path(scope: Any, address: int) -> Value:
            try:
                return text(scope, address)
            except Fault:
                return Address(address)

        def paths(scope: Any, address: int, count: int) -> Value:
            array = offsets(scope, address, count)
            items = [path(scope, (address + offset) % (1 << 64)) for offset in array.items]
            return Sequence(items, array.more, array.rest)

        return paths


class inode(Struct):
    """Three elements: where an extent is used."""

    inum: UInt64
    offset: UInt64
    root: UInt64


class Inodes(Container):
    """Elements in groups of three."""

    def elements(self, layout: Layout) -> Callable[[Any, int, int], Value]:
        array = counted_array(inode, layout)
        return lambda scope, address, count: array(scope, address, count // 3)


class btrfs_ioctl_ino_path_args(Struct):
    inum: UInt64
    size: UInt64
    _reserved: Array[UInt64, 4]
    fspath: Address64


class inode_paths(Struct):
    """The same when the call has returned."""

    _asked: Array[UInt64, 6]
    fspath: Ptr64[Paths()]


class btrfs_ioctl_logical_ino_args(Struct):
    logical: UInt64
    size: UInt64
    reserved: Whole[Hex64, 3] = this.reserved
    flags: LogicalFlags
    inodes: Address64


class logical_inodes(Struct):
    """The same when the call has returned."""

    _asked: Array[UInt64, 6]
    inodes: Ptr64[Inodes()]


# --- devices and space


class btrfs_scrub_progress(Struct):
    data_extents_scrubbed: UInt64
    tree_extents_scrubbed: UInt64
    data_bytes_scrubbed: UInt64
    tree_bytes_scrubbed: UInt64
    read_errors: UInt64
    csum_errors: UInt64
    verify_errors: UInt64
    no_csum: UInt64
    csum_discards: UInt64
    super_errors: UInt64
    malloc_errors: UInt64
    uncorrectable_errors: UInt64
    corrected_errors: UInt64
    last_physical: UInt64
    unverified_errors: UInt64


class btrfs_ioctl_scrub_args(Struct):
    devid: WideDevice
    start: UInt64
    end: Unlimited
    flags: ScrubFlags
    _progress: btrfs_scrub_progress
    _unused: Array[UInt64, 109]


class asked_progress(btrfs_ioctl_scrub_args):
    """What of it BTRFS_IOC_SCRUB_PROGRESS needs."""

    order = ("devid",)


class scrubbed(Struct):
    """The same when the call has returned."""

    _asked: Array[UInt64, 4]
    progress: btrfs_scrub_progress
    _unused: Array[UInt64, 109]


class btrfs_ioctl_dev_info_args(Struct):
    order = ("devid", "uuid")
    devid: WideDevice
    uuid: Uuid = this.uuid
    bytes_used: UInt64
    total_bytes: UInt64
    _unused: Array[UInt64, 379]
    path: Name[1024]


class device_information(btrfs_ioctl_dev_info_args):
    """The same when the call has returned."""

    order = ("uuid", "bytes_used", "total_bytes", "path")


class btrfs_ioctl_fs_info_args(Struct):
    max_id: UInt64
    num_devices: UInt64
    fsid: Uuid
    nodesize: UInt
    sectorsize: UInt
    clone_alignment: UInt
    csum_type: ChecksumType = this.flags & 1
    csum_size: UShort = this.flags & 1
    flags: InformationFlags
    generation: UInt64 = this.flags & 2
    metadata_uuid: Uuid = this.flags & 4
    _reserved: Array[Byte, 944]


class Statistics(Target_):
    """Counters by their names, as many as there are."""

    NUMBER = 5  # BTRFS_DEV_STAT_VALUES_MAX

    def size(self, abi: ABI) -> int:
        return 8 * self.NUMBER

    def alignment(self, abi: ABI) -> int:
        return UInt64.alignment(abi)

    def loader(self, layout: Layout) -> Loader:
        from ptracer.tables.constants.storage import statistics

        labels = [Sequence([Symbol(number, name, str(number))]) for name, number in statistics.items()]

        def load(scope: Any, data: bytes, offset: int) -> Value:
            count = scope.numbers["nr_items"]
            numbers = (int.from_bytes(data[place : place + 8], "little") for place in range(offset, offset + 40, 8))
            items = [Joined([label, number], "=") for label, number in zip(labels[:count], numbers, strict=False)]
            return Sequence(items, count > self.NUMBER)

        return load


class btrfs_ioctl_get_dev_stats(Struct):
    devid: WideDevice
    nr_items: UInt64
    flags: StatisticsFlags
    _values: Array[UInt64, 126]


class device_statistics(Struct):
    """The same when the call has returned."""

    _devid: UInt64
    nr_items: UInt64
    flags: StatisticsFlags
    values: Statistics()
    _unused: Array[UInt64, 121]

    @classmethod
    def shown(cls, pairs: Pairs, scope: StructScope) -> Pairs:
        return [*pairs[:2], ("", pairs[2][1])]


class btrfs_ioctl_dev_replace_start_params(Struct):
    srcdevid: WideDevice
    cont_reading_from_srcdev_mode: ReplaceMode
    srcdev_name: Name[1025]
    tgtdev_name: Name[1025]


class Progress(Integer):
    """Thousandths, and so many per cent."""

    def __init__(self) -> None:
        super().__init__(8, shape=lambda number: Annotated(number, f"{number // 10}.{number % 10}%"))


Seconds = Integer(8, shape=lambda number: dated(number, number))


class btrfs_ioctl_dev_replace_status_params(Struct):
    replace_state: ReplaceState
    progress_1000: Progress()
    time_started: Seconds
    time_stopped: Seconds
    num_write_errors: UInt64
    num_uncorrectable_read_errors: UInt64


class btrfs_ioctl_dev_replace_args(Struct):
    cmd: ReplaceCommand
    _result: UInt64
    start: btrfs_ioctl_dev_replace_start_params = this.cmd == 0
    _spare: Array[UInt64, 64]


class replaced(Struct):
    """The same when the call has returned."""

    _cmd: UInt64
    result: ReplaceResult
    status: btrfs_ioctl_dev_replace_status_params = this._cmd == 1


class btrfs_ioctl_space_info(Struct):
    flags: BlockGroupFlags
    total_bytes: UInt64
    used_bytes: UInt64


class btrfs_ioctl_space_args(Struct):
    space_slots: UInt64
    _total_spaces: UInt64


class spaces(Struct):
    """The same when the call has returned."""

    _space_slots: UInt64
    total_spaces: UInt64


class Spaces(Tailed):
    """The spaces, unless the program only wants to know how many there are."""

    def __init__(self) -> None:
        super().__init__(spaces, "spaces", btrfs_ioctl_space_info, "total_spaces", brief=True)

    def fetcher(self, layout: Layout) -> Fetcher:
        fetch, head = super().fetcher(layout), self.head.fetcher(layout)

        def counted(scope: Any, address: int) -> Value:
            slots, total = (int.from_bytes(scope.read(address + place, 8), "little") for place in (0, 8))
            return head(scope, address) if total and not slots else fetch(scope, address)

        return counted

    def steps(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        return None


# --- features, balancing, defragmentation, quotas


class btrfs_ioctl_feature_flags(Struct):
    compat_flags: CompatibleFeatures
    compat_ro_flags: ReadOnlyFeatures
    incompat_flags: IncompatibleFeatures


class FeatureSets(Target_):
    """Several sets of features, each with a remark what it is good for."""

    def __init__(self, *remarks: str) -> None:
        self.remarks = remarks

    def size(self, abi: ABI) -> int:
        return len(self.remarks) * btrfs_ioctl_feature_flags.as_type().size(abi)

    def loader(self, layout: Layout) -> Loader:
        features = btrfs_ioctl_feature_flags.as_type()
        load, size, remarks = features.loader(layout), features.size(layout.abi), self.remarks

        def load_all(scope: Any, data: bytes, offset: int) -> Value:
            sets = [load(scope, data, offset + i * size) for i in range(len(remarks))]
            return Sequence([Annotated(one, remark) if remark else one for one, remark in zip(sets, remarks, strict=True)])

        return load_all


class btrfs_balance_args(Struct):
    profiles: BlockGroupFlags
    usage: Unlimited
    devid: WideDevice
    pstart: Unlimited
    pend: Unlimited
    vstart: Unlimited
    vend: Unlimited
    target: Unlimited
    flags: BalanceFilters
    _limits: Array[UInt64, 8]


class btrfs_ioctl_balance_args(Struct):
    order = ("flags", "data", "meta", "sys")
    flags: BalanceFlags
    state: BalanceState
    data: btrfs_balance_args = this.flags & 1
    meta: btrfs_balance_args = this.flags & 4
    sys: btrfs_balance_args = this.flags & 2
    _stat: Array[UInt64, 3]
    _unused: Array[UInt64, 72]


class balanced(btrfs_ioctl_balance_args):
    """The same when the call has returned."""

    order = ("flags", "state", "data", "meta", "sys")


class Balance(Exchange):
    """A structure that is shown twice when the call has succeeded, even where it cannot be read."""

    def argument(self, layout: Layout) -> Argument:
        exchange = super().argument(layout)

        def twice(scope: Any, raw: int) -> Value:
            value = exchange(scope, raw)
            return value if scope.error or isinstance(value, Change) else Change(value, value)

        return twice


class btrfs_ioctl_defrag_range_args(Struct):
    start: UInt64
    len: Unlimited
    flags: DefragmentFlags
    extent_thresh: UInt
    compress_type: Compression
    _unused: Array[UInt, 4]


class btrfs_ioctl_quota_ctl_args(Struct):
    cmd: QuotaCommand
    _status: UInt64


class btrfs_ioctl_quota_rescan_args(Struct):
    order = ("flags",)
    flags: UInt64
    progress: Object
    _reserved: Array[UInt64, 6]


class rescanned(btrfs_ioctl_quota_rescan_args):
    """What BTRFS_IOC_QUOTA_RESCAN_STATUS answers."""

    order = ("flags", "progress")


class btrfs_ioctl_qgroup_assign_args(Struct):
    assign: UInt64
    src: UInt64
    dst: UInt64


class btrfs_ioctl_qgroup_create_args(Struct):
    create: UInt64
    qgroupid: UInt64


class btrfs_ioctl_qgroup_limit_args(Struct):
    qgroupid: UInt64
    lim: btrfs_qgroup_limit


Supported, ChangedFeatures = FeatureSets("supported", "safe to set", "safe to clear"), FeatureSets("", "")
