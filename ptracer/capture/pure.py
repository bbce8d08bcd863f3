"""The capture without a compiler: the C loop's twin in Python, on python-ptrace's binding.

It keeps the protocol of ``protocol.py`` and makes the same records, several times more slowly.
"""

from __future__ import annotations

import errno
import os
import time
from collections import deque
from collections.abc import Callable

from ptrace.binding import func as binding

from ptracer import own_signals as signal
from ptracer.capture.pure_memory import ARCH_64BIT, Copying, size_of_chunks
from ptracer.capture.pure_requests import Requests, Stop, Waiter, is_delivery, request
from ptracer.capture.pure_ring import Ring
from ptracer.capture.pure_stops import EVENT_SECCOMP, EXIT, NOTHING, SECCOMP, CallStop, Registers, SyscallInfo
from ptracer.capture.pure_sums import Apart, Sums
from ptracer.capture.records import CALL, INTERRUPTED, LIVE_ENTRY, LIVE_EXIT, NEED_PLAN, STOP, Packed, Record
from ptracer.capture.records import ENTRY as ENTRY_RECORD
from ptracer.capture.records import EXIT as EXIT_RECORD
from ptracer.hints import Any
from ptracer.plans import Plan

PTRACE_SEIZE = 0x4206
NO_NUMBER = 1 << 40  # of a call that never comes

SIZE_OF_RECORD = 136  # what a record without memory takes in the C loop's ring
SMALLEST_RING = 8 << 20  # several of the largest records

Variant = tuple[int, int, int, Plan | None]  # selector, mask, key, plan


class _Thread:
    """What must be known of a thread between two stops."""

    __slots__ = ("tid", "in_call", "recorded", "arch", "number", "args", "plan", "cpu_at_entry", "hidden_until", "on_trial")

    def __init__(self, tid: int) -> None:
        self.tid = tid
        self.in_call = False
        self.recorded = False
        self.arch = 0
        self.number = 0
        self.args: tuple[int, ...] = ()
        self.plan = Plan()
        self.cpu_at_entry = 0
        self.hidden_until = 0
        self.on_trial = False  # in the call that ends hiding: if it fails the rest is hidden too


class Capture(Requests):
    """See ``protocol.Capture``. ``syscall_info=False`` reads registers as if the kernel were older than 5.3."""

    def __init__(self, ring_size: int = SMALLEST_RING, *, syscall_info: bool = True) -> None:
        self._ring = Ring(max(ring_size, SMALLEST_RING))
        self._threads: dict[int, _Thread] = {}
        self._plans: dict[tuple[int, int], list[Variant]] = {}
        self._reader: SyscallInfo | Registers = SyscallInfo() if syscall_info else Registers()
        self._waiter = Waiter()
        self._collected: deque[Stop] = deque()
        self._replay: tuple[_Thread, CallStop] | None = None  # an entry that waits for a plan
        self._cpu = 0  # of the process that stopped last
        self._filtered = self._cpu_time = self._detaching = False
        self._interrupt_noted = False
        self._told = False  # that records have been dropped
        self._sums = Sums()

    # --- requests, and what is known of threads

    def seize(self, tid: int, options: int) -> None:
        request(PTRACE_SEIZE, tid, 0, options)
        self.add(tid)

    def resume(self, tid: int, signal: int = 0) -> None:
        thread = self._threads.get(tid)
        if thread is None:
            raise ProcessLookupError(errno.ESRCH, os.strerror(errno.ESRCH))
        self._resume(thread, signal)

    def detach(self, tid: int, signal: int = 0) -> None:
        request(binding.PTRACE_DETACH, tid, 0, signal)
        self.forget(tid)

    def add(self, tid: int, parent: int = 0) -> None:
        self._threads.setdefault(tid, _Thread(tid))

    def hide(self, tid: int, until: int) -> None:
        if tid in self._threads:
            self._threads[tid].hidden_until = until

    def forget(self, tid: int) -> None:
        self._drop(tid)
        self._collected = deque(stop for stop in self._collected if stop.tid != tid)

    def rename(self, former: int, tid: int) -> None:
        self._drop(tid)
        thread = self._drop(former)
        if thread is not None:
            thread.tid = tid
            self._threads[tid] = thread

    def _drop(self, tid: int) -> _Thread | None:
        thread = self._threads.pop(tid, None)
        if self._replay is not None and self._replay[0] is thread:
            self._replay = None
        return thread

    def system_call(self, tid: int) -> tuple[int, int] | None:
        thread = self._threads.get(tid)
        return (thread.arch, thread.number) if thread is not None and thread.in_call else None

    def set_plan(self, arch: int, number: int, selector: int, mask: int, key: int, plan: Plan | None) -> None:
        # The newest is found first.
        self._plans.setdefault((arch, number), []).insert(0, (selector, mask, key, plan))

    def go_inside(self, traits: bytes) -> None:
        raise NotImplementedError("only the C loop does that")

    def configure(
        self, *, filtered: bool | None = None, cpu_time: bool | None = None, detaching: bool | None = None,
        patience: int | None = None,
    ) -> None:  # fmt: skip
        self._filtered = self._filtered if filtered is None else filtered
        self._cpu_time = self._cpu_time if cpu_time is None else cpu_time
        self._detaching = self._detaching if detaching is None else detaching
        self._ring.limit = self._ring.limit if patience is None else patience

    # --- records

    def append(self, record: Record) -> None:
        self._ring.put(record, SIZE_OF_RECORD)

    def finish(self) -> None:
        self._ring.finish()

    def take(self, most: int) -> list[Record] | None:
        return self._ring.take(most)

    def take_sums(self, most: int, overhead: int, apart: Apart, /) -> list[Record] | None:
        batch = self._ring.take(most)
        return self._sums.of(batch, overhead, apart) if batch is not None else None

    def take_packed(self, most: int, encode: Callable[[object], bytes], /) -> Packed | None:
        batch = self._ring.take(max(most // SIZE_OF_RECORD, 1))
        if batch is None:
            return None
        notices = [record for record in batch if record[0] > EXIT_RECORD]
        return encode(batch), len(batch), batch[0][2], batch[-1][2], notices

    # --- the loop

    def wait(self) -> tuple[Any, ...] | None:
        event = self._handle_again()
        while event is None:
            try:
                stop = self._next_stop()
            except InterruptedError:
                return (INTERRUPTED,)
            except ChildProcessError:
                return None
            event = self._handle(stop)
        return event

    def note_interrupt(self) -> None:
        self._interrupt_noted = True

    def give_up(self) -> None:
        self._ring.impatient = True

    def gave_up(self) -> bool:
        return self._ring.dropped

    def _next_stop(self) -> Stop:
        """A thread that stops over and over can be first in the kernel's list each time. So all that are
        stopped are collected before one of them goes on: each of these gets its turn."""
        if self._interrupt_noted or (self._ring.dropped and not self._told):
            self._told = self._ring.dropped
            self._interrupt_noted = False
            raise InterruptedError
        if self._collected:
            return self._collected.popleft()
        stop = self._waiter.next(0, self._cpu_time)
        assert stop is not None
        if len(self._threads) > 1 and not is_delivery(stop.status):
            self._collect()
        return stop

    def _collect(self) -> None:
        try:
            while (stop := self._waiter.next(os.WNOHANG, self._cpu_time)) is not None and not is_delivery(stop.status):
                self._collected.append(stop)
        except ChildProcessError:
            pass  # the next wait says so

    def _handle(self, stop: Stop) -> tuple[Any, ...] | None:
        """What the tracer has to decide; None: nothing, and the thread goes on."""
        tid, status, self._cpu = stop
        thread = self._threads.get(tid)
        event = status >> 16
        if thread is None or self._detaching or not _is_call_stop(status):
            return (STOP, tid, status)
        about = self._ask(thread, event)
        if about is None or about.operation == NOTHING:
            return None  # killed meanwhile, or superseded by exec: another stop is reported next
        return self._handle_call(thread, about)

    def _ask(self, thread: _Thread, event: int) -> CallStop | None:
        try:
            return self._reader.stop(thread.tid, event, thread.in_call, thread.arch)
        except ProcessLookupError:
            return None
        except OSError:
            if isinstance(self._reader, Registers):
                raise
            self._reader = Registers()
            return self._ask(thread, event)

    def _handle_call(self, thread: _Thread, about: CallStop) -> tuple[Any, ...] | None:
        if about.operation == EXIT:
            event = self._on_exit(thread, about)
        elif about.operation == SECCOMP and thread.in_call:
            event = None  # the tracee's own filter: the entry has been seen
        else:
            event = self._on_entry(thread, about)
        if event is None:
            self._go_on(thread)
        return event

    def _handle_again(self) -> tuple[Any, ...] | None:
        """The entry that waited for a plan."""
        if self._replay is None:
            return None
        (thread, about), self._replay = self._replay, None
        return self._handle_call(thread, about)

    def _resume(self, thread: _Thread, signal: int) -> None:
        to_next_call = not self._filtered or thread.in_call
        request(binding.PTRACE_SYSCALL if to_next_call else binding.PTRACE_CONT, thread.tid, 0, signal)

    def _go_on(self, thread: _Thread) -> None:
        try:
            self._resume(thread, 0)
        except ProcessLookupError:
            pass  # its death is reported next

    # --- entry and exit

    def _on_entry(self, thread: _Thread, about: CallStop) -> tuple[Any, ...] | None:
        thread.arch, thread.number = about.arch, about.number
        if thread.hidden_until:
            if thread.hidden_until != thread.number:
                thread.recorded = False
                thread.in_call = not self._filtered
                return None
            thread.hidden_until = 0
            thread.on_trial = True
        # What the kernel takes from the registers of a 32-bit call; the upper halves are anybody's.
        args = about.args if about.arch & ARCH_64BIT else tuple(arg & 0xFFFFFFFF for arg in about.args)
        thread.args = (*args, about.stack)
        try:
            plan = self._plan(thread)
        except LookupError:
            self._replay = thread, about
            return (NEED_PLAN, thread.tid, thread.arch, thread.number, thread.args)
        thread.recorded = plan is not None
        # Behind a filter an unwanted call needs no stop at its exit; without one the kernel makes it anyway.
        thread.in_call = thread.recorded or thread.on_trial or not self._filtered
        thread.cpu_at_entry = self._cpu
        if plan is None:
            return None
        thread.plan = plan
        if plan.live_entry or self._copying(thread).must_ask(plan.entry):
            return (LIVE_ENTRY, thread.tid, _now(), thread.arch, thread.number, thread.args, about.pointer)
        self._record_entry(thread, about)
        return None

    def _plan(self, thread: _Thread) -> Plan | None:
        for selector, mask, key, plan in self._plans.get((thread.arch, thread.number), ()):
            if selector < 0 or thread.args[selector] & mask == key:
                return plan
        raise LookupError

    def _on_exit(self, thread: _Thread, about: CallStop) -> tuple[Any, ...] | None:
        end = _now()
        cpu = self._cpu - thread.cpu_at_entry
        known = thread.in_call and thread.recorded
        thread.in_call = False
        if thread.on_trial and about.failed:
            thread.hidden_until = NO_NUMBER
        thread.on_trial = False
        if not known:
            return None  # attached in the middle of a call, or nobody asked for it
        copies = not about.failed or thread.plan.exit_on_error
        asks = about.failed and thread.plan.asks_on(-about.result)
        if asks or (copies and (thread.plan.live_exit or self._copying(thread, about.result).must_ask(thread.plan.exit))):
            return (LIVE_EXIT, thread.tid, end, thread.arch, thread.number, thread.args, about.result, about.failed, cpu)
        self._record_exit(thread, about, end, cpu)
        return None

    def _record_entry(self, thread: _Thread, about: CallStop) -> None:
        chunks = self._copying(thread).run(thread.plan.entry)
        call = (thread.arch, thread.number, thread.args, about.pointer, chunks)
        entry = (ENTRY_RECORD, thread.tid, _now(), *call)
        self._ring.keep(entry, SIZE_OF_RECORD + size_of_chunks(chunks))

    def _record_exit(self, thread: _Thread, about: CallStop, end: int, cpu: int) -> None:
        """If its own entry is still the newest record they become one."""
        kept = self._ring.withdraw(thread.tid)
        chunks = None
        if not about.failed or thread.plan.exit_on_error:
            chunks = self._copying(thread, about.result).run(thread.plan.exit)
        rest = (end, about.result, about.failed, cpu, chunks)
        if kept is None:
            self._ring.put((EXIT_RECORD, thread.tid, *rest), SIZE_OF_RECORD + size_of_chunks(chunks))
        else:
            entry, size = kept
            self._ring.put((CALL, *entry[1:], *rest), size + size_of_chunks(chunks))

    def _copying(self, thread: _Thread, result: int = 0) -> Copying:
        return Copying(thread.tid, thread.arch, thread.number, thread.args, result)


def _is_call_stop(status: int) -> bool:
    return os.WIFSTOPPED(status) and (os.WSTOPSIG(status) == signal.SIGTRAP | 0x80 or status >> 16 == EVENT_SECCOMP)


def _now() -> int:
    return time.monotonic_ns()
