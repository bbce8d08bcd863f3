"""Comma-separated values (RFC 4180) with a header: a line a call."""

from __future__ import annotations

import csv
from collections.abc import Callable

from ptracer.formats.gathering import Setting
from ptracer.formats.rows import CALLS, Rows
from ptracer.hints import Any
from ptracer.render.output import Output

TID = list(CALLS).index("tid")


class CommaSeparated(Rows):
    """Writes the columns of calls."""

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        self.writers: dict[Output, Callable[[tuple[Any, ...]], object]] = {}

    def begin(self, output: Output) -> None:
        write = self.writers[output] = csv.writer(output, lineterminator="\n").writerow
        write(tuple(CALLS))

    def add(self, row: tuple[Any, ...]) -> None:
        tid = row[TID]
        self.writers[self.outputs.get(tid) or self.output(tid)](row)

    def finished(self, tid: int) -> None:
        output = self.outputs.get(tid)
        super().finished(tid)
        if output is not None and output not in self.outputs.values():
            self.writers.pop(output, None)
