"""The trace as text: a call a line, the way strace writes it."""

from __future__ import annotations

from collections.abc import Callable

from ptracer.decode import notices
from ptracer.decode.call import Call
from ptracer.decode.values import Effect, Labelled
from ptracer.regs import X86_64
from ptracer.render.clock import Clock, fraction
from ptracer.render.output import Output
from ptracer.render.results import Results
from ptracer.render.spelling import Spelling


class Layout:
    """What stands around a call. ``column`` is where results begin."""

    def __init__(
        self,
        *,
        column: int = 40,
        pid: str = "",  # "": none; "file": always, as in a file; "terminal": [pid N] when there are several
        duration: str | None = None,  # precision of the time spent in the call
        pointer: bool = False,
        number: bool = False,
        names: bool = False,
        exits: bool = True,
        personality: bool = True,
        superseded: bool = True,
    ) -> None:
        self.column = column
        self.pid = pid
        self.duration = duration
        self.pointer = pointer
        self.number = number
        self.names = names
        self.exits = exits
        self.personality = personality
        self.superseded = superseded


class Line:
    """The line that is not ended yet in one output: whose it is, and how long it is."""

    __slots__ = ("tid", "length")

    def __init__(self) -> None:
        self.tid = 0
        self.length = 0


class TextRenderer:
    """Writes calls and notices to outputs; ``output_of`` gives the one of a thread.

    An open call leaves its line unfinished. When another thread writes to the same output, the line is
    closed with ``<unfinished ...>`` and the call is resumed on a line of its own.
    """

    def __init__(self, spelling: Spelling, layout: Layout, clock: Clock | None, output_of: Callable[[int], Output]) -> None:
        self.spelling = spelling
        self.results = Results(spelling)
        self.layout = layout
        self.clock = clock
        self.output_of = output_of
        self.lines: dict[Output, Line] = {}
        self.alive: set[int] = set()
        self.latest: dict[int, Call] = {}  # of each thread, where its number or place stands before what follows as well
        self.commands: dict[int, str] = {}  # of threads, ready to stand behind their ids, where somebody asked for them
        self.decorated = layout.pointer or layout.number or layout.names or layout.duration is not None

    # --- lines

    def begin(self, output: Output, tid: int, when: int, pointer: int = -1) -> str:
        """Close somebody else's open line; the text that begins a new one."""
        line = self.lines.get(output)
        if line is None:
            line = self.lines[output] = Line()
        if line.tid:
            output.write(" <unfinished ...>\n")
            line.tid = 0
        return self.leader(tid, when, pointer)

    def leader(self, tid: int, when: int, pointer: int) -> str:
        """Process id and time stamps, the number of the call and where it was made."""
        pid = self.layout.pid
        text = ""
        name = self.commands.get(tid, "")
        if pid == "file":
            text = f"{tid}{name} " if name else f"{tid} " if tid > 9999 else f"{tid:<5} "
        elif pid == "terminal" and len(self.alive) > 1:
            text = f"[pid {tid:5}{name}] "
        if self.clock is not None:
            text += self.clock.stamp(when)
        return text + self.columns(tid, pointer) if self.layout.number or self.layout.pointer else text

    def columns(self, tid: int, pointer: int) -> str:
        """The number of a thread's latest call, and where that was made (-1) or something else has happened; 0: nobody knows."""
        call = self.latest.get(tid)
        text = ""
        if self.layout.number:
            text += f"[{call.number | call.abi.bit:4}] " if call is not None else "[????] "
        if self.layout.pointer:
            digits = 2 * (call.abi.word_size if call is not None else X86_64.word_size)
            place = call.pointer if pointer < 0 and call is not None else pointer
            text += f"[{place:0{digits}x}] " if place > 0 else f"[{'?' * digits}] "
        return text

    def arguments(self, call: Call, values: list[object], first: int) -> str:
        """Arguments with commas, and with their names where they are asked for."""
        if not self.layout.names or call.signature.unnamed:
            return self.spelling.spell_all(values)
        names = call.signature.labels(call)[first:]
        spell = self.spelling.spell
        return ", ".join(
            [
                spell(value) if type(value) in (Labelled, Effect) else f"{name}={spell(value)}"
                for name, value in zip(names, values)
            ]
        )

    def opening(self, call: Call) -> str:
        """Everything up to the last argument known at entry."""
        return call.signature.prefix + self.arguments(call, call.entered, 0)

    def closing(self, call: Call, length: int) -> str:
        """Everything after that, to the end of the line, which is ``length`` long so far."""
        text = ""
        if call.exited:
            text = self.arguments(call, call.exited, len(call.entered))
            if call.entered:
                text = joint(call) + text
        text += ") "
        pad = self.layout.column - length - len(text)
        if pad > 0:
            text += " " * pad
        return f"{text}= {self.results.spell(call)}{self.ending(call)}"

    def ending(self, call: Call) -> str:
        """The time spent, and the end of the line."""
        if self.layout.duration is None:
            return "\n"
        return f" <{fraction(max(call.end - call.start, 0), self.layout.duration)}>\n"

    # --- calls

    def call(self, call: Call) -> None:
        tid = call.tid
        output = self.output_of(tid)
        if self.decorated:
            self.latest[tid] = call
            text = self.begin(output, tid, call.start)
            text += self.opening(call)
            output.write(text + self.closing(call, len(text)))
            return
        # The plain form of the same, for most calls come this way.
        line = self.lines.get(output)
        close = line is None or line.tid
        leader = self.begin(output, tid, call.start) if close else self.leader(tid, call.start, -1)
        spell_all = self.spelling.spell_all
        signature, entered, exited = call.signature, call.entered, call.exited
        if not exited:
            text = f"{leader}{signature.prefix}{spell_all(entered)}) "
        elif entered:
            text = f"{leader}{signature.prefix}{spell_all(entered)}{joint(call)}{spell_all(exited)}) "
        else:
            text = f"{leader}{signature.prefix}{spell_all(exited)}) "
        result = call.result if signature.counts and call.result >= 0 and not call.tampered else self.results.spell(call)
        output.write(f"{text.ljust(self.layout.column)}= {result}\n")

    def enter(self, call: Call) -> None:
        output = self.output_of(call.tid)
        if self.decorated:
            self.latest[call.tid] = call
        text = self.begin(output, call.tid, call.start) + self.opening(call)
        line = self.lines[output]
        line.tid, line.length = call.tid, len(text)
        output.write(text)

    def leave(self, call: Call) -> None:
        output = self.output_of(call.tid)
        line = self.lines.get(output)
        if line is not None and line.tid == call.tid:
            line.tid = 0
            output.write(self.closing(call, line.length))
            return
        text = f"{self.begin(output, call.tid, call.end)}<... {call.signature.name} resumed>"
        output.write(text + self.closing(call, len(text)))

    def abandon(self, call: Call) -> None:
        output = self.output_of(call.tid)
        line = self.lines.get(output)
        text = ""
        if line is not None and line.tid == call.tid:
            length = line.length
            line.tid = 0
        else:
            text = f"{self.begin(output, call.tid, call.end or call.start)}<... {call.signature.name} resumed>"
            length = len(text)
        rest = ") "
        if call.signature.exit_items or call.signature.note_of is not None:
            rest = " <unfinished ...>) "
        output.write(text + rest.ljust(self.layout.column - length) + "= ?\n")

    # --- notices

    def notice(self, notice: notices.Notice) -> None:
        if isinstance(notice, notices.Superseded):
            self.alive.discard(notice.former)
        text = self.sentence(notice)
        if isinstance(notice, notices.Detached):
            self.let_go(notice.tid)
        if text is not None:
            output = self.output_of(notice.tid)
            output.write(f"{self.begin(output, notice.tid, notice.when, notice.pointer)}{text}\n")
        if isinstance(notice, (notices.Exited, notices.Killed, notices.Detached)):
            self.alive.discard(notice.tid)
            self.latest.pop(notice.tid, None)

    def let_go(self, tid: int) -> None:
        """End the open line of a thread that is traced no more."""
        output = self.output_of(tid)
        line = self.lines.get(output)
        if line is not None and line.tid == tid:
            line.tid = 0
            output.write(" <detached ...>\n")

    def sentence(self, notice: notices.Notice) -> str | None:
        """What a notice says; None: nothing that anybody asked for."""
        layout = self.layout
        match notice:
            case notices.Signal():
                return f"--- {notice.signal.text} {self.spelling.spell(notice.information)} ---"
            case notices.Stopped():
                return f"--- stopped by {notice.signal.text} ---"
            case notices.Exited():
                return f"+++ exited with {notice.status} +++" if layout.exits else None
            case notices.Killed():
                core = " (core dumped)" if notice.core else ""
                return f"+++ killed by {notice.signal.text}{core} +++" if layout.exits else None
            case notices.Superseded():
                return f"+++ superseded by execve in pid {notice.former} +++" if layout.superseded else None
            case notices.Mode():
                return f"[ Process PID={notice.tid} runs in {notice.bits} mode. ]" if layout.personality else None
            case notices.Started():
                self.alive.add(notice.tid)
        return None

    def flush(self) -> None:
        """Everything written so far goes out."""
        for output in self.lines:
            output.flush()

    def close(self) -> None:
        """The trace has ended."""
        for output in self.lines:
            output.close()


def joint(call: Call) -> str:
    """What stands between the arguments known at entry and the others."""
    return " " if type(call.exited[0]) is Effect else ", "
