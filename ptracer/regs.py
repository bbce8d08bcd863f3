"""Calling conventions: one row for each.

Sources: System V ABI AMD64 supplement, appendix A.2 (Linux conventions); syscall(2) "Architecture
calling conventions"; arch/x86/entry of the kernel for ``int $0x80`` and ``sysenter``;
include/uapi/linux/audit.h for the architecture values that PTRACE_GET_SYSCALL_INFO reports.
"""

from __future__ import annotations

import importlib
import struct
from collections.abc import Mapping
from functools import cached_property

from ptracer.hints import TYPE_CHECKING

if TYPE_CHECKING:
    from ptracer.tables.numbers.carried import Carrier

AUDIT_ARCH_X86_64 = 0xC000003E
AUDIT_ARCH_I386 = 0x40000003
X32_BIT = 0x40000000

MAX_ERRNO = 4095
MAX_ARGUMENTS = 6


class ABI:
    """One calling convention.

    ``number_register``, ``argument_registers`` and ``result_register`` are names of
    ``struct user_regs_struct``; ``destroyed`` are those the kernel overwrites. ``word_size`` is
    sizeof(long) and of a pointer in bytes, ``register_size`` what a register carries, ``bit`` what the
    kernel adds to the numbers of calls.
    """

    def __init__(
        self,
        name: str,
        audit_arch: int,
        word_size: int,
        number_register: str,
        argument_registers: tuple[str, ...],
        result_register: str,
        destroyed: tuple[str, ...] = (),
        personality: int = 0,
        largest_alignment: int = 8,
        register_size: int = 0,
        bit: int = 0,
    ) -> None:
        self.name = name
        self.audit_arch = audit_arch
        self.word_size = word_size
        self.number_register = number_register
        self.argument_registers = argument_registers
        self.result_register = result_register
        self.destroyed = destroyed
        self.personality = personality
        self.largest_alignment = largest_alignment
        self.register_size = register_size or word_size
        self.bit = bit

    @property
    def numbers(self) -> dict[int, str]:
        """System call numbers and their names; generated, loaded on first use."""
        module = importlib.import_module(f"ptracer.tables.numbers.{self.name}")
        names: dict[int, str] = module.NAMES
        return names

    @cached_property
    def carriers(self) -> Mapping[str, Carrier]:
        """The calls that carry others, by name."""
        from ptracer.tables.numbers.carried import carriers_of

        return carriers_of(self.name)

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of all system calls, also of those that others carry."""
        carried = (name for carrier in self.carriers.values() for name in carrier.names.values())
        return frozenset((*self.numbers.values(), *carried))

    def name_of(self, number: int, args: tuple[int, ...] = ()) -> str:
        """The name of a call; where it carries another and the arguments are given, the name of that one."""
        name = self.numbers.get(number)
        if name is None:
            # All 64 bits, of which the kernel looks at 32.
            number |= self.bit
            return f"syscall_{((number & 0xFFFFFFFF ^ 1 << 31) - (1 << 31)) & 0xFFFFFFFFFFFFFFFF:#x}"
        if args and name in self.carriers:
            carrier = self.carriers[name]
            return carrier.names.get(args[0] & carrier.mask, name)
        return name

    def __repr__(self) -> str:
        return f"<ABI {self.name}>"


X86_64 = ABI(
    "x86_64", AUDIT_ARCH_X86_64, 8, "orig_rax", ("rdi", "rsi", "rdx", "r10", "r8", "r9"), "rax", ("rcx", "r11"), 64
)
# The sixth argument of sysenter lies on the user's stack at ebp; the kernel's entry code puts it where ebp is saved,
# so that every way in reports it alike.
I386 = ABI("i386", AUDIT_ARCH_I386, 4, "orig_eax", ("ebx", "ecx", "edx", "esi", "edi", "ebp"), "eax", (), 32, 4)
X32 = ABI(
    "x32",
    AUDIT_ARCH_X86_64,
    4,
    "orig_rax",
    ("rdi", "rsi", "rdx", "r10", "r8", "r9"),
    "rax",
    ("rcx", "r11"),
    32,
    register_size=8,
    bit=X32_BIT,
)
# How C functions receive arguments: further ones lie on the stack. Not a system call convention; mistakes look like it.
FUNCTION = ABI("function", 0, 8, "", ("rdi", "rsi", "rdx", "rcx", "r8", "r9"), "rax")

SYSTEM_CALL_ABIS = (X86_64, I386, X32)


def abi_of(audit_arch: int, number: int) -> tuple[ABI, int]:
    """The ABI of one call and its number without the ABI's bit.

    Decided for every call: a 64-bit program may execute ``int $0x80``. The number -1 is what a
    tracer or seccomp puts there to skip a call; it is never x32.
    """
    if audit_arch == AUDIT_ARCH_I386:
        return I386, number
    if number & X32_BIT and number & 0xFFFFFFFF != 0xFFFFFFFF:
        return X32, number & ~X32_BIT
    return X86_64, number


def call_in(registers: bytes) -> tuple[int, int] | None:
    """(audit arch, number) of the call that a stopped thread is in, from its struct user_regs_struct; None: in none.

    The code segment tells the mode of the processor: 0x23 is __USER32_CS of arch/x86/include/asm/segment.h.
    """
    number, segment = struct.unpack_from("<q8xQ", registers, 15 * 8)  # orig_rax, rip, cs
    if number < 0:
        return None
    return (AUDIT_ARCH_I386 if segment == 0x23 else AUDIT_ARCH_X86_64), number


def pointer_in(registers: bytes) -> int:
    """Where a stopped thread is, from its struct user_regs_struct."""
    return int(struct.unpack_from("<Q", registers, 16 * 8)[0])  # rip


def is_error(result: int) -> bool:
    """Whether a raw signed result is ``-errno``; nothing outside -4095..-1 is."""
    return -MAX_ERRNO <= result < 0
