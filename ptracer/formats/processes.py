"""Processes as text: what the model knows of each, as formats write it."""

from __future__ import annotations

from collections.abc import Iterable

from ptracer.capture import records
from ptracer.capture.records import Record
from ptracer.decode import notices
from ptracer.decode.decoder import signal_symbol
from ptracer.model import processes as model
from ptracer.model.memory import Memory
from ptracer.model.world import World


def readable(data: bytes | None) -> str:
    """Bytes as text: what is not UTF-8 stands as ``\\xNN``; what nobody knows is empty."""
    return data.decode("utf-8", "backslashreplace") if data else ""


class Process:
    """One process. Times are nanoseconds of CLOCK_MONOTONIC, 0 where unknown; ``status`` is None while it runs or if it was
    killed by ``signal``. ``calls`` are those that have come so far."""

    __slots__ = ("known", "start", "calls", "named")

    def __init__(self, known: model.Process) -> None:
        self.known = known
        self.start = known.start or 0
        self.calls = 0
        self.named: tuple[bytes | None, str] = (None, "")

    @property
    def pid(self) -> int:
        return self.known.pid

    @property
    def parent(self) -> int:
        return self.known.parent or 0

    @property
    def threads(self) -> Iterable[int]:
        return self.known.threads.keys()

    @property
    def end(self) -> int:
        return self.known.end or 0

    @property
    def command(self) -> str:
        name = self.known.name
        if name is not self.named[0]:
            self.named = name, readable(name)
        return self.named[1]

    @property
    def program(self) -> str:
        return readable(self.known.program)

    @property
    def arguments(self) -> list[str]:
        return [readable(word) for word in self.known.arguments or ()]

    @property
    def directory(self) -> str:
        return readable(self.known.directory)

    @property
    def status(self) -> int | None:
        return self.known.status

    @property
    def signal(self) -> str:
        return "" if self.known.signal is None else signal_symbol(self.known.signal).text


class Processes:
    """Those of a world that live."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.seen: dict[model.Process, Process] = {}

    def of(self, tid: int) -> Process:
        """The process of a thread, of which nothing may be known."""
        thread = self.world.threads.get(tid) or self.world.thread(tid)
        return self.seen.get(thread.process) or self.new(thread.process)

    def new(self, known: model.Process) -> Process:
        """One that is seen for the first time."""
        process = self.seen[known] = Process(known)
        return process

    def find(self, pid: int) -> Process | None:
        """The process with an id; None: nobody has spoken of it."""
        known = self.world.process(pid)
        return None if known is None else self.seen.get(known) or self.new(known)

    def forget(self, process: Process) -> None:
        """It has ended."""
        self.seen.pop(process.known, None)


def nobody() -> Process:
    """A process of which nothing is known."""
    return Process(model.Process(0, None, None, Memory()))


def record_of(notice: notices.Notice) -> Record | None:
    """The record that a notice was made of, if a world learns from it."""
    tid, when = notice.tid, notice.when
    match notice:
        case notices.Started():
            return records.STARTED, tid, when, notice.parent, notice.how, notice.process
        case notices.Superseded():
            return records.EXECED, tid, when, notice.former
        case notices.Exited():
            return records.EXITED, tid, when, notice.status
        case notices.Killed():
            return records.KILLED, tid, when, notice.signal.number, notice.core
        case notices.Detached():
            return records.DETACHED, tid, when
        case notices.Holds():
            return records.HOLDS, tid, when, notice.facts
    return None
