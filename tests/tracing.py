"""The smallest possible tracer, for tests of the captures; and tracees that make system calls by their numbers."""

from __future__ import annotations

import contextlib
import ctypes
import mmap
import os
import signal
import struct
import threading
import time
from collections.abc import Callable
from typing import Any

from ptracer.capture.protocol import Capture
from ptracer.capture.records import CALL, ENTRY, EXIT, EXITED, KILLED, NEED_PLAN, STOP
from ptracer.plans import Plan

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long)
libc.munmap.argtypes = (ctypes.c_void_p, ctypes.c_size_t)
libc.mprotect.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)

PAGE = mmap.PAGESIZE
MAP_PRIVATE, MAP_SHARED, MAP_32BIT, MAP_ANONYMOUS = 0x02, 0x01, 0x40, 0x20
PROT_READ, PROT_WRITE, PROT_EXEC = 1, 2, 4

SYSGOOD, FORK, VFORK, CLONE, EXEC, EXIT_EVENT, SECCOMP, EXITKILL = (1 << bit for bit in (0, 1, 2, 3, 4, 6, 7, 20))
OPTIONS = SYSGOOD | EXEC | EXITKILL
EVENT_FORK, EVENT_VFORK, EVENT_CLONE, EVENT_EXEC, EVENT_STOP = 1, 2, 3, 4, 128
STOP_SIGNALS = (signal.SIGSTOP, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU)

X86_64, I386 = 0xC000003E, 0x40000003

# include/uapi: arch/x86/include/generated/uapi/asm/unistd_64.h
READ, WRITE, PIPE, READV, WRITEV, GETPID, EXECVE, GETPPID, OPENAT, PIPE2, GETRANDOM = (
    0, 1, 22, 19, 20, 39, 59, 110, 257, 293, 318,
)  # fmt: skip

Event = tuple[Any, ...]


def memory(size: int, *, low: bool = False, shared: bool = False) -> int:
    """The address of fresh memory, which children inherit; ``low``: below two gigabytes."""
    flags = MAP_ANONYMOUS | (MAP_32BIT if low else 0) | (MAP_SHARED if shared else MAP_PRIVATE)
    address: int = libc.mmap(None, size, PROT_READ | PROT_WRITE | PROT_EXEC, flags, -1, 0)
    assert address != ctypes.c_void_p(-1).value
    return address


def place(data: bytes, **how: bool) -> int:
    """The address of memory of its own that begins with the bytes."""
    address = memory(max(len(data), 1), **how)
    ctypes.memmove(address, data, len(data))
    return address


def at_the_end(data: bytes) -> int:
    """The address of bytes whose last is the last of readable memory."""
    size = (len(data) + PAGE - 1) // PAGE * PAGE
    start = memory(size + PAGE)
    assert libc.mprotect(start + size, PAGE, 0) == 0
    address = start + size - len(data)
    ctypes.memmove(address, data, len(data))
    return address


def counters(count: int) -> Any:
    """Shared between the test and its children."""
    return (ctypes.c_uint64 * count).from_address(memory(8 * count, shared=True))


def syscall(number: int, *args: int) -> int:
    """A system call as it is; the result is -1 for an error."""
    result: int = libc.syscall(ctypes.c_long(number), *(ctypes.c_ulong(arg) for arg in args))
    return result


def machine_code(code: bytes, result: Any = ctypes.c_long) -> Callable[[], int]:
    """x86_64 instructions as a function."""
    return ctypes.CFUNCTYPE(result)(place(code))


def int_80(number: int, ebx: int = 0, ecx: int = 0, edx: int = 0) -> Callable[[], int]:
    """A function that makes a system call of the i386 kind from 64-bit code."""
    return machine_code(
        b"\x53"  # push rbx
        + b"".join(
            prefix + struct.pack("<Q", value)  # mov reg, imm64
            for prefix, value in ((b"\x48\xbb", ebx), (b"\x48\xb9", ecx), (b"\x48\xba", edx), (b"\x48\xb8", number))
        )
        + b"\xcd\x80\x5b\xc3"  # int 0x80; pop rbx; ret
    )


def loop(number: int, counter: int) -> Callable[[], int]:
    """A function that makes a call for ever, and counts."""
    body = b"\xb8" + struct.pack("<I", number) + b"\x0f\x05"  # mov eax, number; syscall
    body += b"\x49\xba" + struct.pack("<Q", counter) + b"\xf0\x49\xff\x02"  # mov r10, counter; lock inc [r10]
    return machine_code(body + b"\xeb" + struct.pack("<b", -len(body) - 2))


class Tracing:
    """Runs children under a capture, and collects records in a thread as ptracer does.

    ``plans`` are those of x86_64, or of (arch, number); no other call is wanted. ``on_event`` sees each event first;
    when it says True the event has been dealt with. ``events`` remembers them all.
    """

    def __init__(self, capture: Capture, plans: dict[Any, Plan] | None = None, options: int = OPTIONS) -> None:
        self.capture = capture
        self.plans = {key if isinstance(key, tuple) else (X86_64, key): plan for key, plan in (plans or {}).items()}
        self.options = options
        self.children: set[int] = set()  # alive, and started by us or by ours
        self.events: list[Event] = []
        self.on_event: Callable[[Event], bool] = lambda event: False
        self.records: list[Any] = []
        self.arrivals: list[int] = []  # when each record was taken
        self.consumer = threading.Thread(target=self._consume, daemon=True)

    # --- children

    def fork(self, function: Callable[[], Any]) -> int:
        """A child that will run the function once it is traced."""
        pid = os.fork()
        if pid == 0:
            try:
                os.kill(os.getpid(), signal.SIGSTOP)
                function()
            finally:
                os._exit(0)
        os.waitpid(pid, os.WUNTRACED)
        self.children.add(pid)
        return pid

    def start(self, function: Callable[[], Any]) -> int:
        """The same, traced and running."""
        pid = self.fork(function)
        self.capture.seize(pid, self.options)
        os.kill(pid, signal.SIGCONT)
        return pid

    def kill(self) -> None:
        """End what is left, by its id."""
        for pid in list(self.children):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def kill_after(self, seconds: float, *pids: int) -> None:
        """End them while they are being traced."""

        def kill() -> None:
            for pid in pids:
                if pid in self.children:  # else it is gone, and the number may be another's
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)

        timer = threading.Timer(seconds, kill)
        timer.daemon = True
        timer.start()

    # --- tracing

    def trace(self, *functions: Callable[[], Any]) -> list[Any]:
        """Run children to their end; the records."""
        for function in functions:
            self.start(function)
        self.consumer.start()
        self.run()
        return self.finish()

    def run(self) -> None:
        """Handle events until no child is left."""
        while self.children and (event := self.capture.wait()) is not None:
            self.events.append(event)
            if not self.on_event(event):
                self.handle(event)

    def handle(self, event: Event) -> None:
        try:
            if event[0] == STOP:
                self._on_stop(*event[1:])
            elif event[0] == NEED_PLAN:
                _, _, arch, number, _ = event
                self.capture.set_plan(arch, number, -1, 0, 0, self.plans.get((arch, number)))
        except ProcessLookupError:
            pass  # dead at this stop

    def _on_stop(self, tid: int, status: int) -> None:
        if not os.WIFSTOPPED(status):
            self._on_death(tid, status)
            return
        number, event = os.WSTOPSIG(status), status >> 16
        if event in (EVENT_FORK, EVENT_VFORK, EVENT_CLONE):
            self._add(self.capture.event_message(tid))
        elif event == EVENT_EXEC and (former := self.capture.event_message(tid)) != tid:
            self.capture.rename(former, tid)
            self.children.discard(former)
        elif event == EVENT_STOP and number in STOP_SIGNALS:
            self.capture.listen(tid)
            return
        elif event == EVENT_STOP:
            self._add(tid)  # perhaps before its parent told of it
        try:
            self.capture.resume(tid, number if event == 0 else 0)
        except ProcessLookupError:
            pass  # killed at this stop, as the tracer has it too: its death is reported next

    def _add(self, tid: int) -> None:
        self.children.add(tid)
        self.capture.add(tid)

    def _on_death(self, tid: int, status: int) -> None:
        self.children.discard(tid)
        self.capture.forget(tid)
        killed = os.WIFSIGNALED(status)
        what = os.WTERMSIG(status) if killed else os.WEXITSTATUS(status)
        self.capture.append((KILLED if killed else EXITED, tid, time.monotonic_ns(), what))

    # --- records

    def _consume(self) -> None:
        while (batch := self.capture.take(500)) is not None:
            assert batch, "a batch holds at least one record"
            self.arrivals += [time.monotonic_ns()] * len(batch)
            self.records += batch

    def finish(self) -> list[Any]:
        """All records."""
        self.capture.finish()
        if self.consumer.ident is None:
            self.consumer.start()
        self.consumer.join()
        return self.records


class Joined:
    """A call from one CALL, or from an ENTRY and its EXIT."""

    def __init__(self, entry: Any) -> None:
        _, self.tid, self.start, self.arch, self.number, self.args, self.pointer, chunks = entry[:8]
        self.chunks = chunks or {}
        self.end = self.result = self.failed = self.cpu = None
        self.exit_chunks: dict[int, bytes] = {}
        if entry[0] == CALL:
            self.leave(*entry[8:])

    def leave(self, end: int, result: int, failed: bool, cpu: int, chunks: Any) -> None:
        self.end, self.result, self.failed, self.cpu = end, result, failed, cpu
        self.exit_chunks = chunks or {}


def calls(records: list[Any]) -> list[Joined]:
    """The calls in order of their entries, whether or not their exits followed at once."""
    joined: list[Joined] = []
    inside: dict[int, Joined] = {}
    for record in records:
        if record[0] in (CALL, ENTRY):
            joined.append(Joined(record))
            inside[record[1]] = joined[-1]
        elif record[0] == EXIT:
            inside.pop(record[1]).leave(*record[2:])
    return joined
