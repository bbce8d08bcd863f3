"""Consumes records for all that is known of them in sum: tables by groups, the account of threads, the slowest calls."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ptracer.capture import records
from ptracer.capture.records import Record
from ptracer.decode.decoder import Renderer
from ptracer.decode.registry import Signatures
from ptracer.model.world import World
from ptracer.regs import abi_of
from ptracer.render.output import Output
from ptracer.statistics import groups
from ptracer.statistics.account import Account
from ptracer.statistics.processes import Processes
from ptracer.statistics.slowest import Lines, Slowest
from ptracer.statistics.table import ROWS, Table
from ptracer.statistics.tallies import Tallies
from ptracer.statistics.text import Line, painted, plain
from ptracer.statistics.touched import Touched

GONE = (records.EXITED, records.KILLED, records.DETACHED)


class Statistics:
    """``by`` are the words of ``--by``, ``sort`` a key of the table; ``counted`` says of failed (True) and successful
    (False) calls whether they count, ``overhead`` is subtracted from the time of each."""

    def __init__(
        self,
        by: Sequence[str],
        *,
        account: bool = False,
        slowest: int = 0,
        sort: str = "time-percent",
        overhead: int = 0,
        counted: Callable[[bool], bool] | None = None,
    ) -> None:
        self.sort = sort
        self.shown: Sequence[str] = list(by)  # of which there are tables in the end
        self.world = World(memory=False)
        self.processes = Processes(self.world)
        self.touched = Touched(self.world)
        self.tables = {
            word: Tallies(groups.make(word, self.processes, self.touched), overhead, counted) for word in dict.fromkeys(by)
        }
        self.account = Account(self.processes, self.touched.path, self.touched.text) if account else None
        self.slowest = Slowest(slowest) if slowest else None
        self.counted = counted
        self.open: dict[int, Any] = {}
        self.chosen: set[tuple[int, int]] | None = None  # threads and beginnings of the calls that count, where not all do
        self.first = self.last = 0  # when it began, and what the latest record says
        only_numbers = self.account is None and self.slowest is None and [*self.tables] == ["syscall"]
        self.take: Callable[[list[Record]], None] = self.take_numbers if only_numbers else self.take_all

    # --- records

    def choose(self, calls: list[Record]) -> None:
        """Of the records that are fed next these calls count."""
        assert self.chosen is not None
        self.chosen.update((call[1], call[2]) for call in calls)

    def feed(self, batch: list[Record]) -> None:
        """Take records, in order."""
        if not batch:
            return
        self.first = self.first or batch[0][2]
        self.take(batch)
        for tallies in self.tables.values():
            tallies.settle()
        self.last = max(self.last, batch[-1][8 if batch[-1][0] == records.CALL else 2])
        if self.chosen:
            self.chosen.clear()

    def ended(self, batch: list[Record], learn: Callable[[Record], None] = lambda record: None) -> Iterator[Record]:
        """Calls that have returned, as CALL records have them, and all that is no call; an EXIT without its ENTRY too.
        ``learn`` gets every record, after it was handled."""
        opened = self.open
        for record in batch:
            kind = record[0]
            if kind == records.CALL:
                yield record
            elif kind == records.ENTRY:
                opened[record[1]] = record
            elif kind == records.EXIT:
                entry = opened.pop(record[1], None)
                yield record if entry is None else (records.CALL, *entry[1:], *record[2:])
            else:
                if kind == records.EXECED and record[3] in opened:
                    entry = opened.pop(record[3])
                    opened[record[1]] = (records.ENTRY, record[1], *entry[2:])
                yield record
            learn(record)

    def take_numbers(self, batch: list[Record]) -> None:
        """The same where only calls by their numbers count."""
        chosen, call = self.chosen, self.tables["syscall"].call
        for record in self.ended(batch):
            if record[0] == records.CALL:
                if chosen is None or (record[1], record[2]) in chosen:
                    call(record)
            elif record[0] in (records.LEAVING, *GONE):
                self.open.pop(record[1], None)

    def take_all(self, batch: list[Record]) -> None:
        """Hand calls and notices to everybody whom they concern."""
        chosen, counted = self.chosen, self.counted
        tables = [tallies.call for tallies in self.tables.values()]
        account, slowest, processes = self.account, self.slowest, self.processes
        for record in self.ended(batch, self.world.take):
            if record[0] != records.CALL:
                self.notice(record)
                continue
            if account is not None:
                account.call(record)
            if chosen is None or (record[1], record[2]) in chosen:
                for call in tables:
                    call(record)
                if slowest is not None and (counted is None or counted(record[10])):
                    slowest.call(record)
            processes.call(record)

    def notice(self, record: Record) -> None:
        """Something that is no call."""
        self.processes.notice(record)
        if record[0] == records.LEAVING or record[0] in GONE:
            call = self.open.pop(record[1], None)
            if call is not None:
                self.cut(call, record)
        if self.account is not None:
            self.account.notice(record)

    def cut(self, call: Any, end: Record) -> None:
        """A call never returns."""
        if self.account is not None:
            self.account.cut(call, end[2])
        if self.slowest is not None and self.chosen is None:
            self.slowest.cut(call, end)

    def restart(self) -> None:
        """Count from now on."""
        self.first = self.last
        for tallies in self.tables.values():
            tallies.clear()

    # --- what is known

    def settle(self) -> None:
        """After the last record."""
        if self.account is not None:
            self.account.settle(self.open)
        if self.slowest is not None and self.chosen is None:
            for call in self.open.values():
                self.slowest.cut(call, (records.DETACHED, call[1], max(self.last, call[2])))
        self.open.clear()

    def lines(self, width: int | None) -> list[Line]:
        """All tables and the account, for a width; None: as wide as needed."""
        lines: list[Line] = []
        for tallies in [self.tables[word] for word in self.shown]:
            if lines:
                lines.append([])
            if tallies.groups:
                lines += Table(tallies, self.sort, width, None if width is None else ROWS).lines()
        if self.account is not None:
            if lines:
                lines.append([])
            lines.append([("Where the time of each thread went:", "dim")])
            lines += self.account.lines(name_of)
        return lines

    def write(self, output: Output) -> None:
        """Tables and account to an output."""
        lines = self.lines(width_of(output.descriptor))
        if getattr(output, "paint", None) is None:
            output.write(plain(lines))
            return
        output.flush()  # what paints traces would not know these lines
        direct = Output(output.descriptor, output.failed)
        direct.write(painted(lines))
        direct.flush()

    def write_slowest(self, output: Output, signatures: Signatures, renderer: Callable[[Lines, bool], Renderer]) -> None:
        """The slowest calls; ``renderer`` is told whether several threads made them."""
        if self.slowest is not None and self.slowest.kept:
            several = self.slowest.threads > 1
            output.write(self.slowest.text(signatures, lambda lines: renderer(lines, several)))


def name_of(arch: int, number: int) -> str:
    """What a call is called."""
    abi, plain = abi_of(arch, number)
    return abi.name_of(plain)


def width_of(descriptor: int) -> int | None:
    """Of the terminal that a descriptor is; None: it is none."""
    try:
        return max(os.get_terminal_size(descriptor).columns - 1, 40)
    except OSError:
        return None
