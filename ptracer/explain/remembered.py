"""What later explanations need of calls that were neither wrong nor changed anything that the model keeps.

Bounded like everything: the oldest is forgotten.
"""

from __future__ import annotations

from typing import TypeVar

from ptracer.decode.behind import DESCRIPTOR
from ptracer.decode.call import Call
from ptracer.explain.case import Case
from ptracer.explain.sites import Sites
from ptracer.model.descriptors import Description
from ptracer.model.effects import described, descriptor
from ptracer.model.processes import Event

MOST = 1024
GIVE_ADDRESSES = frozenset(("mmap", "mremap", "brk", "shmat"))
Key = TypeVar("Key")
Kept = TypeVar("Kept")
P_PID, SI_PID = 1, 12  # waitid(2); where siginfo_t has the process: after three ints, and four bytes more where words have eight


class Failure:
    """A call that should have given a descriptor and has failed."""

    __slots__ = ("event", "error")

    def __init__(self, event: Event, error: int) -> None:
        self.event, self.error = event, error


class Failed:
    """A call that has failed: what it should have given (``descriptor``, ``address``, else ``length``), and where it was made."""

    __slots__ = ("event", "gives", "pointer")

    def __init__(self, event: Event, call: Call) -> None:
        returns, name = call.signature.returns, call.signature.name
        is_descriptor = returns is not None and returns.behind == DESCRIPTOR
        self.event, self.pointer = event, call.pointer
        self.gives = "descriptor" if is_descriptor else "address" if name in GIVE_ADDRESSES else "length"


class Remembered:
    """``failed``: by thread its latest such failure. ``waited``: by id of a process the call that has waited for it. ``shut``: by
    description the latest shutdown(2). ``closing``: by thread the number it closed last, and how many
    right beside each other it has closed in which direction. ``errors``: by thread and errno the latest call that failed with it.
    ``sites``: the code around calls."""

    def __init__(self) -> None:
        self.failed: dict[int, Failure] = {}
        self.waited: dict[int, Event] = {}
        self.shut: dict[Description, tuple[Event, int]] = {}
        self.closing: dict[int, tuple[int, int, int]] = {}
        self.errors: dict[int, dict[int, Failed]] = {}
        self.sites = Sites()

    def note(self, case: Case) -> None:
        """A call has returned."""
        call, name = case.call, case.name
        if call.error:
            if call.tid not in self.errors:
                keep(self.errors, call.tid, {})
            self.errors[call.tid][call.error] = Failed(case.event, call)
            returns = call.signature.returns
            if returns is not None and returns.behind == DESCRIPTOR:
                keep(self.failed, call.tid, Failure(case.event, call.error))
            if name != "close":
                return
        if name == "close":
            number = descriptor(call.args[0])
            keep(self.closing, call.tid, (number, *self.row(case)))
        elif name in ("wait4", "waitpid") and call.result > 0:
            keep(self.waited, call.result, case.event)
        elif name == "waitid":
            at = call.args[2] + SI_PID + (4 if call.abi.word_size == 8 else 0)
            pid = int.from_bytes(call.read_some(at, 4), "little") if call.args[2] else call.args[1] * (call.args[0] == P_PID)
            if pid:
                keep(self.waited, pid, case.event)
        elif name == "shutdown":
            thread = case.thread
            found = described(thread, call.args[0]) if thread is not None else None
            if found is not None:
                keep(self.shut, found, (case.event, call.args[1] & 0xFFFFFFFF))
        elif name in ("fork", "vfork", "clone", "clone3") and call.result > 0:
            self.waited.pop(call.result, None)  # its id is used again

    def row(self, case: Case) -> tuple[int, int]:
        """In which direction a close goes on from the one before, and how often in a row: programs close all they might have."""
        number, direction, many = self.closing.get(case.call.tid, (-9, 0, 0))
        step = descriptor(case.call.args[0]) - number
        if abs(step) != 1:
            return 0, 0
        return step, many + 1 if step == direction else 1


def keep(table: dict[Key, Kept], key: Key, value: Kept) -> None:
    """Put something into a table that does not grow for ever."""
    table.pop(key, None)
    if len(table) >= MOST:
        table.pop(next(iter(table)))
    table[key] = value
