"""The capture in Python, saying on standard error what it does: ``-d``.

The C loop cannot: it handles most stops alone, and quickly because it does nothing else.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from ptracer import own_signals as signal
from ptracer.capture.pure import Capture as Pure
from ptracer.capture.pure import _Thread
from ptracer.capture.pure_requests import Stop
from ptracer.capture.pure_stops import EXIT, SECCOMP, CallStop
from ptracer.capture.records import NEED_PLAN
from ptracer.hints import Any
from ptracer.plans import Plan
from ptracer.regs import abi_of

EVENTS = {1: "has forked", 2: "has forked (vfork)", 3: "has cloned itself", 4: "has executed a program", 5: "has its vfork back",
          6: "is about to end", 7: "stops as its filter says", 128: "stops as it was asked to, or in a group-stop"}  # fmt: skip


class Capture(Pure):
    """What the tracer asks for begins with ``>``, what the kernel says with ``<``."""

    def __init__(self, ring_size: int, say: Callable[[str], None]) -> None:
        super().__init__(ring_size)
        self._say = say
        self._again = False  # the stop is handled a second time, after a plan has been made
        self._say("stops are handled in Python, not by the C loop, so that they can be told (-d)")

    # --- requests

    def seize(self, tid: int, options: int) -> None:
        self._say(f"> {tid}: seize, with options {options:#x}")
        super().seize(tid, options)

    def interrupt(self, tid: int) -> None:
        self._say(f"> {tid}: stop, please")
        super().interrupt(tid)

    def listen(self, tid: int) -> None:
        self._say(f"> {tid}: stay stopped, but tell us what happens")
        super().listen(tid)

    def detach(self, tid: int, signal: int = 0) -> None:
        self._say(f"> {tid}: go on without us{delivering(signal)}")
        super().detach(tid, signal)

    def add(self, tid: int, parent: int = 0) -> None:
        if tid not in self._threads:
            self._say(f"  {tid}: traced from now on")
        super().add(tid, parent)

    def forget(self, tid: int) -> None:
        self._say(f"  {tid}: traced no more")
        super().forget(tid)

    def rename(self, former: int, tid: int) -> None:
        self._say(f"  {former}: is {tid} from now on")
        super().rename(former, tid)

    def set_plan(self, arch: int, number: int, selector: int, mask: int, key: int, plan: Plan | None) -> None:
        what = "nobody asked for it" if plan is None else "a plan says what to copy"
        self._say(f"  {called(arch, number)}: {what}")
        super().set_plan(arch, number, selector, mask, key, plan)

    # --- stops

    def _next_stop(self) -> Stop:
        stop = super()._next_stop()
        self._say(f"< {stop[0]}: {became(stop[1])} (status {stop[1]:#x})")
        return stop

    def _handle_again(self) -> tuple[Any, ...] | None:
        self._again = True
        try:
            return super()._handle_again()
        finally:
            self._again = False

    def _handle_call(self, thread: _Thread, about: CallStop) -> tuple[Any, ...] | None:
        if about.operation == EXIT:
            self._say(f"  {thread.tid}: leaves {called(thread.arch, thread.number)} with {about.result}")
        elif not self._again:
            why = ", by a filter" if about.operation == SECCOMP else ""
            self._say(f"  {thread.tid}: enters {called(about.arch, about.number)}{why}")
        event = super()._handle_call(thread, about)
        if event is not None:
            self._say(f"  {thread.tid}: waits for {'a plan' if event[0] == NEED_PLAN else 'its memory to be read'}")
        return event

    def _resume(self, thread: _Thread, signal: int) -> None:
        to_next_call = not self._filtered or thread.in_call
        until = "the next stop of a call" if to_next_call else "what the filter says"
        self._say(f"> {thread.tid}: go on to {until}{delivering(signal)}")
        super()._resume(thread, signal)


def delivering(number: int) -> str:
    """The signal that goes along."""
    return f", with {signal_name(number)}" if number else ""


def signal_name(number: int) -> str:
    """Of a signal that is none of the common ones, the number."""
    import signal as names

    try:
        return names.Signals(number).name
    except ValueError:
        return f"signal {number}"


def called(arch: int, number: int) -> str:
    """A call by its name."""
    abi, plain = abi_of(arch, number)
    return f"{abi.name_of(plain)} ({abi.name} {plain})"


def became(status: int) -> str:
    """What a wait status says."""
    if os.WIFEXITED(status):
        return f"has ended with {os.WEXITSTATUS(status)}"
    if os.WIFSIGNALED(status):
        return f"was killed by {signal_name(os.WTERMSIG(status))}"
    if status >> 16:
        return EVENTS.get(status >> 16, f"stops by event {status >> 16}")
    number = os.WSTOPSIG(status)
    return "stops at a call" if number == signal.SIGTRAP | 0x80 else f"stops before it gets {signal_name(number)}"
