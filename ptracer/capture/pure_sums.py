"""Calls summed up, as ``_sums.h`` does it in C."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from ptracer.capture.joining import Joining
from ptracer.capture.records import SUM, Record
from ptracer.hints import Any

Apart = tuple[tuple[int, int, int], ...]  # architecture, number, mask


class Sums:
    """Takes records, in order, and gives sums of the calls that have returned."""

    def __init__(self) -> None:
        self.joining = Joining()

    def of(self, batch: list[Record], overhead: int, apart: Apart) -> list[Record]:
        """What is no call, and then a SUM of each kind of call."""
        masks = {row[:2]: row[2] for row in apart}
        groups, others = self.joining.groups(batch)
        for key, group in groups.items():
            for kind, failed, calls in parts(key, group, masks.get(key)):
                cpu, wall = [call[11] for call in calls], [call[8] - call[2] for call in calls]
                others.append((SUM, kind, failed, len(calls), times(cpu, overhead), times(wall, overhead)))
        return others


def parts(key: tuple[int, int], group: list[Any], mask: int | None) -> Iterator[tuple[tuple[int, ...], bool, list[Any]]]:
    """The calls of one number, by what the masked first argument is, where there is a mask, and by whether they failed."""
    found: dict[tuple[tuple[int, ...], bool], list[Any]] = defaultdict(list)
    for call in group:
        found[key if mask is None else (*key, call[5][0] & mask), call[10]].append(call)
    for (kind, failed), calls in found.items():
        yield kind, failed, calls


def times(durations: list[int], overhead: int) -> tuple[int, int, int]:
    """The sum of durations, the least and the most."""
    if overhead:
        durations = [max(duration - overhead, 0) for duration in durations]
    return sum(durations), min(durations), max(durations)
