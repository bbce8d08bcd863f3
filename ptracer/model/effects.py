"""Which calls change what is known: a function for each, by the name of the call.

A function is given the world, the thread that made the call, the call with its registers and the memory that was captured,
and the event that the call is from now on. It is called when the call has returned; where it has failed only if ``on_failure``
says that something has happened all the same.
"""

from __future__ import annotations

from collections.abc import Callable

from ptracer.decode.call import Call
from ptracer.hints import TYPE_CHECKING
from ptracer.model.descriptors import Description, Entry
from ptracer.plans import LINKS, place
from ptracer.regs import I386

if TYPE_CHECKING:
    from ptracer.decode.signature import Signature
    from ptracer.model.processes import Event, Thread
    from ptracer.model.world import World

Function = Callable[["World", "Thread", Call, "Event"], None]

PATH_MAX = 4096
AT_FDCWD = -100


class Effect:
    """What one call does. ``starts``: its flags must be known while it is open, for its child is seen before it returns;
    ``executes``: a notice tells of it, before it returns. ``signature`` is that of all calls with one number, if it is one."""

    __slots__ = ("function", "on_failure", "starts", "executes", "signature")

    def __init__(self, function: Function, on_failure: bool = False, starts: bool = False, executes: bool = False) -> None:
        self.function, self.on_failure, self.starts, self.executes = function, on_failure, starts, executes
        self.signature: Signature | None = None

    def with_signature(self, signature: Signature) -> Effect:
        """The same for a number."""
        made = Effect(self.function, self.on_failure, self.starts, self.executes)
        made.signature = signature
        return made


def descriptor(register: int) -> int:
    """A descriptor in a register, of which the kernel looks at 32 bits."""
    register &= 0xFFFFFFFF
    return register - (1 << 32) if register >> 31 else register


def word(call: Call, address: int, size: int) -> int | None:
    """An unsigned number in memory; None: it was not captured."""
    data = call.read_some(address, size) if address else b""
    return int.from_bytes(data, "little") if len(data) == size else None


def text(call: Call, address: int) -> bytes | None:
    """A string in memory; None: it was not captured to its end."""
    data, end, _ = call.read_some(address, PATH_MAX).partition(b"\0")
    return data if end else None


def address(call: Call) -> int:
    """A result that is an address."""
    return call.result & (0xFFFFFFFF if call.abi is I386 else 0xFFFFFFFFFFFFFFFF)


def link(call: Call, number: int) -> bytes | None:
    """What the kernel has said of a descriptor at this call."""
    return (call.chunks or {}).get(place(LINKS, number)) or None


def base(thread: Thread, call: Call, directory: int) -> bytes | None:
    """Where a path begins that counts from a descriptor, or from the working directory."""
    said = link(call, directory)
    if said is not None:
        return said
    if directory == AT_FDCWD:
        return thread.places.directory
    entry = thread.descriptors.at(directory)
    return entry.description.name if entry is not None else None


def path(thread: Thread, call: Call, directory: int, argument: int) -> bytes | None:
    """A path in memory, made absolute; of an empty one what the descriptor refers to. None: nobody knows."""
    named = text(call, call.args[argument])
    if named is None:
        return None
    return thread.places.absolute(named, base(thread, call, directory)) if named else base(thread, call, directory)


def new(thread: Thread, number: int, description: Description, event: Event, close_on_exec: bool | None) -> None:
    """A number refers to something new."""
    thread.descriptors.put(Entry(number, description, event, close_on_exec))


def described(thread: Thread, register: int) -> Description | None:
    """What a descriptor refers to."""
    entry = thread.descriptors.at(descriptor(register))
    return entry.description if entry is not None else None


def effects(memory: bool) -> dict[str, Effect]:
    """All of them, by the name of the call; perhaps without those on memory."""
    from ptracer.model import on_credentials, on_descriptors, on_memory, on_processes, on_sockets

    modules = (on_descriptors, on_sockets, on_processes, on_credentials, *((on_memory,) if memory else ()))
    return {name: effect for module in modules for name, effect in module.EFFECTS.items()}
