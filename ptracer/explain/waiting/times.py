"""Time, and signals. Sources: nanosleep(2), clock_nanosleep(2), pause(2), sigsuspend(2), sigtimedwait(2)."""

from __future__ import annotations

import time

from ptracer.explain.saying import signal_name
from ptracer.explain.waiting import Wait, waits
from ptracer.explain.waiting.blocked import Blocked, several

BILLION = 1_000_000_000
TIMER_ABSTIME = 1
CLOCK_REALTIME = 0
SIGNALS = 64


def spent(nanoseconds: int) -> str:
    """A time in a sentence."""
    seconds = max(nanoseconds, 0) / BILLION
    if seconds < 600:
        return f"{seconds:.1f} seconds"
    return f"{seconds / 60:.0f} minutes" if seconds < 36000 else f"{seconds / 3600:.0f} hours"


def timespec(blocked: Blocked, address: int, wide: bool) -> int | None:
    """A struct timespec in nanoseconds."""
    size = 8 if wide or blocked.long == 8 else 4
    words = blocked.words(address, 2, size)
    return words[0] * BILLION + words[1] if len(words) == 2 else None


def remaining(blocked: Blocked, address: int, relative: bool, realtime: bool, wide: bool = False) -> int | None:
    """How long a wait still lasts; None: nobody can tell."""
    value = timespec(blocked, address, wide)
    if value is None:
        return None
    if not relative:
        return value - (time.time_ns() if realtime else time.monotonic_ns())
    return left(blocked, value)


def left(blocked: Blocked, whole: int) -> int | None:
    """Of a time that began with the call what is left."""
    return None if blocked.began is None else blocked.began + whole - time.monotonic_ns()


@waits("nanosleep clock_nanosleep clock_nanosleep_time64")
def sleep(blocked: Blocked) -> Wait | None:
    wide = blocked.name.endswith("time64")
    place = 0 if blocked.name == "nanosleep" else 2
    absolute = bool(place) and bool(blocked.args[1] & TIMER_ABSTIME)
    if absolute and blocked.args[0] not in (CLOCK_REALTIME, time.CLOCK_MONOTONIC):
        return Wait("time", "a time of another clock", ends=True)
    realtime = absolute and blocked.args[0] == CLOCK_REALTIME
    still = remaining(blocked, blocked.args[place], not absolute, realtime, wide)
    if still is not None:
        return Wait("time", f"time to pass: {spent(still)} more", ends=True)
    whole = timespec(blocked, blocked.args[place], wide)
    return Wait("time", "time to pass" + (f": the rest of {spent(whole)}" if whole is not None else ""), ends=True)


def names(mask: int) -> list[str]:
    """The signals of a set."""
    return [signal_name(number + 1) for number in range(SIGNALS) if mask >> number & 1]


@waits("pause")
def pause(blocked: Blocked) -> Wait | None:
    return any_signal(blocked, int(blocked.sight.status(blocked.tid).get("SigBlk", "0"), 16))


@waits("rt_sigsuspend")
def suspend(blocked: Blocked) -> Wait | None:
    return any_signal(blocked, blocked.word(blocked.args[0], 8) or 0)


def any_signal(blocked: Blocked, mask: int) -> Wait:
    """A signal that is handled or kills, and is not blocked."""
    caught = blocked.sight.caught(blocked.tid)
    handled = names(caught & ~mask)
    thing = "a signal, none of which it handles: only one that kills it can end this"
    if handled:
        thing = f"a signal: it handles {several(handled, 8)}"
    held = names(caught & mask)
    if held:
        thing += f" ({several(held, 4)} {'is' if len(held) == 1 else 'are'} blocked)"
    return Wait("signal", thing)


@waits("rt_sigtimedwait rt_sigtimedwait_time64")
def accept(blocked: Blocked) -> Wait | None:
    mask = blocked.word(blocked.args[0], 8)
    if mask is None:
        return None
    chosen = names(mask)
    if len(chosen) > SIGNALS // 2:
        rest = names(~mask & (1 << SIGNALS) - 1)
        thing = "any signal" + (f" but {several(rest, 6)}" if rest else "")
    else:
        thing = f"one of {several(chosen, 8)}" if len(chosen) > 1 else several(chosen)
    if not blocked.args[2]:
        return Wait("signal", thing)
    still = remaining(blocked, blocked.args[2], True, False, blocked.name.endswith("time64"))
    return Wait("signal", thing + (f", for {spent(still)} at most" if still is not None else ", not for ever"), ends=True)
