"""What stands before the call on a line of a log: whose it is, and when it was."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator

from ptracer.errors import PtracerError

SECOND = 1_000_000_000  # nanoseconds
DAY = 24 * 3600 * SECOND
SET_BACK = 2 * 3600 * SECOND  # as much as a clock may be set back, as where summer time ends, without a day having passed

# `1234 `, `1234<sh> `, `[pid 1234] `. No process id has more digits than seven; seconds since 1970 have.
PROCESS = rb"(?:\[pid +(?P<bracketed>\d+)(?:<.*?>)?\] |(?P<plain>\d{1,7})(?:<.*?>)? +)?"
# `12:34:56`, `1700000000`, each with a fraction or without.
TIME = rb"(?:(?:(?P<hours>\d\d):(?P<minutes>\d\d):(?P<seconds>\d\d)|(?P<unix>\d{9,}))(?:\.(?P<fraction>\d{1,9}))? )?"
RELATIVE = rb"(?:\(\+ *\d+(?:\.\d+)?\) | *\d+\.\d+ )?"  # -r, beside another time or alone
NUMBER = rb"(?:\[ *\d+\] )?(?:\[[0-9a-f]{8,16}\] )?"  # -n, -i

PREFIX = re.compile(PROCESS + TIME + RELATIVE + NUMBER)


class Line:
    """A line of a log: its process (0: not said), its time in nanoseconds (None: not said), its call, and all of it."""

    __slots__ = ("pid", "time", "clock", "call", "text")

    def __init__(self, text: bytes) -> None:
        prefix = PREFIX.match(text)
        assert prefix is not None  # everything in it may be missing
        self.text = text
        self.pid = int(prefix["bracketed"] or prefix["plain"] or 0)
        self.call = text[prefix.end() :]
        self.time: int | None = None
        self.clock = prefix["hours"] is not None  # the time is one of day
        fraction = int((prefix["fraction"] or b"").ljust(9, b"0"))
        if self.clock:
            minutes = int(prefix["hours"]) * 60 + int(prefix["minutes"])
            self.time = (minutes * 60 + int(prefix["seconds"])) * SECOND + fraction
        elif prefix["unix"]:
            self.time = int(prefix["unix"]) * SECOND + fraction


class Calendar:
    """Makes times of day, in the order in which they come, into times that grow beyond midnight."""

    def __init__(self, day: int = 0) -> None:
        self.start = day * DAY
        self.last = 0

    def time(self, line: Line) -> int | None:
        """When the line was. A time much earlier than the one before is of the next day."""
        if line.time is None or not line.clock:
            return line.time
        if line.time < self.last - SET_BACK:
            self.start += DAY
        self.last = line.time
        return self.start + line.time


def read(name: str) -> Iterator[Line]:
    """The lines of a log; ``-`` is standard input."""
    try:
        with open(sys.stdin.fileno() if name == "-" else name, "rb", closefd=name != "-") as file:
            for text in file:
                yield Line(text)
    except OSError as error:
        raise PtracerError(f"{name}: {error.strerror}") from None


def pid_in_name(name: str) -> int:
    """The process of a log that ``-ff`` has made; 0: it is not in the name."""
    end = os.path.basename(name).rpartition(".")[2]
    return int(end) if end.isascii() and end.isdigit() and len(end) <= 7 else 0
