"""Locks of files. Sources: flock(2), fcntl(2), proc_locks(5), proc_pid_fdinfo(5)."""

from __future__ import annotations

import os

from ptracer.explain.findings import LIKELY
from ptracer.explain.saying import quoted
from ptracer.explain.searching import text_of
from ptracer.explain.waiting import Wait, waits
from ptracer.explain.waiting.blocked import Blocked, several

WAITING = (7, 14, 38)  # F_SETLKW, F_SETLKW64 and F_OFD_SETLKW


class Lock:
    """A line of /proc/locks. ``pid`` is -1 where an open file description has it (F_OFD_SETLK)."""

    __slots__ = ("kind", "use", "pid", "file", "first", "last", "waits")

    def __init__(self, words: list[str], waits: bool) -> None:
        self.kind, _, self.use, pid, self.file, self.first, self.last = words[:7]
        self.pid, self.waits = int(pid), waits

    @property
    def said(self) -> str:
        """How much of the file, and what for."""
        part = "" if (self.first, self.last) == ("0", "EOF") else f", bytes {self.first} to {self.last}"
        return f"for {self.use.lower().replace('read', 'reading').replace('write', 'writing')}{part}"


def groups() -> dict[str, list[Lock]]:
    """By number each lock with those that wait for it."""
    found: dict[str, list[Lock]] = {}
    for line in text_of("/proc/locks").splitlines():
        number, _, rest = line.partition(":")
        words = [word for word in rest.split() if word != "->"]
        if len(words) >= 7:
            found.setdefault(number, []).append(Lock(words, "->" in rest))
    return found


@waits("flock")
def flock(blocked: Blocked) -> Wait | None:
    return lock(blocked, ("FLOCK",), "flock")


@waits("fcntl fcntl64")
def fcntl(blocked: Blocked) -> Wait | None:
    return lock(blocked, ("POSIX", "OFDLCK"), "fcntl") if blocked.number(1) in WAITING else None


def lock(blocked: Blocked, kinds: tuple[str, ...], how: str) -> Wait | None:
    """Who has the lock that a process waits for."""
    fd = blocked.number(0)
    link = blocked.link(fd)
    # The lock of an open file description names no process, also where one waits for it.
    own = (blocked.pid, -1)
    node = inode(blocked, fd)
    for members in groups().values():
        waiting = [one for one in members if one.waits and one.kind in kinds and one.pid in own and one.file.endswith(f":{node}")]
        holder = next((one for one in members if not one.waits), None)
        if waiting and holder is not None:
            return held(blocked, fd, link, holder, how)
    return None


def inode(blocked: Blocked, fd: int) -> str:
    """Of the file."""
    try:
        return str(os.stat(f"/proc/{blocked.tid}/fd/{fd}").st_ino)
    except OSError:
        return ""


def held(blocked: Blocked, fd: int, link: str, holder: Lock, how: str) -> Wait:
    """A lock with its owner."""
    sight = blocked.sight
    pids = {holder.pid} if holder.pid > 0 and not sight.ended(holder.pid) else set()
    if holder.kind != "POSIX":  # it belongs to an open file description, which several may share
        for one in sight.holders(link):
            if any(holder.kind in line for line in sight.about(one.pid, one.fd).get("lock", ())):
                pids.add(one.pid)
    begin = f"the lock ({how}) on descriptor {fd} ({quoted(link.encode('utf-8', 'surrogateescape'))})"
    if not pids:
        return Wait("lock", f"{begin}, which somebody else has ({holder.said})")
    names = several(["this process itself" if pid == blocked.pid else sight.called(pid) for pid in sorted(pids)])
    does = sight.doing(min(pids)) if len(pids) == 1 and pids != {blocked.pid} else ""
    thing = f"{begin}, which {names} {'has' if len(pids) == 1 else 'have'} ({holder.said})"
    advice = "Open the file once, or unlock it first." if pids == {blocked.pid} else ""
    wakers = sight.threads_of(pids) - {blocked.tid} if sight.complete or holder.kind == "POSIX" else None
    return Wait("lock", thing, advice, LIKELY, wakers, also=does)
