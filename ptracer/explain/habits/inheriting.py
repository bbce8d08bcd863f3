"""Descriptors that a program got by accident, because nobody had marked them to be closed by exec. Source: open(2), O_CLOEXEC.

Many are passed on purpose: the numbers up to 2; what a child is given by dup2; whatever a shell has open, for so is its
language; what was explicitly unmarked; what the new program's arguments name; what has a lock on it, which the child is to
hold; pipes. Of the rest it is an accident if the program that got it never uses it until it ends. Even of that well-behaved
programs have some (git fetch with FETCH_HEAD, man with the page it formats), and it does no harm there. It does: with a socket,
whose connection or port stays open as long as the child has it; with a file that was created so that nobody else may
read it; with any file that comes to a child that acts as another user, or that lives longer than its parent; and with several
files, for then nobody has thought of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ptracer.decode.behind import DESCRIPTOR
from ptracer.decode.call import Call
from ptracer.explain.case import Case
from ptracer.explain.findings import LIKELY, ODD, Reason
from ptracer.explain.habits import Habit, habit
from ptracer.explain.habits.transfers import NO_DATA
from ptracer.explain.remembered import keep
from ptracer.explain.saying import by, person, what
from ptracer.model.descriptors import Description, Entry
from ptracer.model.effects import descriptor
from ptracer.model.processes import Process
from ptracer.model.world import World

SEVERAL = 4
OTHERS = 0o077  # permissions of everybody else
O_CREAT, O_EXCL = 0o100, 0o200
CREATING = {"open": (1, 2), "openat": (2, 3)}  # the arguments with flags and mode
OPENING = frozenset(("open", "openat", "openat2", "creat", "socket", "accept", "accept4"))
SHELLS = frozenset((b"sh", b"bash", b"dash", b"ash", b"zsh", b"ksh", b"mksh", b"fish", b"yash", b"csh", b"tcsh", b"busybox"))
F_SETFD, FIONCLEX = 2, 0x5450
LOCKING = frozenset(("flock", "fcntl", "fcntl64"))
LOCKS = frozenset((5, 6, 7, 12, 13, 14, 37, 38))  # F_GETLK... F_OFD_SETLKW, also as 64-bit commands
LAST_STANDARD = 2


@habit
class Inherited(Habit):
    """See above."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.suspects: dict[int, dict[int, Entry]] = {}  # by process, which has executed a program with them open
        self.meant: dict[Description, bool] = {}  # to be passed on
        self.told: dict[Description, bool] = {}
        self.secret: dict[int, bool] = {}  # numbers of calls that have created a file for nobody else
        self.began: dict[int, int] = {}  # when a process has executed its program

    def call(self, case: Case) -> Iterable[Reason]:
        name = case.name
        if name in LOCKING or name == "ioctl":
            self.mark(case)
        elif name in CREATING and not case.call.error:
            flags, mode = (case.call.args[place] for place in CREATING[name])
            if flags & (O_CREAT | O_EXCL) == O_CREAT and not mode & OTHERS:
                keep(self.secret, case.event.number, True)
        if self.suspects:
            process = case.process
            mine = self.suspects.get(process.pid) if process is not None else None
            if mine:
                self.used(case, mine)
        return ()

    def mark(self, case: Case) -> None:
        """Is it said of a descriptor that it is to be passed on?"""
        call, thread = case.call, case.thread
        command = call.args[1] & 0xFFFFFFFF
        unmarked = command == (FIONCLEX if case.name == "ioctl" else F_SETFD) and not (call.args[2] & 1 and case.name != "ioctl")
        if case.name == "flock" or case.name != "ioctl" and command in LOCKS or unmarked and not call.error:
            entry = thread.descriptors.at(descriptor(call.args[0])) if thread is not None else None
            if entry is not None:
                keep(self.meant, entry.description, True)

    @staticmethod
    def used(case: Case, mine: dict[int, Entry]) -> None:
        """Whoever uses it, or closes it, knows that he has it."""
        call = case.call
        if case.name == "close_range":
            mine.clear()
        for one in call.signature.parameters:
            if one.type.behind == DESCRIPTOR:
                mine.pop(descriptor(call.args[one.index]), None)

    def executed(self, process: Process, call: Call) -> Iterable[Reason]:
        yield from self.left(process)
        keep(self.began, process.pid, call.end)
        parent = self.world.processes.get(process.parent) if process.parent is not None else None
        if parent is None or process.start is None or parent.program is None:
            return
        if parent.program.rpartition(b"/")[2] in SHELLS:
            return
        since = self.began.get(parent.pid, 0)
        words = b" ".join(process.arguments or ())
        suspects = {
            number: entry
            for number, entry in process.descriptors.entries.items()
            if number > LAST_STANDARD
            and self.accidental(entry, since, process.start)
            and not re.search(rb"(?<!\d)%d(?!\d)" % number, words)
        }
        if suspects:
            keep(self.suspects, process.pid, suspects)

    def accidental(self, entry: Entry, since: int, until: int) -> bool:
        """Whether the parent has opened it in its present program, before it had this child, and nobody has said anything."""
        opened, description = entry.opened, entry.description
        if opened is None or opened.name not in OPENING or entry.source is not None or not since <= opened.when < until:
            return False
        if description in self.meant or description in self.told or description.kind not in ("file", "socket"):
            return False
        return not (description.name or b"").startswith(NO_DATA)

    def left(self, process: Process) -> Iterable[Reason]:
        """What a program never used."""
        suspects = self.suspects.pop(process.pid, {})
        parent = self.world.processes.get(process.parent) if process.parent is not None else None
        foreign = parent is None or process.credentials.users != parent.credentials.users
        for number, entry in suspects.items():
            description, opened = entry.description, entry.opened
            secret = opened is not None and opened.number in self.secret
            harmful = foreign or secret or description.kind == "socket" or len(suspects) >= SEVERAL
            if description in self.told or not harmful:
                continue
            keep(self.told, description, True)
            meant = what(description)
            text = (
                f"descriptor {number}{f' ({meant})' if meant else ''}, made{by(entry.opened)} without O_CLOEXEC, was also open in"
                f" {person(process)}, which has executed another program and has no use for it"
            )
            advice = "Open it with O_CLOEXEC (sockets: SOCK_CLOEXEC), or close it in the child before exec."
            weight = LIKELY if description.kind == "socket" or description.writable else ODD
            yield Reason("descriptor.inherited", text, advice, weight, key=(number, description.name))

    def ended(self, process: Process, status: int | None) -> Iterable[Reason]:
        self.began.pop(process.pid, None)
        return self.left(process)
