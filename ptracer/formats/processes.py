"""Which process a thread belongs to, what that is called, and who started it: learned from notices and from calls."""

from __future__ import annotations

import os
from collections.abc import Callable

from ptracer.capture import records
from ptracer.decode import notices
from ptracer.decode.call import Call
from ptracer.decode.values import Sequence, Text
from ptracer.hints import Any

COMM = 15  # bytes of a command's name: TASK_COMM_LEN less its NUL


def readable(data: bytes) -> str:
    """Bytes as text: what is not UTF-8 stands as ``\\xNN``."""
    return data.decode("utf-8", "backslashreplace")


class Process:
    """One process. Times are nanoseconds of CLOCK_MONOTONIC, 0 where unknown; ``status`` is None while it runs or if it was
    killed by ``signal``."""

    __slots__ = (
        "pid", "parent", "start", "end", "command", "program", "arguments", "directory", "descriptors", "status", "signal",
        "threads", "calls",
    )  # fmt: skip

    def __init__(self, pid: int, start: int = 0, parent: Process | None = None) -> None:
        self.pid, self.start, self.end = pid, start, 0
        self.parent = parent.pid if parent is not None else 0
        self.command, self.program, self.directory = "", "", ""
        self.arguments: list[str] = []
        self.descriptors: dict[int, str] = {}
        if parent is not None:
            self.command, self.program, self.directory = parent.command, parent.program, parent.directory
            self.arguments, self.descriptors = parent.arguments, parent.descriptors.copy()
        self.status: int | None = None
        self.signal = ""
        self.threads: set[int] = set()
        self.calls = 0


class Processes:
    """All processes whose threads are traced. What is never said of them stays empty."""

    def __init__(self) -> None:
        self.threads: dict[int, Process] = {}
        self.after: dict[str, Callable[[Process, Call], None]] = {
            "execve": self.executed,
            "execveat": self.executed,
            "prctl": self.renamed,
            "chdir": self.moved,
        }

    def of(self, tid: int) -> Process:
        """The process of a thread, of which nothing may be known."""
        process = self.threads.get(tid)
        if process is None:
            process = self.threads[tid] = Process(tid)
            process.threads.add(tid)
        return process

    def note(self, notice: notices.Notice) -> None:
        """Learn from a notice, except that a thread is gone: see ``forget``."""
        match notice:
            case notices.Started():
                self.started(notice)
            case notices.Holds():
                self.holds(self.of(notice.tid), notice.facts)
            case notices.Superseded() if notice.former in self.threads:
                process = self.threads.pop(notice.former)
                process.threads.discard(notice.former)
                process.threads.add(notice.tid)
                self.threads[notice.tid] = process
            case notices.Exited():
                self.of(notice.tid).status = notice.status
            case notices.Killed():
                process = self.of(notice.tid)
                process.status, process.signal = None, notice.signal.text

    def started(self, notice: notices.Started) -> None:
        process = self.threads.get(notice.process)
        parent = self.threads.get(notice.parent) if notice.how == records.START_FORK else None
        if process is None and parent is not None and parent.pid == notice.process:
            process = parent  # its first thread is gone
        if process is None:
            process = Process(notice.process, notice.when, parent)
        process.threads.add(notice.tid)
        self.threads[notice.tid] = process

    @staticmethod
    def holds(process: Process, facts: dict[str, Any]) -> None:
        process.command = readable(facts.get("command", b""))
        process.program = readable(facts.get("program", b""))
        process.directory = readable(facts.get("directory", b""))
        process.arguments = [readable(word) for word in facts.get("arguments", ())]
        process.descriptors = {number: readable(link) for number, link in facts.get("descriptors", {}).items()}

    def forget(self, tid: int, when: int) -> Process | None:
        """A thread is gone; its process if that is gone with it."""
        process = self.threads.pop(tid, None)
        if process is None:
            return None
        process.threads.discard(tid)
        if process.threads:
            return None
        process.end = when
        return process

    # --- calls that change what a process is

    @staticmethod
    def executed(process: Process, call: Call) -> None:
        """It runs another program now."""
        path = next((value.data for value in call.entered if type(value) is Text), b"")
        if not path:
            return
        process.program = readable(path)
        process.command = readable(os.path.basename(path)[:COMM])
        vector = next((value for value in call.entered if type(value) is Sequence), None)
        if vector is not None:
            process.arguments = [readable(word.data) for word in vector.items if type(word) is Text]

    @staticmethod
    def renamed(process: Process, call: Call) -> None:
        """prctl(PR_SET_NAME)."""
        if call.entered and getattr(call.entered[0], "text", "") == "PR_SET_NAME" and call.tid == process.pid:
            name = call.entered[1] if len(call.entered) > 1 else None
            if type(name) is Text:
                process.command = readable(name.data[:COMM])

    @staticmethod
    def moved(process: Process, call: Call) -> None:
        """chdir."""
        path = call.entered[0] if call.entered else None
        if type(path) is Text:
            whole = os.path.join(process.directory, readable(path.data))
            process.directory = os.path.normpath(whole) if whole[0] == "/" else ""
