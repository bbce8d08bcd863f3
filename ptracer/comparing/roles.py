"""What descriptors and process ids are, in words that are the same in every run.

A descriptor is the file it was opened with, or what kind of thing it is; those that a program starts with are called
``stdin``, ``stdout`` and ``stderr`` until it closes them. A process is the caller, its parent, its child, or another.
"""

from __future__ import annotations

from ptracer.comparing.patterns import Patterns
from ptracer.decode.call import Call
from ptracer.decode.signature import Signature
from ptracer.decode.values import Sequence, Text
from ptracer.formats.processes import Process, readable
from ptracer.model.effects import descriptor as signed
from ptracer.model.touched import Shape
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
CONTENTS = {"symlink", "symlinkat"}  # their first path is what the link says: no file that is touched
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
        self.tables: dict[int, dict[int, str]] = {}  # by the identity of a process, which is kept: what its descriptors are
        self.latest: dict[int, dict[int, str]] = {}  # the same by the id of the process

    # --- what numbers are

    def table(self, process: Process) -> dict[int, str]:
        """What the descriptors of a process are, which begins with those of its parent."""
        table = self.tables.get(id(process))
        if table is None:
            table = self.tables[id(process)] = self.latest.get(process.parent, {}).copy()
            self.latest[process.pid] = table
        return table

    def descriptor(self, process: Process, number: int, call: Call | None = None) -> str:
        """``</etc/passwd>``; the number where nothing is known."""
        number = signed(number)
        role = self.table(process).get(number)
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
        """A process was found with its descriptors."""
        table = self.table(process)
        table.clear()
        for number, entry in process.known.descriptors.entries.items():
            table[number] = STANDARD.get(number) or self.link(entry.description.link or b"")

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
            self.table(process).pop(signed(call.args[0]), None)
        elif name == "close_range" and not call.args[2]:
            first, last = call.args[0] & 0xFFFFFFFF, call.args[1] & 0xFFFFFFFF
            table = self.table(process)
            for number in [number for number in table if first <= number <= last]:
                del table[number]
        elif name in ("pipe", "pipe2", "socketpair"):
            self.both(process, call)
        elif name in SOCKETS:
            self.table(process)[signed(call.args[0])] = SOCKETS[name]

    def opened(self, process: Process, call: Call, shape: Shape) -> None:
        """A descriptor is new, or a copy of another."""
        name = call.signature.name
        path = next((value.data for value in call.entered if type(value) is Text and value.path), b"")
        if path and name not in CONTENTS:
            role: str | None = readable(self.patterns.path(path))
        elif name in KINDS:
            role = KINDS[name]
        elif name in COPYING:
            role = self.table(process).get(signed(call.args[0]))
        else:
            role = name
        if role is None:
            self.table(process).pop(call.result, None)
        else:
            self.table(process)[call.result] = role

    def both(self, process: Process, call: Call) -> None:
        """Two descriptors at once."""
        pair = next((value for value in call.exited if type(value) is Sequence), None)
        if pair is None or len(pair.items) != 2 or not all(isinstance(one, int) for one in pair.items):
            return
        roles = ("pipe to read", "pipe to write") if call.signature.name != "socketpair" else ("socketpair", "socketpair")
        self.table(process).update(zip(map(int, pair.items), roles))
