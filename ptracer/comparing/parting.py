"""Where two runs part: the first call in time that is different, not counting what comes and goes by chance."""

from __future__ import annotations

from collections.abc import Iterator

from ptracer.comparing.differences import WAITING, Comparison, by_chance, unhurried
from ptracer.comparing.normal import Line
from ptracer.comparing.side import Program, Thread


class Parting:
    """The last line of a thread that is the same, and what follows it on each side, if anything; ``when`` in nanoseconds."""

    def __init__(self, program: Program, when: int, last: Line | None, before: Line | None, after: Line | None) -> None:
        self.program, self.when, self.last, self.before, self.after = program, when, last, before, after


def parting(found: Comparison) -> Parting | None:
    """The earliest of all threads; None: there is none."""
    earliest: Parting | None = None
    for program, left, right, pairs in found.aligned:
        moved = found.moved_lines.get(id(program), frozenset())
        for place, opposite, end, other_end in steps(left, right, pairs):
            if place == opposite == 0 and end == other_end == 1 and found.commanded(program, 0, 0):
                continue
            mine = first(found, program, (left, place, end), right, moved)
            theirs = first(found, program, (right, opposite, other_end), left, moved)
            if mine is None and theirs is None:
                continue
            if end - place == other_end - opposite == 1:
                mine, theirs = place, opposite  # they are about the same thing
            when = since(found, left, right, mine if mine is not None else place - 1, theirs)
            if earliest is None or when < earliest.when:
                last = found.book.lines[left.lines[place - 1]] if left is not None and place else None
                earliest = Parting(program, when, last, line(found, left, mine), line(found, right, theirs))
            break
    return earliest


def steps(left: Thread | None, right: Thread | None, pairs: list[tuple[int, int]]) -> Iterator[tuple[int, int, int, int]]:
    """The stretches that are different, in order: from, from on the other side, to, to on the other side."""
    a, b = left.lines if left is not None else (), right.lines if right is not None else ()
    i = j = 0
    for place, opposite in pairs:
        if place > i or opposite > j:
            yield i, j, place, opposite
        if a[place] != b[opposite]:
            yield place, opposite, place + 1, opposite + 1
        i, j = place + 1, opposite + 1
    if i < len(a) or j < len(b):
        yield i, j, len(a), len(b)


def first(
    found: Comparison, program: Program, stretch: tuple[Thread | None, int, int], other: Thread | None, moved: frozenset[int]
) -> int | None:
    """The first place of a stretch where it is no chance that it is different."""
    thread, start, end = stretch
    if thread is None:
        return None
    lines = found.book.lines
    for place in range(start, end):
        number = thread.lines[place]
        if number in moved or by_chance(lines[number], program):
            continue
        if lines[number].name not in WAITING or unhurried(lines[number]) not in waits(found, other):
            return place
    return None


def waits(found: Comparison, thread: Thread | None) -> set[tuple[str, str, str]]:
    """How a thread waited for children: whether it had to is chance."""
    lines = [found.book.lines[number] for number in set(thread.lines)] if thread is not None else []
    return {unhurried(line) for line in lines if line.name in WAITING}


def since(found: Comparison, left: Thread | None, right: Thread | None, place: int, opposite: int | None) -> int:
    """When a call ended, since the beginning of the first recording; of what only the second has, when that before it ended.
    Times of two runs say nothing about each other."""
    if left is not None and 0 <= place < len(left.starts):
        return left.starts[place] + left.durations[place] - found.a.origin.began
    assert right is not None
    return right.starts[opposite or 0] + right.durations[opposite or 0] - found.b.origin.began


def line(found: Comparison, thread: Thread | None, place: int | None) -> Line | None:
    """The line at a place."""
    return found.book.lines[thread.lines[place]] if thread is not None and place is not None else None
