"""What has to be known of a recording before it is read: which process ids are in it, and who started whom.

The latter is not always known when it happens: a child may stop before its parent's fork is reported. What the parent's call
returned says it, later in the recording.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict

from ptracer.capture import records
from ptracer.capture.records import Record
from ptracer.hints import Any
from ptracer.recordings.recording import Recording
from ptracer.regs import SYSTEM_CALL_ABIS, abi_of

STARTING = frozenset(("clone", "clone3", "fork", "vfork"))
PARENT = 3  # where STARTED records have it
NUMBERS = frozenset(number for abi in SYSTEM_CALL_ABIS for number, name in abi.numbers.items() if name in STARTING)


class Families:
    """Process ids, and the parents of threads whose STARTED record names none."""

    def __init__(self, recording: Recording) -> None:
        self.pids: set[int] = set()
        self.orphans = False
        self.births: dict[int, list[tuple[int, int]]] = defaultdict(list)  # of a thread: when its parent's call ended, the parent
        self.open: set[int] = set()
        for batch in recording.batches():
            self.feed(batch)

    def feed(self, batch: list[Record]) -> None:
        """Look through records."""
        for record in batch:
            kind = record[0]
            if kind == records.CALL:
                if record[4] in NUMBERS and record[9] > 0 and self.starts(record):
                    self.births[record[9]].append((record[8], record[1]))
            elif kind == records.ENTRY:
                if record[4] in NUMBERS and self.starts(record):
                    self.open.add(record[1])
            elif kind == records.EXIT:
                if record[1] in self.open:
                    self.open.discard(record[1])
                    if record[3] > 0:
                        self.births[record[3]].append((record[2], record[1]))
            elif kind == records.STARTED:
                self.pids.add(record[1])
                if record[4] == records.START_FORK and not record[PARENT]:
                    self.orphans = True

    @staticmethod
    def starts(record: Any) -> bool:
        """Whether a call starts a process or a thread."""
        abi, number = abi_of(record[3], record[4])
        return abi.name_of(number) in STARTING

    def mended(self, batch: list[Record]) -> list[Record]:
        """Records in which parents stand."""
        if not self.orphans:
            return batch
        return [self.mend(record) if record[0] == records.STARTED else record for record in batch]

    def mend(self, record: Any) -> Record:
        """The same record with the parent, where somebody said who that is."""
        if record[PARENT] or record[4] != records.START_FORK:
            return record  # type: ignore[no-any-return]
        births = self.births.get(record[1], [])
        place = bisect_left(births, (record[2], 0))
        if place == len(births):
            return record  # type: ignore[no-any-return]
        return (*record[:PARENT], births[place][1], *record[PARENT + 1 :])
