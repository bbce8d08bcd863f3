"""ptrace(2) and wait4(2) for the capture in Python, with the kernel's errors as OSError."""

from __future__ import annotations

import ctypes
import os
from typing import Any, NamedTuple

from ptrace.binding import func as binding

from ptracer import own_signals as signal
from ptracer.capture.pure_memory import WORD_MASK, read_memory, write_memory

PTRACE_INTERRUPT, PTRACE_LISTEN = 0x4207, 0x4208
SIZE_OF_SIGINFO = 128
RAX, ORIG_RAX = 10 * 8, 15 * 8  # places in struct user_regs_struct

WALL = 0x40000000  # __WALL: threads and processes, whatever signal their end sends
WNOWAIT, P_ALL, CLD_TRAPPED = 0x01000000, 0, 4  # linux/wait.h, asm-generic/siginfo.h
SYSCALL_STOP = signal.SIGTRAP | 0x80


class Stop(NamedTuple):
    """What wait4 reported: a stop or a death. ``cpu``: the thread's process's system CPU time so far."""

    tid: int
    status: int
    cpu: int


class _Seen(ctypes.Structure):  # siginfo_t of SIGCHLD
    _fields_ = [(name, ctypes.c_int) for name in ("signo", "errno", "code", "_", "pid", "uid", "status")] + [
        ("rest", ctypes.c_int * 25)
    ]


class _ResourceUsage(ctypes.Structure):  # struct rusage, of which only the second time is looked at
    _fields_ = [(name, ctypes.c_long) for name in ("user", "user_us", "system", "system_us")] + [("rest", ctypes.c_long * 14)]


def request(number: int, tid: int, address: int = 0, data: int = 0) -> int:
    """One ptrace request. OSError: the kernel refused it; ESRCH: the thread died, or is not stopped."""
    try:
        result: int = binding.ptrace(number, tid, address, data)
        return result
    except binding.PtraceError as error:
        raise OSError(error.errno, os.strerror(error.errno)) from None


def get_registers(tid: int) -> Any:
    """struct user_regs_struct of a stopped thread, as python-ptrace has it."""
    registers = binding.ptrace_registers_t()
    request(binding.PTRACE_GETREGS, tid, 0, ctypes.addressof(registers))
    return registers


class Requests:
    """The part of a capture that remembers nothing."""

    def interrupt(self, tid: int) -> None:
        request(PTRACE_INTERRUPT, tid)

    def listen(self, tid: int) -> None:
        request(PTRACE_LISTEN, tid)

    def event_message(self, tid: int) -> int:
        message = ctypes.c_ulong()
        request(binding.PTRACE_GETEVENTMSG, tid, 0, ctypes.addressof(message))
        return message.value

    def siginfo(self, tid: int) -> bytes:
        information = ctypes.create_string_buffer(SIZE_OF_SIGINFO)
        request(binding.PTRACE_GETSIGINFO, tid, 0, ctypes.addressof(information))
        return information.raw

    def registers(self, tid: int) -> bytes:
        return bytes(get_registers(tid))

    def read(self, tid: int, address: int, size: int) -> bytes:
        return read_memory(tid, address, size)

    def write(self, tid: int, address: int, data: bytes) -> int:
        return write_memory(tid, address, data)

    def set_number(self, tid: int, number: int) -> None:
        request(binding.PTRACE_POKEUSER, tid, ORIG_RAX, number & WORD_MASK)

    def set_result(self, tid: int, result: int) -> None:
        request(binding.PTRACE_POKEUSER, tid, RAX, result & WORD_MASK)


class Waiter:
    """waitid(2) and wait4(2) for every thread. Those of ``os`` go on waiting after a signal (PEP 475); these do not.

    Once somebody has taken notice of a signal-delivery-stop, the kernel has forgotten the signal: if we were killed before
    the thread goes on, the signal would be lost. So nobody does: the thread must be told to go on before the next look.
    """

    def __init__(self) -> None:
        library = ctypes.CDLL(None, use_errno=True)
        self._wait4, self._waitid = library.wait4, library.waitid
        self._wait4.argtypes = (ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)
        self._waitid.argtypes = (ctypes.c_int, ctypes.c_int, ctypes.c_void_p, ctypes.c_int)
        self._seen = _Seen()
        self._status = ctypes.c_int()
        self._usage = _ResourceUsage()
        self._addresses = ctypes.addressof(self._status), ctypes.addressof(self._usage)

    def next(self, options: int, cpu_time: bool) -> Stop | None:
        """The next stop; None where WNOHANG is among the options and there is none.

        InterruptedError: a signal came. ChildProcessError: no tracee is left.
        """
        status, usage = self._addresses
        while True:
            seen = self._look(options)
            if not seen.pid:
                return None
            if seen.code == CLD_TRAPPED and is_delivery(seen.status << 8 | 0x7F):
                return Stop(seen.pid, seen.status << 8 | 0x7F, 0)
            tid = self._wait4(seen.pid, status, WALL | os.WNOHANG, usage if cpu_time else None)
            if tid > 0:
                cpu = self._usage.system * 1_000_000_000 + self._usage.system_us * 1000 if cpu_time else 0
                return Stop(tid, self._status.value, cpu)

    def _look(self, options: int) -> _Seen:
        """Who has stopped or died, without taking notice of it."""
        seen = self._seen
        seen.pid = 0
        if self._waitid(P_ALL, 0, ctypes.addressof(seen), os.WEXITED | WNOWAIT | WALL | options) < 0:
            error = ctypes.get_errno()
            raise OSError(error, os.strerror(error))
        return seen


def is_delivery(status: int) -> bool:
    """Whether a wait status is that of a signal-delivery-stop."""
    return os.WIFSTOPPED(status) and not status >> 16 and os.WSTOPSIG(status) != SYSCALL_STOP
