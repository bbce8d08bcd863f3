"""Several descriptors at once. Sources: poll(2), select(2), epoll_wait(2), epoll_ctl(2), proc_pid_fdinfo(5)."""

from __future__ import annotations

import os
import struct

from ptracer.explain.saying import quoted
from ptracer.explain.waiting import Wait, waits
from ptracer.explain.waiting.blocked import Blocked
from ptracer.explain.waiting.descriptors import on_descriptor
from ptracer.explain.waiting.times import left, remaining, spent

IN, OUT = 1, 4  # poll(2), and the same for epoll
SHOWN, MOST = 6, 256
MILLION = 1_000_000
Watched = list[tuple[int, bool]]  # descriptors, and whether they are to be written to


def together(blocked: Blocked, watched: Watched, how: str, kind: str) -> Wait:
    """One of several descriptors must become ready."""
    found = [on_descriptor(blocked, fd, writes) for fd, writes in watched]
    things = []
    for (fd, _), wait in zip(watched, found):
        things.append(wait.thing + wait.also if wait is not None else f"descriptor {fd}{linked(blocked, fd)}")
    wakers: frozenset[int] | None = frozenset()
    for wait in found:
        wakers = None if wait is None or wait.wakers is None or wakers is None else wakers | wait.wakers
    if not things:
        return Wait(kind, f"a signal, for no descriptor is {how}")
    if len(things) == 1:
        return Wait(kind, f"{things[0]} ({how})", wakers=wakers, ends=bool(found[0] and found[0].ends))
    ends = any(one is not None and one.ends for one in found)
    return Wait(kind, f"one of {len(things)} descriptors {how}: {listed(things)}", wakers=wakers, ends=ends)


def listed(things: list[str]) -> str:
    """What each descriptor waits for."""
    rest = len(things) - SHOWN
    return "; or ".join(things[:SHOWN] + ([f"{rest} more"] if rest > 0 else []))


def linked(blocked: Blocked, fd: int) -> str:
    """What is behind a descriptor, where that is known."""
    link = blocked.link(fd)
    return f" ({quoted(os.fsencode(link))})" if link else ""


def limited(blocked: Blocked, wait: Wait, still: int | None, has_limit: bool) -> Wait:
    """The same with the time after which it ends."""
    if has_limit:
        wait.ends = True
        wait.thing += f", for {spent(still)} at most" if still is not None else ", not for ever"
    return wait


def timed(blocked: Blocked, watched: Watched, how: str, pointer: int, wide: bool = False) -> Wait:
    """With a struct timespec for the limit."""
    still = remaining(blocked, pointer, True, False, wide) if pointer else None
    if not watched and pointer:
        return Wait("time", f"time to pass{f': {spent(still)} more' if still is not None else ''}", ends=True)
    return limited(blocked, together(blocked, watched, how, "poll"), still, bool(pointer))


def milliseconds(blocked: Blocked, wait: Wait, number: int) -> Wait:
    """With milliseconds for the limit."""
    return limited(blocked, wait, left(blocked, number * MILLION), number >= 0)


@waits("poll ppoll ppoll_time64")
def poll(blocked: Blocked) -> Wait | None:
    count = min(blocked.args[1], MOST)
    data = blocked.read(blocked.args[0], count * 8)
    watched = []
    for fd, events, _ in struct.iter_unpack("=ihH", data[: len(data) // 8 * 8]):
        if fd >= 0:
            watched.append((fd, bool(events & OUT and not events & IN)))
    if blocked.name != "poll":
        return timed(blocked, watched, "in poll", blocked.args[2], blocked.name.endswith("time64"))
    limit = blocked.number(2)
    if not watched and limit >= 0:
        still = left(blocked, limit * MILLION)
        return Wait("time", f"time to pass{f': {spent(still)} more' if still is not None else ''}", ends=True)
    return milliseconds(blocked, together(blocked, watched, "in poll", "poll"), limit)


@waits("select _newselect pselect6 pselect6_time64")
def select(blocked: Blocked) -> Wait | None:
    highest = min(blocked.number(0), 1024)
    watched = []
    for place, writes in ((1, False), (2, True)):
        bits = int.from_bytes(blocked.read(blocked.args[place], (highest + 7) // 8), "little")
        watched += [(fd, writes) for fd in range(highest) if bits >> fd & 1]
    pointer = blocked.args[4]
    if blocked.name.startswith("pselect"):
        return timed(blocked, watched, "in select", pointer, blocked.name.endswith("time64"))
    # Linux writes the time that is left into struct timeval only when the call ends.
    words = blocked.words(pointer, 2, blocked.long) if pointer else []
    still = left(blocked, words[0] * 1000 * MILLION + words[1] * 1000) if len(words) == 2 else None
    if not watched and pointer:
        return Wait("time", f"time to pass{f': {spent(still)} more' if still is not None else ''}", ends=True)
    return limited(blocked, together(blocked, watched, "in select", "poll"), still, bool(pointer))


def members(blocked: Blocked, fd: int) -> Watched:
    """What an epoll instance watches."""
    watched = []
    for line in blocked.sight.about(blocked.tid, fd).get("tfd", ())[:MOST]:
        words = line.split()
        if len(words) > 2 and words[1] == "events:":
            events = int(words[2], 16)
            watched.append((int(words[0]), bool(events & OUT and not events & IN)))
    return sorted(watched)


def on_epoll(blocked: Blocked, fd: int) -> Wait:
    """An epoll instance. Which may watch itself by another one, so those within are not looked into."""
    watched = [(one, writes) for one, writes in members(blocked, fd) if blocked.link(one) != "anon_inode:[eventpoll]"]
    return together(blocked, watched, f"watched by epoll descriptor {fd}", "event")


@waits("epoll_wait epoll_pwait epoll_pwait2")
def epoll(blocked: Blocked) -> Wait | None:
    wait = on_epoll(blocked, blocked.number(0))
    if blocked.name != "epoll_pwait2":
        return milliseconds(blocked, wait, blocked.number(3))
    pointer = blocked.args[3]
    return limited(blocked, wait, remaining(blocked, pointer, True, False, True) if pointer else None, bool(pointer))
