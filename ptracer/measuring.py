"""From options to what measures where the time goes, and to what shows it while tracing goes on."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable

from ptracer.capture.records import Record
from ptracer.decode.decoder import Renderer
from ptracer.decode.registry import Signatures
from ptracer.hints import Protocol
from ptracer.listing import clock, detail, layout, spelling, text_renderer
from ptracer.options import Options
from ptracer.render.output import Output
from ptracer.statistics.part import Statistics
from ptracer.statistics.processes import readable
from ptracer.statistics.slowest import Lines

SECOND = 1_000_000_000  # nanoseconds

Take = Callable[[list[Record]], None]


class Measuring:
    """Consumes records for the tables that the options name. ``chooses``: only the calls count that ``choose`` is told of."""

    def __init__(self, options: Options, chooses: bool = False) -> None:
        self.options = options
        statuses = options.statuses
        self.statistics = Statistics(
            options.by,
            account=options.account,
            slowest=options.slowest,
            sort=options.summary_sort,
            overhead=options.overhead,
            counted=None if statuses.is_all else lambda failed: ("failed" if failed else "successful") in statuses,
        )
        if chooses:
            self.statistics.chosen = set()
        self.feed: Take = self.statistics.feed
        self.choose: Take = self.statistics.choose
        self.numbers_suffice = options.by == ["syscall"] and not (options.account or options.slowest)

    def flush(self) -> None: ...

    def close(self) -> None:
        self.statistics.settle()

    def write(self, output: Output) -> None:
        """The tables so far."""
        self.statistics.write(output)

    def write_slowest(self, output: Output) -> None:
        """The calls that took longest, as they would be listed."""
        options = self.options
        stamps = clock(options, options.recording.origin.offset if options.recording is not None else None)

        def renderer(lines: Lines, several: bool) -> Renderer:
            around = layout(options)
            around.duration, around.personality, around.pid = None, False, "file" if several or options.always_pid else ""
            return text_renderer(options)(spelling(options), around, stamps, lambda tid: lines)  # type: ignore[arg-type,return-value]

        self.statistics.write_slowest(output, Signatures(detail(options)), renderer)


class Beside(Protocol):
    """What shows something while records come; it passes them on."""

    def feed(self, batch: list[Record]) -> None:
        """Take records."""

    def begin(self, enough: Callable[[], None]) -> None:
        """Tracing begins; ``enough`` ends it."""

    def end(self) -> None:
        """Show nothing more; may be called again."""


def make_beside(options: Options, measuring: Measuring | None, feed: Take, write: Callable[[int], None]) -> Beside:
    """The live view, or a table every so often."""
    if options.top:
        from ptracer.statistics.view import View

        assert measuring is not None
        return View(measuring.statistics, feed, options.interval / SECOND or 1.0, title(options))
    return Pacer(options.interval, feed, write) if options.replay else Ticker(options.interval, feed, write)


def title(options: Options) -> str:
    """What is traced, on one line."""
    words = options.command or ["-p", ",".join(map(str, options.attach))]
    return readable(os.fsencode(" ".join(words)))


class Ticker(threading.Thread):
    """Writes every so many nanoseconds, also while no call is made."""

    def __init__(self, interval: int, feed: Take, write: Callable[[int], None]) -> None:
        super().__init__(name="ticker", daemon=True)
        self.interval, self.pass_on, self.write = interval / SECOND, feed, write
        self.lock = threading.Lock()
        self.over = threading.Event()

    def feed(self, batch: list[Record]) -> None:
        with self.lock:
            self.pass_on(batch)

    def begin(self, enough: Callable[[], None]) -> None:
        self.start()

    def run(self) -> None:
        began = time.monotonic_ns()
        while not self.over.wait(self.interval):
            with self.lock:
                self.write(time.monotonic_ns() - began)

    def end(self) -> None:
        self.over.set()
        if self.is_alive():
            self.join()


class Pacer:
    """The same by the times of records, for a recording."""

    def __init__(self, interval: int, feed: Take, write: Callable[[int], None]) -> None:
        self.interval, self.pass_on, self.write = interval, feed, write
        self.began = self.next = 0

    def feed(self, batch: list[Record]) -> None:
        first = 0
        if batch and not self.began:
            self.began = batch[0][2]
            self.next = self.began + self.interval
        for place, record in enumerate(batch):
            if record[2] >= self.next:
                if place > first:
                    self.pass_on(batch[first:place])
                    first = place
                self.write(self.next - self.began)
                self.next += (record[2] - self.next) // self.interval * self.interval + self.interval
        self.pass_on(batch[first:])

    def begin(self, enough: Callable[[], None]) -> None: ...
    def end(self) -> None: ...
