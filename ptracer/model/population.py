"""Which threads and processes there are: how they begin, become another program, and end.

Sources: clone(2), fork(2), vfork(2), execve(2), ptrace(2), proc(5).
"""

from __future__ import annotations

from collections import deque
from typing import Any, TypeVar

from ptracer.capture.records import START_FORK
from ptracer.decode.call import Call
from ptracer.model.credentials import Credentials, from_status, mask_in
from ptracer.model.descriptors import Descriptors
from ptracer.model.effects import AT_FDCWD, path, text
from ptracer.model.memory import Memory
from ptracer.model.on_processes import (
    CLONE_FILES,
    CLONE_FS,
    CLONE_NEWUSER,
    CLONE_PARENT,
    CLONE_THREAD,
    CLONE_VM,
    starting,
)
from ptracer.model.places import Places
from ptracer.model.processes import LONGEST, Event, Process, Thread

Value = TypeVar("Value")
REMEMBERED = 1000  # processes that have ended
MOST_WORDS = 1 << 12  # of the arguments of a program


class Population:
    """All threads and processes. ``threads`` and ``processes`` are those that live, by id; ``ended`` the last that did not."""

    def __init__(self) -> None:
        self.memory = True  # whether mappings are of interest
        self.threads: dict[int, Thread] = {}
        self.processes: dict[int, Process] = {}
        self.ended: deque[Process] = deque(maxlen=REMEMBERED)
        self.starting: dict[int, Call] = {}  # the calls that start a thread which nobody has seen yet, by caller
        self.orphans: set[int] = set()  # threads that were seen before anybody knew whose they are
        self.fresh = 0  # the thread that has just executed a program

    # --- what is asked

    def thread(self, tid: int) -> Thread:
        """The thread with this id; one of which nothing is known if nobody has spoken of it, a process of its own."""
        thread = self.threads.get(tid)
        return thread if thread is not None else self.born(tid, tid, None, None)

    def process(self, tid: int) -> Process | None:
        """The process that a thread or a process id belongs to; None: nothing was ever said of it, or it has ended."""
        thread = self.threads.get(tid)
        return thread.process if thread is not None else self.processes.get(tid)

    # --- beginnings

    def born(self, tid: int, pid: int, when: int | None, parent: Thread | None, call: Call | None = None) -> Thread:
        """A thread that ``parent`` has started by a call. None: nobody knows that.

        What threads of one process share if nobody has seen them being made is all, and what processes share is nothing: so do
        the C library's pthread_create(3) and fork(3).
        """
        flags = starting(call) if call is not None else None
        process = self.processes.get(pid)
        if flags is None:
            flags = CLONE_VM | CLONE_FS | CLONE_FILES if process is not None else 0
        relative = parent if parent is not None else process.thread if process is not None else None
        if relative is None:
            process = self.processes[pid] = Process(pid, None, when, Memory())
            thread = Thread(tid, process, when, Descriptors(), Places(), Credentials())
        else:
            if process is None:
                process = self.processes[pid] = self.child(pid, when, relative.process, flags)
            descriptors = relative.descriptors if flags & CLONE_FILES else relative.descriptors.copy()
            places = relative.places if flags & CLONE_FS else relative.places.copy()
            credentials = Credentials() if flags & CLONE_NEWUSER else relative.credentials
            thread = Thread(tid, process, when, descriptors, places, credentials)
            if parent is not None:
                thread.called(parent.name)
        self.threads[tid] = thread
        return thread

    @staticmethod
    def child(pid: int, when: int | None, parent: Process, flags: int) -> Process:
        """A process that another has started."""
        made = Process(pid, None, when, parent.memory if flags & CLONE_VM else parent.memory.copy())
        made.parent = parent.parent if flags & CLONE_PARENT else parent.pid
        made.program, made.arguments = parent.program, parent.arguments
        return made

    def started(self, tid: int, when: int, parent: int, how: int, pid: int) -> None:
        """A thread is traced from now on: a STARTED record."""
        if tid in self.threads:
            self.gone(tid, when, None, None)  # its id is used again, and nobody has told us of the end
        caller = self.threads.get(parent)
        if caller is None and how == START_FORK:
            caller = self.caller(tid, pid)
        call = self.starting.pop(caller.tid, None) if caller is not None else None
        if caller is None and how == START_FORK and pid not in self.processes:
            if len(self.orphans) > REMEMBERED:
                self.orphans.clear()
            self.orphans.add(tid)
        self.born(tid, pid, when, caller, call)

    def caller(self, tid: int, pid: int) -> Thread | None:
        """Who has started a thread that was seen before its parent's event: whoever is about to, if that is only one."""
        found = []
        for caller, call in self.starting.items():
            flags = starting(call)
            thread = self.threads.get(caller)
            if thread is None or flags is None or bool(flags & CLONE_THREAD) != (tid != pid):
                continue
            if tid == pid or thread.process.pid == pid:
                found.append(thread)
        return found[0] if len(found) == 1 else None

    def adopt(self, parent: Thread, call: Call) -> None:
        """A call has returned that starts a thread: now it is known whose child that is."""
        self.starting.pop(parent.tid, None)
        tid = call.result
        if tid not in self.orphans or tid not in self.threads:
            return
        self.orphans.discard(tid)
        thread, flags = self.threads[tid], starting(call)
        process = thread.process
        if process is parent.process:
            return
        made = self.child(process.pid, process.start, parent.process, flags or 0)
        process.parent = made.parent
        if process.program is None:
            process.program, process.arguments = made.program, made.arguments
            made.memory.past.extend(process.memory.past)
            for mapping in process.memory:
                made.memory.add(mapping, mapping.made or Event(0, "", tid, 0))
            process.memory = made.memory
        if thread.name is None:
            thread.called(parent.name)
        self.inherit(thread, parent, flags or 0)

    @staticmethod
    def inherit(thread: Thread, parent: Thread, flags: int) -> None:
        """Give a thread what it got from its parent, except where it has changed that already."""
        own, places = thread.descriptors, thread.places
        thread.descriptors = parent.descriptors if flags & CLONE_FILES else parent.descriptors.copy()
        for entry in [*own.past, *own.entries.values()]:
            if entry.open:
                thread.descriptors.put(entry)
            elif thread.descriptors.entries.pop(entry.number, None) is not None or entry.opened is not None:
                thread.descriptors.past.append(entry)
        thread.places = parent.places if flags & CLONE_FS else parent.places.copy()
        for name in Places.__slots__:
            if getattr(places, name) is not None:
                setattr(thread.places, name, getattr(places, name))
        if thread.credentials.users == Credentials().users and not flags & CLONE_NEWUSER:
            thread.credentials = parent.credentials

    # --- another program

    def executed(self, tid: int, former: int, call: Call | None, event: Event) -> None:
        """Thread ``former`` has executed a program and is ``tid``, its process's only thread: an EXECED record."""
        thread = self.thread(former)
        process = thread.process
        for other in process.threads.keys() | {former, tid}:
            self.threads.pop(other, None)
            self.starting.pop(other, None)
        stranger = self.processes.get(tid)
        if stranger is not None and stranger is not process:
            self.processes.pop(tid)  # nobody has told us that the two threads were of one process
        self.processes.pop(process.pid, None)
        process.pid = tid
        self.processes[tid] = process
        thread.tid = tid
        process.threads = {tid: thread}
        self.threads[tid] = thread
        process.memory = Memory()
        thread.descriptors = thread.descriptors.copy()
        thread.descriptors.executed(event)
        thread.credentials = thread.credentials.executed()
        process.program, process.arguments, name = program(thread, call) if call is not None else (None, None, None)
        thread.called(name)
        self.fresh = tid

    # --- ends

    def gone(self, tid: int, when: int, status: int | None, signal: int | None) -> None:
        """A thread has ended, or is traced no more."""
        thread = self.threads.pop(tid, None)
        self.starting.pop(tid, None)
        self.orphans.discard(tid)
        if thread is None:
            return
        process = thread.process
        if tid == process.pid or len(process.threads) == 1:
            process.status, process.signal = status, signal
        if len(process.threads) > 1:
            process.threads.pop(tid, None)
            return
        process.end = when
        self.processes.pop(process.pid, None)
        self.ended.append(process)

    # --- what is said

    def holds(self, pid: int, facts: dict[str, Any]) -> None:
        """What a process holds when tracing begins: a HOLDS record, which may be of a file, so its facts may be anything."""
        process = self.processes.get(pid) or self.thread(pid).process
        thread = process.thread
        fresh, self.fresh = self.fresh == pid, 0
        said = {name: value for name, value in facts.items() if isinstance(value, bytes)}
        process.program = said.get("program", process.program)
        process.name = thread.name = said.get("command", thread.name)
        words = facts.get("arguments")
        if isinstance(words, list):
            process.arguments = [word for word in words if isinstance(word, bytes)]
        thread.places.directory = said.get("directory", thread.places.directory)
        thread.places.root = said.get("root", thread.places.root)
        thread.descriptors.hold(pairs(facts.get("descriptors"), bytes), pairs(facts.get("flags"), int), fresh)
        if "maps" in said and self.memory:
            process.memory.hold(said["maps"])
        if "status" in said:
            thread.places.mask = mask_in(said["status"])
            thread.credentials = from_status(said["status"])


def pairs(fact: Any, kind: type[Value]) -> dict[int, Value]:
    """What a fact says of numbers."""
    if not isinstance(fact, dict):
        return {}
    return {number: value for number, value in fact.items() if isinstance(number, int) and isinstance(value, kind)}


def program(thread: Thread, call: Call) -> tuple[bytes | None, list[bytes] | None, bytes | None]:
    """What execve(2) or execveat(2) runs: the path, the arguments as far as they were captured, and the name (comm)."""
    at = call.signature.name == "execveat"
    named = text(call, call.args[at])
    directory = (call.args[0] & 0xFFFFFFFF ^ 1 << 31) - (1 << 31) if at else AT_FDCWD
    name = named.rpartition(b"/")[2][:LONGEST] if named else None
    return path(thread, call, directory, int(at)) or named, words(call, call.args[1 + at]), name


def words(call: Call, address: int) -> list[bytes] | None:
    """Strings that an array of pointers leads to, each up to where its capture was cut."""
    size = call.abi.word_size
    found: list[bytes] = []
    while len(found) < MOST_WORDS:
        data = call.read_some(address + len(found) * size, size)
        if len(data) < size:
            return found or None
        pointer = int.from_bytes(data, "little")
        if not pointer:
            break
        found.append(call.read_some(pointer, 1 << 17).partition(b"\0")[0])
    return found
