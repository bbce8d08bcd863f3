"""Processes and their threads: who belongs to whom, what they are called, and what each thread works with.

Sources: clone(2), execve(2), proc_pid_comm(5), ptrace(2).
"""

from __future__ import annotations

from ptracer.hints import TYPE_CHECKING

if TYPE_CHECKING:
    from ptracer.model.credentials import Credentials
    from ptracer.model.descriptors import Descriptors
    from ptracer.model.memory import Memory
    from ptracer.model.places import Places

LONGEST = 15  # bytes of a name: TASK_COMM_LEN - 1


class Event:
    """A call that has changed something: its running number in the trace (from 1), its name, the thread, and when it returned
    (nanoseconds of CLOCK_MONOTONIC)."""

    __slots__ = ("number", "name", "tid", "when")

    def __init__(self, number: int, name: str, tid: int, when: int) -> None:
        self.number, self.name, self.tid, self.when = number, name, tid, when

    def __repr__(self) -> str:
        return f"<Event {self.number}: {self.name} of {self.tid}>"


class Process:
    """One process while one of its threads lives. Times are nanoseconds; what is not known is None.

    ``parent`` is the process that it is a child of, ``program`` what it has executed (as named, absolute where that is known, or
    as /proc/PID/exe says it), ``arguments`` its words, each up to where its capture was cut. ``status`` is what it has exited
    with, ``signal`` what has killed it. ``threads`` are those that live, by id, and after the end that which ended last.
    """

    __slots__ = ("pid", "parent", "name", "program", "arguments", "start", "end", "status", "signal", "memory", "threads")

    def __init__(self, pid: int, parent: int | None, start: int | None, memory: Memory) -> None:
        self.pid, self.parent, self.start, self.memory = pid, parent, start, memory
        self.name: bytes | None = None
        self.program: bytes | None = None
        self.arguments: list[bytes] | None = None
        self.end: int | None = None
        self.status: int | None = None
        self.signal: int | None = None
        self.threads: dict[int, Thread] = {}

    @property
    def thread(self) -> Thread:
        """Its first thread, or if that is gone another one."""
        return self.threads.get(self.pid) or next(iter(self.threads.values()))

    @property
    def descriptors(self) -> Descriptors:
        """The table of its first thread; others may have their own."""
        return self.thread.descriptors

    @property
    def directory(self) -> bytes | None:
        """Its working directory."""
        return self.thread.places.directory

    @property
    def root(self) -> bytes | None:
        """Where absolute paths begin."""
        return self.thread.places.root

    @property
    def credentials(self) -> Credentials:
        """Those of its first thread."""
        return self.thread.credentials

    def __repr__(self) -> str:
        return f"<Process {self.pid} {self.name!r}>"


class Thread:
    """One thread. ``name`` is its own (comm); ``descriptors``, ``places`` and ``memory`` may be those of others too."""

    __slots__ = ("tid", "process", "name", "start", "descriptors", "places", "credentials")

    def __init__(
        self,
        tid: int,
        process: Process,
        start: int | None,
        descriptors: Descriptors,
        places: Places,
        credentials: Credentials,
    ) -> None:
        self.tid, self.process, self.start = tid, process, start
        self.name: bytes | None = None
        self.descriptors, self.places, self.credentials = descriptors, places, credentials
        process.threads[tid] = self

    @property
    def memory(self) -> Memory:
        """The address space it runs in."""
        return self.process.memory

    def called(self, name: bytes | None) -> None:
        """It has another name from now on; so has its process if it is the first thread of it."""
        self.name = name
        if self.tid == self.process.pid:
            self.process.name = name

    def __repr__(self) -> str:
        return f"<Thread {self.tid} of {self.process!r}>"
