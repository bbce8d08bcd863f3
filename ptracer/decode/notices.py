"""What happens between calls. Plain classes: named tuples cost milliseconds at start."""

from __future__ import annotations

from ptracer.decode.values import Symbol, Value
from ptracer.hints import Any


class About:
    """The base of all: which thread, and when in nanoseconds of CLOCK_MONOTONIC."""

    pointer = 0  # where the program was, if that is known

    def __init__(self, tid: int, when: int) -> None:
        self.tid, self.when = tid, when


class Signal(About):
    """A signal is about to be delivered; ``information`` is its siginfo as a value."""

    def __init__(self, tid: int, when: int, signal: Symbol, information: Value, pointer: int = 0) -> None:
        super().__init__(tid, when)
        self.signal, self.information, self.pointer = signal, information, pointer


class Stopped(About):
    """The thread has stopped for job control."""

    def __init__(self, tid: int, when: int, signal: Symbol) -> None:
        super().__init__(tid, when)
        self.signal = signal


class Stack(About):
    """The stack of a thread of which the next notice tells: registers, then the stack itself."""

    def __init__(self, tid: int, when: int, data: bytes) -> None:
        super().__init__(tid, when)
        self.data = data


class Space(About):
    """A thread runs in the address space of ``process``; ``maps`` is what is mapped, empty where that is known."""

    def __init__(self, tid: int, when: int, process: int, maps: bytes, vdso: bytes) -> None:
        super().__init__(tid, when)
        self.process, self.maps, self.vdso = process, maps, vdso


class Exited(About):
    """The thread has ended with a status."""

    def __init__(self, tid: int, when: int, status: int) -> None:
        super().__init__(tid, when)
        self.status = status


class Killed(About):
    """The thread was killed by a signal."""

    def __init__(self, tid: int, when: int, signal: Symbol, core: bool) -> None:
        super().__init__(tid, when)
        self.signal, self.core = signal, core


class Superseded(About):
    """Thread ``former`` has executed a program; it is ``tid`` from now on, and the former ``tid`` is gone."""

    def __init__(self, tid: int, when: int, former: int) -> None:
        super().__init__(tid, when)
        self.former = former


class Started(About):
    """A thread of ``process`` is traced from now on; ``how`` is a START_* constant of the records."""

    def __init__(self, tid: int, when: int, parent: int, how: int, process: int) -> None:
        super().__init__(tid, when)
        self.parent, self.how, self.process = parent, how, process


class Holds(About):
    """What a process holds when tracing of it begins; ``facts`` as in HOLDS records."""

    def __init__(self, tid: int, when: int, facts: dict[str, Any]) -> None:
        super().__init__(tid, when)
        self.facts = facts


class Detached(About):
    """A thread is traced no more, and lives on."""


class Mode(About):
    """The thread's calls follow another ABI from now on."""

    def __init__(self, tid: int, when: int, bits: str) -> None:
        super().__init__(tid, when)
        self.bits = bits


class Warning(About):
    """Something that could not be done, for the user to know."""

    def __init__(self, tid: int, when: int, text: str) -> None:
        super().__init__(tid, when)
        self.text = text


Notice = Signal | Stopped | Exited | Killed | Superseded | Started | Holds | Stack | Space | Detached | Mode | Warning
