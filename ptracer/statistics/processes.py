"""To which process each thread belongs, and what it is called, as far as records say it."""

from __future__ import annotations

import posixpath
from typing import Any

from ptracer.capture import records
from ptracer.capture.records import Record
from ptracer.plans import COMMANDS
from ptracer.regs import abi_of

PR_SET_NAME = 15  # linux/prctl.h
EXECUTING = {"execve": 0, "execveat": 1}  # the calls that name a thread, and which argument has the name
STARTING = frozenset(("clone", "clone3", "fork", "vfork"))
NEITHER, NAMES, STARTS = -1, -2, -3
LONGEST = 15  # bytes of a name: TASK_COMM_LEN - 1


class Processes:
    """Learns from records. ``by_thread`` has the process of each thread."""

    def __init__(self) -> None:
        self.by_thread: dict[int, int] = {}
        self.names: dict[int, bytes] = {}  # of threads
        self.naming: dict[tuple[int, int], int] = {}  # by architecture and number of a call: which argument has a name

    def of(self, tid: int) -> int:
        """The process of a thread; itself where nobody has said it."""
        return self.by_thread.get(tid, tid)

    def name(self, tid: int) -> bytes:
        """What a thread is called, or its process; empty: nobody knows."""
        return self.names.get(tid) or self.names.get(self.of(tid), b"")

    def notice(self, record: Record) -> None:
        """A record that is no call."""
        kind, tid = record[0], record[1]
        if kind == records.STARTED:
            self.by_thread[tid] = record[5]
            if self.name(record[3]):
                self.names[tid] = self.name(record[3])
        elif kind == records.HOLDS:
            command = record[3].get("command")
            if isinstance(command, bytes):
                self.names[tid] = command

    def call(self, call: Any) -> None:
        """A call that has returned; with ``-Y`` it says itself what its thread is called."""
        if call[7] and COMMANDS in call[7]:
            self.names[call[1]] = call[7][COMMANDS]
        argument = self.naming.get(call[3:5])
        if argument is None:
            argument = self.naming[call[3:5]] = self.argument(*call[3:5])
        if argument == NEITHER or call[10]:
            return
        if argument == STARTS:  # the child may have been seen before anybody knew whose it is
            if call[9] not in self.names and self.name(call[1]):
                self.names[call[9]] = self.name(call[1])
            return
        if argument == NAMES:
            if call[5][0] != PR_SET_NAME:
                return
            argument = 1
        name = call[7].get(call[5][argument]) if call[7] else None
        if name:
            self.names[call[1]] = posixpath.basename(name.partition(b"\0")[0])[:LONGEST]

    @staticmethod
    def argument(arch: int, number: int) -> int:
        """Which argument of a call names its thread; or what else it does."""
        abi, plain = abi_of(arch, number)
        name = abi.name_of(plain)
        return STARTS if name in STARTING else NAMES if name == "prctl" else EXECUTING.get(name, NEITHER)

    def title(self, tid: int) -> str:
        """A thread or a process with its name."""
        name = self.name(tid)
        return f"{tid} {readable(name)}" if name else str(tid)


def readable(name: bytes) -> str:
    """A name that may go to a terminal."""
    return name.decode("ascii", "backslashreplace").translate({code: f"\\x{code:02x}" for code in (*range(32), 127)})
