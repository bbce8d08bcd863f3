"""What descriptors and process ids are, in words that are the same in every run.

A descriptor is the file it was opened with, or what kind of thing it is; those that a program starts with are called
``stdin``, ``stdout`` and ``stderr`` until it closes them. A process is the caller, its parent, its child, or another.
"""

from __future__ import annotations

from ptracer.comparing.patterns import Patterns
from ptracer.decode.call import Call
from ptracer.decode.signature import Signature
from ptracer.decode.values import Sequence, Text
from ptracer.formats.descriptors import CONTENTS, Shape, signed
from ptracer.formats.processes import Process, readable
from ptracer.plans import LINKS, place

STANDARD = {0: "stdin", 1: "stdout", 2: "stderr"}
# What a call makes that has no path.
KINDS = {
    "socket": "socket", "accept": "connection", "accept4": "connection", "eventfd": "eventfd", "eventfd2": "eventfd",
    "epoll_create": "epoll", "epoll_create1": "epoll", "timerfd_create": "timer", "signalfd": "signals", "signalfd4": "signals",
    "memfd_create": "memory", "pidfd_open": "process", "inotify_init": "inotify", "inotify_init1": "inotify",
    "io_uring_setup": "ring", "perf_event_open": "counter", "userfaultfd": "faults", "fanotify_init": "fanotify",
}  # fmt: skip
SOCKETS = {"connect": "connected socket", "listen": "listening socket"}
COPYING = frozenset(("dup", "dup2", "dup3", "fcntl", "fcntl64"))
EXCLUSIVE = 0o200  # O_EXCL, on all architectures that are traced
MAKING = frozenset(("mkdir", "mkdirat", "symlink", "symlinkat", "mknod", "mknodat", "link", "linkat"))
OPENING = {"open": 1, "openat": 2}  # the argument with the flags


class Roles:
    """Follows the calls of all processes of one recording."""

    def __init__(self, patterns: Patterns) -> None:
        self.patterns = patterns
        self.shapes: dict[Signature, Shape] = {}
        self.links: dict[bytes, str] = {}
        self.relatives: dict[int, int] = {}  # of a process, its parent

    # --- what numbers are

    def descriptor(self, process: Process, number: int, call: Call | None = None) -> str:
        """``</etc/passwd>``; the number where nothing is known."""
        number = signed(number)
        role = process.descriptors.get(number)
        if role is None and call is not None and call.entry_chunks and number >= 0:
            link = call.entry_chunks.get(place(LINKS, number))
            role = self.link(link) if link else None
        return f"<{role}>" if role else str(number)

    def process(self, process: Process, number: int, tid: int) -> str:
        """``self``, ``child`` ..."""
        if number in (process.pid, tid):
            return "self"
        if number in process.threads:
            return "thread"
        if number <= 0 and number > -2:
            return str(number)
        if self.relatives.get(process.pid) == abs(number):
            return "parent"
        if self.relatives.get(abs(number)) == process.pid:
            return "child"
        return "other"

    def link(self, link: bytes) -> str:
        """What a link in /proc/PID/fd says."""
        known = self.links.get(link)
        if known is None:
            if link.startswith(b"/"):
                known = readable(self.patterns.path(link))
            else:
                known = readable(link.partition(b":[")[0])
            self.links[link] = known
        return known

    # --- what calls do to them

    def holds(self, process: Process) -> None:
        """A process was found with its descriptors, which are links so far."""
        known = process.descriptors.items()
        process.descriptors = {number: STANDARD.get(number) or self.link(link.encode()) for number, link in known}

    def made(self, call: Call) -> None:
        """Take notice of the names that a call has made, which has succeeded."""
        name = call.signature.name
        flags = OPENING.get(name)
        if name in MAKING or flags is not None and call.args[flags] & EXCLUSIVE:
            paths = [value.data for value in call.entered if type(value) is Text and value.path]
            if paths:
                self.patterns.make(paths[-1])

    def learn(self, process: Process, call: Call) -> None:
        """Take notice of a call that has succeeded."""
        name = call.signature.name
        shape = self.shapes.get(call.signature)
        if shape is None:
            shape = self.shapes[call.signature] = Shape(call.signature)
        if shape.opens:
            self.opened(process, call, shape)
        elif name == "close":
            process.descriptors.pop(signed(call.args[0]), None)
        elif name == "close_range" and not call.args[2]:
            first, last = call.args[0] & 0xFFFFFFFF, call.args[1] & 0xFFFFFFFF
            process.descriptors = {one: role for one, role in process.descriptors.items() if not first <= one <= last}
        elif name in ("pipe", "pipe2", "socketpair"):
            self.both(process, call)
        elif name in SOCKETS:
            process.descriptors[signed(call.args[0])] = SOCKETS[name]

    def opened(self, process: Process, call: Call, shape: Shape) -> None:
        """A descriptor is new, or a copy of another."""
        name = call.signature.name
        path = next((value.data for value in call.entered if type(value) is Text and value.path), b"")
        if path and name not in CONTENTS:
            role: str | None = readable(self.patterns.path(path))
        elif name in KINDS:
            role = KINDS[name]
        elif name in COPYING:
            role = process.descriptors.get(signed(call.args[0]))
        else:
            role = name
        if role is None:
            process.descriptors.pop(call.result, None)
        else:
            process.descriptors[call.result] = role

    @staticmethod
    def both(process: Process, call: Call) -> None:
        """Two descriptors at once."""
        pair = next((value for value in call.exited if type(value) is Sequence), None)
        if pair is None or len(pair.items) != 2 or not all(isinstance(one, int) for one in pair.items):
            return
        roles = ("pipe to read", "pipe to write") if call.signature.name != "socketpair" else ("socketpair", "socketpair")
        process.descriptors.update(zip(map(int, pair.items), roles))
