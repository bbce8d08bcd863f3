"""Structures that only i386 has: 64-bit times, signal sets of one word, what ipc(2) carries."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ptracer.decode.dates import dated
from ptracer.decode.expressions import this
from ptracer.decode.structs import Struct
from ptracer.decode.types import (
    Array,
    Fetcher,
    Int,
    Int64,
    Integer,
    Layout,
    Pointer,
    Target_,
    as_type,
    pointer_value,
)
from ptracer.decode.values import Address, ByName, Fields, Hex, Joined, Sequence, Symbol, Value
from ptracer.errors import Fault
from ptracer.hints import Any
from ptracer.plans import BYTES, CONSTANT, Step
from ptracer.tables.structs.events import Polled, Selected
from ptracer.tables.structs.time import timespec64
from ptracer.tables.words.signals import ActionFlags, SignalHandler, signals_of
from ptracer.tables.words.time import AdjustmentModes, AdjustmentState, AdjustmentStatus

# --- time

# A time of 32 bits is a number with a sign, but its date is that of one without.
Moment32 = Integer(4, signed=True, shape=lambda seconds: dated(seconds, seconds & 0xFFFFFFFF))


class itimerspec64(Struct):
    it_interval: timespec64
    it_value: timespec64


class timeval64(Struct):
    tv_sec: Int64
    tv_usec: Int64


class timex64(Struct):
    """``struct __kernel_timex``, with its gaps."""

    modes: AdjustmentModes
    _gap1: Int
    offset: Int64
    freq: Int64
    maxerror: Int64
    esterror: Int64
    status: AdjustmentStatus
    _gap2: Int
    constant: Int64
    precision: Int64
    tolerance: Int64
    time: timeval64
    tick: Int64
    ppsfreq: Int64
    jitter: Int64
    shift: Int
    _gap3: Int
    stabil: Int64
    jitcnt: Int64
    calcnt: Int64
    errcnt: Int64
    stbcnt: Int64
    tai: Int
    _reserved: Array[Int, 11]


class AdjustedClock64(Integer):
    """The state of a clock as a result, named where the call has filled the structure in argument 1."""

    def __init__(self) -> None:
        super().__init__(4, signed=True)

    def note(self, layout: Layout) -> Callable[[Any], Value | None]:
        size = timex64.as_type().size(layout.abi)

        def remark(call: Any) -> Value | None:
            filled = len(call.read_some(call.args[1], size)) == size
            return AdjustmentState.spell(call.result) if filled else None

        return remark


PollResult64 = Polled(timespec64, 2)
SelectResult64 = Selected(timespec64, 4)


# --- signals


def members(mask: int) -> Value:
    """A signal set of one word."""
    return signals_of(mask.to_bytes(4, "little"))


class SetWord(Integer):
    """``old_sigset_t``: the first 32 signals, in a register too."""

    bracketed = False

    def __init__(self) -> None:
        super().__init__(4, shape=members)


OldSignalSet = SetWord()


class FormerSet(Integer):
    """A signal set as a result, with a word that says which it was."""

    def __init__(self, word: str) -> None:
        super().__init__(4, shape=Hex)
        self.word = Symbol(0, word, word)

    def note(self, layout: Layout) -> Callable[[Any], Value | None]:
        return lambda call: Joined([self.word, members(call.result & 0xFFFFFFFF)], " ")


class FormerHandler(Integer):
    """The handler of a signal as a result."""

    def __init__(self) -> None:
        super().__init__(4, shape=Hex)

    def note(self, layout: Layout) -> Callable[[Any], Value | None]:
        meaning = SignalHandler.argument(layout)

        def remark(call: Any) -> Value | None:
            handler = meaning(call, call.result)
            return ByName(handler, always=True) if isinstance(handler, Symbol) else None

        return remark


class old_sigaction(Struct):
    sa_handler: SignalHandler
    sa_mask: OldSignalSet
    sa_flags: ActionFlags
    sa_restorer: Pointer = this.sa_flags & 0x04000000  # SA_RESTORER


class OldSignalFrame(Target_):
    """What the kernel has put on the stack for a handler without SA_SIGINFO; of it the set of blocked signals.

    The stack pointer is at the sigcontext_32: its ``oldmask`` has the first word of the set, the frame's ``extramask``
    the second. Source: arch/x86/include/asm/sigframe.h, asm/sigcontext.h.
    """

    first, second = 80, 712

    def fetcher(self, layout: Layout) -> Fetcher:
        first, second = self.first, self.second

        def fetch(scope: Any, address: int) -> Value:
            frame = scope.read(address, second + 4)
            return Fields([("mask", signals_of(frame[first : first + 4] + frame[second:]))])

        return fetch

    def steps(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        return [Step(BYTES, argument, CONSTANT, self.second + 4)]


# --- inter-process communication, as ipc(2) carries it


class Semun(Target_):
    """``Semun(T)``: the word behind a pointer is semctl's last argument, a pointer to T or to who knows what.

    A ``named`` one stands by itself when it is not looked into; others are in brackets.
    """

    filled_on_error = True

    def __init__(self, target: Any = None, out: bool = False, named: bool = False) -> None:
        self.target = None if target is None else as_type(target)
        self.out, self.named = out, named

    def fetcher(self, layout: Layout) -> Fetcher:
        fetch = self.target.fetcher(layout) if self.target is not None and layout.verbose else None
        word, out, named = layout.abi.word_size, self.out, self.named

        def fetched(scope: Any, address: int) -> Value:
            inner = int.from_bytes(scope.read(address, word), "little")
            if fetch is not None and inner and not (out and scope.error):
                try:
                    return fetch(scope, inner)
                except Fault:
                    pass
            return pointer_value(inner) if named else Sequence([pointer_value(inner)])

        return fetched

    def unfilled(self, layout: Layout) -> Fetcher:
        return self.fetcher(layout)


class AttachedAt(Integer):
    """The result of a shmat that ipc(2) carries: the address is in memory, where the last argument points."""

    def argument(self, layout: Layout) -> Callable[[Any, int], Value]:
        word = layout.abi.word_size

        def attached(scope: Any, raw: int) -> Value:
            data = scope.read_some(scope.args[3], word)
            return Hex(int.from_bytes(data, "little")) if len(data) == word else Address(raw)

        return attached

    def result_captures(self, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        return [Step(BYTES, 3, CONSTANT, layout.abi.word_size)]
