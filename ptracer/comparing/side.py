"""One recording, read for a comparison: its processes, their threads, and of each thread what it did, line by line.

Lines are numbers here; those of both sides come from the same two books, so that equal lines are equal numbers.
"""

from __future__ import annotations

from array import array
from collections import Counter

from ptracer.comparing.families import Families
from ptracer.comparing.normal import Line, Normal
from ptracer.comparing.patterns import Patterns
from ptracer.comparing.roles import Roles
from ptracer.decode import notices
from ptracer.decode.call import Call
from ptracer.decode.decoder import Decoder
from ptracer.decode.detail import Detail, always
from ptracer.decode.registry import Signatures
from ptracer.formats.gathering import Gathering, Setting
from ptracer.formats.processes import Process, readable
from ptracer.hints import TYPE_CHECKING
from ptracer.listing import RECORDED, detail
from ptracer.options import Options
from ptracer.recordings.recording import Recording
from ptracer.render.output import Output
from ptracer.render.results import RESTARTS

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_WORDS = 6  # of a command line, where it is a name
RESUMED = "restart_syscall"


def full(detail: Detail) -> Detail:
    """The same with as much of command lines as a recording has, and no more of structures than is worth comparing."""
    detail.abbreviate = always
    detail.string_limit = max(detail.string_limit, RECORDED)
    return detail


class Book:
    """Numbers for texts. ``lines`` has the first line with each number; ``topics`` what lines are about."""

    def __init__(self) -> None:
        self.numbers: dict[tuple[str, ...], int] = {}
        self.lines: list[Line] = []
        self.topic_of: list[int] = []  # of each line
        self.topic_numbers: dict[tuple[str, str], int] = {}
        self.topics: list[tuple[str, str]] = []  # a call's name, and its subject

    def number(self, line: Line) -> int:
        """That of a line."""
        key = line.name, line.asked, line.told, line.result
        number = self.numbers.get(key)
        if number is None:
            number = self.numbers[key] = len(self.lines)
            self.lines.append(line)
            topic = line.name, line.subject
            place = self.topic_numbers.get(topic)
            if place is None:
                place = self.topic_numbers[topic] = len(self.topics)
                self.topics.append(topic)
            self.topic_of.append(place)
        return number


class Thread:
    """What a thread did: numbers of lines, of their topics, when each began and how long it took, in nanoseconds."""

    def __init__(self, tid: int) -> None:
        self.tid, self.name = tid, ""
        self.lines, self.topics = array("I"), array("I")
        self.starts, self.durations = array("q"), array("q")

    def add(self, number: int, topic: int, start: int, duration: int) -> None:
        self.lines.append(number)
        self.topics.append(topic)
        self.starts.append(start)
        self.durations.append(duration)

    @property
    def label(self) -> str:
        """By what it is known."""
        return self.name

    def profile(self) -> Counter[int]:
        """How often it did what."""
        return Counter(self.topics)


class Program:
    """A process: what it ran, its threads, its children, all in the order of their beginning."""

    def __init__(self, process: Process, parent: Program | None) -> None:
        self.process, self.parent = process, parent
        self.threads: list[Thread] = []
        self.children: list[Program] = []
        self.runs: list[str] = []  # command lines, one for each program that it executed

    @property
    def label(self) -> str:
        """What it ran in the end."""
        if self.runs:
            return self.runs[-1]
        above = self.parent
        while above is not None and not above.runs:
            above = above.parent
        return f"child of {above.runs[-1]}" if above is not None else "process"

    def profile(self) -> Counter[int]:
        """How often it did what."""
        return sum((thread.profile() for thread in self.threads), Counter[int]())

    def size(self) -> int:
        """How many lines there are of it and of its children."""
        total, waiting = 0, [self]
        while waiting:
            one = waiting.pop()
            total += sum(len(thread.lines) for thread in one.threads)
            waiting += one.children
        return total


class Side(Gathering):
    """Reads one recording; what is known of it before is in ``families``. ``patterns`` say what is left out."""

    def __init__(self, recording: Recording, families: Families, patterns: Patterns, options: Options, book: Book) -> None:
        self.families, self.patterns = families, patterns
        self.roles = Roles(self.patterns)
        self.normal = Normal(self.patterns, self.roles, options.string_limit)
        super().__init__(Setting(recording.origin, self.normal, lambda tid: Output(-1, lambda error: None)))
        self.recording, self.book = recording, book
        self.shows = None if options.trace.is_all else options.trace.shows
        self.conditions: list[Callable[[Call], bool]] = [condition.holds for condition in options.conditions]
        self.successful, self.failed = "successful" in options.statuses, "failed" in options.statuses
        self.roots: list[Program] = []
        self.programs: dict[int, Program] = {}  # by the identity of what ``processes`` knows, which they keep
        self.running: dict[int, Thread] = {}
        self.interrupted: dict[int, Call] = {}
        self.held: dict[int, str] = {}  # what the first process began with, by descriptor
        self.calls = 0
        signatures = Signatures(full(detail(options)))
        self.feed = Decoder(signatures, self).feed

    def read(self, tell: Callable[[int], None] | None = None) -> None:
        """All of it."""
        for batch in self.recording.batches(tell):
            self.feed(self.families.mended(batch))
        self.close()

    # --- who

    def program(self, process: Process) -> Program:
        """The process as it is compared."""
        known = self.programs.get(id(process))
        if known is None:
            parent = self.processes.find(process.parent) if process.parent else None
            above = self.programs.get(id(parent)) if parent is not None else None
            known = self.programs[id(process)] = Program(process, above)
            (above.children if above is not None else self.roots).append(known)
            if process.parent:
                self.roles.relatives[process.pid] = process.parent
            self.roles.table(process)
        return known

    def thread(self, tid: int, process: Process) -> Thread:
        """The thread, which perhaps is new."""
        known = self.running.get(tid)
        if known is None:
            known = self.running[tid] = Thread(tid)
            self.program(process).threads.append(known)
        return known

    # --- what

    def whole(self, call: Call, process: Process) -> None:
        thread = self.running.get(call.tid) or self.thread(call.tid, process)
        if call.error in RESTARTS and call.end:
            self.interrupted[call.tid] = call  # it goes on, or begins again
            return
        if self.interrupted:
            call = self.continued(call)
        name = call.signature.name
        if name in ("execve", "execveat"):
            self.executed(call, process)
        elif name == "prctl" and call.entered and getattr(call.entered[0], "text", "") == "PR_SET_NAME":
            thread.name = self.normal.spell_all(call.entered[1:2])
        line = self.normal.spell_call(call, process)
        if not self.wanted(call):
            return
        number = self.book.number(line)
        thread.add(number, self.book.topic_of[number], call.start, max(call.end - call.start, 0) if call.end else 0)
        self.calls += 1

    def wanted(self, call: Call) -> bool:
        """Whether a call is to be compared."""
        signature = call.signature
        if self.shows is not None and not self.shows(signature.name, signature.abi):
            return False
        if not (self.failed if call.error else self.successful):
            return False
        return all(holds(call) for holds in self.conditions) if self.conditions else True

    def continued(self, call: Call) -> Call:
        """The call that was interrupted and that this one ends; else this one."""
        former = self.interrupted.pop(call.tid, None)
        if former is None or call.signature.name != RESUMED:
            return call
        former.end, former.result, former.error = call.end, call.result, call.error
        former.exited = former.signature.exit(former)
        return former

    def executed(self, call: Call, process: Process) -> None:
        """A program is to run, or does."""
        if not call.end or call.error:
            return
        program = self.program(process)
        words = process.arguments[:MOST_WORDS] or [process.program]
        label = " ".join(readable(self.patterns.data(self.patterns.path(word.encode()))) for word in words)
        program.runs.append(label + (" ..." if len(process.arguments) > MOST_WORDS else ""))

    def happened(self, notice: notices.Notice, process: Process) -> None:
        tid = notice.tid
        match notice:
            case notices.Started():
                self.thread(tid, process)
            case notices.Superseded() if notice.former in self.running:
                self.running[tid] = self.running.pop(notice.former)
            case notices.Holds():
                self.roles.holds(process)
                if not self.held:
                    self.held = {number: readable(link) for number, link in notice.facts.get("descriptors", {}).items()}
                program = self.program(process)
                if not program.runs and process.arguments:
                    program.runs.append(" ".join(process.arguments[:MOST_WORDS]))
            case notices.Signal():
                self.event(tid, notice.when, process, "signal", notice.signal.text, f"--- {notice.signal.text} ---")
            case notices.Exited():
                self.event(tid, notice.when, process, "end", "", f"+++ exited with {notice.status} +++")
            case notices.Killed():
                self.event(tid, notice.when, process, "end", "", f"+++ killed by {notice.signal.text} +++")
        if isinstance(notice, (notices.Exited, notices.Killed, notices.Detached)):
            self.running.pop(tid, None)
            self.interrupted.pop(tid, None)

    def event(self, tid: int, when: int, process: Process, name: str, subject: str, text: str) -> None:
        """Something that is no call."""
        if self.conditions:
            return
        number = self.book.number(Line(name, subject, text))
        self.thread(tid, process).add(number, self.book.topic_of[number], when, 0)
