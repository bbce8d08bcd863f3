"""What a tracer deals with: the threads it traces, and what it asks of decoding about their calls."""

from __future__ import annotations

from collections.abc import Callable

from ptracer import own_signals as signal
from ptracer.capture.records import Chunks
from ptracer.hints import Protocol
from ptracer.plans import Plan

NO_NUMBER = 1 << 40  # a call that never comes: what is hidden until then is hidden for good
STOP_SIGNALS = frozenset((signal.SIGSTOP, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU))


class Calls(Protocol):
    """What the tracer asks of decoding, without knowing any system call."""

    def plan(self, arch: int, number: int, args: tuple[int, ...]) -> tuple[int, int, int, Plan | None]:
        """(selector, mask, key, plan) for a call seen for the first time; no plan: nobody asked for it."""

    def fetch_entry(self, arch: int, number: int, args: tuple[int, ...], read: Callable[[int, int], bytes]) -> Chunks:
        """The memory that decoding the entry will need."""

    def fetch_exit(
        self, arch: int, number: int, args: tuple[int, ...], result: int, failed: bool, read: Callable[[int, int], bytes]
    ) -> Chunks:
        """The memory that decoding the exit will need."""


class Task:
    """A traced thread."""

    __slots__ = ("tid", "leader", "attached", "starting")

    def __init__(self, tid: int, leader: int, starting: bool = True, attached: bool = False) -> None:
        self.tid = tid
        self.leader = leader  # the process it belongs to
        self.attached = attached  # it lived before we came
        self.starting = starting  # its first stop has not been seen
