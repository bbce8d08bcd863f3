"""Creating files: without a mode, under names that others can foresee, after having asked whether one may.

Sources: open(2), access(2), inode(7) (the sticky bit), symlink(7).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ptracer.explain.case import Case
from ptracer.explain.findings import LIKELY, ODD, SURE, Reason
from ptracer.explain.habits import Habit, habit
from ptracer.explain.remembered import keep
from ptracer.explain.saying import quoted
from ptracer.model.processes import Event, Process
from ptracer.model.world import World

O_CREAT, O_EXCL, O_NOFOLLOW, O_TMPFILE = 0o100, 0o200, 0o400000, 0o20200000
ALL_PERMISSIONS = 0o7777
S_IFMT, S_IFREG = 0o170000, 0o100000
SHARED = (b"/tmp", b"/var/tmp", b"/dev/shm")
STEADY = re.compile(rb"[a-z_.-]+")  # a name without anything in it that might be by chance
SHORTEST_ID = 3  # digits of a process id that are no chance
GENERATIONS = 8
OPENS = {"open": (1, 2), "openat": (2, 3)}  # the arguments with flags and mode


@habit
class WithoutMode(Habit):
    """The mode is what stood in the register by chance: it has bits that no mode has.

    One without them may be right, and the type of a regular file, which some programs pass with what stat(2) has given them, does
    no harm.
    """

    calls = "open openat"

    def call(self, case: Case) -> Iterable[Reason]:
        flags, mode = (case.call.args[place] & 0xFFFFFFFF for place in OPENS[case.name])
        creates = flags & O_CREAT or flags & O_TMPFILE == O_TMPFILE
        if creates and mode & ~ALL_PERMISSIONS and mode & ~ALL_PERMISSIONS != S_IFREG:
            text = (
                f"the mode is 0{mode:o}, which is no mode but what was in its register: the call has no third argument, and the"
                f" file gets the permissions 0{mode & ALL_PERMISSIONS:o}"
            )
            yield Reason("file.no_mode", text, "Pass a mode with O_CREAT, 0600 or 0666.", SURE, key=next(iter(case.paths()), b""))


@habit
class PredictableNames(Habit):
    """A file is created in a directory where everybody may create some, under a name that can be foreseen, and would be opened
    if it were already there: somebody may have put a link there to another file.

    What a user has named himself is his business: names that stand in the arguments of the process or of those above it, and
    what begins with such a name. So are names that somebody has made with O_EXCL, and whatever has something in it that may be
    by chance (a digit, a capital), except the number of the process.
    """

    calls = "open openat creat"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.exclusive: dict[bytes, bool] = {}

    def call(self, case: Case) -> Iterable[Reason]:
        call = case.call
        if call.error:
            return
        flags = call.args[OPENS[case.name][0]] if case.name in OPENS else O_CREAT
        if not flags & O_CREAT or flags & O_NOFOLLOW:
            return
        path = next(iter(case.paths()), b"")
        directory, _, name = path.rpartition(b"/")
        process = case.process
        if directory not in SHARED or not name or process is None:
            return
        if flags & O_EXCL:
            keep(self.exclusive, path, True)
            return
        if path in self.exclusive or self.named(process, name):
            return
        numbers = [one.pid for one in self.above(process) if len(str(one.pid)) >= SHORTEST_ID]
        pid = next((number for number in numbers if re.search(rb"(?<!\d)%d(?!\d)" % number, name)), None)
        if pid is not None:
            how, weight = f", in which {pid} is the number of a process, can be foreseen", LIKELY
        elif STEADY.fullmatch(name):
            how, weight = " is always the same", ODD
        else:
            return
        text = f"the name {quoted(path)}{how}, everybody may create a link of that name there, and O_EXCL is not given"
        advice = "Use mkstemp(3), or a directory that belongs to the user."
        yield Reason("file.predictable", text, advice, weight, key=path)

    def above(self, process: Process) -> Iterator[Process]:
        """A process and those that it comes from."""
        one: Process | None = process
        for _ in range(GENERATIONS):
            if one is None:
                return
            yield one
            one = self.world.processes.get(one.parent) if one.parent is not None else None

    def named(self, process: Process, name: bytes) -> bool:
        """Whether a name, or what it begins with, stands in somebody's arguments."""
        words = [word for one in self.above(process) for word in (one.arguments or ())[1:]]
        stems = [word.rpartition(b"/")[2] for word in words]
        return any(name in word for word in words) or any(len(stem) > 1 and name.startswith(stem) for stem in stems)


@habit
class AskedBefore(Habit):
    """access(2) answers for the real user id, and what it says may be over when the file is opened: in a program that runs
    with another effective id somebody can exchange the file between the two. In all others to ask first does no harm."""

    calls = "access faccessat faccessat2 open openat"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.asked: dict[tuple[int, bytes], Event] = {}  # by thread and path

    def call(self, case: Case) -> Iterable[Reason]:
        thread = case.thread
        if thread is None or case.call.error:
            return
        real, effective = thread.credentials.users[:2]
        if real is None or effective is None or real == effective:
            return
        path = next(iter(case.paths()), b"")
        if case.name not in OPENS:
            keep(self.asked, (case.call.tid, path), case.event)
            return
        event = self.asked.pop((case.call.tid, path), None)
        if event is not None:
            text = (
                f"{event.name}() at call {event.number} asked whether user {real} may use {quoted(path)}, and user {effective}"
                " opens it: between the two somebody may have put another file there"
            )
            advice = "Open it as the real user (seteuid first), and let the kernel decide."
            yield Reason("file.raced", text, advice, SURE, key=path)
