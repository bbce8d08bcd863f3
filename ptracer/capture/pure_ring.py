"""The bounded ring between the tracer's thread and the decoding thread: what ``_ring.h`` does in C.

The newest entry of a system call is kept apart as *pending* until it is known whether its own exit
follows at once (one record, a CALL) or something else does (two records). The consumer may claim a
pending entry that has grown old, so that a blocked call is seen while it blocks.
"""

from __future__ import annotations

import threading
import time
from collections import deque

from ptracer.capture.records import Record

PENDING_AGE = 1_500_000  # nanoseconds; an entry older than this is handed over open
BATCH_DELAY = 0.001  # seconds the consumer lets records gather after it was woken

START = 2  # where an entry has its time

PATIENCE = 0.05  # seconds between two looks of a producer that waits for room


class Ring:
    """``size`` bytes of records at most, as the producer estimates them; it waits when they are too many."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._used = 0
        self._records: deque[tuple[Record, int]] = deque()
        self._pending: tuple[Record, int] | None = None
        self._finished = False
        self._consumer_waits = False
        self.limit = 0  # how long a producer waits for room, in nanoseconds; 0: for ever
        self.impatient = self.dropped = False  # what finds no room is dropped; something was, and so is all that follows
        self._lock = threading.Lock()
        self._filled = threading.Condition(self._lock)
        self._drained = threading.Condition(self._lock)

    # --- the producer

    def put(self, record: Record, size: int) -> None:
        """Add a record; waits while the ring is full."""
        with self._lock:
            self._release_pending()
            self._put(record, size)

    def keep(self, entry: Record, size: int) -> None:
        """The entry of a call, which may become one record with its exit."""
        with self._lock:
            self._release_pending()
            self._pending = entry, size
            self._wake_consumer()

    def withdraw(self, tid: int) -> tuple[Record, int] | None:
        """The pending entry, if it is this thread's, so that its exit can be added; else None."""
        with self._lock:
            pending = self._pending
            if pending is None or pending[0][1] != tid:
                return None
            self._pending = None
            return pending

    def finish(self) -> None:
        """No record will follow."""
        with self._lock:
            self._finished = True
            self._wake_consumer()

    def _put(self, record: Record, size: int) -> None:
        began = time.monotonic_ns()
        while not self.dropped and self._records and self._used + size > self._size:
            if self.impatient or (self.limit and time.monotonic_ns() - began > self.limit):
                self.dropped = True
            else:
                self._drained.wait(PATIENCE)
        if self.dropped:
            return
        self._records.append((record, size))
        self._used += size
        self._wake_consumer()

    def _release_pending(self) -> None:
        if self._pending is not None:
            (entry, size), self._pending = self._pending, None
            self._put(entry, size)

    def _wake_consumer(self) -> None:
        if self._consumer_waits:
            self._consumer_waits = False
            self._filled.notify()

    # --- the consumer

    def take(self, most: int) -> list[Record] | None:
        """The next records, at least one; waits for them. None: the end."""
        with self._lock:
            if not self._wait():
                return None
            records = [self._pop() for _ in range(min(most, len(self._records)))]
            self._drained.notify()
        return records

    def _pop(self) -> Record:
        record, size = self._records.popleft()
        self._used -= size
        return record

    def _wait(self) -> bool:
        """Until there are records; False: there will be none."""
        while not self._records:
            if self._pending is not None:
                if self._finished or time.monotonic_ns() - self._pending[0][START] > PENDING_AGE:
                    self._claim_pending(self._pending)
                else:
                    self._let_gather()
            elif self._finished:
                return False
            else:
                self._consumer_waits = True
                self._filled.wait()
                self._consumer_waits = False
                if not self._finished:
                    self._let_gather()
        return True

    def _claim_pending(self, pending: tuple[Record, int]) -> None:
        """The ring is empty, so that there is room."""
        self._records.append(pending)
        self._used += pending[1]
        self._pending = None

    def _let_gather(self) -> None:
        self._lock.release()
        try:
            time.sleep(BATCH_DELAY)
        finally:
            self._lock.acquire()
