"""Only the latest records, in bounded memory: what a flight recorder keeps."""

from __future__ import annotations

import threading
from collections import deque

from ptracer.capture import records
from ptracer.capture.records import Record
from ptracer.errors import PtracerError
from ptracer.recordings.format import Segment

UNITS = {"": 0, "s": 1, "m": 60, "min": 60, "h": 3600}
OF_CALLS = (records.CALL, records.ENTRY, records.EXIT)


class Recent:
    """Keeps segments that hold the last ``most`` records, or those of the last ``age`` nanoseconds.

    What is let go leaves behind what is needed to understand the rest: which threads there are, what processes hold, and
    the calls that had begun.
    """

    def __init__(self, most: int | None, age: int | None) -> None:
        self.most, self.age = most, age
        self.kept: deque[tuple[Segment, list[Record], dict[int, Record]]] = deque()
        self.count = 0
        self.open: dict[int, Record] = {}  # the calls that have begun, by thread, as of now
        self.past = Past()
        self.lock = threading.Lock()  # a signal saves while records come

    def add(self, segment: Segment, batch: list[Record]) -> None:
        """One more, and so perhaps fewer old ones."""
        open, lasting = self.open, []
        for record in batch:
            kind = record[0]
            if kind == records.CALL:
                continue
            if kind == records.ENTRY:
                open[record[1]] = record
            elif kind == records.EXIT:
                open.pop(record[1], None)
            else:
                lasting.append(record)
                if kind in (records.EXITED, records.KILLED, records.DETACHED):
                    open.pop(record[1], None)
                elif kind == records.EXECED and record[3] in open:
                    open[record[1]] = open.pop(record[3])
        with self.lock:
            self.kept.append((segment, lasting, dict(open)))
            self.count += segment.count
            while len(self.kept) > 1 and self.too_old(self.kept[0][0], segment):
                old, lasting, self.past.open = self.kept.popleft()
                self.count -= old.count
                for record in lasting:
                    self.past.note(record)

    def too_old(self, segment: Segment, latest: Segment) -> bool:
        """Whether a segment holds nothing that is to be kept."""
        if self.most is not None:
            return self.count - segment.count >= self.most
        assert self.age is not None
        return latest.last - segment.last > self.age

    def segments(self) -> list[Segment]:
        """What is kept."""
        with self.lock:
            return [segment for segment, _, _ in self.kept]

    def before(self) -> list[Record]:
        """What has to be known of the time before."""
        with self.lock:
            return self.past.records()


class Past:
    """What remains of records that are gone."""

    def __init__(self) -> None:
        self.threads: dict[int, dict[int, Record]] = {}  # of each that lives, what began it and what it holds, by kind
        self.open: dict[int, Record] = {}

    def note(self, record: Record) -> None:
        """A notice that is gone."""
        kind, tid = record[:2]
        if kind in (records.EXITED, records.KILLED, records.DETACHED):
            self.threads.pop(tid, None)
        elif kind in (records.STARTED, records.HOLDS, records.SPACE, records.INSIDE):
            self.threads.setdefault(tid, {})[kind] = record
        elif kind == records.EXECED and record[3] != tid:
            self.threads[tid] = self.threads.pop(record[3], {})

    def records(self) -> list[Record]:
        """As records, in the order of time."""
        kept = [record for thread in self.threads.values() for record in thread.values()]
        return sorted([*kept, *self.open.values()], key=lambda record: record[2])


def parse(text: str) -> Recent:
    """``30s``, ``5m``, ``1h``: that much time; a bare number: so many records. PtracerError: it is neither."""
    digits = text.rstrip("abcdefghijklmnopqrstuvwxyz")
    unit = UNITS.get(text[len(digits) :])
    if not digits.isascii() or not digits.isdigit() or not int(digits) or unit is None:
        raise PtracerError(f"invalid --last argument: '{text}' (it can be a number of calls, or a time such as 30s, 5m, 1h)")
    return Recent(None, int(digits) * unit * 1_000_000_000) if unit else Recent(int(digits), None)
