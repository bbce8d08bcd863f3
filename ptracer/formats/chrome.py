"""Chrome's trace events, which Perfetto shows: a track a thread, a bar a call, arrows from forks to what they started.

Source: "Trace Event Format", the document of the catapult project.
"""

from __future__ import annotations

import msgspec

from ptracer.decode import notices
from ptracer.decode.call import Call
from ptracer.formats.gathering import Gathering, Setting, tampered
from ptracer.formats.plain import Plain
from ptracer.formats.processes import Process
from ptracer.render.output import Output
from ptracer.render.results import Results

FORK, INSTANT, BAR, NAME = "fork", "i", "X", "M"


class Event(msgspec.Struct, omit_defaults=True):
    """One event. ``ph`` is its kind; ``ts`` and ``dur`` are microseconds, with decimals."""

    name: str
    ph: str
    pid: int
    tid: int
    ts: float = 0.0
    dur: float | None = None
    cat: str = ""
    args: dict[str, Plain] = {}
    id: int = 0
    bp: str = ""  # of the end of an arrow: it ends at the bar that it is in
    s: str = ""  # of what has no duration: whose it is


class Chrome(Gathering):
    """Writes one document. It can be opened even where its end is missing."""

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        self.encode = msgspec.json.Encoder().encode
        self.results = Results(setting.spelling)
        self.names: dict[int, str] = {}  # of threads, as they were written
        self.arrows: dict[int, int] = {}  # to threads of which nothing was written yet
        self.count = 0
        self.between = "\n"

    def begin(self, output: Output) -> None:
        origin = msgspec.json.encode(self.origin).decode()
        output.write(f'{{"displayTimeUnit":"ns","otherData":{origin},"traceEvents":[')

    def write(self, event: Event) -> None:
        output = self.outputs.get(0) or self.output(0)
        output.write(self.between + self.encode(event).decode())
        self.between = ",\n"

    def microseconds(self, moment: int) -> float:
        """Since the trace began."""
        return (moment - self.origin.began) / 1000

    def name(self, process: Process, tid: int) -> None:
        """Say what a process and its thread are called, if that is new."""
        command = process.command
        if self.names.get(tid) != command:
            self.names[tid] = command
            if tid == process.pid:
                self.write(Event("process_name", NAME, process.pid, tid, args={"name": command}))
            self.write(Event("thread_name", NAME, process.pid, tid, args={"name": command}))

    def whole(self, call: Call, process: Process) -> None:
        tid = call.tid
        if self.names.get(tid) != process.command:
            self.name(process, tid)
        args: dict[str, Plain] = {"arguments": self.arguments(call)}
        if call.end:
            args["result"] = self.results.spell(call)
        else:
            args["unfinished"] = True
        if call.error:
            args["errno"] = self.error(call.error)
        if call.tampered:
            args["tampered"] = tampered(call)
        if self.setting.stacks and tid in self.stacks:
            args["stack"] = [f"{frame.name} ({frame.file})" for frame in self.frames.of(self.stacks[tid])]
        start = self.microseconds(call.start)
        duration = ((call.end or self.latest) - call.start) / 1000
        self.write(Event(call.signature.name, BAR, process.pid, tid, start, max(duration, 0.0), "syscall", args))
        if tid in self.arrows:
            arrow = self.arrows.pop(tid)
            self.write(Event(FORK, "f", process.pid, tid, start, None, FORK, id=arrow, bp="e"))

    def happened(self, notice: notices.Notice, process: Process) -> None:
        tid, when = notice.tid, self.microseconds(notice.when)
        match notice:
            case notices.Started() if notice.parent:
                self.count += 1
                self.arrows[tid] = self.count
                parent = self.processes.of(notice.parent).pid
                self.write(Event(FORK, "s", parent, notice.parent, when, None, FORK, id=self.count))
                self.name(process, tid)
            case notices.Signal() | notices.Stopped():
                info = {"info": self.spelling.spell(notice.information)} if isinstance(notice, notices.Signal) else {}
                self.write(Event(notice.signal.text, INSTANT, process.pid, tid, when, None, "signal", info, s="t"))
            case notices.Exited():
                self.write(Event(f"exited with {notice.status}", INSTANT, process.pid, tid, when, None, "exit", s="t"))
            case notices.Killed():
                self.write(Event(f"killed by {notice.signal.text}", INSTANT, process.pid, tid, when, None, "exit", s="t"))
        if isinstance(notice, (notices.Exited, notices.Killed)):
            self.arrows.pop(tid, None)
            self.names.pop(tid, None)

    def finish(self) -> None:
        self.output(0).write("\n]}\n")
