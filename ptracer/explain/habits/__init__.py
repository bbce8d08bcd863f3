"""What a program does wrong although its calls succeed. Each module has classes marked with ``habit``.

A habit sees every call of every thread when it has returned, and what happens between them, and says what it found by the
reasons it returns. It keeps what it remembers bounded, and is quiet where it is not sure: well-behaved programs must never
hear of it.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable

from ptracer.decode.call import Call
from ptracer.decode.notices import Notice
from ptracer.explain.case import Case
from ptracer.explain.findings import Reason
from ptracer.model.processes import Process
from ptracer.model.world import World


class Habit:
    """The base of all; ``calls`` names the calls it wants to see, with blanks between them; empty: all of them.

    What is only known to be wrong later is said later: the ``call`` of a reason is then the one that it is about.
    """

    calls = ""

    def __init__(self, world: World) -> None:
        self.world = world

    def call(self, case: Case) -> Iterable[Reason]:
        """A call that has returned."""
        return ()

    def abandoned(self, case: Case) -> Iterable[Reason]:
        """A call that will never return: its thread has ended in it, mostly because it was to end it."""
        return ()

    def notice(self, notice: Notice) -> Iterable[Reason]:
        """What happened between calls."""
        return ()

    def executed(self, process: Process, call: Call) -> Iterable[Reason]:
        """A process is another program since a call: what the former has left undone stays so."""
        return ()

    def ended(self, process: Process, status: int | None) -> Iterable[Reason]:
        """The last thread of a process ends, with a status, or killed by a signal (None); the world still knows it."""
        return ()

    def end(self) -> Iterable[tuple[int, Reason]]:
        """The trace has ended: what can only be said now, each with the thread it is about."""
        return ()


HABITS: list[type[Habit]] = []


def habit(kind: type[Habit]) -> type[Habit]:
    """Marks a class that is such a habit."""
    HABITS.append(kind)
    return kind


def prepare(world: World) -> list[Habit]:
    """Import all modules; one of each kind, for one trace."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return [kind(world) for kind in HABITS]
