"""The namespaces that a call enters, for ``-e namespace=new``: ``unshare(CLONE_NEWUTS) = 0 (uts:[4026532178])``.

Source: namespaces(7); they are told apart by the links in /proc/PID/ns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ptracer.decode.detail import PATH_MAX
from ptracer.decode.expressions import bind
from ptracer.decode.types import Integer, Layout
from ptracer.decode.values import Joined, Name, Value
from ptracer.hints import Any
from ptracer.plans import APART_OF_NAMES, NAMESPACE_NAMES, NAMESPACES, Step, place

# linux/sched.h, in the order of NAMESPACE_NAMES
FLAGS = {
    "cgroup": 0x02000000,
    "ipc": 0x08000000,
    "mnt": 0x00020000,
    "net": 0x40000000,
    "pid": 0x20000000,
    "time": 0x00000080,
    "user": 0x10000000,
    "uts": 0x04000000,
}


class Entering(Integer):
    """``Entering(Pid, this.flags)``: a result that is an integer, of a call that enters the namespaces of some flags.

    If the result is a process it is the child that enters them.
    """

    def __init__(self, integer: Integer, flags: Any) -> None:
        super().__init__(integer.width, integer.signed, integer.shape)
        self.integer, self.flags = integer, flags
        self.behind = integer.behind

    def bounds(self, abi: Any) -> tuple[int, int]:
        return self.integer.bounds(abi)

    def value(self, layout: Layout) -> Callable[[int], Value] | None:
        return self.integer.value(layout)

    def result_captures(self, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        return None if layout.detail.namespaces else super().result_captures(positions, layout)

    def note(self, layout: Layout) -> Callable[[Any], str | Value | None] | None:
        if not layout.detail.namespaces:
            return None
        flags = bind(self.flags, layout.names)

        def entered(call: Any) -> Value | None:
            asked = flags(call)
            found: list[Value] = []
            for index, name in enumerate(NAMESPACE_NAMES):
                if asked & FLAGS[name]:
                    process = call.result if self.behind else 0
                    link = call.read_some(place(NAMESPACES, process) + (index << APART_OF_NAMES), PATH_MAX)
                    found += [Name(link)] if link else []
            return Joined(found, ", ") if found else None

        return entered
