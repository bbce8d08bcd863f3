"""Asking a stopped thread which system call it enters or leaves.

The kernel says it since 5.3 (PTRACE_GET_SYSCALL_INFO). Before that it must be read from the registers:
which convention from the code segment and the instruction, entry or exit from what was seen before.
"""

from __future__ import annotations

import ctypes
import struct
from typing import Any, NamedTuple

from ptracer.capture.pure_memory import WORD_MASK, read_memory
from ptracer.capture.pure_requests import get_registers, request
from ptracer.regs import ABI, AUDIT_ARCH_I386, I386, X86_64, is_error

PTRACE_GET_SYSCALL_INFO = 0x420E
EVENT_SECCOMP = 7

NOTHING, ENTRY, EXIT, SECCOMP = range(4)  # linux/ptrace.h: PTRACE_SYSCALL_INFO_*

NOT_IMPLEMENTED = -38 & 0xFFFFFFFF  # -ENOSYS: what lies in the result register at each entry
CODE_SEGMENT_32 = 0x23  # __USER32_CS
INT_80 = b"\xcd\x80"


class CallStop(NamedTuple):
    """What a syscall-stop is about: ``number`` and ``args`` at entry, ``result`` and ``failed`` at exit.

    ``pointer`` and ``stack`` are the instruction pointer and the stack pointer.
    """

    operation: int
    arch: int
    pointer: int
    stack: int
    number: int
    args: tuple[int, ...]
    result: int
    failed: bool


class SyscallInfo:
    """The kernel's own word. OSError EIO or EINVAL: it has none."""

    _HEAD = struct.Struct("<B3xIQQ")
    _ENTRY = struct.Struct("<7Q")
    _EXIT = struct.Struct("<q?")

    def __init__(self) -> None:
        self._buffer = ctypes.create_string_buffer(88)
        self._address = ctypes.addressof(self._buffer)

    def stop(self, tid: int, event: int, in_call: bool, arch: int) -> CallStop:
        """Why the thread stopped; only ``tid`` is needed to know."""
        request(PTRACE_GET_SYSCALL_INFO, tid, len(self._buffer), self._address)
        operation, arch, pointer, stack = self._HEAD.unpack_from(self._buffer)
        if operation == EXIT:
            result, failed = self._EXIT.unpack_from(self._buffer, self._HEAD.size)
            return CallStop(operation, arch, pointer, stack, 0, (), result, failed)
        if operation == NOTHING:
            return CallStop(operation, arch, pointer, stack, 0, (), 0, False)
        number, *args = self._ENTRY.unpack_from(self._buffer, self._HEAD.size)
        return CallStop(operation, arch, pointer, stack, number, tuple(args), 0, False)


class Registers:
    """The same from PTRACE_GETREGS, the roles of the registers from ``regs.py``."""

    def stop(self, tid: int, event: int, in_call: bool, arch: int) -> CallStop:
        """``in_call``: the thread's last stop was the entry of a call, by the convention ``arch``.

        A thread that was attached in the middle of a call stops first at its exit: there the result
        register does not hold what the kernel puts there at an entry.
        """
        registers = get_registers(tid)
        if event != EVENT_SECCOMP and (in_call or registers.rax & 0xFFFFFFFF != NOT_IMPLEMENTED):
            return self._exit(registers, arch)
        abi = self._convention(tid, registers)
        number = _signed(_register(registers, abi, abi.number_register), 4) & WORD_MASK  # an int to the kernel
        args = tuple(_register(registers, abi, name) for name in abi.argument_registers)
        operation = SECCOMP if event == EVENT_SECCOMP else ENTRY
        return CallStop(operation, abi.audit_arch, registers.rip, registers.rsp, number, args, 0, False)

    def _exit(self, registers: Any, arch: int) -> CallStop:
        result = _signed(registers.rax, 8)
        if arch == AUDIT_ARCH_I386 and is_error(_signed(registers.rax, 4)):
            result = _signed(registers.rax, 4)
        return CallStop(EXIT, arch, registers.rip, registers.rsp, 0, (), result, is_error(result))

    def _convention(self, tid: int, registers: Any) -> ABI:
        """Decided for every call: a 64-bit program may execute ``int $0x80``."""
        if registers.cs == CODE_SEGMENT_32 or read_memory(tid, registers.rip - 2, 2) == INT_80:
            return I386
        return X86_64  # and x32, which its number tells


def _register(registers: Any, abi: ABI, name: str) -> int:
    """A register by its name in the ABI; in a 64-bit tracer the kernel calls ``ebx`` ``rbx``."""
    if abi is I386:
        value: int = getattr(registers, name.replace("e", "r", 1) if name != "orig_eax" else "orig_rax")
        return value & 0xFFFFFFFF
    value = getattr(registers, name)
    return value


def _signed(value: int, size: int) -> int:
    return int.from_bytes(value.to_bytes(8, "little")[:size], "little", signed=True)
