"""Judges calls as they end: asks causes and habits, and decides which reasons become findings.

A reason that is ordinary, a file that somebody looked for and did not find, becomes a finding when the program complains of
it on its standard error, or ends unsuccessfully right after it.
"""

from __future__ import annotations

import errno
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable

from ptracer.capture.records import TAMPERED_RESULT
from ptracer.decode import notices
from ptracer.decode.call import Call
from ptracer.explain import causes, habits
from ptracer.explain.case import WRITING, Case
from ptracer.explain.findings import Finding, Findings, Reason
from ptracer.explain.remembered import Remembered
from ptracer.explain.saying import written
from ptracer.model.processes import Process
from ptracer.model.world import World

REMEMBERED = 64  # ordinary reasons of each process
MOST_PROCESSES = 4096  # of which they are remembered
NEAR = 4  # calls that a program makes between its last failure and its end, if it ends because of it
# What programs do between noticing that they cannot go on and ending; it does not count.
TIDYING = WRITING | {
    "close", "munmap", "exit_group", "exit", "brk", "lseek", "futex", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn",
    "sigreturn",
}  # fmt: skip
ASKING = frozenset(("ioctl", "fcntl", "readlink", "readlinkat"))  # a failure of them is an answer: it is no terminal, no link
LONGEST_COMPLAINT = 512  # bytes
PASSING = frozenset((errno.EAGAIN, errno.EINTR, errno.EINPROGRESS))  # of these nobody ends: they say that it is too early
# By these a process ends for what it does itself. The others are sent by somebody else, or (SIGPIPE) are how it is to end.
OWN_SIGNALS = frozenset(
    (signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGFPE, signal.SIGABRT, signal.SIGTRAP, signal.SIGSYS)
)  # fmt: skip
EXECUTING = frozenset(("execve", "execveat"))
CHOICES = ("errors", "all", "none")


class Held:
    """An ordinary reason that may still become a finding."""

    __slots__ = ("finding", "error", "since")

    def __init__(self, finding: Finding, error: int) -> None:
        self.finding, self.error = finding, error
        self.since = 0  # calls that count which the process has made since


class Engine:
    """``chosen`` says by name whether a kind of reason is wanted; ``spell`` gives the line of a call."""

    def __init__(self, chosen: Chosen, world: World, spell: Callable[[Call], str], live: bool) -> None:
        self.chosen, self.world, self.spell, self.live = chosen, world, spell, live
        self.findings = Findings()
        self.held: dict[int, deque[Held]] = {}  # by process
        self.complaints: dict[int, bytes] = {}  # by process, what it has written to its standard error lately
        self.told: set[tuple[int, str, object]] = set()  # ordinary reasons that have been shown
        self.remembered = Remembered()
        causes.prepare()
        self.habits = habits.prepare(world) if chosen.habits else []
        self.watching: dict[str, list[habits.Habit]] = {}
        self.defects: dict[str, Exception] = {}  # by what was judged: the first failure of a rule, which costs nobody the trace

    def defect(self, name: str, error: Exception) -> None:
        """Note that judging a call, or a notice, has failed."""
        self.defects.setdefault(name, error)

    # --- calls

    def judge(self, call: Call) -> list[Reason]:
        """What is to be said of a call that has returned, below its line."""
        case = Case(call, self.world, self.live, self.remembered)
        reasons = list(self.reasons(case))
        said = self.said(case, reasons)
        process = case.process
        self.listen(process.pid if process is not None else call.tid, case, bool(reasons))
        self.remembered.note(case)
        return said

    def judge_abandoned(self, call: Call) -> list[Reason]:
        """What is to be said of a call that will never return."""
        case = Case(call, self.world, self.live, self.remembered)
        return self.said(case, [reason for one in self.watchers(case.name) for reason in one.abandoned(case)])

    def said(self, case: Case, reasons: Iterable[Reason]) -> list[Reason]:
        """Make findings of what is found of a call; what is to be said below it."""
        call = case.call
        reasons = [reason for reason in reasons if self.chosen(reason.name)]
        process = case.process
        pid = process.pid if process is not None else call.tid
        said = []
        for reason in reasons:
            finding = self.finding(reason, call, process, call.tid)
            if reason.ordinary:
                key = (pid, reason.name, reason.key)
                self.hold(pid, Held(finding, call.error))
                if key in self.told:
                    continue
                self.told.add(key)
            elif not self.findings.add(finding):
                continue
            said.append(reason)
        return said

    def reasons(self, case: Case) -> Iterable[Reason]:
        """From causes and habits."""
        call = case.call
        if call.error and not call.tampered & TAMPERED_RESULT:  # else the kernel was not asked
            reason = causes.explain(case)
            if reason is not None:
                yield reason
        for one in self.watchers(case.name):
            yield from one.call(case)
        if case.name in EXECUTING and not call.error and case.process is not None:
            for one in self.habits:
                yield from one.executed(case.process, call)

    def watchers(self, name: str) -> list[habits.Habit]:
        """The habits that want to see a call."""
        found = self.watching.get(name)
        if found is None:
            found = self.watching[name] = [one for one in self.habits if not one.calls or name in one.calls.split()]
        return found

    def finding(self, reason: Reason, call: Call | None, process: Process | None, tid: int) -> Finding:
        """A reason with where it happened; ``call`` is what has just returned, which the reason may know better."""
        if reason.call is not None:
            call, tid = reason.call, reason.call.tid
            process = self.world.process(tid) or process
        name = process.name if process is not None else None
        command = name.decode("utf-8", "backslashreplace") if name else ""
        line = self.spell(call) if call is not None else ""
        return Finding(reason, call, process.pid if process is not None else tid, command, line)

    # --- ordinary reasons

    def hold(self, pid: int, held: Held) -> None:
        """It may become a finding."""
        if pid not in self.held and len(self.held) >= MOST_PROCESSES:
            self.held.pop(next(iter(self.held)))
        self.held.setdefault(pid, deque(maxlen=REMEMBERED)).append(held)

    def listen(self, pid: int, case: Case, said: bool) -> None:
        """What the process does after its failures: does it complain?"""
        held = self.held.get(pid)
        if held is None:
            return
        call, name = case.call, case.name
        if case.complains:
            if not case.heard:
                return
            text = self.complaints.pop(pid, b"")[-LONGEST_COMPLAINT:] + written(call)
            if not self.complained(held, text):
                self.complaints[pid] = text  # a sentence may be written in pieces
        elif name not in TIDYING:
            for one in held:
                one.since += 1 if not call.error or name in ASKING or said else NEAR + 1  # another failure is nearer to the end

    def complained(self, held: deque[Held], text: bytes) -> bool:
        """Find what a text on standard error speaks of: a name that could not be had, or else the latest error that it cites."""
        for by_name in (True, False):
            for one in reversed(held):
                cited = os.strerror(one.error).encode() in text
                named = isinstance(one.finding.reason.key, bytes) and os.path.basename(one.finding.reason.key) in text
                if cited and (named or not by_name):
                    self.findings.add(one.finding)
                    held.clear()
                    return True
        return False

    def ended(self, tid: int, successful: bool) -> None:
        """A thread has ended; if it was a process, and unsuccessfully, its last failure is why."""
        held = self.held.pop(tid, None)
        self.complaints.pop(tid, None)
        if held and not successful and held[-1].since <= NEAR and held[-1].error not in PASSING:
            call = held[-1].finding.call
            if call is None or call.signature.name not in ASKING:
                self.findings.add(held[-1].finding)

    # --- between calls

    def notice(self, notice: notices.Notice) -> None:
        """What happened between calls."""
        for one in self.habits:
            self.note(notice.tid, one.notice(notice))
        if isinstance(notice, notices.Exited):
            self.over(notice.tid, notice.status)
            self.ended(notice.tid, notice.status == 0)
        elif isinstance(notice, notices.Killed):
            self.over(notice.tid, None)
            self.ended(notice.tid, notice.signal.number not in OWN_SIGNALS)

    def over(self, tid: int, status: int | None) -> None:
        """A thread has ended: if it was the last one, what has its process left undone?"""
        process = self.world.process(tid)
        if process is not None and len(process.threads) == 1:
            for one in self.habits:
                self.note(tid, one.ended(process, status))

    def end(self) -> None:
        """Nothing will follow."""
        for one in self.habits:
            for tid, reason in one.end():
                self.note(tid, [reason])

    def note(self, tid: int, reasons: Iterable[Reason]) -> None:
        """Reasons that were found between calls."""
        for reason in reasons:
            if self.chosen(reason.name):
                self.findings.add(self.finding(reason, None, self.world.process(tid), tid))


class Chosen:
    """Which kinds are wanted: ``errors``, ``all``, ``none``, or names with commas, of families or of single kinds."""

    def __init__(self, text: str) -> None:
        self.names = frozenset(word for word in text.split(",") if word)
        self.habits = bool(self.names - {"errors", "none"})

    def __call__(self, name: str) -> bool:
        names = self.names
        return "all" in names or "errors" in names or name in names or name.partition(".")[0] in names

    def family(self, family: str) -> bool:
        """Whether any kind of a family is wanted."""
        return self(family) or any(name.partition(".")[0] == family for name in self.names)
