"""All that is different, thread by thread, as a unified diff of the normalised traces; repetitions are one line."""

from __future__ import annotations

from collections.abc import Iterator

from ptracer.comparing.alignment import Pair
from ptracer.comparing.differences import Comparison
from ptracer.comparing.side import Program, Thread
from ptracer.statistics.text import Line

CONTEXT = 3  # lines before and after
Row = tuple[str, int, int]  # sign, and the numbers of the line on both sides


def unified(found: Comparison) -> list[Line]:
    """Of every thread in which something is different."""
    made: list[Line] = []
    for program, left, right, pairs in found.aligned:
        rows = list(rows_of(left, right, pairs))
        if any(sign != " " for sign, _, _ in rows[2 if found.commanded(program, 0, 0) else 0 :]):
            made += [[], *heading(program, left, right), *hunks(found, rows)]
    for whole, sign in ((found.vanished, "-"), (found.appeared, "+")):
        for program in whole:
            for thread in program.threads:
                rows = [(sign, number, number) for number in thread.lines]
                pair = (thread, None) if sign == "-" else (None, thread)
                made += [[], *heading(program, *pair), *hunks(found, rows)]
    return made


def heading(program: Program, left: Thread | None, right: Thread | None) -> list[Line]:
    """Whose lines follow."""

    def named(thread: Thread | None) -> str:
        name = f" {thread.name}" if thread is not None and thread.name else ""
        return f"{program.label} [{thread.tid}{name}]" if thread is not None else "(nothing)"

    return [[(f"--- {named(left)}", "bold red")], [(f"+++ {named(right)}", "bold green")]]


def rows_of(left: Thread | None, right: Thread | None, pairs: list[Pair]) -> Iterator[Row]:
    """What is in both, what vanished, what appeared, in order."""
    a, b = left.lines if left is not None else (), right.lines if right is not None else ()
    i = j = 0
    for place, opposite in (*pairs, (len(a), len(b))):
        while i < place:
            yield "-", a[i], -1
            i += 1
        while j < opposite:
            yield "+", -1, b[j]
            j += 1
        if i < len(a) and j < len(b):
            if a[i] == b[j]:
                yield " ", a[i], b[j]
            else:
                yield "-", a[i], -1
                yield "+", -1, b[j]
            i, j = i + 1, j + 1


def hunks(found: Comparison, rows: list[Row]) -> Iterator[Line]:
    """The rows that are different, with what is around them."""
    styles = {" ": "", "-": "red", "+": "green"}
    shown = bytearray(len(rows))
    for place, (sign, _, _) in enumerate(rows):
        if sign != " ":
            begin = max(place - CONTEXT, 0)
            shown[begin : place + CONTEXT + 1] = b"\1" * (min(place + CONTEXT + 1, len(rows)) - begin)
    a = b = place = 0
    lines = found.book.lines
    while place < len(rows):
        sign, before, after = rows[place]
        if shown[place] and (not place or not shown[place - 1]):
            yield [(f"@@ -{a + 1} +{b + 1} @@", "cyan")]
        count = 1
        while place + count < len(rows) and rows[place + count] == rows[place] and shown[place + count] == shown[place]:
            count += 1
        if shown[place]:
            text = str(lines[before if before >= 0 else after])
            yield [(f"{sign}{text}{f'  ×{count}' if count > 1 else ''}", styles[sign])]
        a += count if sign != "+" else 0
        b += count if sign != "-" else 0
        place += count
