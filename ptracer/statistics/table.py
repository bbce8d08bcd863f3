"""The table of groups: columns, the order of rows, and what is left out where there is no room."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

from ptracer.statistics.histogram import bars
from ptracer.statistics.tallies import Tallies, Tally
from ptracer.statistics.text import Cell, Line, amount, duration, shortened

SLOTS = 12  # bars of a histogram
LEAST_NAME, WIDEST_NAME = 16, 32  # columns for names: before others are left out, and what others make room for
ROWS = 50  # on a terminal

# What to sort by: the names that -S understands; those of strace's table mean wall time here.
KEYS: dict[str, Callable[[Tally], Any]] = {
    **dict.fromkeys(("time-percent", "total-time", "wall-total"), lambda tally: tally.wall),
    **dict.fromkeys(("min-time", "wall-min"), lambda tally: tally.least),
    **dict.fromkeys(("max-time", "wall-max"), lambda tally: tally.most),
    **dict.fromkeys(("avg-time", "wall-avg"), lambda tally: tally.wall // tally.calls),
    "calls": lambda tally: tally.calls,
    "errors": lambda tally: tally.failed,
    "p50": lambda tally: tally.percentiles(0.5),
    "p90": lambda tally: tally.percentiles(0.9),
    "p99": lambda tally: tally.percentiles(0.99),
}

# Headings, styles, and in which order columns are given up where it is narrow: the highest number first.
STYLES = {"% wall": "cyan", "wall": "bold", "errors": "red", "p99": "bold", "histogram": "green"}
GIVEN_UP = {
    "errnos": 9, "bytes": 8, "min": 7, "cpu": 6, "histogram": 5, "p90": 4, "p50": 3, "max": 2, "errors": 1,
}  # fmt: skip
LEFT = {"histogram", "errnos"}

Entry = tuple[Hashable, Tally]


def ordered(tallies: Tallies, sort: str) -> list[Entry]:
    """The groups, by a key of ``KEYS``, by ``name``, or as they came (``nothing``)."""
    entries = list(tallies.groups.items())
    if sort == "name":
        return sorted(entries, key=lambda entry: tallies.label(entry[0]))
    if sort in KEYS:
        key = KEYS[sort]
        entries.sort(key=lambda entry: key(entry[1]), reverse=True)
    return entries


def error_names(tally: Tally) -> str:
    """``ENOENT 12, EAGAIN 3``: the commonest first."""
    from ptracer.tables.constants.errors import ERRNO

    restarts = {512: "ERESTARTSYS", 513: "ERESTARTNOINTR", 514: "ERESTARTNOHAND", 516: "ERESTART_RESTARTBLOCK"}
    return ", ".join(
        f"{ERRNO[errno][0] if errno in ERRNO else restarts.get(errno, errno)} {count}"
        for errno, count in tally.errors.most_common()
    )


class Table:
    """Some rows of tallies, laid out for a width; None is as wide as needed, for a file."""

    def __init__(self, tallies: Tallies, sort: str, width: int | None, most: int | None = None) -> None:
        self.tallies, self.width = tallies, width
        self.entries = ordered(tallies, sort)
        self.total = tallies.total()
        self.hidden = self.entries[most:] if most is not None else []
        self.shown = self.entries[:most]
        self.labels = [tallies.label(key) for key, _ in self.shown]

    def lines(self) -> list[Line]:
        """Headings, rows, and the total of all rows."""
        title = self.tallies.grouping.title
        cells: dict[str, list[str]] = {"% wall": [], "wall": []}
        rows = [tally for _, tally in self.shown] + [self.total]
        for tally in rows:
            for heading, text in self.row(tally).items():
                cells.setdefault(heading, []).append(text)
        if self.width is not None:
            ends = max(self.total.least, 1), max(self.total.most, 2)
            cells["histogram"] = [bars(tally.histogram.slots(*ends, SLOTS)) if tally.calls else "" for tally in rows]
        if not self.total.bytes:
            del cells["bytes"]
        if not self.total.errors:
            del cells["errnos"]
        names = [*self.labels, "total"]
        widths = {heading: max(len(heading), *map(len, texts)) for heading, texts in cells.items()}
        if "errnos" in widths:
            widths["errnos"] = max(len("errors by name"), *map(len, cells["errnos"]))
        name = self.fit(widths, max(len(title), *map(len, names)))
        order = [heading for heading in widths if heading not in LEFT]
        order += ["histogram"] if "histogram" in widths else []
        scale = f"{duration(self.total.least):<{SLOTS - 6}}{duration(self.total.most):>6}"
        titles = {"histogram": scale if self.total.calls else ""}
        head: Line = [(f"{titles.get(heading, heading):>{widths[heading]}} ", "dim") for heading in order]
        ruler: Line = [(f"{'-' * widths[heading]} ", "dim") for heading in order]
        by_name = "errnos" in widths
        head.append((f"{title:<{name}}{' errors by name' if by_name else ''}", "dim"))
        ruler.append(("-" * name + (f" {'-' * widths['errnos']}" if by_name else ""), "dim"))
        lines = [head, ruler]
        for place, label in enumerate(names):
            if place == len(self.shown):
                if self.hidden:
                    lines.append([(f"({len(self.hidden)} more)", "dim")])
                lines.append(ruler)
            line: Line = [self.cell(heading, cells[heading][place], widths[heading]) for heading in order]
            line.append((f"{shortened(label, name):<{name}}", ""))
            if by_name:
                line.append((f" {cells['errnos'][place]}", "red"))
            lines.append(line)
        return lines

    @staticmethod
    def cell(heading: str, text: str, width: int) -> Cell:
        return f"{text:>{width}} ", STYLES.get(heading, "")

    def row(self, tally: Tally) -> dict[str, str]:
        """The texts of a row by heading."""
        p50, p90, p99 = (duration(value) for value in tally.percentiles(0.5, 0.9, 0.99)) if tally.calls else ("", "", "")
        return {
            "% wall": f"{100 * tally.wall / self.total.wall:.2f}" if self.total.wall else "0.00",
            "wall": duration(tally.wall),
            "cpu": duration(tally.cpu),
            "calls": str(tally.calls),
            "errors": str(tally.failed) if tally.errors else "",
            "min": duration(tally.least) if tally.calls else "",
            "p50": p50,
            "p90": p90,
            "p99": p99,
            "max": duration(tally.most) if tally.calls else "",
            "bytes": amount(tally.bytes) if tally.bytes else "",
            "errnos": error_names(tally),
        }

    def fit(self, widths: dict[str, int], name: int) -> int:
        """Give up columns until names have room; how wide they are then."""
        if self.width is None:
            return name
        room = min(name, WIDEST_NAME)
        for heading in sorted(GIVEN_UP, key=lambda heading: -GIVEN_UP[heading]):
            if self.left(widths) >= room:
                break
            widths.pop(heading, None)
        return max(min(name, self.left(widths)), min(LEAST_NAME, name))

    def left(self, widths: dict[str, int]) -> int:
        """Columns that remain for names."""
        assert self.width is not None
        return self.width - sum(widths.values()) - len(widths)
