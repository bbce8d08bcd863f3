"""What calls do to names, places and to what threads share.

Sources: prctl(2), chdir(2), chroot(2), getcwd(2), umask(2), unshare(2), setns(2), pivot_root(2), clone(2). What clone and exec
do is in ``world.py``, for it is done when the child is seen or the program is new, and not when the call returns.
"""

from __future__ import annotations

from ptracer.decode.call import Call
from ptracer.hints import TYPE_CHECKING
from ptracer.model.credentials import Credentials
from ptracer.model.effects import AT_FDCWD, Effect, base, descriptor, link, path, text, word
from ptracer.model.on_descriptors import pidfd
from ptracer.model.processes import LONGEST

if TYPE_CHECKING:
    from ptracer.model.processes import Event, Thread
    from ptracer.model.world import World

PR_SET_NAME = 15
CLONE_VM, CLONE_FS, CLONE_FILES, CLONE_PIDFD, CLONE_VFORK = 0x100, 0x200, 0x400, 0x1000, 0x4000
CLONE_PARENT, CLONE_THREAD, CLONE_NEWNS, CLONE_NEWUSER = 0x8000, 0x10000, 0x20000, 0x10000000
PIDFD_IN_CLONE_ARGS = 8  # where struct clone_args has the pointer


def starting(call: Call) -> int | None:
    """The flags of a call that starts a thread or a process; None: they were not captured."""
    match call.signature.name:
        case "clone":
            return call.args[0] & 0xFFFFFF00
        case "clone3":
            return word(call, call.args[0], 8)
        case "vfork":
            return CLONE_VM | CLONE_VFORK
    return 0


def started(world: World, thread: Thread, call: Call, event: Event) -> None:
    """The child was seen, perhaps with nobody knowing whose it is; the parent may have got a pidfd."""
    world.adopt(thread, call)
    flags = starting(call) or 0
    if flags & CLONE_PIDFD:
        pointer = call.args[2] if call.signature.name == "clone" else word(call, call.args[0] + PIDFD_IN_CLONE_ARGS, 8)
        number = word(call, pointer, 4) if pointer else None
        if number is not None:
            pidfd(thread, number, call.result, link(call, number), event)


def executed(world: World, thread: Thread, call: Call, event: Event) -> None:
    """It has returned in the new program, and no notice has told of that; else the call would be done with."""
    world.executed(thread.tid, thread.tid, call, event)


def prctl(world: World, thread: Thread, call: Call, event: Event) -> None:
    if call.args[0] & 0xFFFFFFFF == PR_SET_NAME:
        data = call.read_some(call.args[1], LONGEST + 1)
        thread.called(data.partition(b"\0")[0][:LONGEST] if data else None)


def chdir(world: World, thread: Thread, call: Call, event: Event) -> None:
    thread.places.directory = path(thread, call, AT_FDCWD, 0)


def fchdir(world: World, thread: Thread, call: Call, event: Event) -> None:
    thread.places.directory = base(thread, call, descriptor(call.args[0]))


def chroot(world: World, thread: Thread, call: Call, event: Event) -> None:
    thread.places.root = path(thread, call, AT_FDCWD, 0)


def getcwd(world: World, thread: Thread, call: Call, event: Event) -> None:
    """The kernel says where we are, counted from the root."""
    said = text(call, call.args[0])
    if said is not None and said.startswith(b"/"):  # else "(unreachable)"
        thread.places.directory = thread.places.absolute(said, None)


def umask(world: World, thread: Thread, call: Call, event: Event) -> None:
    thread.places.mask = call.args[0] & 0o777


def unshare(world: World, thread: Thread, call: Call, event: Event) -> None:
    if call.args[0] & CLONE_FILES:
        thread.descriptors = thread.descriptors.copy()
    if call.args[0] & (CLONE_FS | CLONE_NEWNS | CLONE_NEWUSER):
        thread.places = thread.places.copy()
    if call.args[0] & CLONE_NEWUSER:
        thread.credentials = Credentials()  # ids mean something else there


def setns(world: World, thread: Thread, call: Call, event: Event) -> None:
    """In another mount namespace a thread is at its root."""
    kind = call.args[1] & 0xFFFFFFFF
    if not kind or kind & CLONE_NEWNS:
        thread.places.directory = thread.places.root = None


def pivot_root(world: World, thread: Thread, call: Call, event: Event) -> None:
    """Whoever was at the old root is at the new one."""
    thread.places.directory = thread.places.root = None


EFFECTS = {
    "clone": Effect(started, starts=True),
    "clone3": Effect(started, starts=True),
    "fork": Effect(started, starts=True),
    "vfork": Effect(started, starts=True),
    "execve": Effect(executed, executes=True),
    "execveat": Effect(executed, executes=True),
    "prctl": Effect(prctl),
    "chdir": Effect(chdir),
    "fchdir": Effect(fchdir),
    "chroot": Effect(chroot),
    "getcwd": Effect(getcwd),
    "umask": Effect(umask),
    "unshare": Effect(unshare),
    "setns": Effect(setns),
    "pivot_root": Effect(pivot_root),
}
