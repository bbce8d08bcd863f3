"""Giving up root: in the wrong order, or without looking whether it was done. Source: setuid(2), setgroups(2)."""

from __future__ import annotations

from collections.abc import Iterable
from errno import EPERM

from ptracer.decode.call import Call
from ptracer.explain.case import Case
from ptracer.explain.findings import LIKELY, SURE, Reason
from ptracer.explain.habits import Habit, habit
from ptracer.explain.habits.transfers import owner
from ptracer.explain.remembered import keep
from ptracer.explain.saying import errno_name, person
from ptracer.model.processes import Event, Process
from ptracer.model.world import World

USERS = ("setuid", "setreuid", "setresuid", "setuid32", "setreuid32", "setresuid32")
GROUPS = ("setgid", "setregid", "setresgid", "setgid32", "setregid32", "setresgid32")
LISTS = ("setgroups", "setgroups32")
UNCHANGED = 0xFFFFFFFF
ORDER = "Call setgroups first, then setgid, then setuid: what comes after it has no right to the others any more."


def wanted(case: Case) -> list[int]:
    """The ids that a call asks for."""
    return [case.call.args[one.index] & 0xFFFFFFFF for one in case.call.signature.parameters]


@habit
class Order(Habit):
    """setgid or setgroups is refused because setuid came first; or a program that was root executes another one as somebody else,
    who still belongs to the groups of root."""

    calls = " ".join((*USERS, *GROUPS, *LISTS))

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.dropped: dict[int, tuple[Event, int]] = {}  # by process: when it has given up root, and for whom

    def call(self, case: Case) -> Iterable[Reason]:
        process, call = case.process, case.call
        if process is None:
            return
        if case.name in USERS:
            ids = [one for one in wanted(case) if one != UNCHANGED]
            if not call.error and process.credentials.users[1] == 0 and ids and 0 not in ids:
                keep(self.dropped, process.pid, (case.event, ids[0]))
        elif call.error == EPERM and process.pid in self.dropped:
            event, user = self.dropped[process.pid]
            text = f"{case.name} is refused because {event.name} at call {event.number} has already made user {user} of root"
            yield Reason("privilege.order", text, ORDER, SURE, key=case.name)

    def executed(self, process: Process, call: Call) -> Iterable[Reason]:
        dropped = self.dropped.pop(process.pid, None)
        credentials = process.credentials
        if dropped is None or None in credentials.users or 0 in credentials.users:
            return
        event, user = dropped
        group = credentials.groups[1]
        if group == 0 or 0 in (credentials.others or ()):
            text = (
                f"{event.name} at call {event.number} has made user {user} of root, but the program it executes still belongs to"
                " group 0"
            )
            yield Reason("privilege.groups_kept", text, ORDER, LIKELY, key=event.name, call=call)

    def ended(self, process: Process, status: int | None) -> Iterable[Reason]:
        self.dropped.pop(process.pid, None)
        return ()


class Refused:
    """A process that wanted to give up root and could not."""

    __slots__ = ("call", "number", "user")

    def __init__(self, case: Case) -> None:
        self.call, self.number = case.call, case.event.number
        self.user = next((one for one in wanted(case) if one != UNCHANGED), 0)

    def reason(self, process: Process, how: str) -> Reason:
        call = self.call
        text = (
            f"{call.signature.name} failed with {errno_name(call.error)}, so that {person(process)} did not become {self.user}:"
            f" {how} as root"
        )
        advice = "Look at the result, and end the program when root cannot be given up."
        return Reason("privilege.unchecked", text, advice, SURE, key=call.signature.name, call=call)


@habit
class Unchecked(Habit):
    """Root is to be given up, that fails, and the program executes another one or ends as if it had been done."""

    calls = " ".join((*USERS, *GROUPS, "write", "writev"))

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.refused: dict[int, Refused] = {}  # by process

    def call(self, case: Case) -> Iterable[Reason]:
        call = case.call
        if case.name in ("write", "writev"):
            if self.refused and case.complains:
                self.refused.pop(owner(case), None)  # it complains
            return ()
        process = case.process
        if process is None:
            return ()
        if not call.error:
            self.refused.pop(process.pid, None)
        elif process.credentials.users[1] == 0 and any(one not in (0, UNCHANGED) for one in wanted(case)):
            keep(self.refused, process.pid, Refused(case))
        return ()

    def executed(self, process: Process, call: Call) -> Iterable[Reason]:
        refused = self.refused.pop(process.pid, None)
        if refused is not None:
            yield refused.reason(process, "it executes the next program")

    def ended(self, process: Process, status: int | None) -> Iterable[Reason]:
        refused = self.refused.pop(process.pid, None)
        if refused is not None and status == 0:
            yield refused.reason(process, "it went on")
