"""The filter stops for what is wanted, and for nothing else."""

from __future__ import annotations

import pytest

from ptracer.capture import seccomp
from ptracer.capture.seccomp import ALLOW, TRACE, decide, program
from ptracer.filters import SyscallSet, parse_syscalls
from ptracer.regs import AUDIT_ARCH_I386, AUDIT_ARCH_X86_64, I386, X32, X32_BIT, X86_64

SETS = ["close", "%file", "!%desc", "/^[a-m]", "none", "!close", "all@32", "close@x32", "%network", "!%memory,close"]
ABIS = [(X86_64, 0), (X32, X32_BIT), (I386, 0)]


def code_of(wanted: SyscallSet) -> list[seccomp.Instruction]:
    return program(wanted.has)


@pytest.mark.parametrize("text", SETS)
def test_every_number_of_every_abi_is_decided_as_the_set_says(text: str) -> None:
    wanted = parse_syscalls(text)
    code = code_of(wanted)
    for abi, bit in ABIS:
        always = {*seccomp.ALWAYS, *seccomp.MULTIPLEXED.get(abi.name, ())}
        for number in range(1100):
            name = abi.numbers.get(number, f"syscall_{number:#x}")
            expected = TRACE if name in always or wanted.has(name, abi) else ALLOW
            assert decide(code, abi.audit_arch, number | bit) == expected, (abi.name, number, name)


def test_other_architectures_are_shown() -> None:
    assert decide(code_of(parse_syscalls("close")), 0xC00000B7, 3) == TRACE


def test_the_number_that_skips_a_call_is_left_alone() -> None:
    code = code_of(parse_syscalls("close"))
    for arch in (AUDIT_ARCH_X86_64, AUDIT_ARCH_I386):
        assert decide(code, arch, -1) == ALLOW


@pytest.mark.parametrize("text", SETS)
def test_the_kernel_takes_programs_of_that_length(text: str) -> None:
    code = code_of(parse_syscalls(text))
    assert len(code) <= 4096
    assert all(0 <= jump <= 255 for _, true, false, _ in code for jump in (true, false))


def test_numbers_next_to_each_other_are_one_range() -> None:
    assert seccomp.ranges([5, 1, 2, 3, 9]) == [(1, 3), (5, 5), (9, 9)]


def test_instructions_are_packed_as_the_kernel_reads_them() -> None:
    assert seccomp.packed([(seccomp.RETURN, 1, 2, TRACE)]) == b"\x06\x00\x01\x02\x00\x00\xf0\x7f"
