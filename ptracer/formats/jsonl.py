"""JSON Lines: an object a call, and one for what happens between calls; see ``objects``."""

from __future__ import annotations

import msgspec

from ptracer.capture import records
from ptracer.decode import notices
from ptracer.decode.call import Call
from ptracer.formats import objects
from ptracer.formats.gathering import Gathering, Setting, WallClock, tampered
from ptracer.formats.plain import Plain, Plainness, bounded
from ptracer.formats.processes import Process
from ptracer.hints import TYPE_CHECKING
from ptracer.render.output import Output

if TYPE_CHECKING:
    from ptracer.explain.findings import Finding

HOW = {records.START_COMMAND: "command", records.START_ATTACH: "attach", records.START_FORK: "fork"}


class JSONLines(Gathering):
    """Writes objects, each on a line of its own."""

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        self.encode = msgspec.json.Encoder().encode
        self.plainness = Plainness(setting.spelling.constants == "raw")
        self.clock = WallClock()

    def begin(self, output: Output) -> None:
        """The first object."""
        self.write(output, objects.Trace(format=objects.FORMAT, **msgspec.structs.asdict(self.origin)))

    def write(self, output: Output, thing: msgspec.Struct) -> None:
        output.write(self.encode(thing).decode() + "\n")

    def whole(self, call: Call, process: Process) -> None:
        signature, tid = call.signature, call.tid
        made = objects.Call(
            pid=process.pid,
            tid=tid,
            time=self.clock.spell(call.start + self.offset),
            start=call.start,
            command=process.command,
            syscall=signature.name,
            number=call.number,
            abi=signature.abi.name,
            args=self.plainness.arguments(call),
        )
        if call.end:
            made.duration = call.end - call.start
            if signature.result_of is not None or call.error:
                made.result = call.result
                if call.error:
                    made.errno = self.error(call.error)
                else:
                    made.meaning = self.meaning(call)
            made.cpu = call.cpu
        else:
            made.unfinished = True
        if call.tampered:
            made.tampered = tampered(call)
        if self.setting.pointer:
            made.pointer = call.pointer
        if self.setting.stacks:
            made.stack = self.frames.of(self.stacks.get(tid, ""))
        try:
            line = self.encode(made).decode()
        except OverflowError:
            made.args, made.meaning = bounded(made.args), bounded(made.meaning)
            line = self.encode(made).decode()
        (self.outputs.get(tid) or self.output(tid)).write(line + "\n")

    def meaning(self, call: Call) -> Plain:
        """What a result is beside its number."""
        signature = call.signature
        assert signature.result_of is not None
        value = signature.result_of(call, call.result)
        meaning = None if isinstance(value, int) else self.plainness.plain(value)
        note = signature.note_of(call) if signature.note_of is not None else None
        if note is None:
            return meaning
        return note if isinstance(note, str) else self.plainness.plain(note)

    def happened(self, notice: notices.Notice, process: Process) -> None:
        thing = self.thing(notice, process)
        if thing is not None:
            self.write(self.output(notice.tid), thing)

    def found(self, findings: list[Finding]) -> None:
        for finding in findings:
            call, reason = finding.call, finding.reason
            tid, start = (call.tid, call.start) if call is not None else (finding.process, self.latest)
            made = objects.Finding(
                pid=finding.process, tid=tid, time=self.clock.spell(start + self.offset), start=start, name=reason.name,
                text=reason.whole, advice=reason.advice, weight=reason.weight, count=finding.count, command=finding.command,
                call=finding.line,
            )  # fmt: skip
            self.write(self.output(tid), made)

    def thing(self, notice: notices.Notice, process: Process) -> objects.Object | None:
        """The object of a notice; None: it has none."""
        pid, tid, start, time = process.pid, notice.tid, notice.when, self.clock.spell(notice.when + self.offset)
        match notice:
            case notices.Started():
                how = HOW.get(notice.how, str(notice.how))  # a recording may say anything
                return objects.Started(pid=pid, tid=tid, time=time, start=start, how=how, parent=notice.parent)
            case notices.Holds():
                command, program, arguments = process.command, process.program, process.arguments
                return objects.Program(
                    pid=pid, tid=tid, time=time, start=start, command=command, program=program, arguments=arguments,
                    directory=process.directory,
                )  # fmt: skip
            case notices.Superseded():
                return objects.Superseded(pid=pid, tid=tid, time=time, start=start, former=notice.former)
            case notices.Signal():
                info = self.plainness.plain(notice.information)
                return objects.Signal(pid=pid, tid=tid, time=time, start=start, signal=notice.signal.text, info=info)
            case notices.Stopped():
                return objects.Stopped(pid=pid, tid=tid, time=time, start=start, signal=notice.signal.text)
            case notices.Exited():
                return objects.Exit(pid=pid, tid=tid, time=time, start=start, status=notice.status)
            case notices.Killed():
                signal, core = notice.signal.text, bool(notice.core)
                return objects.Killed(pid=pid, tid=tid, time=time, start=start, signal=signal, core=core)
            case notices.Detached():
                return objects.Detached(pid=pid, tid=tid, time=time, start=start)
        return None
