"""What calls do to descriptors.

Sources: open(2), openat2(2), dup(2), fcntl(2), close(2), close_range(2), memfd_create(2), eventfd(2), epoll_create(2),
pidfd_open(2), pidfd_getfd(2), and their like; proc_pid_fd(5) for the names of links.
"""

from __future__ import annotations

import errno
from functools import partial

from ptracer.decode.behind import DESCRIPTOR
from ptracer.decode.call import Call
from ptracer.hints import TYPE_CHECKING
from ptracer.model.descriptors import Description, Entry
from ptracer.model.effects import AT_FDCWD, Effect, described, descriptor, link, new, path, text, word

if TYPE_CHECKING:
    from ptracer.model.processes import Event, Thread
    from ptracer.model.world import World

O_RDONLY, O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_CLOEXEC = 0, 1, 2, 0o100, 0o1000, 0o2000000
AT_OPENING = O_CREAT | 0o200 | 0o400 | O_TRUNC | O_CLOEXEC  # flags that say how to open: they are forgotten (O_EXCL, O_NOCTTY)
STATUS = 0o2044000  # O_NONBLOCK, O_DIRECT; and O_CLOEXEC, which pipe2 and socket have at the same place
UNNAMED = 0o20000000  # of O_TMPFILE, without O_DIRECTORY
ALWAYS = -1  # no flag: it is always closed by exec
F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC = 0, 1, 2, 3, 4, 1030
FIONCLEX, FIOCLEX = 0x5450, 0x5451
CLOSE_RANGE_UNSHARE, CLOSE_RANGE_CLOEXEC = 2, 4

# --- opening


def opened(thread: Thread, call: Call, event: Event, flags: int | None, name: bytes | None) -> None:
    """A file was opened by name."""
    kept = None if flags is None else flags & ~AT_OPENING
    if kept is not None and kept & UNNAMED:
        name = None  # the path is that of the directory it is in
    description = Description("file", event, link(call, call.result), name, kept)
    new(thread, call.result, description, event, None if flags is None else bool(flags & O_CLOEXEC))


def open_(world: World, thread: Thread, call: Call, event: Event) -> None:
    opened(thread, call, event, call.args[1] & 0xFFFFFFFF, path(thread, call, AT_FDCWD, 0))


def creat(world: World, thread: Thread, call: Call, event: Event) -> None:
    opened(thread, call, event, O_WRONLY, path(thread, call, AT_FDCWD, 0))


def openat(world: World, thread: Thread, call: Call, event: Event) -> None:
    opened(thread, call, event, call.args[2] & 0xFFFFFFFF, path(thread, call, descriptor(call.args[0]), 1))


def openat2(world: World, thread: Thread, call: Call, event: Event) -> None:
    opened(thread, call, event, word(call, call.args[2], 8), path(thread, call, descriptor(call.args[0]), 1))


def open_by_handle_at(world: World, thread: Thread, call: Call, event: Event) -> None:
    opened(thread, call, event, call.args[2] & 0xFFFFFFFF, None)


def open_tree(world: World, thread: Thread, call: Call, event: Event) -> None:
    opened(thread, call, event, call.args[2] & O_CLOEXEC, path(thread, call, descriptor(call.args[0]), 1))


class Made:
    """A call that makes a descriptor of one kind: which argument has its flags, and which of them is close-on-exec."""

    def __init__(
        self, kind: str, link: bytes | None = None, flags: int | None = None, mask: int = O_CLOEXEC, access: int | None = None
    ) -> None:
        self.kind, self.link, self.flags, self.mask, self.access = kind, link, flags, mask, access

    def __call__(self, world: World, thread: Thread, call: Call, event: Event) -> None:
        flags = call.args[self.flags] & 0xFFFFFFFF if self.flags is not None else 0
        known = None if self.access is None else self.access | (flags & STATUS & ~O_CLOEXEC if self.mask == O_CLOEXEC else 0)
        description = Description(self.kind, event, link(call, call.result) or self.link, None, known)
        new(thread, call.result, description, event, self.mask == ALWAYS or bool(flags & self.mask))


def signalfd(made: Made, world: World, thread: Thread, call: Call, event: Event) -> None:
    """Only with -1 it makes one; else it changes the one that there is."""
    if descriptor(call.args[0]) != call.result:
        made(world, thread, call, event)


def memfd_create(world: World, thread: Thread, call: Call, event: Event) -> None:
    name = text(call, call.args[0])
    said = link(call, call.result) or (b"/memfd:" + name + b" (deleted)" if name is not None else None)
    new(thread, call.result, Description("memfd", event, said, None, O_RDWR), event, bool(call.args[1] & 1))  # MFD_CLOEXEC


def pidfd(thread: Thread, number: int, process: int | None, said: bytes | None, event: Event) -> None:
    """One that pidfd_open(2) or clone(2) makes."""
    description = Description("pidfd", event, said or b"anon_inode:[pidfd]", None, O_RDWR)
    description.process = process
    new(thread, number, description, event, True)


def pidfd_open(world: World, thread: Thread, call: Call, event: Event) -> None:
    pidfd(thread, call.result, descriptor(call.args[0]), link(call, call.result), event)


def pidfd_getfd(world: World, thread: Thread, call: Call, event: Event) -> None:
    entry = thread.descriptors.at(descriptor(call.args[0]))
    pid = entry.description.process if entry is not None else None
    process = world.process(pid) if pid is not None else None
    theirs = process.descriptors.at(descriptor(call.args[1])) if process is not None else None
    description = theirs.description if theirs is not None else Description(None, None, link(call, call.result))
    new(thread, call.result, description, event, True)


def returned(world: World, thread: Thread, call: Call, event: Event) -> None:
    """Any call whose result is a descriptor, of which nothing else is known here."""
    returns = call.signature.returns
    if returns is not None and returns.behind == DESCRIPTOR and call.result >= 0:
        new(thread, call.result, Description(None, event, link(call, call.result)), event, None)


# --- duplicates


def duplicate(thread: Thread, source: int, number: int, call: Call, event: Event, close_on_exec: bool | None) -> None:
    """A number refers to what another does."""
    known = thread.descriptors.at(source)
    description = known.description if known is not None else Description(None, None, link(call, number) or link(call, source))
    thread.descriptors.put(Entry(number, description, event, close_on_exec, source))


def dup(world: World, thread: Thread, call: Call, event: Event) -> None:
    source = descriptor(call.args[0])
    if source != call.result:  # dup2 onto itself does nothing
        flags = call.args[2] if call.signature.name == "dup3" else 0
        duplicate(thread, source, call.result, call, event, bool(flags & O_CLOEXEC))


def fcntl(world: World, thread: Thread, call: Call, event: Event) -> None:
    number, command, argument = descriptor(call.args[0]), call.args[1] & 0xFFFFFFFF, call.args[2]
    if command in (F_DUPFD, F_DUPFD_CLOEXEC):
        duplicate(thread, number, call.result, call, event, command == F_DUPFD_CLOEXEC)
    elif command in (F_GETFD, F_SETFD):
        thread.descriptors.mark(number, bool((call.result if command == F_GETFD else argument) & 1))
    elif command in (F_GETFL, F_SETFL):
        description = described(thread, number)
        if description is not None and command == F_GETFL:
            description.flags = call.result
        elif description is not None and description.flags is not None:
            changed = 0o2000 | 0o4000 | 0o20000 | 0o40000 | 0o1000000  # O_APPEND, O_NONBLOCK, FASYNC, O_DIRECT, O_NOATIME
            description.flags = description.flags & ~changed | argument & changed


def ioctl(world: World, thread: Thread, call: Call, event: Event) -> None:
    if call.args[1] & 0xFFFFFFFF in (FIOCLEX, FIONCLEX):
        thread.descriptors.mark(descriptor(call.args[0]), call.args[1] & 0xFFFFFFFF == FIOCLEX)
    else:
        returned(world, thread, call, event)


# --- closing


def close(world: World, thread: Thread, call: Call, event: Event) -> None:
    """It closes whatever it returns, even EINTR, unless there is nothing to close."""
    if call.error != errno.EBADF:
        thread.descriptors.close(descriptor(call.args[0]), event, call.start)


def close_range(world: World, thread: Thread, call: Call, event: Event) -> None:
    first, last, flags = (register & 0xFFFFFFFF for register in call.args[:3])
    if flags & CLOSE_RANGE_UNSHARE:
        thread.descriptors = thread.descriptors.copy()
    for number in thread.descriptors.within(first, last):
        if flags & CLOSE_RANGE_CLOEXEC:
            thread.descriptors.mark(number, True)
        else:
            thread.descriptors.close(number, event, call.start)


EFFECTS = {
    "open": Effect(open_),
    "creat": Effect(creat),
    "openat": Effect(openat),
    "openat2": Effect(openat2),
    "open_by_handle_at": Effect(open_by_handle_at),
    "open_tree": Effect(open_tree),
    "open_tree_attr": Effect(open_tree),
    "epoll_create": Effect(Made("epoll", b"anon_inode:[eventpoll]", access=O_RDWR)),
    "epoll_create1": Effect(Made("epoll", b"anon_inode:[eventpoll]", 0, access=O_RDWR)),
    "eventfd": Effect(Made("eventfd", b"anon_inode:[eventfd]", access=O_RDWR)),
    "eventfd2": Effect(Made("eventfd", b"anon_inode:[eventfd]", 1, access=O_RDWR)),
    "signalfd": Effect(partial(signalfd, Made("signalfd", b"anon_inode:[signalfd]", access=O_RDWR))),
    "signalfd4": Effect(partial(signalfd, Made("signalfd", b"anon_inode:[signalfd]", 3, access=O_RDWR))),
    "timerfd_create": Effect(Made("timerfd", b"anon_inode:[timerfd]", 1, access=O_RDWR)),
    "inotify_init": Effect(Made("inotify", b"anon_inode:inotify", access=O_RDONLY)),
    "inotify_init1": Effect(Made("inotify", b"anon_inode:inotify", 0, access=O_RDONLY)),
    "fanotify_init": Effect(Made("fanotify", b"anon_inode:[fanotify]", 0, 1)),  # FAN_CLOEXEC
    "userfaultfd": Effect(Made("userfaultfd", b"anon_inode:[userfaultfd]", 0)),
    "io_uring_setup": Effect(Made("io_uring", b"anon_inode:[io_uring]", mask=ALWAYS, access=O_RDWR)),
    "perf_event_open": Effect(Made("perf_event", b"anon_inode:[perf_event]", 4, 8, O_RDWR)),  # PERF_FLAG_FD_CLOEXEC
    "landlock_create_ruleset": Effect(Made("landlock", b"anon_inode:[landlock-ruleset]", mask=ALWAYS)),
    "memfd_secret": Effect(Made("memfd", b"/secretmem (deleted)", 0, access=O_RDWR)),
    "fsopen": Effect(Made("fscontext", b"anon_inode:[fscontext]", 1, 1)),  # FSOPEN_CLOEXEC
    "fspick": Effect(Made("fscontext", b"anon_inode:[fscontext]", 2, 1)),  # FSPICK_CLOEXEC
    "fsmount": Effect(Made("file", None, 1, 1)),  # FSMOUNT_CLOEXEC
    "mq_open": Effect(Made("queue", mask=ALWAYS)),
    "memfd_create": Effect(memfd_create),
    "pidfd_open": Effect(pidfd_open),
    "pidfd_getfd": Effect(pidfd_getfd),
    "bpf": Effect(returned),
    "dup": Effect(dup),
    "dup2": Effect(dup),
    "dup3": Effect(dup),
    "fcntl": Effect(fcntl),
    "fcntl64": Effect(fcntl),
    "ioctl": Effect(ioctl),
    "close": Effect(close, on_failure=True),
    "close_range": Effect(close_range),
}
RETURNED = Effect(returned)
