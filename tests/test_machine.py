"""The code around system calls: what is told of it, and that nothing is told of it where that is uncertain."""

from __future__ import annotations

import pytest

from ptracer.explain.machine import R8, R10, R11, RAX, RBX, RCX, RDI, RDX, RSI, RSP, decode
from ptracer.explain.sites import Site, segments, taken_down

SYSCALL = b"\x0f\x05"
RET = b"\xc3"
MOV_9_EAX = b"\xb8\x09\0\0\0"
MOV_22_ECX = b"\xb9\x22\0\0\0"
MOV_22_R10D = b"\x41\xba\x22\0\0\0"
XOR_EDI = b"\x31\xff"
MOV_ESI = b"\xbe\0\x10\0\0"
MOV_EDX = b"\xba\x03\0\0\0"
MOV_RCX_R10 = b"\x49\x89\xca"
NOPS = b"\x90" * 20


def site(before: bytes, after: bytes = RET, way: bytes = SYSCALL, begins: bool = True) -> Site:
    return Site(before + way + after, len(before) + 2, 64, begins)


@pytest.mark.parametrize(("code", "text", "reads", "writes"), [
    ("b922000000", "mov $0x22,%ecx", set(), {RCX}),
    ("48c7c0ffffffff", "mov $-1,%rax", set(), {RAX}),
    ("4989ca", "mov %rcx,%r10", {RCX}, {R10}),
    ("31c9", "xor %ecx,%ecx", set(), {RCX}),
    ("31d1", "xor ... %ecx, %edx", {RCX, RDX}, {RCX}),
    ("488d0c24", "lea ...,%rcx", {RSP}, {RCX}),
    ("488b4c2408", "mov ...,%rcx", {RSP}, {RCX}),
    ("8b0d10000000", "mov ...,%ecx", set(), {RCX}),
    ("4883f8ff", "cmp $-1,%rax", {RAX}, set()),
    ("483d01f0ffff", "cmp $-4095,%rax", {RAX}, set()),
    ("6a07", "push $7", set(), set()),
    ("51", "push %rcx", {RCX}, set()),
    ("59", "pop %rcx", set(), {RCX}),
    ("ffc9", "dec %ecx", {RCX}, {RCX}),
    ("f3a4", "", {RSI, RDI, RAX, RCX}, {RSI, RDI, RCX}),
    ("0f05", "", set(), {RAX, RCX, R11}),
    ("e2fe", "", {RCX}, set()),
    ("d3e0", "", {RCX, RAX}, {RAX}),
    ("49c7c0ffffffff", "mov $-1,%r8", set(), {R8}),
    ("660f6fc1", "", set(), set()),
    ("b101", "", set(), {RCX}),
    ("b501", "", set(), {RCX}),  # ch is a part of rcx
])  # fmt: skip
def test_what_instructions_read_and_write(code: str, text: str, reads: set[int], writes: set[int]) -> None:
    data = bytes.fromhex(code)
    one = decode(data, 0)
    assert one is not None
    assert one.end == len(data)
    assert (one.reads, one.writes) == (reads, writes)
    if text and "... " not in text:
        assert str(one) == text


@pytest.mark.parametrize("code", ["", "48", "b922", "c5f877", "0f0b", "ff38", "0f3800c0", "f0"])
def test_what_is_not_known_is_no_instruction(code: str) -> None:
    assert decode(bytes.fromhex(code), 0) is None


def test_every_beginning_of_any_bytes_is_survived() -> None:
    for first in range(256):
        for second in range(256):
            one = decode(bytes((first, second, 0xC4, 0x8D, 0x05)), 0)
            assert one is None or 0 < one.end <= 5


def test_a_fourth_argument_in_rcx() -> None:
    made = site(XOR_EDI + MOV_ESI + MOV_EDX + MOV_22_ECX + MOV_9_EAX)
    assert str(made.fourth) == "mov $0x22,%ecx"
    assert site(XOR_EDI + MOV_ESI + MOV_EDX + MOV_22_R10D + MOV_9_EAX).fourth is None
    assert site(XOR_EDI + MOV_22_ECX + MOV_22_R10D + MOV_9_EAX).fourth is None, "whatever is in rcx"
    assert site(XOR_EDI + MOV_22_ECX + MOV_RCX_R10 + MOV_9_EAX).fourth is None
    assert site(MOV_22_ECX + b"\xf3\xa4" + MOV_9_EAX).fourth is None, "it has counted what was copied"
    assert site(MOV_22_ECX + b"\xe8\0\0\0\0" + MOV_9_EAX).fourth is None, "it was for the function that is called"
    assert site(XOR_EDI + MOV_22_ECX + MOV_9_EAX, way=b"\xcd\x80").fourth is None, "int $0x80 has no r10"


def test_where_instructions_begin_is_found_by_decoding_from_everywhere() -> None:
    code = NOPS + XOR_EDI + MOV_ESI + MOV_EDX + MOV_22_ECX + MOV_9_EAX
    for cut in range(len(NOPS) - 12):
        assert str(site(code[cut:], begins=False).fourth) == "mov $0x22,%ecx"
    assert site(MOV_22_ECX + MOV_9_EAX, begins=False).before == [], "too little to be sure"
    assert site(b"\xc5\xf8\x77" * 8 + MOV_9_EAX, begins=False).fourth is None


def test_what_is_used_after_the_call() -> None:
    assert site(MOV_9_EAX, b"\xff\xc9" + RET).lost[0][0] == RCX  # dec %ecx
    assert site(MOV_9_EAX, b"\x4c\x89\xdf" + RET).lost[0][0] == R11  # mov %r11,%rdi
    assert site(MOV_9_EAX, b"\x31\xc9\xff\xc9" + RET).lost == [], "set anew"
    assert site(MOV_9_EAX, b"\x51\x59" + RET).lost == [], "kept for whoever made it"
    assert site(MOV_9_EAX, RET + b"\xff\xc9").lost == []
    assert site(MOV_9_EAX, b"\xe8\0\0\0\0\xff\xc9").lost == [], "a function may have set it"
    assert site(MOV_9_EAX, b"\xff\xc9" + RET, way=b"\xcd\x80").lost == [], "int $0x80 destroys nothing"
    assert site(MOV_9_EAX, b"\xeb\x01\xc3\xff\xc9").lost[0][0] == RCX, "behind a jump"
    assert site(b"\xff\xc9" + MOV_9_EAX, b"\xeb\xf5").lost[0][0] == RCX, "in a loop"


def test_how_the_result_is_used() -> None:
    assert str(site(MOV_9_EAX, b"\x83\xf8\xff\x74\x00").compares) == "cmp $-1,%eax"
    assert site(MOV_9_EAX, b"\x48\x3d\x01\xf0\xff\xff").compares is None
    assert str(site(MOV_9_EAX, b"\x89\xc7").cuts) == "mov %eax,%edi"
    assert site(MOV_9_EAX, b"\x48\x89\xc7").cuts is None
    assert site(MOV_9_EAX, b"\x48\x3d\x01\xf0\xff\xff\x73\x02\x89\xc7").cuts is None, "an errno, perhaps"


def test_what_was_put_where_before_the_call() -> None:
    made = site(b"\xb8\x04\0\0\0" + b"\xbb\x01\0\0\0")
    assert (made.last(RAX) is not None, made.writes(RBX), made.unused(RBX) is not None) == (True, True, True)
    assert site(b"\xbb\x01\0\0\0" + SYSCALL).last(RBX) is None, "for the call before"


def test_no_call_no_code() -> None:
    for code in (b"", b"\x90\x90", b"\x0f"):
        made = Site(code, len(code), 64, True)
        assert (made.way, made.before, made.after, made.fourth, made.lost) == ("", [], [], None, [])
    assert taken_down({"bytes": b"\x0f\x05", "at": 3}).way == ""
    assert taken_down({"bytes": 5, "at": None}).way == ""
    assert taken_down({"bytes": b"\x0f\x05", "at": 2}).way == "syscall"


def test_what_is_no_program_has_no_segments() -> None:
    for headers in (b"", b"\x7fELF", b"\x7fELF\x02" + bytes(11) + b"\2\0" + b"\xff" * 60, b"#!/bin/sh\n" * 20):
        assert segments(headers) == []


def test_a_result_taken_for_a_signed_number_of_32_bits() -> None:
    assert site(MOV_9_EAX, b"\x85\xc0\x78\x00").signs is not None  # test %eax,%eax; js
    assert site(MOV_9_EAX, b"\x83\xf8\x00\x7c\x00").signs is not None  # cmp $0,%eax; jl
    assert site(MOV_9_EAX, b"\x48\x85\xc0\x78\x00").signs is None, "all 64 bits"
    assert site(MOV_9_EAX, b"\x85\xc0\x74\x00").signs is None, "whether it is zero"
