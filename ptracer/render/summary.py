"""The table of ``-c``: calls, errors and time by name. It consumes records; nothing is decoded.

Columns and their widths are strace's, which scripts parse; p50, p90 and p99 are ours.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ptracer.capture import records
from ptracer.capture.joining import Joining
from ptracer.regs import ABI, SYSTEM_CALL_ABIS, abi_of

if TYPE_CHECKING:
    from ptracer.statistics.histogram import Histogram

MODES = {"i386": "32 bit", "x32": "x32"}  # how a header names an ABI that is not ptracer's own
NAME_WIDTH = 16

Extent = tuple[int, int, int]  # of times: the sum, the least and the most


class Column(NamedTuple):
    """One column: its heading, its width, and what it shows of a tally when the total is given."""

    heading: str
    width: int
    show: Callable[[Tally, int], str]
    key: Callable[[Tally], Any]  # what to sort by
    descending: bool = True


class Times:
    """Durations in nanoseconds: their sum and extremes, and where ``distributed`` how they are that."""

    __slots__ = ("total", "least", "most", "histogram")

    def __init__(self, distributed: bool = False) -> None:
        self.total, self.least, self.most = 0, -1, 0
        self.histogram: Histogram | None = None
        if distributed:
            from ptracer.statistics.histogram import Histogram

            self.histogram = Histogram()

    def add(self, durations: Sequence[int]) -> None:
        """Take in some more; there must be at least one."""
        if self.histogram is not None:
            self.histogram.add(durations)
        self.extend(sum(durations), min(durations), max(durations))

    def extend(self, total: int, least: int, most: int) -> None:
        """Take in others of which only this is known."""
        self.total += total
        self.least = least if self.least < 0 else min(self.least, least)
        self.most = max(self.most, most)

    def merge(self, other: Times) -> None:
        """Take in what another has seen."""
        self.extend(other.total, other.least, other.most)
        if self.histogram is not None and other.histogram is not None:
            self.histogram.merge(other.histogram)

    def percentile(self, share: float) -> int:
        """What so many of them do not exceed; 0 where nobody wanted to know."""
        return 0 if self.histogram is None else min(self.histogram.percentiles(share)[0], self.most)


class Tally:
    """What is known of the calls of one name; ``main`` is CPU or wall time, as was asked for."""

    __slots__ = ("name", "number", "calls", "errors", "cpu", "wall", "main")

    def __init__(self, name: str, number: int, wall_clock: bool, distributed: bool = False) -> None:
        self.name, self.number = name, number
        self.calls = self.errors = 0
        self.cpu, self.wall = Times(distributed and not wall_clock), Times(distributed and wall_clock)
        self.main = self.wall if wall_clock else self.cpu

    def merge(self, other: Tally) -> None:
        """Add another's: for the last line."""
        self.calls += other.calls
        self.errors += other.errors
        self.cpu.merge(other.cpu)
        self.wall.merge(other.wall)


def seconds(nanoseconds: int) -> str:
    """Microseconds are rounded, as strace does."""
    microseconds = (max(nanoseconds, 0) + 500) // 1000
    return f"{microseconds // 1_000_000}.{microseconds % 1_000_000:06d}"


def average(total: int, calls: int) -> str:
    """Whole microseconds, cut off."""
    return str(total // calls // 1000)


def share(part: int, total: int) -> str:
    """Per cent."""
    return f"{100 * part / total:.2f}" if total else "0.00"


TABLE = {
    "time-percent": Column("% time", 6, lambda t, total: share(t.main.total, total), lambda t: t.main.total),
    "total-time": Column("seconds", 11, lambda t, _: seconds(t.main.total), lambda t: t.main.total),
    "min-time": Column("shortest", 8, lambda t, _: seconds(t.main.least), lambda t: t.main.least),
    "max-time": Column("longest", 8, lambda t, _: seconds(t.main.most), lambda t: t.main.most),
    "avg-time": Column("usecs/call", 11, lambda t, _: average(t.main.total, t.calls), lambda t: t.main.total // t.calls),
    "wall-total": Column("wall-total", 11, lambda t, _: seconds(t.wall.total), lambda t: t.wall.total),
    "wall-min": Column("wall-min", 8, lambda t, _: seconds(t.wall.least), lambda t: t.wall.least),
    "wall-max": Column("wall-max", 8, lambda t, _: seconds(t.wall.most), lambda t: t.wall.most),
    "wall-avg": Column("wall-avg", 11, lambda t, _: average(t.wall.total, t.calls), lambda t: t.wall.total // t.calls),
    "p50": Column("p50", 8, lambda t, _: seconds(t.main.percentile(0.5)), lambda t: t.main.percentile(0.5)),
    "p90": Column("p90", 8, lambda t, _: seconds(t.main.percentile(0.9)), lambda t: t.main.percentile(0.9)),
    "p99": Column("p99", 8, lambda t, _: seconds(t.main.percentile(0.99)), lambda t: t.main.percentile(0.99)),
    "calls": Column("calls", 9, lambda t, _: str(t.calls), lambda t: t.calls),
    "errors": Column("errors", 9, lambda t, _: str(t.errors) if t.errors else "", lambda t: t.errors),
    "name": Column("syscall", NAME_WIDTH, lambda t, _: t.name, lambda t: t.name, descending=False),
}
DEFAULT = ["time-percent", "total-time", "avg-time", "calls", "errors", "name"]

# What -U and -S understand; names are those of the columns and strace's older ones.
COLUMNS = {
    **{name: name for name in TABLE},
    **dict.fromkeys(("time", "time_percent"), "time-percent"),
    **dict.fromkeys(("time-total", "time_total", "total_time"), "total-time"),
    **dict.fromkeys(("time-min", "time_min", "min_time", "shortest"), "min-time"),
    **dict.fromkeys(("time-max", "time_max", "max_time", "longest"), "max-time"),
    **dict.fromkeys(("time-avg", "time_avg", "avg_time"), "avg-time"),
    **{f"wall_{what}": f"wall-{what}" for what in ("total", "min", "max", "avg")},
    "count": "calls",
    "error": "errors",
    **dict.fromkeys(("syscall", "syscall-name", "syscall_name"), "name"),
}
SORTS = {**COLUMNS, "nothing": "nothing", "none": "nothing"}


class Summary:
    """Counts the calls in records. ``chosen`` names columns, ``overhead`` is subtracted from each call's time.

    ``counted`` says of the failed (True) and of the successful (False) calls whether they count.
    """

    def __init__(
        self,
        chosen: Sequence[str] = (),
        sort: str = "time-percent",
        wall_clock: bool = False,
        overhead: int = 0,
        counted: Callable[[bool], bool] | None = None,
    ) -> None:
        self.chosen = [*(chosen or DEFAULT)]
        if "name" not in self.chosen:
            self.chosen.append("name")  # numbers without a name say nothing
        self.sort = sort
        self.wall_clock = wall_clock
        by_wall = {name for name in (*self.chosen, sort) if name.startswith("wall")}
        self.distributed = bool({*self.chosen, sort} & {"p50", "p90", "p99"})
        self.wants_wall, self.wants_cpu = wall_clock or bool(by_wall), not wall_clock
        self.overhead = overhead
        self.counted = counted
        self.joining = Joining()
        self.tallies: dict[str, dict[int, Tally]] = {abi.name: {} for abi in SYSTEM_CALL_ABIS}
        self.known: dict[tuple[int, ...], Tally] = {}

    def feed(self, batch: list[records.Record]) -> None:
        """Count the calls that have returned."""
        groups, others = self.joining.groups(batch)
        for key, group in groups.items():
            for part_key, part in self.parts(key, group):
                self.count(part_key, part)
        for record in others:
            if record[0] == records.SUM:
                self.add(*record[1:])

    @staticmethod
    def parts(key: tuple[int, int], group: list[Any]) -> Iterable[tuple[tuple[int, ...], list[Any]]]:
        """The CALL records of one number, apart by what they carry."""
        abi, plain = abi_of(*key)
        carrier = abi.carriers.get(abi.name_of(plain))
        if carrier is None:
            return [(key, group)]
        parts: dict[tuple[int, ...], list[Any]] = defaultdict(list)
        for record in group:
            parts[*key, record[5][0] & carrier.mask].append(record)
        return parts.items()

    def count(self, key: tuple[int, ...], group: list[Any]) -> None:
        """Take in CALL records of one kind."""
        if self.counted is not None:
            group = [record for record in group if self.counted(record[10])]
            if not group:
                return
        tally = self.known_tally(key)
        tally.calls += len(group)
        tally.errors += len([record for record in group if record[10]])
        if self.wants_cpu:
            tally.cpu.add(self.cost([record[11] for record in group]))
        if self.wants_wall:
            tally.wall.add(self.cost([record[8] - record[2] for record in group]))

    def add(self, key: tuple[int, ...], failed: bool, calls: int, cpu: Extent, wall: Extent) -> None:
        """Take in calls that have been summed up; the overhead has been taken off."""
        if self.counted is not None and not self.counted(failed):
            return
        tally = self.known_tally(key)
        tally.calls += calls
        tally.errors += calls if failed else 0
        if self.wants_cpu:
            tally.cpu.extend(*cpu)
        if self.wants_wall:
            tally.wall.extend(*wall)

    def known_tally(self, key: tuple[int, ...]) -> Tally:
        """The one of a kind of call."""
        tally = self.known.get(key)
        if tally is None:
            tally = self.known[key] = self.tally(*key)
        return tally

    def cost(self, times: list[int]) -> list[int]:
        """Times without the overhead."""
        return [max(time - self.overhead, 0) for time in times] if self.overhead else times

    def tally(self, arch: int, number: int, *carried: int) -> Tally:
        """Make the one of a call seen for the first time."""
        abi, plain = abi_of(arch, number)
        name = abi.name_of(plain, carried)
        if carried and name not in abi.carriers:
            plain = (plain << 32) + carried[0]  # in the order of numbers they come after all others
        return self.tallies[abi.name].setdefault(plain, Tally(name, plain, self.wall_clock, self.distributed))

    def table(self) -> str:
        """The finished text, one table for each ABI that was used."""
        return "".join(self.section(abi) for abi in SYSTEM_CALL_ABIS if self.tallies[abi.name])

    def section(self, abi: ABI) -> str:
        """The table of one ABI."""
        tallies = sorted(self.tallies[abi.name].values(), key=lambda tally: tally.number)
        if self.sort in TABLE:
            column = TABLE[self.sort]
            tallies.sort(key=column.key, reverse=column.descending)
        total = Tally("total", 0, self.wall_clock, self.distributed)
        for tally in tallies:
            total.merge(tally)
        columns = [TABLE[name] for name in self.chosen]
        width = max(NAME_WIDTH, *(len(tally.name) + 1 for tally in tallies))
        ruler = line(("-" * (width if column.heading == "syscall" else column.width) for column in columns), columns, width)
        time = total.main.total
        lines = [line((column.heading for column in columns), columns, width), ruler]
        lines += [line((column.show(tally, time) for column in columns), columns, width) for tally in tallies]
        cells = ["100.00" if column.heading == "% time" else column.show(total, time) for column in columns]
        lines += [ruler, line(cells, columns, width)]
        mode = MODES.get(abi.name)
        heading = f"System call usage summary for {mode} mode:\n" if mode else ""
        return heading + "".join(f"{text}\n" for text in lines)


def line(cells: Iterable[str], columns: Sequence[Column], width: int) -> str:
    """Cells under each other; numbers to the right, names to the left and not padded at the end of a line."""
    made = []
    for place, (cell, column) in enumerate(zip(cells, columns, strict=True)):
        if column.heading != "syscall":
            made.append(cell.rjust(column.width))
        else:
            made.append(cell if place == len(columns) - 1 else cell.ljust(width))
    return " ".join(made)
