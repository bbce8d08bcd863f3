"""Times on the command line: ``10``, ``1.5ms``, ``2s``."""

from __future__ import annotations

import math

NANOSECONDS = {"": 1000, "ns": 1, "us": 1000, "ms": 1_000_000, "s": 1_000_000_000}
LONGEST = 1 << 63  # nanoseconds


def nanoseconds(text: str) -> int | None:
    """A time with a unit, without one in microseconds; None: it is no such thing."""
    digits = text.rstrip("abcdefghijklmnopqrstuvwxyz")
    unit = text[len(digits) :]
    try:
        amount = float(digits)
    except ValueError:
        return None
    if unit not in NANOSECONDS or digits != digits.rstrip() or not (math.isfinite(amount) and amount >= 0):
        return None
    return min(int(amount * NANOSECONDS[unit]), LONGEST)
