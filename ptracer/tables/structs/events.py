"""Structures of events. Source: poll(2), select(2), epoll_ctl(2), io_submit(2), io_uring_setup(2), io_uring_enter(2)."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping

from ptracer.decode.expressions import bind, this
from ptracer.decode.structs import Struct, StructScope, StructType
from ptracer.decode.types import (
    Array,
    Bytes,
    Fd,
    Fetcher,
    Hex64,
    HexInt,
    Int64,
    Integer,
    IOVectors,
    Layout,
    Length,
    Pointer,
    PointerTo,
    Ptr,
    Ptr64,
    Short,
    Size,
    Target_,
    UInt,
    UInt64,
    as_type,
    iovec,
    length_source,
)
from ptracer.decode.values import NULL, Address, Applied, Form, Hex, Joined, Meant, Sequence, Symbol, Value
from ptracer.decode.words import Choice
from ptracer.errors import Fault
from ptracer.hints import Any
from ptracer.plans import ARGUMENT, BYTES, CONSTANT, IOVEC, Step
from ptracer.tables.structs.time import timespec, timespec64, timeval
from ptracer.tables.words.events import (
    AioCommand,
    AioFlags,
    EpollEvents,
    IoPriorityClass,
    LongPollEvents,
    PollEvents,
    ReadWriteFlags,
    RingFeatures,
    RingSetupFlags,
)
from ptracer.tables.words.signals import SignalSet

Pairs = list[tuple[str, Value]]


# --- poll ---------------------------------------------------------------------------------------------------------


class pollfd(Struct):
    fd: Fd
    events: PollEvents = this.fd >= 0
    _revents: PollEvents


POLLED, READY = struct.Struct("<ixxH"), Form("fd", "revents")  # what a pollfd says after the call
POLLFD_SIZE = POLLED.size
REMEMBERED = 512  # remarks
MOST_POLLED = 1 << 20  # bytes of pollfd that are looked at for what is ready


class Ready(Integer):
    """The result of a wait: how many are ready, and in a remark what, and how much time was left.

    ``timeout`` is the structure behind the argument that the kernel updates, or None.
    """

    def __init__(self, timeout: Any = None, index: int = 0) -> None:
        super().__init__(4, signed=True)
        self.timeout, self.index = timeout, index

    def left(self, layout: Layout) -> Callable[[Any], list[Value]] | None:
        """The time left, as the further part of a remark; None: nobody is told."""
        if self.timeout is None:
            return None
        fetch = PointerTo(self.timeout).argument(layout)

        def part(call: Any) -> list[Value]:
            value = fetch(call, call.args[self.index])
            return [word_before("left", value)] if value is not NULL else []

        return part

    def ready(self, layout: Layout) -> Callable[[Any], list[Value]]:
        """What is ready, as parts of a remark."""
        raise NotImplementedError

    def note(self, layout: Layout) -> Callable[[Any], Value | None]:
        ready, left = self.ready(layout), self.left(layout)

        def remark(call: Any) -> Value | None:
            if not call.result:
                return "Timeout"
            parts = ready(call)
            if left is not None:
                parts += left(call)
            return Joined(parts, ", ") if parts else None

        return remark

    def left_steps(self, layout: Layout) -> list[Step]:
        """What to copy for the time left."""
        return [] if self.timeout is None else [Step(BYTES, self.index, CONSTANT, as_type(self.timeout).size(layout.abi))]


def word_before(word: str, value: Value) -> Value:
    """``in [3 4]``"""
    return Joined([Symbol(0, word, word), value], " ")


class Polled(Ready):
    """The descriptors of a poll that have events."""

    def ready(self, layout: Layout) -> Callable[[Any], list[Value]]:
        limit = layout.element_limit()
        events = PollEvents.value(layout)

        def parts(call: Any) -> list[Value]:
            address, count = call.args[0], call.args[1] & 0xFFFFFFFF
            if not address or not count or not layout.verbose:
                return []
            data = call.read_some(address, min(count * POLLFD_SIZE, MOST_POLLED))
            items: list[Value] = []
            whole = len(data) - len(data) % POLLFD_SIZE
            for fd, revents in POLLED.iter_unpack(data if whole == len(data) else data[:whole]):
                if not revents:
                    continue
                if limit is not None and len(items) >= limit:
                    return [Sequence(items, True)]
                items.append(READY.fields(fd, events(revents)))
            if len(data) < count * POLLFD_SIZE:
                items.append(Address(address + whole))
            return [Sequence(items)] if items else []

        return parts

    def note(self, layout: Layout) -> Callable[[Any], Value | None]:
        remark = super().note(layout)
        if self.timeout is not None:
            return remark
        known: dict[bytes, Joined] = {}  # the same few descriptors are waited for again and again

        def recall(call: Any) -> Value | None:
            data = call.chunks.get(call.args[0], b"") if call.chunks and call.result else b""
            if len(data) != (call.args[1] & 0xFFFFFFFF) * POLLFD_SIZE:
                return remark(call)
            value = known.get(data)
            if value is not None:
                return value
            made = remark(call)
            if isinstance(made, Joined):
                made.recurs = True  # by its bytes
                if len(known) >= REMEMBERED:
                    known.clear()
                known[data] = made
            return made

        return recall

    def result_captures(self, positions: Mapping[str, int], layout: Layout) -> list[Step]:
        return [Step(BYTES, 0, ARGUMENT, 1, POLLFD_SIZE, MOST_POLLED), *self.left_steps(layout)]


PollResult = Polled()
PpollResult, Ppoll64Result = Polled(timespec, 2), Polled(timespec64, 2)


# --- select -------------------------------------------------------------------------------------------------------

MOST_DESCRIPTORS = 1 << 20  # of one set, as many as a process can have


class DescriptorSet(Target_):
    """``DescriptorSet[this.nfds]``: an fd_set of so many bits. No bits, or too few bytes, are nothing to look at.

    ``bare`` are numbers behind which nothing is ever shown.
    """

    def __init__(self, length: Length, bare: bool = False) -> None:
        self.length, self.bare = length, bare

    def __class_getitem__(cls, length: Length) -> DescriptorSet:
        return cls(length)

    def fetcher(self, layout: Layout) -> Fetcher:
        length, word = bind(self.length, layout.names), layout.abi.word_size
        describe = None if self.bare else Fd.describing(layout)
        if describe is not None:
            layout.looks_outside()

        def fetch(scope: Any, address: int) -> Value:
            bits = min(length(scope), MOST_DESCRIPTORS)
            if bits <= 0:
                return Address(address)
            size = -(-bits // (8 * word)) * word
            members = int.from_bytes(scope.read(address, size), "little") & ((1 << bits) - 1)
            items: list[Value] = []
            while members:
                lowest = members & -members
                number = lowest.bit_length() - 1
                items.append(number if describe is None else describe(scope, number))
                members ^= lowest
            return Sequence(items, separator=" ")

        return fetch

    def steps(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        # Eight bytes for each bit are too many, but never too few: the set comes in whole words.
        source = length_source(self.length, positions)
        return source and [Step(BYTES, argument, *source, 8, MOST_DESCRIPTORS // 8)]


class Selected(Ready):
    """The descriptors of a select that are ready, in three sets."""

    def ready(self, layout: Layout) -> Callable[[Any], list[Value]]:
        fetch = DescriptorSet(this.nfds, bare=True).fetcher(layout)

        def parts(call: Any) -> list[Value]:
            found: list[Value] = []
            for word, address in zip(("in", "out", "except"), call.args[1:4], strict=True):
                if address:
                    try:
                        members = fetch(call, address)
                    except Fault:
                        continue
                    if isinstance(members, Sequence) and members.items:
                        found.append(word_before(word, members))
            return found

        return parts

    def result_captures(self, positions: Mapping[str, int], layout: Layout) -> list[Step]:
        sets = DescriptorSet(this.nfds)
        steps = [step for index in (1, 2, 3) for step in sets.steps(index, positions, layout) or []]
        return steps + self.left_steps(layout)


SelectResult = Selected(timeval, 4)
Pselect6Result, Pselect664Result = Selected(timespec, 4), Selected(timespec64, 4)


class MaskAndSize(StructType):
    """A signal mask and its size, in a structure of its own because six arguments are not enough."""

    def __init__(self) -> None:
        super().__init__(sigset_argument)

    def steps(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step]:
        # A pointer and a length: to the copying loop it is a struct iovec.
        return [Step(IOVEC, argument, CONSTANT, 1, 1, 8)]


class sigset_argument(Struct):
    sigmask: Ptr[SignalSet(this.sigsetsize)]
    sigsetsize: Size


SignalMaskArgument = MaskAndSize()


# --- epoll --------------------------------------------------------------------------------------------------------


class epoll_event(Struct):
    packed = True
    events: EpollEvents
    data: Hex64


# --- asynchronous input and output --------------------------------------------------------------------------------


class io_event(Struct):
    data: Hex64
    obj: Hex64
    res: Int64
    res2: Int64


PREAD, PWRITE, POLL, PREADV, PWRITEV = 0, 1, 5, 7, 8  # IOCB_CMD_*
IOCB_FLAG_RESFD, IOCB_FLAG_IOPRIO = 1, 2


def priority(number: int) -> Value:
    """A class and a level in one number."""
    number &= 0xFFFF
    return Meant(Hex(number), Applied("IOPRIO_PRIO_VALUE", [IoPriorityClass.spell(number >> 13), number & 0x1FFF]), styled=True)


moves_vectors = (this.aio_lio_opcode == PREADV) | (this.aio_lio_opcode == PWRITEV)
has_buffer = (this.aio_lio_opcode <= PWRITE) | (this.aio_lio_opcode == POLL) | moves_vectors
IMPOSSIBLE = 1 << 16  # a command whose size no memory has
impossible = (this.aio_nbytes >> 63) & (this.aio_lio_opcode != POLL)


class iocb(Struct):
    """A request. What is shown after ``aio_fildes`` depends on the command."""

    aio_data: Hex64
    aio_key: UInt = this.aio_key
    aio_rw_flags: ReadWriteFlags = this.aio_rw_flags
    aio_lio_opcode: AioCommand
    aio_reqprio: Choice(this.aio_flags & IOCB_FLAG_IOPRIO, {IOCB_FLAG_IOPRIO: Integer(2, shape=priority)}, Short) = (
        this.aio_flags & IOCB_FLAG_IOPRIO
    ) | this.aio_reqprio
    aio_fildes: Fd
    aio_buf: Choice(
        this.aio_lio_opcode + impossible * IMPOSSIBLE,
        {
            PWRITE: Ptr64[Bytes[this.aio_nbytes]],
            POLL: LongPollEvents,
            PREADV: Ptr64[Array[iovec, this.aio_nbytes]],
            PWRITEV: Ptr64[IOVectors[this.aio_nbytes]],
            IMPOSSIBLE + PREADV: Pointer,
            IMPOSSIBLE + PWRITEV: Pointer,
        },
        Hex64,
    ) = has_buffer
    aio_nbytes: UInt64 = (this.aio_lio_opcode <= PWRITE) | (moves_vectors & impossible)
    aio_offset: Int64 = (this.aio_lio_opcode <= PWRITE) | moves_vectors
    _reserved: UInt64
    aio_flags: AioFlags = (this.aio_flags != 0) & has_buffer
    aio_resfd: Choice(this.aio_flags & IOCB_FLAG_RESFD, {IOCB_FLAG_RESFD: Fd}, HexInt) = (
        (this.aio_flags & IOCB_FLAG_RESFD) | (this.aio_resfd != 0)
    ) & has_buffer


class cancelled_iocb(iocb):
    """A request that is named only to be taken back."""

    @classmethod
    def shown(cls, pairs: Pairs, scope: StructScope) -> Pairs:
        return [(name, value) for name, value in pairs if name not in TRANSFER]


TRANSFER = ("aio_buf", "aio_nbytes", "aio_offset", "aio_flags", "aio_resfd")


# --- io_uring -----------------------------------------------------------------------------------------------------


class io_sqring_offsets(Struct):
    head: UInt
    tail: UInt
    ring_mask: UInt
    ring_entries: UInt
    flags: UInt
    dropped: UInt
    array: UInt
    resv1: HexInt = this.resv1
    user_addr: Hex64


class io_cqring_offsets(Struct):
    head: UInt
    tail: UInt
    ring_mask: UInt
    ring_entries: UInt
    overflow: UInt
    cqes: UInt
    flags: UInt
    resv1: HexInt = this.resv1
    user_addr: Hex64


IORING_SETUP_ATTACH_WQ = 0x20


class io_uring_params(Struct):
    """What a program asks for, and what the kernel answers."""

    sq_entries: UInt
    cq_entries: UInt
    flags: RingSetupFlags
    sq_thread_cpu: HexInt
    sq_thread_idle: UInt
    features: RingFeatures
    wq_fd: Fd = this.flags & IORING_SETUP_ATTACH_WQ
    resv: Array[HexInt, 3]
    sq_off: io_sqring_offsets
    cq_off: io_cqring_offsets

    @classmethod
    def shown(cls, pairs: Pairs, scope: StructScope) -> Pairs:
        fields = dict(pairs)
        asked = ["flags", "sq_thread_cpu", "sq_thread_idle", "wq_fd"]
        if any(fields["resv"].items):
            asked.append("resv")
        answered = [] if scope.error else ["sq_entries", "cq_entries", "features", "sq_off", "cq_off"]
        return [(name, fields[name]) for name in asked + answered if name in fields]


class RingParameters(PointerTo):
    """Parameters that are read at entry and at exit, and shown once: a failed call has changed nothing."""

    def __init__(self) -> None:
        super().__init__(io_uring_params, "both")

    def argument(self, layout: Layout) -> Callable[[Any, int], Value]:
        return PointerTo(io_uring_params).argument(layout)


SetupParameters = RingParameters()


class io_uring_getevents_arg(Struct):
    sigmask: Ptr64[SignalSet(this.sigmask_sz)]
    sigmask_sz: UInt
    min_wait_usec: UInt
    ts: Ptr64[timespec64]
