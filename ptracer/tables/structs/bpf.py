"""Structures of BPF: classic filters, instructions, and what each command of bpf(2) takes.

Source: bpf(2), linux/bpf.h, linux/filter.h.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping

from ptracer.decode.expressions import Least, bind, this
from ptracer.decode.extents import Decode, compile
from ptracer.decode.structs import Struct, StructScope, StructType
from ptracer.decode.types import (
    Argument,
    Array,
    Bytes,
    Fd,
    Fetcher,
    HexInt,
    InlineString,
    Int,
    Integer,
    Layout,
    Length,
    Loader,
    PointerTo,
    String,
    Target_,
    UInt,
    UInt64,
    UShort,
    as_type,
    pointer_value,
)
from ptracer.decode.values import NULL, Address, Annotated, Applied, Change, Fields, Hex, HexText, Sequence, Text, Value
from ptracer.decode.words import Choice
from ptracer.errors import Fault
from ptracer.hints import Any
from ptracer.plans import Step
from ptracer.regs import ABI
from ptracer.tables.words.bpf import (
    AttachFlags,
    AttachType,
    ClassicCode,
    DescriptorType,
    ElementFlags,
    ExtendedCode,
    Extra,
    FileFlags,
    KernelVersion,
    KprobeFlags,
    LookupFlags,
    MapFlags,
    MapType,
    NetfilterFlags,
    NumaNode,
    ObjectFlags,
    ProgramFlags,
    ProgramType,
    QueryFlags,
    RegisterNumber,
    Statistics,
    TestFlags,
    UprobeFlags,
    filtered,
    received,
)
from ptracer.tables.words.files import DirFd

LONGEST = 4096  # the kernel takes no more than a page
BPF_XDP, BPF_TCX_INGRESS, BPF_TCX_EGRESS, BPF_NETKIT_PRIMARY, BPF_NETKIT_PEER = INTERFACES = (37, 46, 47, 54, 55)
BPF_F_REPLACE, BPF_F_BEFORE, BPF_F_AFTER, BPF_F_ID = 0x04, 0x08, 0x10, 0x20

Pairs = list[tuple[str, Value]]


def renamed(pairs: Pairs, former: str, name: str) -> Pairs:
    """The same with another name for one field, a member of a union."""
    return [(name if known == former else known, value) for known, value in pairs]


def by_interface(pairs: Pairs, scope: StructScope) -> Pairs:
    """Some programs are attached to an interface, not to a descriptor."""
    return renamed(pairs, "target_fd", "target_ifindex") if scope.numbers["attach_type"] in INTERFACES else pairs


def relative(pairs: Pairs, flags: int) -> Pairs:
    """The flags say whether another program is named by descriptor or by number."""
    return renamed(pairs, "relative_fd", "relative_id") if flags & BPF_F_ID else pairs


BY_INTERFACE = sum((this.attach_type == kind for kind in INTERFACES[1:]), this.attach_type == INTERFACES[0])


# --- classic BPF: the filters of seccomp(2) and of sockets


class ClassicInstruction(Target_):
    """A struct sock_filter, as the macro that makes one; ``operand`` says what its number means."""

    def __init__(self, operand: Callable[[int, int], Value]) -> None:
        self.operand = operand

    def size(self, abi: ABI) -> int:
        return 8

    def alignment(self, abi: ABI) -> int:
        return 4

    def loader(self, layout: Layout) -> Loader:
        code_of, operand = ClassicCode.value(layout), self.operand
        assert code_of is not None

        def load(scope: Any, data: bytes, offset: int) -> Value:
            code, number = int.from_bytes(data[offset : offset + 2], "little"), int.from_bytes(data[offset + 4 : offset + 8], "little")
            then, otherwise = data[offset + 2], data[offset + 3]
            if then or otherwise:
                return Applied("BPF_JUMP", [code_of(code), Hex(number), Hex(then), Hex(otherwise)])
            return Applied("BPF_STMT", [code_of(code), operand(code, number)])

        return load


class Unabridged(PointerTo):
    """A pointer that is followed only where nothing is to be abbreviated."""

    def followed(self, layout: Layout) -> bool:
        return layout.verbose and not layout.abbreviate

    def loader(self, layout: Layout) -> Loader:
        if self.followed(layout):
            return super().loader(layout)
        return Integer(self.size(layout.abi), shape=pointer_value).loader(layout)


MOST_INSTRUCTIONS = 4096  # BPF_MAXINSNS


class Program(Array):
    """``Program(T, this.len)``: instructions, as many as a program may have had at first."""

    def fetcher(self, layout: Layout) -> Fetcher:
        length = bind(self.length, layout.names)
        fetch = Array(self.element, Least(self.length, MOST_INSTRUCTIONS)).fetcher(layout)

        def fetch_some(scope: Any, address: int) -> Value:
            value = fetch(scope, address)
            if isinstance(value, Sequence) and length(scope) > MOST_INSTRUCTIONS:
                return Sequence(value.items, True, value.rest)
            return value

        return fetch_some


class sock_fprog(Struct):
    """The filter of seccomp(2)."""

    len: UShort
    filter: Unabridged(Program(ClassicInstruction(filtered), this.len))


class socket_filter(Struct):
    """The same struct sock_fprog, for SO_ATTACH_FILTER."""

    len: UShort
    filter: Unabridged(Program(ClassicInstruction(received), this.len))


# --- eBPF


class bpf_insn(Target_):
    """An instruction; two registers share a byte."""

    def size(self, abi: ABI) -> int:
        return 8

    def alignment(self, abi: ABI) -> int:
        return 4

    def loader(self, layout: Layout) -> Loader:
        code_of = ExtendedCode.value(layout)
        assert code_of is not None

        def load(scope: Any, data: bytes, offset: int) -> Value:
            code, registers, off, imm = struct.unpack_from("<BBhI", data, offset)
            return Fields(
                [
                    ("code", code_of(code)),
                    ("dst_reg", RegisterNumber.spell(registers & 15)),
                    ("src_reg", RegisterNumber.spell(registers >> 4)),
                    ("off", off),
                    ("imm", Hex(imm)),
                ]
            )

        return load


class Within(String):
    """``Within(this.buf_len)``: a string in a buffer of so many bytes, shown as far as it goes where no NUL ends it."""

    def __init__(self, room: Length) -> None:
        super().__init__()
        self.room = room

    def fetcher(self, layout: Layout) -> Fetcher:
        room, limit = bind(self.room, layout.names), layout.string_limit

        def fetch(scope: Any, address: int) -> Value:
            size = min(room(scope), limit + 1)
            text, end, _ = scope.read_some(address, size).partition(b"\0")
            if not end and len(text) < size:
                raise Fault(address)
            return Text(text[:limit], size > 0 and not end)

        return fetch


class GivenString(InlineString):
    """``GivenString(16, 28)``: characters at offset 28 of a structure, of which the program may give only a part."""

    def __init__(self, length: int, offset: int) -> None:
        super().__init__(length)
        self.offset = offset

    pure = False

    def loader(self, layout: Layout) -> Loader:
        given, whole, begin = bind(this.length, layout.names), self.length, self.offset

        def load(scope: Any, data: bytes, offset: int) -> Value:
            text, end, _ = data[offset : offset + min(whole, given(scope) - begin)].partition(b"\0")
            return Text(text) if end else Text(text[:-1], True)

        return load


class AlignedInteger(Integer):
    """An ``__aligned_u64``: where it lies is the same on every ABI."""

    def alignment(self, abi: ABI) -> int:
        return self.width


Address64 = AlignedInteger(8, shape=pointer_value)
Hex64 = AlignedInteger(8, shape=Hex)


class Pointer64(PointerTo):
    """``Pointer64(T)``: an ``__aligned_u64`` that points to T."""

    def __init__(self, target: Any) -> None:
        super().__init__(target, width=8)

    def alignment(self, abi: ABI) -> int:
        return 8


class Unabridged64(Pointer64, Unabridged):
    """The same, followed only where nothing is to be abbreviated."""


class Later64(Pointer64):
    """The same of what the call fills."""

    def loader(self, layout: Layout) -> Loader:
        load, unfilled = super().loader(layout), self.target.unfilled(layout)

        def load_later(scope: Any, data: bytes, offset: int) -> Value:
            address = int.from_bytes(data[offset : offset + 8], "little")
            return unfilled(scope, address) if scope.error and address else load(scope, data, offset)

        return load_later


# What the program says it gives decides what is shown: a field of which not one byte is given is left out.
length = this.length


# --- maps


class map_create(Struct):
    map_type: MapType
    key_size: UInt
    value_size: UInt
    max_entries: UInt
    map_flags: MapFlags = length > 16
    inner_map_fd: Fd = length > 20
    numa_node: NumaNode = (length > 24) & (this.map_flags >> 2)
    map_name: GivenString(16, 28) = length > 28
    map_ifindex: UInt = length > 44
    btf_fd: Fd = length > 48
    btf_key_type_id: UInt = length > 48
    btf_value_type_id: UInt = length > 48
    btf_vmlinux_value_type_id: UInt = length > 60
    map_extra: Extra = length > 64
    value_type_btf_obj_fd: Fd = length > 72
    map_token_fd: Fd = length > 76
    excl_prog_hash: Address64 = length > 80
    excl_prog_hash_size: UInt = length > 80


class map_lookup(Struct):
    map_fd: Fd
    key: Address64
    value: Address64
    flags: LookupFlags = length > 24


class map_update(Struct):
    map_fd: Fd
    key: Address64
    value: Address64
    flags: ElementFlags


class map_delete(Struct):
    map_fd: Fd
    key: Address64


class map_next(Struct):
    map_fd: Fd
    key: Address64
    next_key: Address64


class map_freeze(Struct):
    map_fd: Fd


class LookupBatch(Struct):
    in_batch: Address64
    out_batch: Address64
    keys: Address64
    values: Address64
    count: UInt
    map_fd: Fd
    elem_flags: LookupFlags
    flags: Hex64


class UpdateBatch(Struct):
    _in_batch: UInt64
    _out_batch: UInt64
    keys: Address64
    values: Address64
    count: UInt
    map_fd: Fd
    elem_flags: ElementFlags
    flags: Hex64


class DeleteBatch(Struct):
    _in_batch: UInt64
    _out_batch: UInt64
    keys: Address64
    _values: UInt64
    count: UInt
    map_fd: Fd
    elem_flags: LookupFlags
    flags: Hex64


class map_lookup_batch(Struct):
    batch: LookupBatch


class map_update_batch(Struct):
    batch: UpdateBatch


class map_delete_batch(Struct):
    batch: DeleteBatch


# --- programs


class prog_load(Struct):
    prog_type: ProgramType
    insn_cnt: UInt
    insns: Unabridged64(Program(bpf_insn(), this.insn_cnt))
    license: Pointer64(String())
    log_level: UInt = length > 24
    log_size: UInt = length > 24
    log_buf: Pointer64(Within(this.log_size)) = length > 24
    kern_version: KernelVersion = length > 40
    prog_flags: ProgramFlags = length > 44
    prog_name: GivenString(16, 48) = length > 48
    prog_ifindex: UInt = length > 64
    expected_attach_type: AttachType = length > 68
    prog_btf_fd: Fd = length > 72
    func_info_rec_size: UInt = length > 72
    func_info: Address64 = length > 72
    func_info_cnt: UInt = length > 72
    line_info_rec_size: UInt = length > 72
    line_info: Address64 = length > 72
    line_info_cnt: UInt = length > 72
    attach_btf_id: UInt = length > 108
    attach_prog_fd: Fd = length > 112
    core_relo_cnt: UInt = length > 128
    fd_array: Address64 = length > 120
    core_relos: Address64 = length > 128
    core_relo_rec_size: UInt = length > 128
    log_true_size: UInt = length > 140
    prog_token_fd: Fd = length > 144
    fd_array_cnt: UInt = length > 148
    signature: Pointer64(Bytes[this.signature_size]) = length > 152
    signature_size: UInt = length > 152
    keyring_id: Int = length > 152


class TestRun(Struct):
    prog_fd: Fd
    retval: UInt
    data_size_in: UInt
    data_size_out: UInt
    data_in: Address64
    data_out: Address64
    repeat: UInt
    duration: UInt
    ctx_size_in: UInt = length > 40
    ctx_size_out: UInt = length > 40
    ctx_in: Address64 = length > 40
    ctx_out: Address64 = length > 40
    flags: TestFlags = length > 64
    cpu: UInt = length > 64
    batch_size: UInt = length > 72


class prog_test_run(Struct):
    test: TestRun


class BoundPrograms(Struct):
    target_fd: Choice(BY_INTERFACE, {1: UInt}, Fd)
    attach_type: AttachType
    query_flags: QueryFlags
    attach_flags: AttachFlags
    prog_ids: Later64(Array[UInt, this.prog_cnt])
    prog_cnt: UInt
    _pad: UInt
    prog_attach_flags: Address64 = length > 32
    link_ids: Address64 = length > 40
    link_attach_flags: Address64 = length > 40
    revision: Hex64 = length > 40

    @classmethod
    def shown(cls, pairs: Pairs, scope: StructScope) -> Pairs:
        return by_interface(pairs, scope)


class prog_query(Struct):
    query: BoundPrograms


class prog_attach(Struct):
    target_fd: Choice(BY_INTERFACE, {1: UInt}, Fd)
    attach_bpf_fd: Fd
    attach_type: AttachType
    attach_flags: AttachFlags
    replace_bpf_fd: Fd = length > 16
    relative_fd: Choice(this.attach_flags >> 5 & 1, {1: UInt}, Fd) = length > 20
    expected_revision: UInt64 = length > 20

    @classmethod
    def shown(cls, pairs: Pairs, scope: StructScope) -> Pairs:
        return relative(by_interface(pairs, scope), scope.numbers["attach_flags"])


class raw_tracepoint(Struct):
    name: Pointer64(String())
    prog_fd: Fd
    _pad: UInt
    cookie: Hex64 = length > 20


class raw_tracepoint_open(Struct):
    raw_tracepoint: raw_tracepoint


class prog_bind(Struct):
    prog_fd: Fd
    map_fd: Fd
    flags: HexInt


class prog_bind_map(Struct):
    prog_bind_map: prog_bind


class assoc_struct_ops(Struct):
    map_fd: Fd
    prog_fd: Fd
    flags: HexInt


class prog_assoc_struct_ops(Struct):
    prog_assoc_struct_ops: assoc_struct_ops


class stream_read(Struct):
    stream_buf: Pointer64(Bytes[this.stream_buf_len])
    stream_buf_len: UInt
    stream_id: UInt
    prog_fd: Fd


class prog_stream_read(Struct):
    prog_stream_read: stream_read


# --- links


class Relative(Struct):
    relative_fd: Choice(this.flags >> 5 & 1, {1: UInt}, Fd)
    expected_revision: Hex64

    @classmethod
    def shown(cls, pairs: Pairs, scope: StructScope) -> Pairs:
        return relative(pairs, scope.outer.numbers["flags"])


class LinkedMap(Struct):
    map_fd: Fd


class bpf_iter_link_info(Struct):
    map: LinkedMap


class Tracing(Struct):
    target_btf_id: UInt
    cookie: Hex64


class TracingMulti(Struct):
    ids: Pointer64(Array[UInt, this.cnt])
    cookies: Pointer64(Array[Hex64, this.cnt])
    cnt: UInt


class PerfEvent(Struct):
    bpf_cookie: Hex64


class KprobeMulti(Struct):
    flags: KprobeFlags
    cnt: UInt
    syms: Pointer64(Array[Pointer64(String()), this.cnt])
    addrs: Pointer64(Array[Hex64, this.cnt])
    cookies: Pointer64(Array[Hex64, this.cnt])


class UprobeMulti(Struct):
    path: Pointer64(String(path=True))
    offsets: Pointer64(Array[Hex64, this.cnt])
    ref_ctr_offsets: Pointer64(Array[Hex64, this.cnt])
    cookies: Pointer64(Array[Hex64, this.cnt])
    cnt: UInt
    flags: UprobeFlags
    pid: Int
    path_fd: DirFd = length > 60


class Netfilter(Struct):
    pf: UInt
    hooknum: UInt
    priority: Int
    flags: NetfilterFlags


class LinkBeginning(Struct):
    prog_fd: Fd
    target_fd: Choice(BY_INTERFACE, {1: UInt}, Fd)
    attach_type: AttachType
    flags: AttachFlags

    @classmethod
    def shown(cls, pairs: Pairs, scope: StructScope) -> Pairs:
        return by_interface(pairs, scope)


class OfGroup(LinkBeginning):
    cgroup: Relative = length > 16


class OfInterface(LinkBeginning):
    tcx: Relative = length > 16


class OfNetkit(LinkBeginning):
    netkit: Relative = length > 16


class OfTarget(LinkBeginning):
    target_btf_id: UInt = this.target_btf_id


class OfIterator(LinkBeginning):
    iter_info: Pointer64(Array[bpf_iter_link_info, this.iter_info_len]) = length > 16
    iter_info_len: UInt = length > 16


class OfTracing(LinkBeginning):
    tracing: Tracing = length > 16


class OfTracingMulti(LinkBeginning):
    tracing_multi: TracingMulti = length > 16


class OfPerfEvent(LinkBeginning):
    perf_event: PerfEvent = length > 16


class OfKprobes(LinkBeginning):
    kprobe_multi: KprobeMulti = length > 16


class OfUprobes(LinkBeginning):
    uprobe_multi: UprobeMulti = length > 16


class OfNetfilter(LinkBeginning):
    netfilter: Netfilter = length > 16


# By attach type: what follows the beginning.
LINKS: Mapping[int, type[LinkBeginning]] = {
    **dict.fromkeys((24, 25, 26, 27, 58), OfTracing),  # fentry, fexit, modify_return, LSM, fsession
    **dict.fromkeys((59, 60, 61), OfTracingMulti),
    **dict.fromkeys((BPF_TCX_INGRESS, BPF_TCX_EGRESS), OfInterface),
    **dict.fromkeys((BPF_NETKIT_PRIMARY, BPF_NETKIT_PEER), OfNetkit),
    28: OfIterator,
    41: OfPerfEvent,
    42: OfKprobes,
    45: OfNetfilter,
    48: OfUprobes,
}
GROUPS = frozenset((0, 1, 2, 3, 6, *range(8, 16), *range(18, 23), *range(29, 33), 34, *range(49, 54)))  # BPF_CGROUP_*


def link_kind(data: bytes) -> type[LinkBeginning]:
    """Which structure link_create is, with its first fields at hand."""
    kind, flags = (int.from_bytes(data[i : i + 4], "little") for i in (8, 12))
    if kind in GROUPS:
        return OfGroup if flags & (BPF_F_BEFORE | BPF_F_AFTER) else OfTarget
    return LINKS.get(kind, LinkBeginning)


class LinkUpdate(Struct):
    link_fd: Fd
    new_prog_fd: Fd
    flags: AttachFlags
    old_prog_fd: Fd = this.flags & BPF_F_REPLACE


class link_update(Struct):
    link_update: LinkUpdate


class LinkDetach(Struct):
    link_fd: Fd


class link_detach(Struct):
    link_detach: LinkDetach


class IteratorCreate(Struct):
    link_fd: Fd
    flags: HexInt


class iter_create(Struct):
    iter_create: IteratorCreate


# --- objects


class obj(Struct):
    pathname: Pointer64(String(path=True))
    bpf_fd: Fd
    file_flags: FileFlags = length > 12
    path_fd: DirFd = length > 16


class Info(Struct):
    bpf_fd: Fd
    info_len: UInt
    info: Address64


class obj_info(Struct):
    info: Info


class next_id(Struct):
    start_id: UInt
    next_id: UInt


class prog_by_id(Struct):
    prog_id: UInt


class map_by_id(Struct):
    map_id: UInt
    _next_id: UInt
    open_flags: ObjectFlags = length > 8


class btf_by_id(Struct):
    btf_id: UInt
    _next_id: UInt
    open_flags: ObjectFlags = length > 8
    fd_by_id_token_fd: Fd = length > 8


class link_by_id(Struct):
    link_id: UInt


class btf_load(Struct):
    btf: Pointer64(Bytes[this.btf_size])
    btf_log_buf: Address64
    btf_size: UInt
    btf_log_size: UInt
    btf_log_level: UInt
    btf_log_true_size: UInt = length > 28
    btf_flags: FileFlags = length > 32
    btf_token_fd: Fd = length > 32


class TaskQuery(Struct):
    pid: Int
    fd: Fd
    flags: UInt
    buf_len: UInt
    buf: Pointer64(Within(this.buf_len))
    prog_id: UInt
    fd_type: DescriptorType
    probe_offset: Hex64
    probe_addr: Hex64


class task_fd_query(Struct):
    task_fd_query: TaskQuery


class EnableStatistics(Struct):
    type: Statistics


class enable_stats(Struct):
    enable_stats: EnableStatistics


class TokenCreate(Struct):
    flags: HexInt
    bpffs_fd: Fd


class token_create(Struct):
    token_create: TokenCreate


# --- the union of them


class Attributes(PointerTo):
    """``Attributes(T)``: as much of T as the program says it gives, then the bytes beyond it that are not zero.

    What the call fills in is read after it: ``late`` names fields of which nothing else is shown,
    ``changing`` those that are shown before and after, ``effect`` a field that is repeated behind the structure.
    ``choose`` gives T by what the bytes say. ``minimum`` bytes must be given; ``zeros`` makes any byte beyond T count.
    """

    filled_on_error = False

    def __init__(
        self,
        target: type[Struct],
        late: tuple[str, ...] = (),
        changing: tuple[str, ...] = (),
        effect: str = "",
        choose: Callable[[bytes], type[Struct]] | None = None,
        minimum: int = 1,
        zeros: bool = False,
    ) -> None:
        super().__init__(target, "both" if late or changing or effect else "entry")
        self.filled_on_error = self.when == "both"
        self.late, self.changing, self.effect, self.choose = late, changing, effect, choose
        self.minimum, self.zeros = minimum, zeros

    def argument(self, layout: Layout) -> Argument:
        if not layout.verbose:
            return lambda scope, raw: pointer_value(raw)
        size_of, late, effect, changes = bind(this.size, layout.names), self.late, self.effect, self.when == "both"
        decode = self.decoder(layout)

        def attributes(scope: Any, raw: int) -> Value:
            if not raw:
                return NULL
            size = size_of(scope)
            if not self.minimum <= size <= LONGEST:
                return Address(raw)
            scope.chunks = scope.entry_chunks
            try:
                before = decode(scope, scope.read(raw, size))
            except Fault:
                return Address(raw)
            finally:
                scope.chunks = scope.exit_chunks
            if not changes:
                return before
            try:
                after = decode(scope, scope.read(raw, size))
            except Fault:
                return before
            if effect:
                was, now = (dict(value.pairs[0][1].pairs).get(effect) for value in (before, after))
                return before if was == now else Change(before, Fields([(before.pairs[0][0], Fields([(effect, now)]))]))
            return merged(before, after, late, self.changing)

        return attributes

    def decoder(self, layout: Layout) -> Callable[[Any, bytes], Fields]:
        """A function of the scope and the bytes that exist."""
        decoders: dict[type[Struct], tuple[Decode, int]] = {}
        abbreviate, choose, zeros = layout.abbreviate, self.choose, self.zeros
        assert isinstance(self.target, StructType)
        usual = self.target.declaration

        def decode(scope: Any, data: bytes) -> Fields:
            kind = choose(data) if choose is not None else usual
            if kind not in decoders:
                decoders[kind] = compile(kind, layout), end_of(kind, layout.abi)
            load, end = decoders[kind]
            value = load(scope, data)
            assert isinstance(value, Fields)
            if choose is not None:
                value = Fields([("link_create", value)])
            if zeros:
                return Fields(value.pairs, len(data) > end)
            if not any(data[end:]):
                return value
            if abbreviate:
                return Fields(value.pairs, True)
            rest = Annotated(HexText(data[end:]), f"bytes {end}..{len(data) - 1}")
            return Fields([*value.pairs, ("extra_data", rest)])

        return decode

    def captures(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        return None if layout.verbose else []


def end_of(kind: Any, abi: ABI) -> int:
    """Where the last field of a structure ends, without the padding that C adds."""
    target = as_type(kind)
    if not isinstance(target, StructType):
        return target.size(abi)
    last = target.fields[-1]
    return target.place(abi)[0][last.name] + end_of(last.type, abi)


def merged(before: Fields, after: Fields, late: tuple[str, ...], changing: tuple[str, ...]) -> Fields:
    """Each field as it was before the call or after it."""
    pairs: Pairs = []
    now = dict(after.pairs)
    for name, value in before.pairs:
        if isinstance(value, Fields):
            value = merged(value, now[name], late, changing)
        elif name in late:
            value = now.get(name, value)
        elif name in changing and name in now and now[name] != value:
            value = Change(value, now[name])
        pairs.append((name, value))
    return Fields(pairs, before.more)


MapLookupBatch = Attributes(map_lookup_batch, effect="count")
MapUpdateBatch = Attributes(map_update_batch, effect="count")
MapDeleteBatch = Attributes(map_delete_batch, effect="count")
ProgramLoad = Attributes(
    prog_load, late=("log_true_size", "prog_token_fd", "fd_array_cnt", "signature", "signature_size", "keyring_id")
)
ProgramQuery = Attributes(
    prog_query, late=("prog_ids", "prog_attach_flags", "link_ids", "link_attach_flags", "revision"), changing=("prog_cnt",)
)
StreamRead = Attributes(prog_stream_read, late=("stream_buf", "stream_buf_len", "stream_id", "prog_fd"))
NextId = Attributes(next_id, late=("next_id",))
ObjectInfo = Attributes(obj_info, late=("info",), changing=("info_len",))
BtfLoad = Attributes(btf_load, late=("btf_log_true_size", "btf_flags", "btf_token_fd"))
TaskDescriptorQuery = Attributes(
    task_fd_query, late=("buf", "prog_id", "fd_type", "probe_offset", "probe_addr"), changing=("buf_len",)
)
LinkCreate = Attributes(LinkBeginning, choose=link_kind)
