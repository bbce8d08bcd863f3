"""What takes longer than it did, beyond noise.

Calls that belong together are summed by what they are about. How much faster or slower the second run was as a whole is the
middle of all ratios; how far ratios lie from that by chance is their middle deviation, as a factor. Something became slower
whose time is above that by more than three such deviations, ``FACTOR`` at least, and whose time has grown by more than chance
does: by ``LEAST``, not counting the call that grew most, for any one call can be held up by whatever else the machine does; or
by ``STALL``, if it was that one. Both are twice the time by which something became faster, where that is more; the first two of
these may have a reason.
"""

from __future__ import annotations

import math

from ptracer.comparing.side import Program

LEAST, STALL = 1_000_000, 10_000_000  # nanoseconds
FACTOR = 1.5
REASONS = 2  # things that became faster and are not taken for chance
ENOUGH = 5_000  # nanoseconds, for a ratio to say anything


class Sum:
    """Calls about one thing in one process: how many, how long on each side, and by how much the one that grew most has
    grown, in nanoseconds."""

    __slots__ = ("program", "topic", "count", "a", "b", "most")

    def __init__(self, program: Program, topic: int) -> None:
        self.program, self.topic = program, topic
        self.count = self.a = self.b = self.most = 0


class Timing:
    """Sums of all calls that belong together."""

    def __init__(self) -> None:
        self.sums: dict[tuple[int, int], Sum] = {}

    def add(self, program: Program, topic: int, a: int, b: int) -> None:
        """Two calls that belong together."""
        key = id(program), topic
        known = self.sums.get(key)
        if known is None:
            known = self.sums[key] = Sum(program, topic)
        known.count += 1
        known.a += a
        known.b += b
        if b - a > known.most:
            known.most = b - a

    def noise(self) -> tuple[float, float]:
        """The ratio of the second run to the first, and the factor by which something must be above that."""
        ratios = [math.log(one.b / one.a) for one in self.sums.values() if one.a >= ENOUGH and one.b >= ENOUGH]
        if not ratios:
            return 1.0, FACTOR
        usual = middle(ratios)
        return math.exp(usual), max(FACTOR, math.exp(3 * middle([abs(ratio - usual) for ratio in ratios])))

    def floor(self) -> int:
        """By how many nanoseconds a time must have grown that a single call explains."""
        usual, _ = self.noise()
        shrunk = sorted((one.a - one.b / min(usual, 1.0) for one in self.sums.values()), reverse=True)
        return max(STALL, int(2 * shrunk[REASONS]) if len(shrunk) > REASONS else 0)

    def slower(self) -> list[tuple[Sum, int]]:
        """What became slower, and by how many nanoseconds, the most first."""
        usual, factor = self.noise()
        floor = self.floor()
        found = []
        for one in self.sums.values():
            expected = max(usual, 1.0) * one.a
            growth = one.b - expected
            if (growth >= floor or growth - one.most >= LEAST * floor / STALL) and one.b >= factor * expected:
                found.append((one, int(one.b - expected)))
        return sorted(found, key=lambda pair: -pair[1])


def middle(numbers: list[float]) -> float:
    """The median."""
    ordered = sorted(numbers)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
