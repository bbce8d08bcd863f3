"""Mistakes in how a system call is made: numbers and registers of another convention, and what the kernel does with registers.

Sources: syscall(2) "Architecture calling conventions"; System V ABI AMD64 supplement, appendix A.2; arch/x86/entry of the
kernel for ``int $0x80``, which takes 32 bits of each register also from 64-bit code.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from errno import EPERM
from os.path import basename

from ptracer.decode.behind import DESCRIPTOR
from ptracer.decode.integers import Integer, KernelInteger
from ptracer.decode.signature import Parameter, Signature
from ptracer.decode.types import MEMORY
from ptracer.explain.case import Case
from ptracer.explain.findings import LIKELY, ODD, SURE, Reason
from ptracer.explain.machine import NAMES, RCX
from ptracer.explain.remembered import GIVE_ADDRESSES, Failed
from ptracer.explain.saying import errno_name, quoted
from ptracer.explain.sites import ARGUMENTS, Site
from ptracer.model.memory import Memory
from ptracer.model.processes import Thread
from ptracer.regs import ABI, I386, MAX_ERRNO, X86_64

AT_FDCWD = -100
LOWEST, FOUR_GIGABYTES, HIGHEST = 4096, 1 << 32, 1 << 47  # addresses: no page is below, none of 64 bits above
FULL = ("rbx", "rcx", "rdx", "rsi", "rdi", "rbp")  # the registers of which int $0x80 takes the lower halves
PLACES = {"rbx": 5, "rcx": 11, "rdx": 12, "rsi": 13, "rdi": 14, "rbp": 4}  # in struct user_regs_struct
LONG_MODE = 0x33  # __USER_CS
NEVER_RETURN = frozenset(("rt_sigreturn", "sigreturn", "exit", "exit_group"))
WORDS = {4: (1 << 32) - 1, 8: (1 << 64) - 1}  # by the size of registers
OVERWRITTEN = {"rcx": "the address of the next instruction", "r11": "the flags"}
C_LIBRARIES = (b"libc.", b"libc-", b"libpthread", b"ld-")  # how their files are called
LATELY = 200  # calls for which a result may still be somewhere
MACOS, MACOS_CLASS = 24, 2  # osfmk/mach/i386/syscall_sw.h: a class in the upper byte of numbers; two is UNIX


def signed(value: int, bits: int = 64) -> int:
    """A register as a signed number."""
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> bits - 1 else value


def registers_of(abi: ABI, count: int) -> str:
    """Those of the first arguments, in words."""
    return ", ".join(abi.argument_registers[: max(count, 1)])


def values(case: Case) -> Iterator[tuple[Parameter, int]]:
    """The parameters and what is in their registers; of those in two registers nothing."""
    call = case.call
    for one in call.signature.present(call):
        if not one.pair and one.index < len(call.args):
            yield one, call.args[one.index]


# --- what the code shows


def fourth_argument(case: Case, site: Site) -> Reason | None:
    """It is put into rcx, as for a function, and r10 is not set."""
    call = case.call
    if call.abi is I386 or not any(one.index == 3 for one in call.signature.present(call)):
        return None
    found = site.fourth
    if found is None:
        return None
    name = next(one.name for one in call.signature.parameters if one.index == 3)
    text = f"the fourth argument, {name}, was put into rcx ({found}), as for a function; the kernel takes it from r10"
    text += f", which holds {call.args[3]:#x}"
    advice = "Put the fourth argument of a system call into r10; `syscall` itself overwrites rcx."
    return Reason("convention.fourth_argument", text, advice, SURE, key=call.pointer)


def other_table(case: Case, site: Site) -> Reason | None:
    """Number and registers are those of the other way into the kernel: the code has set these and not the right ones."""
    call, foreign = case.call, site.foreign
    if foreign is None or foreign[0] != call.number:
        return None
    other = {("syscall", X86_64): I386, ("int $0x80", I386): X86_64}.get((site.way, call.abi))
    if other is None or other.numbers.get(call.number) in (None, call.abi.numbers.get(call.number)):
        return None
    theirs = count(case, other, call.number)
    if not theirs or (other is I386 and not (site.unused(RCX) if theirs > 1 else alone(case, site))):
        return None
    return confused(case, site, other, f"as they were set ({foreign[1]})")


def alone(case: Case, site: Site) -> bool:
    """Whether of one argument that is in ebx it is certain that it is meant for the call: it is a number, and nothing is where
    this call has several. Else it may be any variable, and the arguments be those of a function around the call."""
    ours = len(case.call.signature.parameters)
    set_ = [site.last(number) for number in ARGUMENTS[:ours]]
    assert site.foreign is not None
    return ours > 1 and not any(set_) and site.foreign[1].value is not None


def confused(case: Case, site: Site, other: ABI, evidence: str) -> Reason:
    """What to say of a number that belongs to another table."""
    call = case.call
    meant, theirs = other.numbers[call.number], registers_of(other, count(case, other, call.number))
    text = f"{call.number} is {meant} in the {other.name} table, with arguments in {theirs}, {evidence}; "
    text += f"`{site.way}` takes it as {call.abi.numbers.get(call.number, 'nothing')}"
    if case.call.signature.parameters:
        text += f", with arguments in {registers_of(call.abi, len(call.signature.parameters))}"
    return Reason(f"convention.{other.name}_number", text, advised(call.abi, meant), SURE, key=(call.pointer, call.number))


def advised(abi: ABI, name: str) -> str:
    """How a call is made by an ABI."""
    number = next((number for number, known in abi.numbers.items() if known == name), None)
    way = "`int $0x80`" if abi is I386 else "`syscall`"
    if number is None:
        return f"With {way} use the {abi.name} numbers and registers."
    return f"With {way} {name} is {number}, and its arguments are in {', '.join(abi.argument_registers)}."


def count(case: Case, abi: ABI, number: int) -> int:
    """How many arguments a call has by the table of an ABI."""
    return len(signature(case, abi, number).parameters)


def signature(case: Case, abi: ABI, number: int) -> Signature:
    """What a number is by the table of an ABI."""
    return case.world.signatures.find(abi, number, (*case.call.args, *(0,) * 7)[:7])


def registers_lost(case: Case, site: Site) -> Iterator[Reason]:
    """A value is used after the call that was in a register which the call destroys."""
    if case.name in NEVER_RETURN:
        return
    for number, use in site.lost:
        name = NAMES[number]
        text = f"{name} is used after `syscall` ({use}), which has overwritten it with {OVERWRITTEN[name]}"
        advice = f"Keep the value elsewhere (rbx, r12, the stack); inline assembly must say that {name} is clobbered."
        yield Reason("convention.register_lost", text, advice, SURE, key=(case.call.pointer, name))


def compared(case: Case, site: Site) -> Reason | None:
    """The kernel's result is looked at as if it were a C library's."""
    call = case.call
    if not call.error or call.error == EPERM or site.compares is None:
        return None
    text = f"the result is compared with -1 ({site.compares}), but it is {-call.error}: {errno_name(call.error)} goes unnoticed"
    advice = "The kernel returns -errno: everything from -4095 to -1 is an error."
    return Reason("convention.compared_with_minus_one", text, advice, SURE, key=call.pointer)


def result_cut(case: Case, site: Site) -> Reason | None:
    """An address is copied from the lower half of the register."""
    call = case.call
    if call.error or case.name not in GIVE_ADDRESSES or call.abi.register_size != 8 or call.result < FOUR_GIGABYTES:
        return None
    if site.cuts is None:
        return None
    text = f"the address {call.result:#x} is copied with its lower half only ({site.cuts})"
    return Reason("convention.result_cut", text, "Copy rax, not eax: addresses have 64 bits.", SURE, key=call.pointer)


def result_signed(case: Case, site: Site) -> Reason | None:
    """A good address is taken for an error, because bit 31 is set in it."""
    call = case.call
    if call.error or case.name not in GIVE_ADDRESSES or not call.result >> 31 & 1 or site.signs is None:
        return None
    text = f"the address {call.result & WORDS[call.abi.register_size]:#x} is taken for an error: "
    text += f"its lower half is looked at as a signed number ({site.signs})"
    advice = "Only what is from -4095 to -1 is an error: compare with -4095 as unsigned numbers."
    return Reason("convention.result_signed", text, advice, SURE, key=call.pointer)


def seventh_argument(case: Case, site: Site) -> Reason | None:
    """More than six arguments."""
    if site.pushed is None or case.call.abi is I386:
        return None
    text = f"a seventh value was put on the stack ({site.pushed}), but a system call takes six arguments, all in registers"
    advice = "Pass what is more in a structure, if the call has one."
    return Reason("convention.seventh_argument", text, advice, ODD, key=case.call.pointer)


# --- what the arguments show


def error_used(case: Case) -> Reason | None:
    """A descriptor, a length or an address is what an earlier call has failed with."""
    call = case.call
    known = case.remembered.errors.get(call.tid)
    if not known:
        return None
    for one, raw in values(case):
        is_descriptor, is_memory = one.type.behind == DESCRIPTOR, one.type.kind is MEMORY
        if not (is_descriptor or is_memory or is_size(one)):
            continue
        value = signed(raw, 32 if is_descriptor or call.abi.register_size == 4 else 64)
        failed = known.get(-value) if -MAX_ERRNO <= value < -1 else None
        what = "descriptor" if is_descriptor else "address" if is_memory else "length"
        if failed is None or failed.gives != what or case.event.number - failed.event.number > LATELY or told_apart(case, failed):
            continue
        event = failed.event
        text = f"the {what} ({one.name}) is {value}, which {event.name} returned at call {event.number}: {errno_name(-value)}"
        advice = "Look at the result before it is used: everything from -4095 to -1 is an error."
        return Reason("convention.error_used", text, advice, SURE, key=(call.pointer, one.name, value))
    return None


def told_apart(case: Case, failed: Failed) -> bool:
    """Whether a C library has made the call, which gives -1 for every error."""
    process = case.process
    mapping = process.memory.at(failed.pointer) if process is not None else None
    return mapping is not None and mapping.file is not None and basename(mapping.file).startswith(C_LIBRARIES)


def is_size(parameter: Parameter) -> bool:
    """Whether an argument is a length, an unsigned long."""
    kind = parameter.type
    if not isinstance(kind, Integer) or type(kind) not in (Integer, KernelInteger):  # words and descriptors are none
        return False
    return not kind.width and not kind.signed


def known_memory(case: Case) -> Memory | None:
    """What is mapped, if enough of it is known to speak of addresses."""
    process = case.process
    return process.memory if process is not None and process.memory.mappings else None


def named(memory: Memory, address: int) -> str:
    """What an address is in."""
    mapping = memory.at(address)
    return quoted(mapping.file) if mapping is not None and mapping.file else "memory that is mapped"


def pointer_truncated(case: Case) -> Reason | None:
    """64-bit code gives int $0x80 an address of more than 32 bits."""
    call, facts = case.call, case.facts.get("code")
    memory = known_memory(case)
    if call.abi is not I386 or not isinstance(facts, dict) or facts.get("segment") != LONG_MODE:
        return None
    registers = facts.get("registers")
    if not isinstance(registers, bytes) or len(registers) < 27 * 8:
        return None
    words = struct.unpack_from("<27Q", registers)
    for one, raw in values(case):
        if one.type.kind is not MEMORY or one.index >= len(FULL) or type(call.args) is not tuple:
            continue
        name = FULL[one.index]
        full = words[PLACES[name]]
        if FOUR_GIGABYTES <= full < HIGHEST and full & 0xFFFFFFFF == raw and (memory is None or memory.at(raw) is None):
            inside = f", an address in {named(memory, full)}" if memory is not None and memory.at(full) is not None else ""
            text = f"{one.name} is {raw:#x}, the lower half of {full:#x} in {name}{inside}: `int $0x80` takes 32 bits of it"
            advice = "Use `syscall` in 64-bit code; `int $0x80` reaches only addresses below 4 GiB."
            return Reason("convention.pointer_truncated", text, advice, SURE, key=(call.pointer, one.name))
    return None


def upper_half(case: Case) -> Reason | None:
    """All 64 bits count, and only the lower ones were set."""
    call = case.call
    memory = known_memory(case)
    if call.abi is not X86_64:
        return None
    advice = "Set the whole register: writing its 32-bit name clears the upper half, an int in memory must be widened."
    for one, raw in values(case):
        upper, lower = raw >> 32, raw & 0xFFFFFFFF
        if not upper:
            continue
        if is_size(one) and raw >= HIGHEST and lower < 1 << 31:
            text = f"the length ({one.name}) is {raw:#x}: its upper half {upper:#x} is left over from something else, "
            text += f"the lower is {lower}"
            return Reason("convention.upper_half", text, advice, LIKELY, key=(call.pointer, one.name))
        if one.type.kind is MEMORY and memory is not None and memory.at(raw) is None and memory.at(lower) is not None:
            text = f"{one.name} is {raw:#x}: the upper half {upper:#x} is left over from something else, "
            text += f"the lower is an address in {named(memory, lower)}"
            return Reason("convention.upper_half", text, advice, LIKELY, key=(call.pointer, one.name))
    return None


def pointer_cut(case: Case) -> Reason | None:
    """An address has been an int, of 32 bits, in between: what returned it was not declared."""
    memory = known_memory(case)
    if case.call.abi is not X86_64 or memory is None:
        return None
    for one, raw in values(case):
        upper, lower = raw >> 32, raw & 0xFFFFFFFF
        widened = upper == 0xFFFFFFFF and lower >> 31 and lower < 0xFFFF0000
        if one.type.kind is not MEMORY or not (widened or (not upper and lower >= 1 << 16)) or memory.at(raw) is not None:
            continue
        found = [
            whole
            for mapping in memory
            if mapping.start >= FOUR_GIGABYTES
            and (whole := mapping.start + (lower - mapping.start) % FOUR_GIGABYTES) < mapping.end
        ]
        if len(found) == 1:
            whole = found[0]
            text = f"{one.name} is {raw:#x}, which has the lower half of {whole:#x}, an address in {named(memory, whole)}: "
            text += "it has been an int of 32 bits in between"
            advice = "Declare the function that returned the address (in C its prototype, in an FFI the type of its result)."
            return Reason("convention.pointer_cut", text, advice, LIKELY, key=(case.call.pointer, one.name))
    return None


def foreign_number(case: Case) -> Reason | None:
    """A number of macOS."""
    number = case.call.number
    if number >> MACOS != MACOS_CLASS or case.call.abi is not X86_64:
        return None
    text = f"{number:#x} is how macOS writes the number {number & 0xFFFFFF} of its UNIX calls"
    return Reason("convention.foreign_number", text, "Use the numbers of Linux: asm/unistd_64.h.", SURE, key=number)


def arguments_in_memory(case: Case) -> Reason | None:
    """i386's first mmap takes the address of its arguments."""
    call = case.call
    if call.abi is not I386 or case.name != "mmap" or type(call.args) is not tuple or call.args[0] >= LOWEST:
        return None
    length, protection, flags = call.args[1], call.args[2], call.args[3]
    if not length or protection > 7 or not flags & 3:
        return None
    text = f"mmap (number {call.number}) takes one argument, the address of its six in memory; they were put into registers"
    number = next(number for number, name in I386.numbers.items() if name == "mmap2")
    advice = f"Use mmap2 ({number}), which takes them in registers, with the offset in pages."
    return Reason("convention.arguments_in_memory", text, advice, SURE, key=call.pointer)


def meant_otherwise(case: Case, site: Site) -> Reason | None:
    """The arguments make no sense in this table, and much in the other one."""
    call = case.call
    other = {"syscall": I386, "int $0x80": X86_64}.get(site.way)
    if other is None or site.bits != 64 or call.abi is other or call.number not in other.numbers or type(call.args) is not tuple:
        return None
    if other.numbers[call.number] == call.abi.numbers.get(call.number):
        return None
    thread = case.thread
    if thread is None or not thread.descriptors.whole:
        return None
    _, against = sense(thread, call.signature.parameters, call.args, call.abi)
    meant = signature(case, other, call.number)
    speaks_for, speaks_against = sense(thread, meant.parameters, call.args, call.abi)
    if not against or speaks_against or speaks_for < 2:
        return None
    name = other.numbers[call.number]
    text = f"{call.number} is {name} in the {other.name} table, which fits the arguments; `{site.way}` takes it as {case.name}"
    return Reason(f"convention.{other.name}_number", text, advised(call.abi, name), LIKELY, key=(call.pointer, call.number))


def sense(thread: Thread, parameters: list[Parameter], args: tuple[int, ...], abi: ABI) -> tuple[int, int]:
    """How many of the arguments are what they should be, descriptors that are open and addresses where something is, and how
    many cannot be."""
    good = bad = 0
    memory = thread.memory
    for one in parameters:
        if one.pair or one.index >= len(args):
            return 0, 1
        raw = args[one.index] & (1 << 8 * abi.register_size) - 1
        if one.type.behind == DESCRIPTOR:
            is_open = thread.descriptors.at(signed(raw, 32)) is not None
            good, bad = good + is_open, bad + (not is_open and signed(raw, 32) != AT_FDCWD)
        elif one.type.kind is MEMORY:
            good += memory.at(raw) is not None
            bad += 0 < raw < LOWEST
        else:
            bad += raw >= 1 << 16 and memory.at(raw) is not None
    return good, bad
