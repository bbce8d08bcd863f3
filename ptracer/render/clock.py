"""Time stamps before a line, durations after it."""

from __future__ import annotations

import time

DIGITS = {"s": 0, "ms": 3, "us": 6, "ns": 9}


def fraction(nanoseconds: int, precision: str) -> str:
    """Seconds with as many decimals as the precision has; what is beyond is cut off, not rounded."""
    seconds, rest = divmod(nanoseconds, 1_000_000_000)
    digits = DIGITS[precision]
    return f"{seconds}.{rest:09d}"[: -(9 - digits)] if 0 < digits < 9 else f"{seconds}.{rest:09d}" if digits else f"{seconds}"


class Clock:
    """Turns monotonic nanoseconds into the stamps that the options ask for.

    ``absolute`` is None, ``"time"`` or ``"unix"``; ``relative`` whether differences are shown. Each has
    a precision. CLOCK_MONOTONIC is what records hold; its distance to the wall clock is measured once, or known from a
    recording (``offset``, nanoseconds).
    """

    def __init__(
        self, absolute: str | None, absolute_precision: str, relative: bool, relative_precision: str, offset: int | None = None
    ) -> None:
        self.absolute, self.absolute_precision = absolute, absolute_precision
        self.relative, self.relative_precision = relative, relative_precision
        self.offset = time.time_ns() - time.monotonic_ns() if offset is None else offset
        self.previous: int | None = None
        self.second = -1
        self.second_text = ""

    def stamp(self, when: int) -> str:
        """The text before a line that begins at ``when``."""
        text = ""
        if self.absolute is not None:
            wall = when + self.offset
            if self.absolute == "unix":
                text = fraction(wall, self.absolute_precision)
            else:
                second, rest = divmod(wall, 1_000_000_000)
                if second != self.second:
                    self.second = second
                    self.second_text = time.strftime("%H:%M:%S", time.localtime(second))
                text = self.second_text + fraction(rest, self.absolute_precision)[1:]
            text += " "
        if self.relative:
            passed = 0 if self.previous is None else max(when - self.previous, 0)
            self.previous = when
            spelled = fraction(passed, self.relative_precision)
            width = 6 + (DIGITS[self.relative_precision] and DIGITS[self.relative_precision] + 1)
            text += f"(+{spelled:>{width}}) " if self.absolute is not None else f"{spelled:>{width}} "
        return text
