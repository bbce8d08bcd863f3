"""Logs of ``-ff`` become one log as ``-f`` would have written it, in the order of their times.

Lines are never collected: what is kept is one line for each log whose process is alive at that time.
Times of day do not say which day; see ``days``.
"""

from __future__ import annotations

import heapq
import os
from collections.abc import Iterator, Sequence

from ptracer.errors import PtracerError
from ptracer.logs.lines import DAY, Calendar, Line, pid_in_name, read

TAIL = 1 << 16  # bytes at the end of a log among which its last time is looked for


class Log:
    """One log: its name, its process, the times of its first and its last line, and the day on which it begins."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.pid = pid_in_name(name)
        self.day = 0
        self.first: Line | None = next(read(name), None)
        if self.first is not None and self.first.time is None:
            raise PtracerError(f"{name}: its first line has no time; logs can be merged that were written with -tt or -ttt")

    def last(self) -> int:
        """The last time there is, which is the first one where the end of the file has none."""
        assert self.first is not None and self.first.time is not None
        with open(self.name, "rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - TAIL))
            lines = file.read().splitlines()
        times = (Line(text).time for text in reversed(lines))
        return next((time for time in times if time is not None), self.first.time)

    def entries(self) -> Iterator[tuple[int, list[bytes]]]:
        """Each line with its time, and with it those that follow and have none: dumps, stacks."""
        calendar = Calendar(self.day)
        time, lines = 0, list[bytes]()
        for line in read(self.name):
            now = calendar.time(line)
            if now is not None and lines:
                yield time, lines
                lines = []
            time = time if now is None else now
            lines.append(self.labelled(line))
        if lines:
            yield time, lines

    def labelled(self, line: Line) -> bytes:
        """The line behind the number of its process; it may have it already."""
        text = line.text if line.text.endswith(b"\n") else line.text + b"\n"
        if line.pid:
            return text
        if not self.pid:
            raise PtracerError(f"{self.name}: neither its name nor its lines say which process it is of")
        return b"%-5d %s" % (self.pid, text)


def merge(names: Sequence[str]) -> Iterator[bytes]:
    """The lines of all logs by time; what happened at the same time stands in the order of the logs."""
    if "-" in names:
        raise PtracerError("--merge reads files, not standard input")
    logs = [log for log in map(Log, names) if log.first is not None]
    clocks = {log.first.clock for log in logs if log.first is not None}
    if len(clocks) > 1:
        raise PtracerError("some logs have the time of day and some the seconds since 1970: these cannot be merged")
    if clocks == {True}:
        days(logs)
    return ordered(logs)


def ordered(logs: list[Log]) -> Iterator[bytes]:
    """The merging itself. A log is opened when its first line is due, for there may be more logs than can be open."""
    # (time, place of the log, its lines, what follows); a log that waits for its turn has no lines yet.
    heap: list[tuple[int, int, list[bytes], Iterator[tuple[int, list[bytes]]]]] = []
    for place, log in enumerate(logs):
        assert log.first is not None and log.first.time is not None
        heap.append((log.first.time + log.day * DAY, place, [], log.entries()))
    heapq.heapify(heap)
    while heap:
        _, place, lines, rest = heap[0]
        yield from lines
        following = next(rest, None)
        if following is None:
            heapq.heappop(heap)
        else:
            heapq.heapreplace(heap, (following[0], place, following[1], rest))


def days(logs: list[Log]) -> None:
    """Say on which day each log begins, given only times of day.

    From its first to its last line a log covers a part of the clock's face. What was traced in less than a day leaves a
    part of it that no log covers: the largest such part lies before the beginning of all, and logs that begin
    earlier on the clock's face begin on the second day. Traces of more than a day need ``-ttt``.
    """
    spans = []
    for log in logs:
        assert log.first is not None and log.first.time is not None
        spans.append((log.first.time, (log.last() - log.first.time) % DAY, log))
    spans.sort(key=lambda span: span[0])
    covered = max(begin + length for begin, length, _ in spans) - DAY  # by a log that goes on after midnight
    gap, beginning = -DAY, 0
    for begin, length, _ in spans:
        if begin - covered > gap:
            gap, beginning = begin - covered, begin
        covered = max(covered, begin + length)
    for begin, _, log in spans:
        log.day = 1 if begin < beginning else 0
