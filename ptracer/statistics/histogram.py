"""How durations are distributed, in bounded memory, so that percentiles are known to one per cent.

Buckets grow with the durations, as in HdrHistogram: each doubling has 64 of equal width. A bucket's middle is then off by
1/128 of the duration at most, 0.8 per cent, and there are less than four thousand buckets however long a trace lasts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

BITS = 7  # of a duration that are kept: the first, which is 1, and six more
ERROR = 1 / (1 << BITS)  # of a percentile, relative to it
BARS = " ▁▂▃▄▅▆▇█"


def bucket(duration: int) -> int:
    """The least duration, of nanoseconds, that is counted together with this one."""
    shift = duration.bit_length() - BITS
    return duration if shift <= 0 else duration >> shift << shift


def middle(bucket: int) -> int:
    """What stands for the durations of a bucket."""
    shift = bucket.bit_length() - BITS
    return bucket if shift <= 0 else bucket + (1 << shift >> 1)


class Histogram:
    """Counts durations that are not negative; ``counts`` are by the least duration of each bucket."""

    __slots__ = ("counts",)

    def __init__(self) -> None:
        self.counts: Counter[int] = Counter()

    def add(self, durations: Iterable[int]) -> None:
        """Count some more."""
        bits = BITS
        self.counts.update(
            [
                duration if (shift := duration.bit_length() - bits) <= 0 else duration >> shift << shift
                for duration in durations
            ]
        )

    def merge(self, other: Histogram) -> None:
        """Count what another has counted."""
        self.counts.update(other.counts)

    def percentiles(self, *shares: float) -> list[int]:
        """For each share (of 1, ascending) the least duration that so many are not above; 0 where nothing was counted."""
        whole = self.counts.total()
        found: list[int] = []
        reached, ordered = 0, iter(sorted(self.counts.items()))
        value = 0
        for share in shares:
            # The nearest rank; shares are decimal fractions, of which floating point must not make a rank more.
            rank = max(-int(-round(share * whole, 6) // 1), 1)
            while reached < min(rank, whole):
                least, count = next(ordered)
                reached += count
                value = middle(least)
            found.append(value)
        return found

    def slots(self, least: int, most: int, slots: int) -> list[int]:
        """How many durations fall into each of so many slots between two durations, which are equally wide as factors."""
        from math import log

        counted = [0] * slots
        low, wide = log(max(least, 1)), log(max(most, 2) / max(least, 1)) or 1.0
        for start, count in self.counts.items():
            place = int((log(max(start, 1)) - low) / wide * slots)
            counted[min(max(place, 0), slots - 1)] += count
        return counted


def bars(counts: Sequence[int]) -> str:
    """Counts as a row of bars, one character each; what is not nothing is seen."""
    most = max(counts, default=0)
    if not most:
        return " " * len(counts)
    return "".join(BARS[-(-count * (len(BARS) - 1) // most)] for count in counts)
