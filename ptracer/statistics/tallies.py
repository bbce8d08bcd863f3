"""What is known of a group of calls, and the calls apart by groups."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Sequence
from typing import Any

from ptracer.regs import abi_of
from ptracer.statistics.groups import Grouping
from ptracer.statistics.histogram import Histogram

MOST_GROUPS = 20_000  # then what is new is counted together
OTHERS = "(others)"

# Calls whose result is a number of bytes that went through a descriptor: section 2 of the manual.
MOVING = frozenset(
    """read write pread64 pwrite64 readv writev preadv pwritev preadv2 pwritev2 recv send recvfrom sendto recvmsg sendmsg
    sendfile sendfile64 splice tee vmsplice copy_file_range""".split()
)


class Moving(dict[Any, bool]):
    """Whether the result of a call says how many bytes it moved, by architecture and number."""

    def __missing__(self, key: tuple[int, int]) -> bool:
        abi, number = abi_of(*key)
        self[key] = abi.name_of(number) in MOVING
        return self[key]


moving = Moving()


class Tally:
    """Of some calls: how many, how many of them failed with which errno, and how long they took.

    ``wall`` and ``cpu`` are sums, ``least`` and ``most`` the shortest and the longest wall time; all in nanoseconds.
    ``bytes`` went through their descriptors. ``before`` is what ``calls`` was when somebody last looked.
    """

    __slots__ = ("calls", "errors", "bytes", "wall", "cpu", "least", "most", "histogram", "before")

    def __init__(self) -> None:
        self.calls = self.bytes = self.wall = self.cpu = self.most = self.before = 0
        self.least = -1
        self.errors: Counter[int] = Counter()
        self.histogram = Histogram()

    def add(self, calls: Sequence[Any], overhead: int = 0) -> None:
        """Take in CALL records, at least one; ``overhead`` is taken off the time of each."""
        durations = [call[8] - call[2] for call in calls]
        processor = [call[11] for call in calls]
        if overhead or min(durations) < 0:
            durations = [max(duration - overhead, 0) for duration in durations]
            processor = [max(time - overhead, 0) for time in processor]
        self.calls += len(calls)
        self.wall += sum(durations)
        self.cpu += sum(processor)
        shortest = min(durations)
        self.least = shortest if self.least < 0 else min(self.least, shortest)
        self.most = max(self.most, max(durations))
        self.histogram.add(durations)
        failed = [-call[9] for call in calls if call[10]]
        if failed:
            self.errors.update(failed)
        self.bytes += sum([call[9] for call in calls if moving[call[3:5]] and not call[10] and call[9] > 0])

    def merge(self, other: Tally) -> None:
        """Take in what another has."""
        if not other.calls:
            return
        self.calls += other.calls
        self.errors.update(other.errors)
        self.bytes += other.bytes
        self.wall += other.wall
        self.cpu += other.cpu
        self.least = other.least if self.least < 0 else min(self.least, other.least)
        self.most = max(self.most, other.most)
        self.histogram.merge(other.histogram)
        self.before += other.before

    @property
    def failed(self) -> int:
        """How many of the calls failed."""
        return self.errors.total()

    def percentiles(self, *shares: float) -> list[int]:
        """Of wall time; never outside what was seen, and the longest where it is that."""
        values = zip(shares, self.histogram.percentiles(*shares))
        return [
            self.most if share * self.calls > self.calls - 1 else min(max(value, self.least), self.most)
            for share, value in values
        ]


class Tallies:
    """Calls by groups. ``counted`` says of failed (True) and successful (False) calls whether they count."""

    def __init__(self, grouping: Grouping, overhead: int = 0, counted: Callable[[bool], bool] | None = None) -> None:
        self.grouping, self.overhead, self.counted = grouping, overhead, counted
        self.groups: dict[Hashable, Tally] = {}
        self.pending: defaultdict[Hashable, list[Any]] = defaultdict(list)

    def call(self, record: Any) -> None:
        """One that has returned: a CALL record, or an ENTRY with what its EXIT has."""
        self.pending[self.grouping.key(record)].append(record)

    def settle(self) -> None:
        """Count what came since."""
        for key, calls in self.pending.items():
            if self.counted is not None:
                calls = [call for call in calls if self.counted(call[10])]
                if not calls:
                    continue
            tally = self.groups.get(key)
            if tally is None:
                if len(self.groups) >= MOST_GROUPS:
                    key = OTHERS
                tally = self.groups.setdefault(key, Tally())
            tally.add(calls, self.overhead)
        self.pending.clear()

    def label(self, key: Hashable) -> str:
        """How a group is called."""
        return OTHERS if key is OTHERS else self.grouping.label(key)

    def clear(self) -> None:
        """Begin again."""
        self.groups.clear()

    def total(self) -> Tally:
        """All groups together."""
        whole = Tally()
        for tally in self.groups.values():
            whole.merge(tally)
        return whole
