"""Which elements of two sequences belong together.

What both begin and end with is set aside. Of the rest, elements that are in each sequence exactly once are anchors: the
longest series of them that is in the same order on both sides (patience diff, Bram Cohen). Between anchors the same again;
where there are none, the shortest edit (E. W. Myers, "An O(ND) difference algorithm and its variations", 1986), of which
no more than ``FARTHEST`` differences are followed at a time. So time is bounded whatever is compared: a stretch with more
differences may be aligned worse than it could be, never wrongly.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence

FARTHEST = 100  # differences that are followed before what was found is kept
DEEPEST = 30  # anchors between anchors between anchors

Pair = tuple[int, int]
Block = tuple[int, int, int, int]  # from, to in the one; from, to in the other


def align(a: Sequence[int], b: Sequence[int]) -> list[Pair]:
    """Pairs of places, both rising, at which the sequences have the same."""
    return align_block(a, b, (0, len(a), 0, len(b)))


def align_block(a: Sequence[int], b: Sequence[int], block: Block) -> list[Pair]:
    """The same of a part of each."""
    pairs: list[Pair] = []
    waiting: list[tuple[Block, int]] = [(block, 0)]  # the last comes first
    while waiting:
        (start, end, other, other_end), depth = waiting.pop()
        while start < end and other < other_end and a[start] == b[other]:
            pairs.append((start, other))
            start, other = start + 1, other + 1
        length = 0
        while start < end and other < other_end and a[end - 1] == b[other_end - 1]:
            end, other_end, length = end - 1, other_end - 1, length + 1
        tail = (end, end + length, other_end, other_end + length)
        if start == end or other == other_end:
            pairs += zip(range(*tail[:2]), range(*tail[2:]))
            continue
        found = anchors(a, b, (start, end, other, other_end)) if depth < DEEPEST else []
        if not found:
            pairs += nearest(a, b, (start, end, other, other_end))
            pairs += zip(range(*tail[:2]), range(*tail[2:]))
            continue
        inner = []
        for place, opposite in found:
            inner.append(((start, place, other, opposite), depth + 1))
            inner.append(((place, place + 1, opposite, opposite + 1), depth + 1))
            start, other = place + 1, opposite + 1
        inner.append(((start, end, other, other_end), depth + 1))
        inner.append((tail, depth + 1))
        waiting += [one for one in reversed(inner) if one[0][0] < one[0][1] and one[0][2] < one[0][3]]
    return pairs


def anchors(a: Sequence[int], b: Sequence[int], block: Block) -> list[Pair]:
    """What is once in each, as far as it is in the same order."""
    start, end, other, other_end = block
    counts, others = Counter(a[start:end]), Counter(b[other:other_end])
    places = {b[place]: place for place in range(other, other_end)}
    unique = [(place, places[one]) for place in range(start, end) if counts[one := a[place]] == 1 and others.get(one, 0) == 1]
    return rising(unique)


def rising(pairs: list[Pair]) -> list[Pair]:
    """The longest part of pairs, of which the first numbers rise, of which the second ones rise too."""
    tops: list[int] = []  # the least second number with which a series of each length ends
    at: list[int] = []  # and the pair it belongs to
    before: list[int] = []
    for place, (_, opposite) in enumerate(pairs):
        length = bisect_left(tops, opposite)
        before.append(at[length - 1] if length else -1)
        tops[length : length + 1] = [opposite]
        at[length : length + 1] = [place]
    series = []
    place = at[-1] if at else -1
    while place >= 0:
        series.append(pairs[place])
        place = before[place]
    return series[::-1]


def nearest(a: Sequence[int], b: Sequence[int], block: Block) -> list[Pair]:
    """The pairs of a short edit. What the other side has not at all takes no part in the search."""
    start, end, other, other_end = block
    common = {*a[start:end]} & {*b[other:other_end]}
    mine = [place for place in range(start, end) if a[place] in common]
    theirs = [place for place in range(other, other_end) if b[place] in common]
    pairs: list[Pair] = []
    i = j = 0
    while i < len(mine) and j < len(theirs):
        found, i, j = portion(a, b, mine, theirs, i, j)
        pairs += found
    return pairs


def portion(
    a: Sequence[int], b: Sequence[int], mine: list[int], theirs: list[int], i: int, j: int
) -> tuple[list[Pair], int, int]:
    """The pairs from i and j on, up to the end or ``FARTHEST`` differences further, and where that is."""
    n, m = len(mine) - i, len(theirs) - j
    farthest: dict[int, int] = {1: 0}  # by diagonal, how far the first side has come
    history: list[dict[int, int]] = []
    for distance in range(FARTHEST + 1):
        history.append(farthest.copy())
        for diagonal in range(-distance, distance + 1, 2):
            down = diagonal == -distance or (
                diagonal != distance and farthest.get(diagonal - 1, -1) < farthest.get(diagonal + 1, -1)
            )
            x = farthest.get(diagonal + 1, 0) if down else farthest.get(diagonal - 1, 0) + 1
            y = x - diagonal
            while x < n and 0 <= y < m and a[mine[i + x]] == b[theirs[j + y]]:
                x, y = x + 1, y + 1
            farthest[diagonal] = x
            if x >= n and y >= m:
                return trace(history, mine, theirs, i, j, x, y, n, m), i + n, j + m
    inside = [(min(x, n) + min(x - k, m), k) for k, x in farthest.items() if x <= n and 0 <= x - k <= m]
    if not inside:
        return [], i + n, j + m
    _, diagonal = max(inside)
    x = farthest[diagonal]
    y = x - diagonal
    if x + y == 0:
        return [], i + n, j + m
    return trace(history[: FARTHEST + 1], mine, theirs, i, j, x, y, n, m), i + x, j + y


def trace(
    history: list[dict[int, int]], mine: list[int], theirs: list[int], i: int, j: int, x: int, y: int, n: int, m: int
) -> list[Pair]:
    """Back along the way that led to x and y."""
    pairs: list[Pair] = []
    distance = len(history) - 1
    if (x - y - distance) % 2:
        distance -= 1  # its diagonal was reached a step before
    for step in range(distance, -1, -1):
        farthest = history[step]
        diagonal = x - y
        down = diagonal == -step or (diagonal != step and farthest.get(diagonal - 1, -1) < farthest.get(diagonal + 1, -1))
        former = diagonal + 1 if down else diagonal - 1
        from_x = farthest.get(former, 0)
        from_y = from_x - former
        begin = from_x if down else from_x + 1
        while x > begin:
            x, y = x - 1, y - 1
            if x < n and y < m:
                pairs.append((mine[i + x], theirs[j + y]))
        x, y = from_x, from_y
    return pairs[::-1]
