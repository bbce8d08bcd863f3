"""The live view of ``--top``: calls by what they are or touch while they are made, drawn by rich every second."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from typing import Any

from ptracer import messages
from ptracer.capture.records import Record
from ptracer.regs import abi_of
from ptracer.statistics.part import Statistics
from ptracer.statistics.screen import Screen
from ptracer.statistics.table import KEYS, error_names
from ptracer.statistics.tallies import Tallies, Tally
from ptracer.statistics.text import Line, duration, shortened

PATIENCE = 2.0  # seconds

# Keys that sort: what is sorted by, and the heading that is marked.
SORTS = {
    "t": ("time", "total-time", "total"),
    "s": ("calls a second", "rate", "calls/s"),
    "c": ("calls", "calls", "calls"),
    "e": ("errors", "errors", "errors"),
    "5": ("median", "p50", "p50"),
    "9": ("99th percentile", "p99", "p99"),
    "m": ("longest", "max-time", "max"),
    "n": ("name", "name", ""),
}
HELP = (("q", "uit"), ("space", " pause"), ("b", "y"), ("r", "estart"))
SORTING = "t s c e 5 9 m n"
WIDTHS = {"calls/s": 8, "calls": 8, "errors": 7, "total": 7, "p50": 7, "p99": 7, "max": 7}
NARROW = ("max", "p50", "calls", "errors")  # what is given up in that order where there is no room for names
LEAST_NAME = {"syscall": 20}
LEAST_OTHER = 28
SURROUNDINGS = 5  # rows that are no groups


class View(threading.Thread):
    """Passes records on, and draws what is known between two batches. ``interval`` is in seconds."""

    def __init__(
        self, statistics: Statistics, feed: Callable[[list[Record]], None], interval: float, title: str, screen: Any = None
    ) -> None:
        super().__init__(name="view", daemon=True)
        self.statistics, self.pass_on, self.interval, self.title = statistics, feed, interval, title
        self.screen = screen if screen is not None else Screen()
        self.lock = threading.Lock()
        self.over = threading.Event()
        self.words = [*statistics.tables]
        self.word = self.words[0]
        self.sort = next((key for key, (_, by, _) in SORTS.items() if by == statistics.sort), "t")
        self.paused = False
        self.enough: Callable[[], None] = lambda: None
        self.began = self.looked = time.monotonic()
        self.rates: dict[Hashable, float] = {}
        self.error: BaseException | None = None

    def feed(self, batch: list[Record]) -> None:
        with self.lock:
            self.pass_on(batch)

    # --- the thread

    def begin(self, enough: Callable[[], None]) -> None:
        self.enough = enough
        self.screen.enter()
        self.start()

    def run(self) -> None:
        try:
            self.work()
        except BaseException as error:  # noqa: BLE001 - told by `end`, when the terminal is as it was
            self.error = error
            self.enough()
        finally:
            self.screen.leave()

    def work(self) -> None:
        """Draw, and do what keys say, until it is over."""
        due = 0.0
        while not self.over.is_set():
            now = time.monotonic()
            if now >= due:
                due = now + self.interval
                if not self.paused:
                    self.look(now)
                    self.draw()
            keys = self.screen.key(min(max(due - now, 0.0), 0.1))
            if keys and not self.press(keys):
                return

    def end(self) -> None:
        self.over.set()
        if self.is_alive():
            self.join(PATIENCE)  # it may wait for somebody who is in here
        self.screen.leave()
        self.statistics.shown = [self.word]
        error, self.error = self.error, None
        if error is not None:
            messages.say(f"the live view has ended ({type(error).__name__}: {error}); please report this")

    def press(self, keys: str) -> bool:
        """What keys mean; False: nobody wants to see more."""
        for key in keys:
            if key in "qQ":
                self.enough()
                return False
            if key == " ":
                self.paused = not self.paused
            elif key == "b":
                self.word = self.words[(self.words.index(self.word) + 1) % len(self.words)]
                self.rates.clear()
            elif key == "r":
                with self.lock:
                    self.statistics.restart()
                self.began = time.monotonic()
                self.rates.clear()
            elif key in SORTS:
                self.sort = key
        self.draw()
        return True

    # --- the picture

    @property
    def tallies(self) -> Tallies:
        """The groups that are shown."""
        return self.statistics.tables[self.word]

    def look(self, now: float) -> None:
        """Measure how fast calls are made."""
        passed = max(now - self.looked, 1e-6)
        self.looked = now
        with self.lock:
            for tallies in self.statistics.tables.values():
                rates = {}
                for key, tally in tallies.groups.items():
                    rates[key] = (tally.calls - tally.before) / passed
                    tally.before = tally.calls
                if tallies is self.tallies:
                    self.rates = rates

    def draw(self) -> None:
        """Put the picture on the screen."""
        from ptracer.statistics.text import picture

        columns, rows = self.screen.size
        with self.lock:
            lines = self.lines(columns, rows)
        self.screen.write(picture(lines, columns, rows))

    def lines(self, columns: int, rows: int) -> list[Line]:
        """All of the picture."""
        total = self.tallies.total()
        lines = [self.head(columns, total), self.state(columns, total)]
        widths = self.columns(columns)
        lines.append(self.headings(widths))
        room = max(rows - SURROUNDINGS, 1)
        entries = self.entries()
        name = columns - sum(widths.values()) - len(widths)
        for key, tally in entries[:room]:
            lines.append(self.row(key, tally, widths, name))
        if len(entries) > room:
            lines.append([(f"({len(entries) - room} more)", "dim")])
        lines += [[] for _ in range(rows - 1 - len(lines))]
        lines[rows - 1 :] = [self.foot(columns)]
        return lines

    def head(self, columns: int, total: Tally) -> Line:
        """What is traced, and for how long."""
        since = f" {time.monotonic() - self.began:.0f}s"
        return [(shortened(f"ptracer: {self.title}", columns - len(since)).ljust(columns - len(since)), "bold"), (since, "")]

    def state(self, columns: int, total: Tally) -> Line:
        """All calls together."""
        rate = sum(self.rates.values())
        text = f"{total.calls} calls, {rate:.0f}/s, {total.failed} errors, by {self.tallies.grouping.title}"
        line: Line = [(text, "")]
        if self.paused:
            line.append(("  paused", "reverse"))
        elif total.errors:
            left = columns - len(text) - 3
            if left > 12:
                line.append((f"  {error_names(total)[:left]}", "red"))
        return line

    def columns(self, columns: int) -> dict[str, int]:
        """The widths of the columns that there is room for."""
        widths = dict(WIDTHS)
        for heading in NARROW:
            if columns - sum(widths.values()) - len(widths) >= LEAST_NAME.get(self.word, LEAST_OTHER):
                break
            del widths[heading]
        return widths

    def headings(self, widths: dict[str, int]) -> Line:
        """Above the columns; what is sorted by stands out."""
        marked = SORTS[self.sort][2]
        line: Line = [
            (f"{heading:>{width}} ", "bold reverse" if heading == marked else "reverse") for heading, width in widths.items()
        ]
        return [*line, (self.tallies.grouping.title.ljust(200), "bold reverse" if not marked else "reverse")]

    def entries(self) -> list[tuple[Hashable, Tally]]:
        """The groups in their order; threads also that only wait."""
        entries = list(self.tallies.groups.items())
        if self.word == "thread":
            entries += [(tid, Tally()) for tid in self.statistics.open if tid not in self.tallies.groups]
        by = SORTS[self.sort][1]
        if by == "rate":
            entries.sort(key=lambda entry: self.rates.get(entry[0], 0.0), reverse=True)
        elif by == "name":
            entries.sort(key=lambda entry: self.tallies.label(entry[0]))
        else:
            entries.sort(key=lambda entry: KEYS[by](entry[1]), reverse=True)
        return entries

    def row(self, key: Hashable, tally: Tally, widths: dict[str, int], name: int) -> Line:
        """One group."""
        p50, p99 = tally.percentiles(0.5, 0.99)
        rate = self.rates.get(key, 0.0)
        texts = dict.fromkeys(widths, "")
        if tally.calls:
            texts |= {
                "calls/s": f"{rate:.0f}" if rate >= 0.5 else "",
                "calls": str(tally.calls),
                "errors": str(tally.failed) if tally.errors else "",
                "total": duration(tally.wall),
                "p50": duration(p50),
                "p99": duration(p99),
                "max": duration(tally.most),
            }
        styles = {"errors": "red", "total": "bold", "calls/s": "cyan"}
        line: Line = [(f"{texts[heading]:>{width}} ", styles.get(heading, "")) for heading, width in widths.items()]
        line.append((shortened(self.tallies.label(key) + self.now(key), max(name, 1)), "bold" if rate >= 0.5 else ""))
        return line

    def now(self, key: Hashable) -> str:
        """Which call a thread is in."""
        call = self.statistics.open.get(key) if self.word == "thread" else None  # type: ignore[call-overload]
        if call is None:
            return ""
        abi, number = abi_of(*call[3:5])
        return f"  {abi.name_of(number)} {duration(max(time.monotonic_ns() - call[2], 0))}"

    def foot(self, columns: int) -> Line:
        """Which keys there are."""
        line: Line = []
        for key, rest in HELP:
            line += [(f" {key}", "bold cyan"), (rest, "")]
        text = f"  sort {SORTING}: {SORTS[self.sort][0]}"
        used = sum(len(part) for part, _ in line)
        return [*line, (shortened(text, max(columns - used - 1, 0)), "dim")]
