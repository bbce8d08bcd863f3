"""What calls have in common: the groups of ``--by``. Each says which group a call is in, and how the group is called."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, Protocol

from ptracer.regs import X86_64, abi_of
from ptracer.statistics.processes import Processes
from ptracer.statistics.touched import Touched

NONE = b""  # the group of the calls that touch no such thing


class Grouping(Protocol):
    """One way to put calls into groups; ``title`` stands above their names."""

    title: str

    def key(self, call: Any) -> Hashable:
        """The group of a CALL record."""

    def label(self, key: Any) -> str:
        """How a group is called."""


class BySyscall:
    """Calls of one name."""

    title = "syscall"

    def key(self, call: Any) -> Hashable:
        number: tuple[int, ...] = call[3:5]
        return number if call[3] == X86_64.audit_arch else (*number, self.carried(call))

    @staticmethod
    def carried(call: Any) -> int:
        """What chooses the call that another carries."""
        abi, number = abi_of(*call[3:5])
        carrier = abi.carriers.get(abi.name_of(number))
        return call[5][0] & carrier.mask if carrier is not None else 0

    def label(self, key: Any) -> str:
        abi, number = abi_of(*key[:2])
        name = abi.name_of(number, key[2:])
        return name if abi is X86_64 else f"{name} ({abi.name})"


class ByThread:
    """Calls of one thread."""

    title = "thread"

    def __init__(self, processes: Processes) -> None:
        self.title_of = processes.title

    def key(self, call: Any) -> int:
        thread: int = call[1]
        return thread

    def label(self, key: Any) -> str:
        return self.title_of(key)


class ByProcess:
    """Calls of one process, whichever of its threads makes them."""

    title = "process"

    def __init__(self, processes: Processes) -> None:
        self.title_of, self.of = processes.title, processes.of

    def key(self, call: Any) -> Hashable:
        return self.of(call[1])

    def label(self, key: Any) -> str:
        return self.title_of(key)


class ByPath:
    """Calls that name a file, or have it behind their first descriptor."""

    title = "path"

    def __init__(self, touched: Touched) -> None:
        self.touched = touched

    def key(self, call: Any) -> Hashable:
        return self.touched.path(call)

    def label(self, key: Any) -> str:
        return self.touched.text(key) if key else "(no file)"


class ByPeer:
    """Calls on one socket, wherever it leads."""

    title = "peer"

    def __init__(self, touched: Touched) -> None:
        self.touched = touched

    def key(self, call: Any) -> Hashable:
        return self.touched.socket(call)

    def label(self, key: Any) -> str:
        return self.touched.text(key) if key else "(no socket)"


class ByDescriptor:
    """Calls on one descriptor of one process while it refers to the same thing."""

    title = "fd"

    def __init__(self, processes: Processes, touched: Touched) -> None:
        self.of, self.touched = processes.of, touched
        self.seen: set[int] = set()  # processes

    def key(self, call: Any) -> Hashable:
        number = self.touched.descriptor(call)
        if number < 0:
            return NONE
        process = self.of(call[1])
        self.seen.add(process)
        # What was made by opening a path is called as its link will be.
        return process, number, self.touched.behind(call, number) or self.opened(call, number)

    def opened(self, call: Any, number: int) -> bytes:
        """What a call has opened that returns this descriptor."""
        shape = self.touched.shape(call)
        return self.touched.path(call) if shape.opens and shape.paths and call[9] == number else b""

    def label(self, key: Any) -> str:
        if not key:
            return "(no descriptor)"
        process, number, what = key
        text = f"{number}<{self.touched.text(what)}>" if what else str(number)
        return f"{process} {text}" if len(self.seen) > 1 else text


def make(word: str, processes: Processes, touched: Touched) -> Grouping:
    """The grouping with that name."""
    match word:
        case "syscall":
            return BySyscall()
        case "thread":
            return ByThread(processes)
        case "process":
            return ByProcess(processes)
        case "path":
            return ByPath(touched)
        case "fd":
            return ByDescriptor(processes, touched)
    return ByPeer(touched)
