"""A seccomp filter that stops a program only for the system calls somebody wants to see.

Everything else runs at native speed: since Linux 5.11 the kernel remembers, for each number, that a filter
allows it, and does not even run it. Sources: seccomp(2), linux/filter.h, linux/seccomp.h, linux/audit.h.

It is used for a command that ptracer starts with a set of calls to trace, and not

* when attaching: a filter can only be installed by the program itself;
* without the capability CAP_SYS_ADMIN, unless ``-f`` is given: then the filter needs PR_SET_NO_NEW_PRIVS, and a
  child that nobody traces could not gain privileges by a set-user-ID program any more;
* when every call is wanted anyway.

A child created with CLONE_UNTRACED escapes the tracer but not the filter: what it stops for fails there.
"""

from __future__ import annotations

import errno
import os
import struct
from collections.abc import Callable, Iterable, Sequence

from ptracer.regs import ABI, I386, X32, X32_BIT, X86_64

# linux/bpf_common.h
LOAD, RETURN = 0x20, 0x06
JUMP_ALWAYS, JUMP_EQUAL, JUMP_GREATER, JUMP_AT_LEAST = 0x05, 0x15, 0x25, 0x35
OFFSET_NUMBER, OFFSET_ARCH, OFFSET_POINTER = 0, 4, 8  # struct seccomp_data
ALLOW, TRACE = 0x7FFF0000, 0x7FF00000

PR_SET_NO_NEW_PRIVS = 38
SYS_SECCOMP, SET_MODE_FILTER = 317, 1
SPEC_ALLOW = 4  # or kernels before 5.16 would switch off speculation in the tracee, which then is a slower one
CAP_SYS_ADMIN = 21

# The tracer must see these whoever asked: an exec ends what a program was, and one call can be many on i386.
ALWAYS = ("execve", "execveat")
MULTIPLEXED = {"i386": ("socketcall", "ipc")}
STRANGER = "syscall_0x0"  # the kind of name that a number without one gets

Instruction = tuple[int, int, int, int]  # code, jump if true, jump if false, operand
Range = tuple[int, int]  # first and last number


def wanted_numbers(abi: ABI, wanted: Callable[[str, ABI], bool]) -> set[int]:
    """The numbers of an ABI to stop for."""
    always = (*ALWAYS, *MULTIPLEXED.get(abi.name, ()))
    return {number for number, name in abi.numbers.items() if name in always or wanted(name, abi)}


def ranges(numbers: Iterable[int]) -> list[Range]:
    """The same numbers as ranges, in order."""
    made: list[Range] = []
    for number in sorted(numbers):
        if made and made[-1][1] == number - 1:
            made[-1] = (made[-1][0], number)
        else:
            made.append((number, number))
    return made


def choose(spans: Sequence[Range]) -> list[Instruction]:
    """Instructions that return TRACE for a number within the ranges, else ALLOW; the number is loaded."""
    code: list[Instruction] = []
    for first, last in spans:
        if first == last:
            code += [(JUMP_EQUAL, 0, 1, first), (RETURN, 0, 0, TRACE)]
        else:
            # What is smaller than this range is in none of the later ones either.
            code += [(JUMP_AT_LEAST, 1, 0, first), (RETURN, 0, 0, ALLOW)]
            code += [(JUMP_GREATER, 1, 0, last), (RETURN, 0, 0, TRACE)]
    return [*code, (RETURN, 0, 0, ALLOW)]


def spans_of(abi: ABI, wanted: Callable[[str, ABI], bool], bit: int = 0) -> list[Range]:
    """The ranges of an ABI; where calls that nobody knows are wanted also all numbers that have no name."""
    numbers = {number | bit for number in wanted_numbers(abi, wanted)}
    if not wanted(STRANGER, abi):
        return ranges(numbers)
    limit = max(abi.numbers) + 1 | bit
    unknown = {number | bit for number in range(max(abi.numbers))} - {number | bit for number in abi.numbers}
    last = 0xFFFFFFFE if bit or abi is I386 else X32_BIT - 1
    return [*ranges(numbers | unknown), (limit, last)]


def program(wanted: Callable[[str, ABI], bool]) -> list[Instruction]:
    """The filter for all ABIs of this architecture. An unknown architecture stops: it is for us to say what it is."""
    x32 = choose(spans_of(X32, wanted, X32_BIT))
    native = choose(spans_of(X86_64, wanted))
    compatible = choose(spans_of(I386, wanted))
    # Conditional jumps reach 255 instructions only, so each part is entered by falling into it.
    code = [(LOAD, 0, 0, OFFSET_ARCH)]
    code += guarded(JUMP_EQUAL, I386.audit_arch, [(LOAD, 0, 0, OFFSET_NUMBER), *compatible])
    code += [(JUMP_EQUAL, 1, 0, X86_64.audit_arch), (RETURN, 0, 0, TRACE), (LOAD, 0, 0, OFFSET_NUMBER)]
    code += guarded(JUMP_AT_LEAST, X32_BIT, x32)
    return code + native


def guarded(test: int, operand: int, inside: list[Instruction]) -> list[Instruction]:
    """Run ``inside``, which returns, if the test holds; else go on behind it."""
    return [(test, 1, 0, operand), (JUMP_ALWAYS, 0, 0, len(inside)), *inside]


def decide(code: Sequence[Instruction], arch: int, number: int, pointer: int = 0) -> int:
    """Run a program as the kernel would; for tests. ``pointer`` is that of instructions, behind the call."""
    data = {OFFSET_NUMBER: number & 0xFFFFFFFF, OFFSET_ARCH: arch}
    data |= {OFFSET_POINTER: pointer & 0xFFFFFFFF, OFFSET_POINTER + 4: pointer >> 32}
    place = accumulator = 0
    while True:
        operation, true, false, operand = code[place]
        place += 1
        if operation == RETURN:
            return operand
        if operation == LOAD:
            accumulator = data[operand]
        elif operation == JUMP_ALWAYS:
            place += operand
        else:
            holds = {
                JUMP_EQUAL: accumulator == operand,
                JUMP_GREATER: accumulator > operand,
                JUMP_AT_LEAST: accumulator >= operand,
            }[operation]
            place += true if holds else false


def packed(code: Sequence[Instruction]) -> bytes:
    """struct sock_filter, one after another."""
    return b"".join(struct.pack("<HBBI", *instruction) for instruction in code)


def install(instructions: bytes) -> None:
    """Install a filter in this process, for good. OSError: the kernel refuses."""
    import ctypes

    library = ctypes.CDLL(None, use_errno=True)
    buffer = ctypes.create_string_buffer(instructions, len(instructions))
    header = ctypes.create_string_buffer(struct.pack("<HxxxxxxQ", len(instructions) // 8, ctypes.addressof(buffer)))

    def filter_set() -> bool:
        numbers = (SYS_SECCOMP, SET_MODE_FILTER, SPEC_ALLOW, ctypes.addressof(header))
        return bool(library.syscall(*map(ctypes.c_ulong, numbers)) == 0)

    if filter_set():
        return
    if ctypes.get_errno() == errno.EACCES:
        # Only where it must be: it keeps set-user-ID programs such as sudo from working.
        library.prctl(*map(ctypes.c_ulong, (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)))
        if filter_set():
            return
    raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
