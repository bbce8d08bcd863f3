"""The processes of a log: who started whom, with what commands, when, and how they ended."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ptracer.logs.lines import Calendar, Line, pid_in_name, read

CHILD = rb" += (?P<inside>\d+)(?:<.*>)?(?: /\* (?P<outside>\d+) in \w+'s PID NS \*/)?"
FORK = re.compile(rb"(?:clone3?|fork|vfork)\(.*" + CHILD)
EXEC = re.compile(rb"execve(?:at)?\(.* += 0\b")
BEGUN = re.compile(rb"(?:clone3?|v?fork|execve(?:at)?)\(")
RESUMED = re.compile(rb"<\.\.\. (?:clone3?|v?fork|execve(?:at)?) resumed>")
UNFINISHED = re.compile(rb" ?<unfinished \.\.\.>$")
# What tracers say of themselves may stand at the end of a line whose call goes on later.
ATTACHED = re.compile(rb"[\w-]+: Process (\d+) attached")
LOOKS_LIKE_ONE = re.compile(rb"\w+\(|<\.\.\. |\+\+\+ |--- ")
ENDED = re.compile(rb"\+\+\+ (exited with \d+|killed by \w+(?: \(core dumped\))?) \+\+\+")
SUPERSEDED = re.compile(rb"\+\+\+ superseded by execve in pid (\d+)")
ARGUMENTS = re.compile(rb'"((?:[^"\\]|\\.)*)"(\.\.\.)?|(\.\.\.)')
STRING = rb'"(?:[^"\\]|\\.)*"(?:\.\.\.)?'
LIST = re.compile(
    rb'execve(?:at)?\([^"]*?(?P<path>' + STRING + rb")(?:, (?:argv=)?\[(?P<list>(?:" + STRING + rb'|[^\]"])*)\])?'
)
ESCAPE = re.compile(rb"\\([0-7]{1,3}|x[0-9a-fA-F]{2}|.)", re.DOTALL)
ESCAPED = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"v": b"\v", b"f": b"\f"}


class Process:
    """A process, or a thread, of a log. ``commands`` are its argument vectors in order; ``end`` is how it ended, or empty."""

    __slots__ = ("pid", "parent", "children", "commands", "inherited", "thread", "first", "last", "end")

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.parent: Process | None = None
        self.children: list[Process] = []
        self.commands: list[list[bytes]] = []
        self.inherited: list[bytes] = []  # what its parent was when it forked
        self.thread = False
        self.first: int | None = None
        self.last: int | None = None
        self.end = b""

    def command(self) -> list[bytes]:
        """What it is now: the argument vector of its latest exec, or its parent's."""
        return self.commands[-1] if self.commands else self.inherited


class Processes:
    """Collects processes from lines; takes memory for each process, none for each line."""

    def __init__(self) -> None:
        self.all: list[Process] = []
        self.current: dict[int, Process] = {}  # numbers are used again
        self.pending: dict[int, bytes] = {}  # calls that have begun and may start or change a process
        self.broken: int | None = None  # whose call was interrupted by a message on the line before

    def process(self, pid: int) -> Process:
        """The process with this number at this point of the log."""
        process = self.current.get(pid)
        if process is None or (process.end and pid):
            process = self.new(pid)
        return process

    def new(self, pid: int) -> Process:
        process = self.current[pid] = Process(pid)
        self.all.append(process)
        return process

    def read(self, name: str) -> None:
        """One log."""
        calendar, owner = Calendar(), pid_in_name(name)
        for line in read(name):
            self.line(line, calendar, owner)

    def line(self, line: Line, calendar: Calendar, owner: int) -> None:
        """One line; ``owner`` is whose log it is."""
        call = line.call.rstrip()
        time = calendar.time(line)
        pid = line.pid or owner or self.only()
        message = ATTACHED.search(call)
        if message:
            # On a terminal it stands in the middle of the call that made the process.
            self.process(int(message[1]))
            call = call[: message.start()] + b" <unfinished ...>"
            self.broken = pid if message.start() else self.broken
        elif self.broken is not None:
            if not LOOKS_LIKE_ONE.match(call) and not UNFINISHED.fullmatch(call):
                pid, call = self.broken, b"<... clone resumed>" + call
            self.broken = None
        superseded = SUPERSEDED.match(call)
        if superseded:
            # The thread goes on as the leader: it has the leader's number from now on.
            thread = int(superseded[1])
            self.pending[pid] = self.pending.pop(thread, b"")
            if thread in self.current:
                self.current[thread].end = b"superseded"
        elif LOOKS_LIKE_ONE.match(call):
            self.name(line.pid)
            process = self.process(pid)
            if time is not None:
                process.first = time if process.first is None else process.first
                process.last = time
            self.event(process, call)

    def only(self) -> int:
        """Whose a line is that does not say it: a terminal shows numbers only while there are several processes."""
        alive = [pid for pid, process in self.current.items() if not process.end]
        return alive[0] if len(alive) == 1 else 0

    def name(self, pid: int) -> None:
        """On a terminal the command has no number before it has a child. A number that nobody announced is its own."""
        if pid and pid not in self.current and 0 in self.current:
            process = self.current[pid] = self.current.pop(0)
            process.pid = pid
            if 0 in self.pending:
                self.pending[pid] = self.pending.pop(0)

    def event(self, process: Process, call: bytes) -> None:
        """A call, the rest of one, or an end."""
        if RESUMED.match(call):
            call = self.pending.pop(process.pid, b"") + RESUMED.sub(b"", call)
        elif BEGUN.match(call) and UNFINISHED.search(call):
            self.pending[process.pid] = UNFINISHED.sub(b"", call)
            return
        fork = FORK.match(call)
        if fork:
            self.fork(process, int(fork["outside"] or fork["inside"]), b"CLONE_THREAD" in call)
        elif EXEC.match(call):
            process.commands.append(arguments(call))
        elif (end := ENDED.match(call)) is not None:
            process.end = end[1]

    def fork(self, parent: Process, pid: int, thread: bool) -> None:
        """A child may have been seen, and have ended, before the call of its parent has."""
        child = self.current.get(pid)
        if child is None or child.parent is not None or child is parent:
            child = self.new(pid)
        child.parent, child.thread, child.inherited = parent, thread, parent.command()
        parent.children.append(child)


def processes(names: Sequence[str]) -> list[Process]:
    """The processes that nobody in these logs has started; the others are their children."""
    found = Processes()
    for name in names:
        found.read(name)
    return [process for process in found.all if process.parent is None]


def arguments(call: bytes) -> list[bytes]:
    """The argument vector of an execve, or the path where the vector is not shown."""
    match = LIST.match(call)
    if match is None:
        return []
    listed = match["list"] or match["path"]
    return [unescaped(text) + dots for text, *more in ARGUMENTS.findall(listed) for dots in (b"".join(more),)]


def unescaped(text: bytes) -> bytes:
    """A string of C as the bytes it stands for."""

    def replace(match: re.Match[bytes]) -> bytes:
        what = match[1]
        if what[:1].isdigit():
            return bytes((int(what, 8) & 0xFF,))
        if what[:1] == b"x" and len(what) == 3:
            return bytes((int(what[1:], 16),))
        return ESCAPED.get(what, what)

    return ESCAPE.sub(replace, text)
