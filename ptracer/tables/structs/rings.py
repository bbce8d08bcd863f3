"""What is registered with a ring. Source: io_uring_register(2), linux/io_uring.h."""

from __future__ import annotations

from collections.abc import Mapping

from ptracer.decode.expressions import bind, this
from ptracer.decode.sized import Sized
from ptracer.decode.structs import Struct, StructScope
from ptracer.decode.types import (
    Address64,
    Argument,
    Array,
    Byte,
    Fd,
    Fetcher,
    Hex64,
    HexByte,
    HexInt,
    HexShort,
    Int,
    Int64,
    Layout,
    PointerTo,
    Provided,
    Ptr64,
    Target_,
    UInt,
    UInt64,
    UShort,
    iovec,
)
from ptracer.decode.values import NULL, Address, Annotated, Change, Fields, Hex, Joined, Sequence, Value
from ptracer.decode.words import Choice
from ptracer.errors import Fault
from ptracer.hints import Any
from ptracer.plans import Step
from ptracer.tables.words.events import (
    LongReceiveFlags,
    LongRingEnterFlags,
    LongRingEntryFlags,
    LongRingFeatures,
    LongRingSetupFlags,
    PollingOperation,
    PollingStrategy,
    ReceiveAreaFlags,
    ReceiveEvent,
    ReceiveFlags,
    ReceiveOperation,
    RegisteredOperation,
    RingAttributes,
    RingCancelFlags,
    RingCloneFlags,
    RingEntryFlags,
    RingInstallFlags,
    RingMessageFlags,
    RingNopFlags,
    RingOperation,
    RingProbeFlags,
    RingQuery,
    RingRegionFlags,
    RingRequest,
    RingResourceFlags,
    RingRestriction,
    RingSetupFlags,
    RingWorkers,
)
from ptracer.tables.words.time import Clock

Pairs = list[tuple[str, Value]]


def One(target: Any) -> Provided:
    """A structure of which there can only be one."""
    return Provided(target, this.nr_args == 1)


def Alone(target: Any) -> Provided:
    """A structure that is not counted."""
    return Provided(target, this.nr_args == 0)


class Underscored(Struct):
    """A structure whose reserved fields begin with two underscores, which Python keeps for itself."""

    @classmethod
    def shown(cls, pairs: Pairs, scope: StructScope) -> Pairs:
        return [(f"__{name}" if name.startswith(("resv", "pad")) else name, value) for name, value in pairs]


# --- files and buffers --------------------------------------------------------------------------------------------


class io_uring_files_update(Struct):
    offset: UInt
    resv: HexInt = this.resv
    fds: Ptr64[Array[Fd, this.nr_args]]


class file_registration(Struct):
    """struct io_uring_rsrc_register of files."""

    nr: UInt
    flags: RingResourceFlags
    resv2: Hex64 = this.resv2
    data: Ptr64[Array[Fd, this.nr]]
    tags: Ptr64[Array[Hex64, this.nr]]


class buffer_registration(Struct):
    """struct io_uring_rsrc_register of buffers."""

    nr: UInt
    flags: RingResourceFlags
    resv2: Hex64 = this.resv2
    data: Ptr64[Array[iovec, this.nr]]
    tags: Ptr64[Array[Hex64, this.nr]]


class file_update(Struct):
    """struct io_uring_rsrc_update2 of files."""

    offset: UInt
    resv: HexInt = this.resv
    data: Ptr64[Array[Fd, this.nr]]
    tags: Ptr64[Array[Hex64, this.nr]]
    nr: UInt
    resv2: HexInt = this.resv2


class buffer_update(Struct):
    """struct io_uring_rsrc_update2 of buffers."""

    offset: UInt
    resv: HexInt = this.resv
    data: Ptr64[Array[iovec, this.nr]]
    tags: Ptr64[Array[Hex64, this.nr]]
    nr: UInt
    resv2: HexInt = this.resv2


RESOURCES_SIZE = 32
FileRegistration, BufferRegistration, FileUpdate, BufferUpdate = (
    Sized(resources, this.nr_args, RESOURCES_SIZE)
    for resources in (file_registration, buffer_registration, file_update, buffer_update)
)


class ring_registration(Struct):
    """struct io_uring_rsrc_update of a ring's own descriptor."""

    offset: Choice(this.offset, {0xFFFFFFFF: Int}, UInt)
    resv: HexInt = this.resv
    data: Fd
    _high: HexInt


class ring_removal(Struct):
    """struct io_uring_rsrc_update of a ring's own descriptor that is given up."""

    offset: UInt
    resv: HexInt = this.resv
    data: Hex64 = this.data


class io_uring_clone_buffers(Struct):
    src_fd: Fd
    flags: RingCloneFlags
    src_off: UInt
    dst_off: UInt
    nr: UInt
    pad: Array[HexInt, 3] = this.pad


class io_uring_file_index_range(Struct):
    off: UInt
    len: UInt
    resv: Hex64 = this.resv


class io_uring_buf_reg(Struct):
    ring_addr: Address64
    ring_entries: UInt
    bgid: UShort
    flags: HexShort
    min_left: UInt
    resv: Array[HexInt, 5] = this.resv


class io_uring_buf_status(Struct):
    buf_group: HexInt
    head: HexInt
    resv: Array[HexInt, 8] = this.resv


# --- what a ring can and may do -----------------------------------------------------------------------------------


class io_uring_probe_op(Struct):
    op: RingRequest
    resv: HexByte = this.resv
    flags: RingProbeFlags
    resv2: HexInt = this.resv2


class io_uring_probe(Struct):
    last_op: RingRequest
    ops_len: Byte
    resv: HexShort = this.resv
    resv2: Array[HexInt, 3] = this.resv2


PROBE_SIZE, OPERATION_SIZE = 16, 8
MOST_OPERATIONS = 256  # as many as a probe can count


class Probe(PointerTo):
    """What the kernel can do. What the program has put there before is only shown where it is not zero, as it has to be."""

    def __init__(self) -> None:
        super().__init__(io_uring_probe, "both")

    def argument(self, layout: Layout) -> Argument:
        load = self.target.loader(layout)
        count_of, load_operation = bind(this.nr_args, layout.names), io_uring_probe_op.as_type().loader(layout)
        limit = layout.element_limit()

        def operations(scope: Any, data: bytes, count: int, room: int) -> Value:
            shown = min(count, room) if limit is None else min(count, room, limit)
            items = [load_operation(scope, data, PROBE_SIZE + i * OPERATION_SIZE) for i in range(shown)]
            return Sequence(items, shown < count)

        def probe(scope: Any, raw: int) -> Value:
            if not raw:
                return NULL
            if not layout.verbose:
                return Address(raw)
            room = count_of(scope)
            size = PROBE_SIZE + min(room, MOST_OPERATIONS) * OPERATION_SIZE
            if room > MOST_OPERATIONS:
                return Address(raw)

            def whole(count: int | None) -> Value:
                data = scope.read(raw, size)
                pairs = load(scope, data, 0).pairs
                return Fields([*pairs, ("ops", operations(scope, data, data[1] if count is None else count, room))])

            scope.chunks = scope.entry_chunks
            try:
                asked = whole(room) if any(scope.read(raw, size)) else None
            except Fault:
                return Address(raw)
            finally:
                scope.chunks = scope.exit_chunks
            if scope.error:
                return asked or Address(raw)
            try:
                answer = whole(None)
            except Fault:
                answer = Address(raw)
            return answer if asked is None else Change(asked, answer)

        return probe

    def captures(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        return None


class io_uring_restriction(Struct):
    opcode: RingRestriction
    register_op: Choice(this.opcode, {0: RegisteredOperation, 1: RingOperation, 2: RingEntryFlags, 3: RingEntryFlags}, HexByte)
    resv: HexByte = this.resv
    resv2: Array[HexInt, 3] = this.resv2

    @classmethod
    def shown(cls, pairs: Pairs, scope: StructScope) -> Pairs:
        (_, opcode), (_, operation), *rest = pairs
        name = RESTRICTED.get(scope.numbers["opcode"])
        if name is None:
            number = scope.numbers["register_op"]
            return [("opcode", Annotated(opcode, f"op: {number:#x}" if number else "op: 0")), *rest]
        return [("opcode", opcode), (name, operation), *rest]


RESTRICTED = {0: "register_op", 1: "sqe_op", 2: "sqe_flags", 3: "sqe_flags"}


# --- workers, polling, clocks, memory -----------------------------------------------------------------------------


class Workers(PointerTo):
    """The most workers of each kind, which are exchanged for what they were."""

    def __init__(self) -> None:
        super().__init__(Array[UInt, this.nr_args], "both")

    def argument(self, layout: Layout) -> Argument:
        read = PointerTo(self.target).argument(layout)

        def counts(scope: Any, raw: int) -> Value:
            value = read(scope, raw)
            if isinstance(value, Sequence):
                value.items = [Counted(index, count) for index, count in enumerate(value.items)]
            return value

        def exchange(scope: Any, raw: int) -> Value:
            scope.chunks = scope.entry_chunks
            try:
                before = counts(scope, raw)
            finally:
                scope.chunks = scope.exit_chunks
            if not isinstance(before, Sequence) or not before.items or before.rest is not None:
                return before
            return Change(before, Address(raw) if scope.error else counts(scope, raw))

        return exchange


def Counted(index: int, count: Value) -> Value:
    """``[IO_WQ_BOUND]=8``"""
    return Joined([Sequence([RingWorkers.spell(index)]), count], "=")


class io_uring_napi(Struct):
    busy_poll_to: HexInt
    prefer_busy_poll: HexByte
    opcode: PollingOperation
    pad: Array[HexByte, 2] = this.pad
    op_param: Choice(this.opcode, {0: PollingStrategy}, HexInt)
    resv: HexInt = this.resv


class io_uring_clock_register(Underscored):
    clockid: Clock
    resv: Array[HexInt, 3] = this.resv


class cancel_timeout(Struct):
    """struct __kernel_timespec, in which -1 is no time at all."""

    tv_sec: Int64
    tv_nsec: Int64


class io_uring_sync_cancel_reg(Struct):
    addr: Address64
    fd: Fd
    flags: RingCancelFlags
    timeout: cancel_timeout
    opcode: RingOperation
    pad: Array[HexByte, 7] = this.pad
    pad2: Array[Hex64, 3] = this.pad2


class io_uring_mem_region_reg(Underscored):
    region_uptr: Address64
    flags: RingRegionFlags
    resv: Array[Hex64, 2] = this.resv


class ring_offsets(Struct):
    """struct io_sqring_offsets or io_cqring_offsets, of which a resized ring is only told the address."""

    _offsets: Array[UInt, 8]
    user_addr: Hex64


class resized_parameters(Struct):
    """struct io_uring_params of a ring that gets another size."""

    sq_entries: UInt
    cq_entries: UInt
    flags: RingSetupFlags
    _thread: Array[UInt, 4]
    resv: Array[HexInt, 3]
    sq_off: ring_offsets
    cq_off: ring_offsets

    @classmethod
    def shown(cls, pairs: Pairs, scope: StructScope) -> Pairs:
        fields = dict(pairs)
        told = [(name, fields[name]) for name in ("sq_off", "cq_off") if scope.numbers[name] >> 256]
        reserved = [("resv", fields["resv"])] if scope.numbers["resv"] else []
        return [*pairs[:3], *told, *reserved]


# --- a request without a ring -------------------------------------------------------------------------------------


class io_uring_attr_pi(Struct):
    flags: HexShort
    app_tag: HexShort
    len: UInt
    addr: Hex64
    seed: Hex64
    rsvd: Hex64


NOP, MSG_RING, INSTALL, NOP128, COMMAND128 = 0, 40, 54, 63, 64  # IORING_OP_*
TRANSFERS = frozenset((1, 2, 4, 5, 9, 10, 22, 23, 26, 27, 47, 49, 58, 60, 61))  # those that may have attributes
FLAGS_NAMES = {NOP: "nop_flags", NOP128: "nop_flags", MSG_RING: "msg_ring_flags", INSTALL: "install_fd_flags"}
COMMAND_SIZE = 64


class io_uring_sqe(Struct):
    opcode: RingRequest
    flags: RingEntryFlags
    ioprio: UShort
    fd: Fd
    off: Hex64
    addr: Hex64
    len: UInt
    rw_flags: Choice(
        this.opcode,
        {NOP: RingNopFlags, NOP128: RingNopFlags, MSG_RING: RingMessageFlags, INSTALL: RingInstallFlags},
        HexInt,
    )
    user_data: Hex64
    buf_index: HexShort
    personality: UShort
    file_index: HexInt
    attr_ptr: Choice(this.attr_type_mask & 1, {1: Ptr64[io_uring_attr_pi]}, Address64)
    attr_type_mask: RingAttributes

    @classmethod
    def shown(cls, pairs: Pairs, scope: StructScope) -> Pairs:
        *general, (_, pointer), (_, mask) = pairs
        operation = scope.numbers["opcode"]
        general = [(FLAGS_NAMES.get(operation, name) if name == "rw_flags" else name, value) for name, value in general]
        if operation in TRANSFERS and scope.numbers["attr_type_mask"]:
            return [*general, ("attr_type_mask", mask), ("attr_ptr", pointer)]
        return [*general, ("optval", Hex(scope.numbers["attr_ptr"]))]


class Request(Target_):
    """A struct io_uring_sqe, and the command after it where it is one of twice the size."""

    def fetcher(self, layout: Layout) -> Fetcher:
        fetch, size = io_uring_sqe.as_type().fetcher(layout), io_uring_sqe.as_type().size(layout.abi)
        command = PointerTo(Array[HexByte, COMMAND_SIZE]).argument(layout)

        def request(scope: Any, address: int) -> Value:
            value = fetch(scope, address)
            if scope.read(address, 1)[0] not in (NOP128, COMMAND128):
                return value
            return Fields([*value.pairs, ("cmd", command(scope, address + size))])

        return request


# --- queries ------------------------------------------------------------------------------------------------------


class io_uring_query_opcode(Underscored):
    nr_request_opcodes: UInt
    nr_register_opcodes: UInt
    feature_flags: LongRingFeatures
    ring_setup_flags: LongRingSetupFlags
    enter_flags: LongRingEnterFlags
    sqe_flags: LongRingEntryFlags
    nr_query_opcodes: UInt
    pad: HexInt = this.pad


class io_uring_query_zcrx(Underscored):
    register_flags: LongReceiveFlags
    area_flags: ReceiveAreaFlags
    nr_ctrl_opcodes: UInt
    features: HexInt
    rq_hdr_size: UInt
    rq_hdr_alignment: UInt
    resv2: Hex64 = this.resv2


class io_uring_query_scq(Struct):
    hdr_size: UInt64
    hdr_alignment: UInt64


class io_uring_query_zcrx_event(Underscored):
    event_flags: HexInt
    stats_size: UInt
    stats_off_alignment: UInt
    resv1: HexInt = this.resv1
    resv2: Array[Hex64, 4] = this.resv2


class io_uring_query_hdr(Underscored):
    next_entry: Address64
    query_data: Address64
    query_op: RingQuery
    size: UInt
    result: Int
    resv: Array[HexInt, 3] = this.resv


ANSWERS = dict(enumerate((io_uring_query_opcode, io_uring_query_zcrx, io_uring_query_scq, io_uring_query_zcrx_event)))
MOST_QUERIES = 128  # of one chain that are shown, one inside the other: a chain may be a ring


class Queries(Target_):
    """A chain of questions, as the program puts them."""

    def fetcher(self, layout: Layout) -> Fetcher:
        head, size = io_uring_query_hdr.as_type().loader(layout), io_uring_query_hdr.as_type().size(layout.abi)
        limit = layout.element_limit()
        most = MOST_QUERIES if limit is None else min(limit, MOST_QUERIES)
        readers = {query: PointerTo(answer).argument(layout) for query, answer in ANSWERS.items()}

        def query(scope: Any, address: int, left: int) -> Value:
            data = scope.read(address, size)
            following, answer, asked = (int.from_bytes(data[at : at + 8], "little") for at in (0, 8, 16))
            (_, next_entry), *pairs = head(scope, data, 0).pairs
            if answer and asked >> 32:
                read = readers.get(asked & 0xFFFFFFFF)
                pairs.append(("query_data", read(scope, answer) if read else Address(answer)))
            if following:
                try:
                    next_entry = query(scope, following, left - 1) if left > 1 else Annotated(next_entry, "...")
                except Fault:
                    pass
            return Fields([*pairs, ("next_entry", next_entry)])

        return lambda scope, address: query(scope, address, most)


# --- receiving without copying ------------------------------------------------------------------------------------


class io_uring_zcrx_offsets(Underscored):
    head: UInt
    tail: UInt
    rqes: UInt
    resv2: HexInt = this.resv2
    resv: Array[Hex64, 2] = this.resv


class io_uring_zcrx_ifq_reg(Underscored):
    if_idx: UInt
    if_rxq: UInt
    rq_entries: UInt
    flags: ReceiveFlags
    area_ptr: Address64
    region_ptr: Address64
    offsets: io_uring_zcrx_offsets
    zcrx_id: UInt
    rx_buf_len: UInt
    event_desc: Address64
    resv: Array[Hex64, 2] = this.resv


class zcrx_ctrl_flush_rq(Underscored):
    resv: Array[Hex64, 6] = this.resv


class zcrx_ctrl_export(Underscored):
    zcrx_fd: Fd
    resv1: Array[HexInt, 11] = this.resv1


class zcrx_ctrl_arm_event(Underscored):
    event_type: ReceiveEvent
    resv: Array[HexInt, 11] = this.resv


class zcrx_ctrl(Underscored):
    zcrx_id: UInt
    op: ReceiveOperation
    resv: Array[Hex64, 2] = this.resv
    control: Choice(this.op, {0: zcrx_ctrl_flush_rq, 1: zcrx_ctrl_export, 2: zcrx_ctrl_arm_event}, zcrx_ctrl_flush_rq)

    @classmethod
    def shown(cls, pairs: Pairs, scope: StructScope) -> Pairs:
        *general, (_, control) = super().shown(pairs, scope)
        operation = scope.numbers["op"]
        name = CONTROLS.get(operation)
        # The descriptor is the kernel's answer.
        return general if name is None or (operation == EXPORT and scope.error) else [*general, (name, control)]


EXPORT = 1
CONTROLS = {0: "zc_flush", EXPORT: "zc_export", 2: "zc_arm_event"}
