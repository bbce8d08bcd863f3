"""What calls do to sockets and pipes, and which descriptors come through them.

Sources: pipe(2), socket(2), socketpair(2), bind(2), connect(2), accept(2), getsockname(2), recvmsg(2), unix(7), cmsg(3).
"""

from __future__ import annotations

import errno
from functools import partial

from ptracer.decode.call import Call
from ptracer.hints import TYPE_CHECKING
from ptracer.model.descriptors import Description
from ptracer.model.effects import Effect, described, link, new, word
from ptracer.model.on_descriptors import O_CLOEXEC, O_RDONLY, O_RDWR, O_WRONLY, STATUS, Made

if TYPE_CHECKING:
    from ptracer.model.processes import Event, Thread
    from ptracer.model.world import World

SOL_SOCKET, SCM_RIGHTS, MSG_CMSG_CLOEXEC = 1, 1, 0x40000000
MOST_ADDRESS = 128  # struct sockaddr_storage
MOST_MESSAGES = 1024  # of one recvmmsg: UIO_MAXIOV
GOES_ON = {0, errno.EINPROGRESS, errno.EINTR, 512}  # of connect; ERESTARTSYS of linux/errno.h

# --- two at once


def both(call: Call, argument: int) -> tuple[int, int] | None:
    """Two descriptors in memory."""
    data = call.read_some(call.args[argument], 8)
    return (int.from_bytes(data[:4], "little"), int.from_bytes(data[4:], "little")) if len(data) == 8 else None


def pair(thread: Thread, call: Call, argument: int, ends: tuple[Description, Description], event: Event, flags: int) -> None:
    """Two descriptors that belong together."""
    numbers = both(call, argument)
    if numbers is None:
        thread.descriptors.whole = False
        return
    ends[0].other, ends[1].other = ends[1], ends[0]
    for number, end in zip(numbers, ends):
        end.link = link(call, number)
        new(thread, number, end, event, bool(flags & O_CLOEXEC))


def pipe(world: World, thread: Thread, call: Call, event: Event) -> None:
    flags = call.args[1] & 0xFFFFFFFF if call.signature.name == "pipe2" else 0
    status = flags & STATUS & ~O_CLOEXEC
    ends = (Description("pipe", event, flags=O_RDONLY | status), Description("pipe", event, flags=O_WRONLY | status))
    pair(thread, call, 0, ends, event, flags)


def socketpair(world: World, thread: Thread, call: Call, event: Event) -> None:
    flags = call.args[1] & 0xFFFFFFFF
    access = O_RDWR | flags & STATUS & ~O_CLOEXEC
    pair(thread, call, 3, (Description("socket", event, flags=access), Description("socket", event, flags=access)), event, flags)


# --- sockets


def socket_address(call: Call, argument: int, length: int | None) -> bytes | None:
    """A struct sockaddr of that length; None: it was not captured."""
    if not call.args[argument] or not length or length > 1 << 16:
        return None
    return call.read_some(call.args[argument], min(length, MOST_ADDRESS)) or None


def bind(world: World, thread: Thread, call: Call, event: Event) -> None:
    description = described(thread, call.args[0])
    if description is not None:
        description.local = socket_address(call, 1, call.args[2] & 0xFFFFFFFF)


def connect(world: World, thread: Thread, call: Call, event: Event) -> None:
    description = described(thread, call.args[0])
    if description is not None and call.error in GOES_ON:
        peer = socket_address(call, 1, call.args[2] & 0xFFFFFFFF)
        description.peer = None if peer is None or peer[:2] == b"\0\0" else peer  # AF_UNSPEC: no longer connected


def accept(world: World, thread: Thread, call: Call, event: Event) -> None:
    flags = call.args[3] & 0xFFFFFFFF if call.signature.name == "accept4" else 0
    description = Description("socket", event, link(call, call.result), None, O_RDWR | flags & STATUS & ~O_CLOEXEC)
    description.peer = socket_address(call, 1, word(call, call.args[2], 4))
    listening = described(thread, call.args[0])
    if listening is not None:
        description.local = listening.local
    new(thread, call.result, description, event, bool(flags & O_CLOEXEC))


def names(side: str, world: World, thread: Thread, call: Call, event: Event) -> None:
    """getsockname(2) and getpeername(2)."""
    description = described(thread, call.args[0])
    said = socket_address(call, 1, word(call, call.args[2], 4))
    if description is not None and said is not None:
        setattr(description, side, said)


def recvmsg(world: World, thread: Thread, call: Call, event: Event) -> None:
    received(thread, call, call.args[1], event, bool(call.args[2] & MSG_CMSG_CLOEXEC))


def recvmmsg(world: World, thread: Thread, call: Call, event: Event) -> None:
    size = 8 * call.abi.word_size  # struct mmsghdr
    for place in range(min(call.result, MOST_MESSAGES)):
        received(thread, call, call.args[1] + place * size, event, bool(call.args[3] & MSG_CMSG_CLOEXEC))


def received(thread: Thread, call: Call, header: int, event: Event, close_on_exec: bool) -> None:
    """The descriptors in the control data of a struct msghdr: unix(7), cmsg(3)."""
    size = call.abi.word_size
    control, length = word(call, header + 4 * size, size), word(call, header + 5 * size, size)
    if not control or not length:
        return
    data = call.read_some(control, min(length, 1 << 16))
    at, head = 0, size + 8
    while at + head <= len(data):
        count = int.from_bytes(data[at : at + size], "little")
        level, kind = (int.from_bytes(data[at + size + half : at + size + half + 4], "little") for half in (0, 4))
        if count < head:
            return
        if (level, kind) == (SOL_SOCKET, SCM_RIGHTS):
            rights = data[at + head : at + count]
            for begin in range(0, len(rights) - 3, 4):
                number = int.from_bytes(rights[begin : begin + 4], "little")
                new(thread, number, Description(None, None, link(call, number)), event, close_on_exec)
        at += count + size - 1 & -size


EFFECTS = {
    "socket": Effect(Made("socket", None, 1, access=O_RDWR)),
    "pipe": Effect(pipe),
    "pipe2": Effect(pipe),
    "socketpair": Effect(socketpair),
    "bind": Effect(bind),
    "connect": Effect(connect, on_failure=True),
    "accept": Effect(accept),
    "accept4": Effect(accept),
    "getsockname": Effect(partial(names, "local")),
    "getpeername": Effect(partial(names, "peer")),
    "recvmsg": Effect(recvmsg),
    "recvmmsg": Effect(recvmmsg),
    "recvmmsg_time64": Effect(recvmmsg),
}
