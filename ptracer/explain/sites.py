"""The code around a system call: by which instruction it was made, what was put where before it, and what is used after it.

The bytes come from the file that is mapped there, so that recordings can be explained too and nobody has to wait; of code that
is in no file (a JIT) from the process while it lives, or from what was taken down at the stop of a call that failed.
"""

from __future__ import annotations

import os
import struct
from functools import cached_property
from itertools import accumulate

from ptracer.explain.case import Case
from ptracer.explain.evidence import Facts
from ptracer.explain.machine import (
    CALL,
    INT80,
    JUMP,
    R8,
    R9,
    R10,
    R11,
    RAX,
    RBX,
    RCX,
    RDI,
    RDX,
    RETURN,
    RSI,
    RSP,
    SYSCALL,
    SYSENTER,
    SYSTEM,
    Instruction,
    decode,
)
from ptracer.model.processes import Process
from ptracer.regs import AUDIT_ARCH_I386

BEFORE, AFTER = 64, 64  # bytes that are looked at
SETTLED = 12  # bytes after which decoding that began at a wrong place has found the instructions, mostly
MOST_STEPS = 24  # instructions after a call
MOST = 4096  # places that are remembered
ARGUMENTS = (RDI, RSI, RDX, R10, R8, R9)
WAYS = {SYSCALL: "syscall", INT80: "int $0x80", SYSENTER: "sysenter"}
SIGN, LESS, LESS_OR_EQUAL = 8, 12, 14  # conditions of jumps
ELF, CLASS_32, EXECUTABLE, LOAD = b"\x7fELF", 1, 2, 1  # elf(5)
LOW = 1 << 32  # addresses of programs that are not loaded anywhere else
HEADERS = 4096  # bytes of a program in which its headers are
USER_CODE_32 = 0x23  # the segment of code in 32-bit mode: arch/x86/include/asm/segment.h
POINTER, CODE_SEGMENT = 16 * 8, 17 * 8  # where struct user_regs_struct has rip and cs


class Site:
    """Code around one instruction that makes system calls. ``before`` are the instructions that lead to it without a jump, as
    far back as they can be told; ``after`` those that follow if no condition holds."""

    def __init__(self, code: bytes, at: int, bits: int, begins: bool = False) -> None:
        """``at`` is the place behind the instruction; ``begins``: an instruction begins where the code does."""
        self.way = WAYS.get(code[max(at - 2, 0) : at], "")
        self.code, self.place, self.bits, self.begins = code, at, bits, begins

    @cached_property
    def before(self) -> list[Instruction]:
        """Decoded when somebody asks."""
        return leading(self.code[: self.place - 2], self.bits, self.begins) if self.way else []

    @cached_property
    def after(self) -> list[Instruction]:
        """Decoded when somebody asks."""
        return following(self.code, self.place, self.bits) if self.way else []

    def last(self, number: int) -> Instruction | None:
        """What has put something into a register since the system call before this one."""
        for one in reversed(self.before):
            if number in one.writes and one.flow != SYSTEM:
                return one
            if one.flow in (SYSTEM, CALL):
                return None
        return None

    def unused(self, number: int) -> Instruction | None:
        """The same, if nothing has used it before the system call."""
        for one in reversed(self.before):
            if number in one.reads or one.flow:
                return None
            if number in one.writes:
                return one
        return None

    def writes(self, number: int) -> bool:
        """Whether anything that is seen puts something into a register."""
        return any(number in one.writes for one in self.before)

    def first_use(self, number: int) -> Instruction | None:
        """What uses a register after the call that was not set after it. To save it is not to use it."""
        for one in self.after:
            if number in one.reads and one.name not in ("push", "nop"):
                return one
            if number in one.writes:
                return None
        return None

    @cached_property
    def fourth(self) -> Instruction | None:
        """What puts something into rcx that nobody uses, among other arguments, while nothing sets r10."""
        found = self.unused(RCX) if self.way == "syscall" else None
        if found is None or found.name == "pop" or self.writes(R10):
            return None
        return found if sum(self.last(number) is not None for number in ARGUMENTS) > 1 else None

    @cached_property
    def foreign(self) -> tuple[int, Instruction] | None:
        """A number and what sets the first argument of the other way into the kernel, where nothing sets that of this one."""
        made = self.last(RAX) if self.bits == 64 else None
        if made is None or made.value is None:
            return None
        if self.way == "syscall":
            found = None if self.writes(RDI) or self.writes(RSI) else self.unused(RBX)
        else:
            found = None if self.writes(RBX) else self.unused(RDI)
        return None if found is None else (made.value, found)

    @cached_property
    def odd(self) -> bool:
        """Whether there is anything to say of it, of whatever call."""
        found = self.fourth, self.foreign, self.compares, self.cuts, self.signs, self.pushed
        return bool(self.way and (self.lost or any(one is not None for one in found)))

    @cached_property
    def lost(self) -> list[tuple[int, Instruction]]:
        """The registers that `syscall` destroys and that are used after it all the same, with what uses them."""
        uses = [(number, self.first_use(number)) for number in (RCX, R11)] if self.way == "syscall" else []
        return [(number, use) for number, use in uses if use is not None]

    @cached_property
    def compares(self) -> Instruction | None:
        """What compares the result with -1 before anything else uses it."""
        use = self.first_use(RAX)
        return use if use is not None and use.name == "cmp" and use.value == -1 else None

    @cached_property
    def cuts(self) -> Instruction | None:
        """What copies only 32 bits of the result."""
        for one in self.after:
            if one.flow or RAX in one.writes and RAX not in one.reads:
                return None
            if RAX in one.reads and one.name not in ("cmp", "test"):
                halves = one.source == RAX and one.name == "mov" and not one.wide and not one.short
                widens = one.wide and (one.name == "cltq" or one.name == "movslq" and one.source == RAX)
                return one if (halves or widens) and self.bits == 64 else None
        return None

    @cached_property
    def signs(self) -> Instruction | None:
        """What takes bit 31 of the result for its sign, and jumps if it is negative."""
        if len(self.after) < 2:
            return None
        test, jump = self.after[:2]
        tests = test.name == "test" or test.name == "cmp" and test.value == 0
        negative = jump.condition in (SIGN, LESS, LESS_OR_EQUAL)
        return test if tests and negative and test.reads == {RAX} and not test.wide and not test.short else None

    @cached_property
    def pushed(self) -> Instruction | None:
        """A number that is pushed before all six registers of arguments are set, and taken from the stack after the call."""
        stack: list[Instruction] = []
        for one in self.before:
            if one.flow:
                stack.clear()
            elif one.name == "push":
                stack.append(one)
            elif one.name == "pop" and stack:
                stack.pop()
        if not stack or stack[-1].value is None or not all(self.last(number) for number in ARGUMENTS):
            return None
        back = next((one for one in self.after if RSP in one.writes or one.name in ("push", "pop")), None)
        return stack[-1] if back is not None and back.name == "add" and back.value == 8 * len(stack) else None


def leading(code: bytes, bits: int, begins: bool) -> list[Instruction]:
    """The instructions that end where the code does. They are told by decoding from every place: where most agree, they are."""
    end = len(code)
    made: list[Instruction | None] = [None] * (end + 1)
    leads = [False] * end + [True]
    for place in range(end - 1, -1, -1):
        one = decode(code, place, bits)
        if one is not None and one.end <= end and leads[one.end]:
            made[place], leads[place] = one, True
    passed = [0] * (end + 1)  # how many chains have an instruction there
    for place in range(end):
        one = made[place]
        if one is not None:
            passed[place] += 1
            passed[one.end] += passed[place]
    chains = [0, *accumulate(map(int, leads))]  # how many begin before
    place = 0
    if not (begins and leads[0]):
        known = [at for at in range(SETTLED, end) if leads[at] and 2 * passed[at] > chains[at + 1]]
        if not known:
            return []
        place = known[0]
    found = []
    while place < end:
        one = made[place]
        assert one is not None
        found.append(one)
        if one.flow in (JUMP, RETURN):
            found.clear()
        place = one.end
    return found


def following(code: bytes, at: int, bits: int) -> list[Instruction]:
    """The instructions from a place on, also through jumps, up to where nobody knows or another function takes over."""
    found: list[Instruction] = []
    for _ in range(MOST_STEPS):
        one = decode(code, at, bits) if 0 <= at < len(code) else None
        if one is None or one.flow in (CALL, RETURN):
            break
        found.append(one)
        if one.flow == SYSTEM:
            break
        at = one.target if one.flow == JUMP else one.end
    return found


Identity = tuple[int, int, int, int]  # device, inode and time of a file, and the place in it
Place = tuple[bytes, int, int]  # a file, the place in it, and where what is mapped of it begins

NOWHERE = Site(b"", 0, 64)


class Sites:
    """Those that are known, by process and address; of one file they are the same for all processes."""

    def __init__(self) -> None:
        self.known: dict[tuple[int, bytes | None, int], Site] = {}
        self.shared: dict[Identity, Site] = {}

    def at(self, case: Case) -> Site:
        """That of a call; one without a ``way``: nobody knows."""
        process, pointer = case.process, case.call.pointer
        if process is None or pointer <= 0:
            return NOWHERE
        key = process.pid, process.program, pointer
        site = self.known.get(key)
        if site is None or (not site.way and "code" in case.facts):
            if len(self.known) >= MOST:
                self.known.clear()
            site = self.known[key] = self.look(case, process, pointer)
        return site

    def look(self, case: Case, process: Process, pointer: int) -> Site:
        """Look for the bytes."""
        for place in (mapped(process, pointer), loaded(process, pointer)):
            site = self.in_file(*place) if place is not None else NOWHERE
            if site.way:
                return site
        facts = case.facts.get("code")
        if isinstance(facts, dict):
            return taken_down(facts)
        if case.live and case.call.abi.audit_arch != AUDIT_ARCH_I386:
            try:
                with open(f"/proc/{case.call.tid}/mem", "rb", buffering=0) as file:
                    file.seek(pointer - BEFORE)
                    return Site(file.read(BEFORE + AFTER), BEFORE, 64)
            except (OSError, ValueError):
                pass  # it has ended, or nothing is mapped so far before
        return NOWHERE

    def in_file(self, name: bytes, offset: int, first: int) -> Site:
        """What is at a place in a file, of which what is mapped begins at ``first``."""
        start = max(offset - BEFORE, first)
        try:
            descriptor = os.open(name, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        except OSError:
            return NOWHERE
        try:
            about = os.fstat(descriptor)
            identity = about.st_dev, about.st_ino, about.st_mtime_ns, offset
            site = self.shared.get(identity)
            if site is None:
                if len(self.shared) >= MOST:
                    self.shared.clear()
                site = self.shared[identity] = read(descriptor, start, offset, start == first)
            return site
        except OSError:
            return NOWHERE
        finally:
            os.close(descriptor)


def read(descriptor: int, start: int, offset: int, begins: bool) -> Site:
    """The code of a program or a library."""
    kind = os.pread(descriptor, 5, 0)
    code = os.pread(descriptor, offset - start + AFTER, start)
    if kind[:4] != ELF or len(code) < offset - start:
        return NOWHERE
    return Site(code, offset - start, 32 if kind[4] == CLASS_32 else 64, begins)


def taken_down(facts: Facts) -> Site:
    """From what was taken down at the stop."""
    code, at = facts.get("bytes"), facts.get("at")
    bits = 32 if facts.get("segment") == USER_CODE_32 else 64
    if not isinstance(code, bytes) or not isinstance(at, int) or not 2 <= at <= len(code):
        return NOWHERE
    return Site(code, at, bits)


def mapped(process: Process, pointer: int) -> Place | None:
    """In which file an address is, as far as it is known what is mapped there."""
    mapping = process.memory.at(pointer)
    if mapping is None or not mapping.file or not mapping.file.startswith(b"/") or mapping.offset is None:
        return None
    return mapping.file, mapping.offset + pointer - mapping.start, mapping.offset


def loaded(process: Process, pointer: int) -> Place | None:
    """The same, if the program has it at the address that its file says."""
    name = process.program
    if not name or not name.startswith(b"/") or pointer >= LOW:
        return None
    try:
        with open(name, "rb") as file:
            headers = file.read(HEADERS)
    except OSError:
        return None
    for start, length, offset in segments(headers):
        if start <= pointer < start + length:
            return name, offset + pointer - start, offset
    return None


def segments(headers: bytes) -> list[tuple[int, int, int]]:
    """Address, length and offset of what a program has loaded at fixed addresses. Source: elf(5)."""
    try:
        if headers[:4] != ELF or struct.unpack_from("<H", headers, 16)[0] != EXECUTABLE:
            return []
        if headers[4] == CLASS_32:
            (table,), (size, count) = struct.unpack_from("<I", headers, 28), struct.unpack_from("<HH", headers, 42)
            fields = [struct.unpack_from("<6I", headers, table + size * number) for number in range(count)]
            return [(address, length, offset) for kind, offset, address, _, length, _ in fields if kind == LOAD]
        (table,), (size, count) = struct.unpack_from("<Q", headers, 32), struct.unpack_from("<HH", headers, 54)
        wide = [struct.unpack_from("<IIQQQQ", headers, table + size * number) for number in range(count)]
        return [(address, length, offset) for kind, _, offset, address, _, length in wide if kind == LOAD]
    except (struct.error, OverflowError):
        return []
