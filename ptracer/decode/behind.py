"""What stands behind a number: the file or socket of a descriptor, the command of a process.

It is captured beside memory (``plans.LINK``, ``plans.COMMAND``) at the moment of the call, and shown behind the number:
``3</etc/passwd>``, ``4<TCP:[127.0.0.1:80]>``, ``1234<sh>``. Sources: proc(5), proc_pid_fdinfo(5).
"""

from __future__ import annotations

from collections.abc import Callable

from ptracer.decode.detail import PATH_MAX, Detail
from ptracer.decode.values import Annotated, Described, Fields, Hex, Joined, Name, Sequence, Tagged, Text, Value
from ptracer.hints import TYPE_CHECKING, Any
from ptracer.plans import ASKED, COMMAND, COMMANDS, CONSTANT, DETAILS, DEVICES, LINK, LINKS, TRANSLATIONS, Step, place

if TYPE_CHECKING:
    from ptracer.decode.types import Layout

DESCRIPTOR, PROCESS, GROUP = "descriptor", "process", "group"
DELETED = b" (deleted)"
ASKED_FOR = {"socket", "pidfd", "eventfd", "signalfd"}  # what a descriptor may be that has no path

Describe = Callable[[Any, Value], Value]


def shown(kind: str, detail: Detail) -> bool:
    """Whether anybody asked for what is behind numbers of this kind."""
    if kind == DESCRIPTOR:
        return bool(detail.descriptors)
    return bool(detail.processes) if kind == PROCESS else "pidns" in detail.processes


def steps(kind: str, argument: int, detail: Detail) -> list[Step]:
    """How it is captured for the number in an argument."""
    if not shown(kind, detail) and not (kind == DESCRIPTOR and detail.links):
        return []
    if kind != DESCRIPTOR:
        return [Step(COMMAND, argument)]
    wanted = (DEVICES if "dev" in detail.descriptors else 0) | (ASKED if detail.descriptors & ASKED_FOR else 0)
    return [Step(LINK, argument, CONSTANT, 0, 1, wanted)]


def describe(kind: str, layout: Layout) -> Describe | None:
    """A function of the scope and a value that gives the value with what is behind it; None: nobody asked."""
    if not shown(kind, layout.detail):
        return touch if kind == DESCRIPTOR and layout.detail.links else None
    if kind == DESCRIPTOR:
        return Descriptors(layout).describe
    return process("comm" in layout.detail.processes and kind == PROCESS, "pidns" in layout.detail.processes)


def touch(scope: Any, value: Value) -> Value:
    """A descriptor of which it must be known what it refers to, though it is not shown."""
    scope.read_some(place(LINKS, number_of(value)), PATH_MAX)
    return value


def number_of(value: Value) -> int:
    """The number of a value, which may have a name."""
    return value if isinstance(value, int) else value.number


def process(named: bool, translated: bool) -> Describe:
    """A process with the name of its command, and with the id it has for us if that is another one."""

    def describe(scope: Any, value: Value) -> Value:
        number = number_of(value)
        if number <= 0:
            return value
        name = scope.read_some(place(COMMANDS, number), PATH_MAX) if named else b""
        ours = scope.read_some(place(TRANSLATIONS, number), PATH_MAX) if translated else b""
        return with_process(value, name, ours)

    return describe


def with_process(value: Value, name: bytes, ours: bytes) -> Value:
    """A process with its name and with its id in our pid namespace, each perhaps empty."""
    if name:
        value = Described(value, Name(name))
    return Annotated(value, f"{ours.decode()} in strace's PID NS") if ours else value


class Descriptors:
    """Descriptors of one layout with what they refer to."""

    def __init__(self, layout: Layout) -> None:
        self.wanted = layout.detail.descriptors

    def describe(self, scope: Any, value: Value) -> Value:
        """A descriptor with what it refers to, if that is known."""
        number = number_of(value)
        link = scope.read_some(place(LINKS, number), PATH_MAX)
        if not link:
            return value
        what = self.file(scope, link, number) if link.startswith(b"/") else self.asked(scope, link, number)
        if what is None:
            return value if "path" not in self.wanted else Described(value, Name(link))
        return Described(value, what, deleted=link.endswith(DELETED) and link.startswith(b"/"))

    def file(self, scope: Any, link: bytes, number: int) -> Value | None:
        """A path, perhaps of a device."""
        name = Name(link.removesuffix(DELETED))
        device = scope.read_some(place(DETAILS, number), PATH_MAX) if "dev" in self.wanted else b""
        if device:
            return Described(name, Name(device))
        return name if "path" in self.wanted else None

    def asked(self, scope: Any, link: bytes, number: int) -> Value | None:
        """What is behind a descriptor without a path."""
        for prefix, option, shape in (
            (b"socket:[", "socket", endpoint),
            (b"anon_inode:[eventfd]", "eventfd", eventfd),
            (b"anon_inode:[signalfd]", "signalfd", signalfd),
            (b"anon_inode:[pidfd]", "pidfd", pidfd),
        ):
            if link.startswith(prefix) and option in self.wanted:
                data = scope.read_some(place(DETAILS, number), PATH_MAX)
                return shape(data) if data else None
        return None



def information(data: bytes) -> dict[str, str]:
    """The lines of a descriptor's fdinfo."""
    lines = (line.partition(":") for line in data.decode("ascii", "replace").splitlines())
    return {name: value.strip() for name, _, value in lines}


def eventfd(data: bytes) -> Value | None:
    """Counter, number and kind of an eventfd."""
    known = information(data)
    if "eventfd-count" not in known:
        return None
    pairs: list[tuple[str, Value]] = [("eventfd-count", Hex(int(known["eventfd-count"], 16)))]
    pairs += [(name, int(known[name])) for name in ("eventfd-id", "eventfd-semaphore") if name in known]
    return Fields(pairs)


def signalfd(data: bytes) -> Value | None:
    """``signalfd:[USR1 CHLD]``."""
    from ptracer.tables.words.signals import signals_of

    mask = information(data).get("sigmask")
    return None if mask is None else Tagged("signalfd", signals_of(int(mask, 16).to_bytes(8, "little")))


def pidfd(data: bytes) -> Value | None:
    """``pid:1234``."""
    number = information(data).get("Pid")
    return None if number is None else Tagged("pid", int(number))


def endpoint(data: bytes) -> Value | None:
    """Where a socket leads: see ``capture/outside.py``."""
    protocol, inode, *rest = data.split(b"\0", 4 if data.startswith(b"UNIX") else -1)
    tag = protocol.decode("ascii", "replace")
    number: Value = int(inode)
    if protocol.startswith(b"UNIX"):
        peer = int(rest[0])
        items = [Joined([number, peer], "->") if peer else number]
        if name := b"\0".join(rest[1:]):
            items.append(Tagged("@", Text(name[1:])) if name.startswith(b"\0") else Text(name.rstrip(b"\0")))
        return Tagged(tag, Sequence(items, separator=","))
    if protocol == b"NETLINK":
        return Tagged(tag, Sequence([netlink(rest) if rest else number]))
    ends = [Name(end) for end in rest if end]
    return Tagged(tag, Sequence([Joined(list(ends), "->") if ends else number]))


def netlink(rest: list[bytes]) -> Value:
    """``ROUTE:1234``."""
    from ptracer.tables.words.network import NetlinkProtocol

    protocol = NetlinkProtocol.spell(int(rest[0]))
    return Joined([Name(protocol.text.removeprefix("NETLINK_").encode()), int(rest[1])], ":")
