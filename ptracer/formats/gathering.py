"""The base of all formats: every call comes once, whole, when it has ended, and with it the process that made it."""

from __future__ import annotations

import time
from collections.abc import Callable

from ptracer.capture.records import TAMPERED_MEMORY, TAMPERED_RESULT, TAMPERED_TIME
from ptracer.decode import notices
from ptracer.decode.call import Call
from ptracer.formats.frames import Frames
from ptracer.formats.processes import Process, Processes, record_of
from ptracer.hints import TYPE_CHECKING
from ptracer.model.world import World
from ptracer.origin import Origin
from ptracer.render.output import Output
from ptracer.render.spelling import Spelling
from ptracer.render.text import joint

if TYPE_CHECKING:
    from ptracer.explain.findings import Finding

EXECUTING = frozenset(("execve", "execveat"))
GONE = (notices.Exited, notices.Killed, notices.Detached)
TAMPERED = {TAMPERED_RESULT: "result", TAMPERED_MEMORY: "memory", TAMPERED_TIME: "time"}


class Setting:
    """What a format is told: whose trace it is, how values are spelled, and where it goes.

    ``output_of`` gives the output of a thread; ``path`` is the file or directory of formats that open their own;
    ``failed`` is to be called with the OSError that ended writing.
    """

    def __init__(
        self,
        origin: Origin,
        spelling: Spelling,
        output_of: Callable[[int], Output],
        path: str = "",
        failed: Callable[[OSError], None] = lambda error: None,
        pointer: bool = False,
        stacks: bool = False,
    ) -> None:
        self.origin, self.spelling, self.output_of, self.path = origin, spelling, output_of, path
        self.failed, self.pointer, self.stacks = failed, pointer, stacks


class Gathering:
    """Takes calls and notices, and tells its formats: ``whole(call, process)``, ``happened(notice, process)`` and
    ``ended(process)``. A call that has not returned comes when its thread is gone, or when the trace ends: its ``end`` is 0.
    """

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.origin, self.spelling = setting.origin, setting.spelling
        self.offset = setting.origin.offset
        self.world = World(memory=False)
        self.processes = Processes(self.world)
        self.open: dict[int, Call] = {}
        self.ending: dict[int, Call] = {}  # calls that will never return, of threads that are not quite gone
        self.outputs: dict[int, Output] = {}
        self.stacks: dict[int, str] = {}  # those of open calls, by thread; filled by whoever knows them
        self.frames = Frames()
        self.latest = 0  # when something happened last
        self.errors: dict[int, str] = {}

    # --- what comes

    def call(self, call: Call) -> None:
        self.take(call, self.world.call)

    def enter(self, call: Call) -> None:
        self.open[call.tid] = call
        self.world.enter(call)

    def leave(self, call: Call) -> None:
        self.open.pop(call.tid, None)
        self.take(call, self.world.leave)

    def take(self, call: Call, learn: Callable[[Call], None]) -> None:
        """A call has ended; ``learn`` changes the world. A format sees it before that; after exec it sees the new program."""
        if call.end:
            self.latest = call.end
        executes = call.signature.name in EXECUTING
        if executes:
            learn(call)
        process = self.processes.of(call.tid)
        process.calls += 1
        if not process.start:
            process.start = call.start  # nobody has said when it began
        self.whole(call, process)
        if not executes:
            learn(call)

    def abandon(self, call: Call) -> None:
        self.ending[call.tid] = self.open.pop(call.tid, call)

    def notice(self, notice: notices.Notice) -> None:
        tid = notice.tid
        self.latest = max(self.latest, notice.when)
        gone = isinstance(notice, GONE)
        if gone or isinstance(notice, notices.Superseded):
            last = self.ending.pop(tid, None) or (self.open.pop(tid, None) if gone else None)
            if last is not None:
                self.take(last, nothing)
        if isinstance(notice, notices.Superseded):
            if notice.former in self.open:
                self.open[tid] = self.open.pop(notice.former)
            if notice.former in self.stacks:
                self.stacks[tid] = self.stacks.pop(notice.former)
        record = record_of(notice)
        if record is not None and not gone:
            self.world.take(record)
        process = self.processes.of(tid)
        self.happened(notice, process)
        if record is not None and gone:
            self.world.take(record)
            if process.known.end is not None:
                self.processes.forget(process)
                self.ended(process)
        if gone:
            self.leave_output(tid)

    def leave_output(self, tid: int) -> None:
        """A thread is gone. What it has written to is still to be flushed, if no other thread writes there."""
        output = self.outputs.pop(tid, None)
        if output is not None and output not in self.outputs.values():
            self.outputs[tid] = output

    def found(self, findings: list[Finding]) -> None:
        """What explanations have found, at the end of the trace."""

    def flush(self) -> None:
        """Everything written so far goes out."""
        for output in self.outputs.values():
            output.flush()

    def close(self) -> None:
        """The trace has ended: what is open ends with it."""
        for call in (*self.ending.values(), *self.open.values()):
            self.latest = max(self.latest, call.start)
            self.take(call, nothing)
        for known in list(self.world.processes.values()):
            self.ended(self.processes.of(known.pid))
        self.finish()
        self.flush()

    def finished(self, tid: int) -> None:
        """No line of this thread will follow."""
        self.outputs.pop(tid, None)

    # --- what a format does with it

    def whole(self, call: Call, process: Process) -> None:
        """A call that has ended, or never will."""

    def happened(self, notice: notices.Notice, process: Process) -> None:
        """Something between calls."""

    def ended(self, process: Process) -> None:
        """A process is gone, or the trace has ended before it."""

    def finish(self) -> None:
        """Nothing will follow."""

    # --- what formats share

    def output(self, tid: int) -> Output:
        """Where what is said of a thread goes; ``begin`` is called for each that is new."""
        output = self.outputs.get(tid)
        if output is None:
            output = self.setting.output_of(tid)
            known = output in self.outputs.values()
            self.outputs[tid] = output
            if not known:
                self.begin(output)
        return output

    def begin(self, output: Output) -> None:
        """Write what stands at the beginning of an output."""

    def arguments(self, call: Call) -> str:
        """The arguments as strace writes them, without parentheses."""
        text = self.spelling.spell_all(call.entered)
        if call.exited:
            text += (joint(call) if call.entered else "") + self.spelling.spell_all(call.exited)
        return text

    def error(self, errno: int) -> str:
        """The name of an errno."""
        name = self.errors.get(errno)
        if name is None:
            from ptracer.render.results import RESTARTS
            from ptracer.tables.constants.errors import ERRNO

            name = RESTARTS[errno].split()[1] if errno in RESTARTS else ERRNO.get(errno, (str(errno), ""))[0]
            self.errors[errno] = name
        return name


def nothing(call: Call) -> None:
    """What is learned of a call that never returned."""


class WallClock:
    """Nanoseconds since 1970 as RFC 3339 text in UTC, whole seconds of which are remembered."""

    def __init__(self) -> None:
        self.second, self.text = -1, ""

    def spell(self, nanoseconds: int) -> str:
        """``2026-11-26T04:18:04.123456789Z``."""
        second, rest = divmod(nanoseconds, 1_000_000_000)
        if second != self.second:
            self.second, self.text = second, time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))
        return f"{self.text}.{rest:09d}Z"


def tampered(call: Call) -> list[str]:
    """What was done to a call."""
    return [name for bit, name in TAMPERED.items() if call.tampered & bit]
