"""How threads and processes are called, also those that have ended."""

from __future__ import annotations

from typing import Any

from ptracer.capture import records
from ptracer.capture.records import Record
from ptracer.model.world import World
from ptracer.plans import COMMANDS

GONE = (records.EXITED, records.KILLED, records.DETACHED)
REMEMBERED = 1 << 16  # threads that have ended


class Processes:
    """What the world says of those that live, and what it said of others last."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.said: dict[int, bytes] = {}  # by thread: what its calls say with ``-Y``
        self.names: dict[int, bytes] = {}  # of those that have ended

    def of(self, tid: int) -> int:
        """The process of a thread; itself where nobody has said it."""
        thread = self.world.threads.get(tid)
        return thread.process.pid if thread is not None else tid

    def name(self, tid: int) -> bytes:
        """What a thread is called, or its process; empty: nobody knows."""
        name = self.said.get(tid)
        if name is None:
            thread = self.world.threads.get(tid)
            name = (thread.name or thread.process.name) if thread is not None else None
        return name or self.names.get(tid, b"")

    def call(self, call: Any) -> None:
        """A call that has returned; with ``-Y`` it says itself what its thread is called."""
        if call[7] and COMMANDS in call[7]:
            self.said[call[1]] = call[7][COMMANDS]

    def notice(self, record: Record) -> None:
        """A record that is no call, before the world learns from it."""
        kind, tid = record[0], record[1]
        if kind in GONE:
            name = self.name(tid)
            if name:
                if len(self.names) >= REMEMBERED:
                    self.names.clear()
                self.names[tid] = name
            self.said.pop(tid, None)
        elif kind == records.EXECED:
            self.said.pop(tid, None)
            self.said.pop(record[3], None)
        elif kind == records.STARTED:
            self.names.pop(tid, None)

    def title(self, tid: int) -> str:
        """A thread or a process with its name."""
        name = self.name(tid)
        return f"{tid} {readable(name)}" if name else str(tid)


def readable(name: bytes) -> str:
    """A name that may go to a terminal."""
    return name.decode("ascii", "backslashreplace").translate({code: f"\\x{code:02x}" for code in (*range(32), 127)})
