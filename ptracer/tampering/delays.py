"""Threads that are kept waiting at a stop while all others run."""

from __future__ import annotations

import heapq
import threading
import time
from collections.abc import Callable

from ptracer.capture.bell import INTERVAL


class Alarm:
    """Calls ``ring`` at a moment, and again until another one is set, in a thread of its own, which is made when first needed."""

    def __init__(self, ring: Callable[[], None]) -> None:
        self.ring = ring
        self.moment: int | None = None  # nanoseconds of CLOCK_MONOTONIC
        self.changed = threading.Condition()
        self.thread: threading.Thread | None = None

    def set(self, moment: int | None) -> None:
        """Ring then, and not at the moment set before."""
        if moment is not None and self.thread is None:
            self.thread = threading.Thread(target=self.run, name="alarm", daemon=True)
            self.thread.start()
        with self.changed:
            self.moment = moment
            self.changed.notify()

    def run(self) -> None:
        """The thread."""
        while True:
            with self.changed:
                left = None if self.moment is None else self.moment - time.monotonic_ns()
                if left is not None and left <= 0:
                    self.ring()
                    self.changed.wait(INTERVAL)
                else:
                    self.changed.wait(None if left is None else min(left / 1e9, threading.TIMEOUT_MAX))


class Delays:
    """``resume(tid, signal)`` lets a thread go on; ``ring`` makes the tracer call ``let_go_on`` soon."""

    def __init__(self, resume: Callable[[int, int], None], ring: Callable[[], None]) -> None:
        self.resume = resume
        self.alarm = Alarm(ring)
        self.signals: dict[int, int] = {}  # of each thread that waits: what it is to be delivered then
        self.moments: list[tuple[int, int]] = []  # a heap of (when, thread); the thread may have died meanwhile

    def hold(self, tid: int, signal: int, delay: int) -> None:
        """Keep a thread waiting for so many nanoseconds from now."""
        self.signals[tid] = signal
        heapq.heappush(self.moments, (time.monotonic_ns() + delay, tid))
        self.alarm.set(self.moments[0][0])

    def let_go_on(self) -> None:
        """Resume those whose time has come."""
        if self.alarm.moment is None:
            return
        now = time.monotonic_ns()
        while self.moments and self.moments[0][0] <= now:
            _, tid = heapq.heappop(self.moments)
            self.release(tid)
        self.alarm.set(self.moments[0][0] if self.moments else None)

    def release(self, tid: int) -> None:
        """Resume a thread if it waits."""
        signal = self.signals.pop(tid, None)
        if signal is not None:
            self.resume(tid, signal)

    def release_all(self) -> None:
        """Nobody waits any longer."""
        self.moments.clear()
        self.alarm.set(None)
        for tid in [*self.signals]:
            self.release(tid)

    def forget(self, tid: int) -> None:
        """A thread is gone."""
        if self.signals.pop(tid, None) is not None:
            self.moments = [moment for moment in self.moments if moment[1] != tid]
            heapq.heapify(self.moments)
