"""Structures of time. Source: timespec(3type), timeval(3type), itimerval(3type), adjtimex(2), sigevent(3type)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ptracer.decode.dates import date, dated
from ptracer.decode.expressions import this
from ptracer.decode.structs import Struct, StructScope
from ptracer.decode.types import (
    Array,
    Fetcher,
    Int,
    Int64,
    Integer,
    KernelLong,
    KernelULong,
    Layout,
    Pointer,
    Target_,
    UInt,
    UInt64,
    as_type,
)
from ptracer.decode.values import Address, ByName, Value
from ptracer.decode.words import Choice
from ptracer.errors import Fault
from ptracer.hints import Any
from ptracer.plans import Step
from ptracer.tables.words.signals import EventNotification, SignalNumber
from ptracer.tables.words.time import AdjustmentModes, AdjustmentState, AdjustmentStatus

RESTART_BLOCK = 516  # ERESTART_RESTARTBLOCK: a signal has interrupted the wait, which will go on


class timespec(Struct):
    """x32 has the longs of a 64-bit kernel here, as in all that is old."""

    tv_sec: KernelLong
    tv_nsec: KernelULong


class timespec64(Struct):
    """What calls with a 64-bit time use on every ABI."""

    tv_sec: Int64
    tv_nsec: UInt64


class timeval(Struct):
    tv_sec: KernelLong
    tv_usec: KernelULong


class timezone(Struct):
    tz_minuteswest: Int
    tz_dsttime: Int


class itimerval(Struct):
    it_interval: timeval
    it_value: timeval


class itimerspec(Struct):
    it_interval: timespec
    it_value: timespec


class timex(Struct):
    modes: AdjustmentModes
    offset: KernelLong
    freq: KernelLong
    maxerror: KernelLong
    esterror: KernelLong
    status: AdjustmentStatus
    constant: KernelLong
    precision: KernelLong
    tolerance: KernelLong
    time: timeval
    tick: KernelLong
    ppsfreq: KernelLong
    jitter: KernelLong
    shift: Int
    stabil: KernelLong
    jitcnt: KernelLong
    calcnt: KernelLong
    errcnt: KernelLong
    stbcnt: KernelLong
    tai: Int
    _reserved: Array[Int, 11]


class AdjustedClock(Integer):
    """The state of a clock as a result, named where the call has filled the structure in argument ``index``."""

    def __init__(self, index: int) -> None:
        super().__init__(0)
        self.index = index

    def note(self, layout: Layout) -> Callable[[Any], Value | None]:
        index, size = self.index, timex.as_type().size(layout.abi)

        def remark(call: Any) -> Value | None:
            filled = len(call.read_some(call.args[index], size)) == size
            return ByName(AdjustmentState.spell(call.result), always=True) if filled else None

        return remark


class Remaining(Target_):
    """``Remaining(timespec)``: what is left to wait, which the kernel writes only when a signal comes."""

    filled_on_error = True

    def __init__(self, target: Any) -> None:
        self.target = as_type(target)

    def fetcher(self, layout: Layout) -> Fetcher:
        return lambda scope, address: Address(address)

    def unfilled(self, layout: Layout) -> Fetcher:
        fetch = self.target.fetcher(layout)

        def left(scope: Any, address: int) -> Value:
            if scope.error != RESTART_BLOCK:
                raise Fault(address)
            return fetch(scope, address)

        return left

    def steps(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        return self.target.steps(argument, positions, layout)


Moment = Integer(0, signed=True, shape=lambda seconds: dated(seconds, seconds))


class DatedResult(Integer):
    """A result that counts seconds since 1970, with its date."""

    def note(self, layout: Layout) -> Callable[[Any], str | None]:
        return lambda call: date(call.result)


Date = DatedResult(0, signed=True)


class sigval(Struct):
    """One word that is shown as either of its readings."""

    sival_int: Int
    sival_ptr: Pointer
    union = True


SIGEV_SIGNAL, SIGEV_THREAD, SIGEV_THREAD_ID = 0, 2, 4


class sigevent(Struct):
    """How a timer, a message queue or an input operation tells of its end."""

    sigev_value: sigval = this.sigev_value
    sigev_signo: Choice(this.sigev_notify, dict.fromkeys((SIGEV_SIGNAL, SIGEV_THREAD, SIGEV_THREAD_ID), SignalNumber), UInt)
    sigev_notify: EventNotification
    sigev_notify_function: Pointer = this.sigev_notify == SIGEV_THREAD
    sigev_notify_attributes: Pointer = this.sigev_notify == SIGEV_THREAD

    @classmethod
    def shown(cls, pairs: list[tuple[str, Value]], scope: StructScope) -> list[tuple[str, Value]]:
        """The id of a thread lies where the function does."""
        if scope.numbers["sigev_notify"] == SIGEV_THREAD_ID:
            thread = scope.numbers["sigev_notify_function"] & 0xFFFFFFFF
            pairs = [*pairs, ("sigev_notify_thread_id", (thread ^ 1 << 31) - (1 << 31))]
        return pairs
