"""What it takes until a descriptor can be read or written. Sources: pipe(7), fifo(7), socket(7), tty(4), proc_pid_fdinfo(5)."""

from __future__ import annotations

import os
import stat

from ptracer.explain.findings import LIKELY, ODD, SURE
from ptracer.explain.saying import quoted
from ptracer.explain.waiting import Wait, waits
from ptracer.explain.waiting.blocked import Blocked, several
from ptracer.explain.waiting.sight import Holder
from ptracer.explain.waiting.sockets import on_socket
from ptracer.explain.waiting.times import names, spent

CLOSE_UNUSED = "Close the ends of a pipe that a process does not use, in the parent and in the child, right after fork."


def shown(link: str) -> str:
    """What a link says, in a sentence."""
    return quoted(os.fsencode(link))


def on_descriptor(blocked: Blocked, fd: int, writes: bool) -> Wait | None:
    """What a descriptor waits for; None: nobody can tell."""
    link = blocked.link(fd)
    kind, _, rest = link.partition(":")
    if kind == "pipe":
        return on_pipe(blocked, fd, link, writes)
    if kind == "socket":
        return on_socket(blocked, fd, int(rest.strip("[]")), writes)
    if kind == "anon_inode":
        return on_event(blocked, fd, rest, writes)
    try:
        about = os.stat(f"/proc/{blocked.tid}/fd/{fd}")
    except OSError:
        return None
    if stat.S_ISFIFO(about.st_mode):
        return on_pipe(blocked, fd, link, writes)
    if stat.S_ISCHR(about.st_mode):
        return on_terminal(blocked, fd, link, writes) if "tty" in link or "/pts/" in link else on_device(fd, link, writes)
    return None


# --- pipes


def on_pipe(blocked: Blocked, fd: int, link: str, writes: bool) -> Wait:
    """A pipe or FIFO: who has the other end."""
    sight = blocked.sight
    others = [one for one in sight.holders(link) if (one.reads if writes else one.writes)]
    named = link.startswith("/")
    pipe = f"the FIFO {shown(link)}" if named else "a pipe"
    begin = f"{'room in' if writes else 'something to read from'} descriptor {fd} ({pipe})"
    end = "reading" if writes else "writing"
    pids = {one.pid for one in others}
    # A FIFO may be opened by anybody, and a handler of a signal may use an end of its own process.
    known = sight.complete and not named and not (blocked.pid in pids and sight.handles(blocked.tid))
    wakers = sight.threads_of(pids) - {blocked.tid} if known else None
    if not pids:
        # The call would have returned if nobody had it: it is in a namespace that we cannot see, or on its way through a socket.
        return Wait("pipe", f"{begin}, whose {end} end nobody has open whom we see")
    if pids == {blocked.pid}:
        numbers = several([one.fd for one in others])
        if len(sight.threads(blocked.pid)) == 1 and known:
            thing = f"{begin}, whose {end} end only it has open itself, as descriptor {numbers}"
            return Wait("pipe", thing, CLOSE_UNUSED, SURE, wakers)
        thing = f"{begin}, whose {end} end only this process has open, as descriptor {numbers}"
        return Wait("pipe", thing, weight=LIKELY if known else ODD, wakers=wakers)
    also = sight.doing(min(pids)) if len(pids) == 1 else ""
    return Wait("pipe", f"{begin}, whose {end} end {having(blocked, others)}", wakers=wakers, also=also)


def having(blocked: Blocked, others: list[Holder]) -> str:
    """Who has it open."""
    pids = {one.pid for one in others}
    names = blocked.sight.everybody(pids, blocked.tid)
    if len(pids) > 1:
        return f"{names} have open"
    return f"{names} has open as descriptor {several([one.fd for one in others])}"


@waits("open openat openat2 creat")
def opening(blocked: Blocked) -> Wait | None:
    """To open a FIFO waits for who opens its other end."""
    at = blocked.name in ("openat", "openat2")
    name = blocked.string(blocked.args[int(at)])
    if name is None:
        return None
    if name.startswith(b"/"):
        base = "root"
    else:
        directory = blocked.number(0) if at else -100
        base = "cwd" if directory == -100 else f"fd/{directory}"
    try:
        about = os.stat(os.fsencode(f"/proc/{blocked.tid}/{base}/") + name.lstrip(b"/"))
    except OSError:
        return None
    if not stat.S_ISFIFO(about.st_mode):
        return None
    flags = blocked.args[1 + int(at)] if blocked.name != "openat2" else blocked.word(blocked.args[2], 8) or 0
    writes = flags & 3 == 1 or blocked.name == "creat"
    return Wait("pipe", f"somebody to open the FIFO {quoted(name)} for {'reading' if writes else 'writing'}")


# --- terminals and devices


def on_terminal(blocked: Blocked, fd: int, link: str, writes: bool) -> Wait:
    """A terminal: who is in its foreground, and whether it is stopped."""
    words = blocked.sight.stat(blocked.tid)
    group, foreground = (int(words[2]), int(words[5])) if len(words) > 5 else (0, 0)
    place = f"the terminal {shown(link)} (descriptor {fd})"
    if writes:
        return Wait("terminal", f"room in {place}: its output is held (^S), or nobody reads it", "^Q lets it go on.", LIKELY)
    behind = ""
    if foreground > 0 and group != foreground:
        behind = f", of which it is in the background: process group {foreground} is in front"
    return Wait("terminal", f"input from {place}{behind}")


def on_device(fd: int, link: str, writes: bool) -> Wait:
    """Another device."""
    return Wait("device", f"{'room in' if writes else 'input from'} the device {shown(link)} (descriptor {fd})")


# --- descriptors that the kernel makes


def on_event(blocked: Blocked, fd: int, kind: str, writes: bool) -> Wait | None:
    """eventfd, timerfd, signalfd, pidfd, inotify, epoll."""
    sight = blocked.sight
    about = sight.about(blocked.tid, fd)
    match kind.strip("[]"):
        case "timerfd":
            value = about.get("it_value", ["(0, 0)"])[0].strip("()").split(",")
            nanoseconds = int(value[0]) * 1_000_000_000 + int(value[1])
            if not nanoseconds:
                return Wait("time", f"descriptor {fd}, a timer that is not set", "Set it with timerfd_settime.", LIKELY)
            return Wait("time", f"descriptor {fd}, a timer that expires in {spent(nanoseconds)}", ends=True)
        case "signalfd":
            mask = int(about.get("sigmask", ["0"])[0], 16)
            return Wait("signal", f"descriptor {fd}, which reads {several(names(mask), 6)}")
        case "pidfd":
            pid = int(about.get("Pid", ["-1"])[0])
            if pid > 0:
                return Wait("child", f"the end of {sight.called(pid)} (descriptor {fd})", wakers=sight.threads_of({pid}))
            return None
        case "eventfd":
            thing = f"{'room in' if writes else 'somebody to add to'} the counter of descriptor {fd}, an eventfd"
            return Wait("event", thing)
        case "eventpoll":
            from ptracer.explain.waiting.sets import on_epoll

            return on_epoll(blocked, fd)
    if kind == "inotify":
        watches = len(about.get("inotify wd", ()))
        return Wait("event", f"descriptor {fd}, an inotify instance with {watches} watch{'es' * (watches != 1)}", weight=ODD)
    return None


# --- calls


READING = "read readv pread64 preadv preadv2 recvfrom recv recvmsg recvmmsg recvmmsg_time64 accept accept4"
WRITING = "write writev pwrite64 pwritev pwritev2 sendto send sendmsg sendmmsg connect"


@waits(READING)
def reading(blocked: Blocked) -> Wait | None:
    return on_descriptor(blocked, blocked.number(0), False)


@waits(WRITING)
def writing(blocked: Blocked) -> Wait | None:
    return on_descriptor(blocked, blocked.number(0), True)


@waits("splice tee sendfile sendfile64 copy_file_range")
def moving(blocked: Blocked) -> Wait | None:
    """Either the source has nothing or the target has no room: whichever alone can make it wait."""
    source, target = {"splice": (0, 2), "tee": (0, 1), "copy_file_range": (0, 2)}.get(blocked.name, (1, 0))
    first = on_descriptor(blocked, blocked.number(source), False)
    second = on_descriptor(blocked, blocked.number(target), True)
    if first is None or second is None:
        return first or second
    return Wait(first.kind, f"{first.said}; or for {second.said}")
