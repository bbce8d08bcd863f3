"""Mistakes in how calls are made, from scripted records: no process, no file, so only what records themselves say."""

from __future__ import annotations

import struct
from typing import Any

import msgspec

from ptracer.capture.records import CALL, HOLDS, STARTED
from ptracer.decode.decoder import Decoder
from ptracer.decode.detail import Detail
from ptracer.decode.registry import Signatures
from ptracer.explain.evidence import EVIDENCE
from ptracer.explain.explained import Explained
from ptracer.regs import ABI, I386, X86_64, is_error
from ptracer.render.selective import Silent
from ptracer.render.spelling import Spelling
from tests.decoding import number_of

EBADF, ENOENT, EFAULT, EINVAL, ENOSYS = 9, 2, 14, 22, 38
MINUS = 1 << 64
CODE, LIBRARY, DATA, STACK = 0x401000, 0x7F0000001000, 0x402000, 0x7FFC00010000
MAPS = b"""00401000-00402000 r-xp 00001000 00:00 1 /program
00402000-00403000 rw-p 00002000 00:00 1 /program
7f0000001000-7f0000002000 r-xp 00001000 00:00 2 /lib/libc.so.6
7ffc00000000-7ffc00020000 rw-p 00000000 00:00 0 [stack]
"""


class Told:
    """What is found of calls that are fed one after the other."""

    def __init__(self, what: str = "all") -> None:
        self.explained = Explained(what, Spelling(), False)
        self.decode = Decoder(Signatures(Detail()), self.explained.judging(Silent())).feed
        self.feed((STARTED, 1, 0, 0, 0, 1))
        links = {0: b"/dev/null", 1: b"/dev/null", 2: b"/dev/null"}
        self.feed((HOLDS, 1, 0, {"program": b"/program", "maps": MAPS, "descriptors": links}))

    def feed(self, record: tuple[Any, ...]) -> None:
        self.decode([record])
        self.explained.world.feed([record])

    def call(
        self, name: str | int, *args: int, result: int = 0, abi: ABI = X86_64, pointer: int = CODE + 2, facts: object = None
    ) -> None:
        number = name if isinstance(name, int) else number_of(name, abi)
        registers = tuple(arg % MINUS for arg in args) + (0,) * (7 - len(args))
        after = {EVIDENCE: msgspec.msgpack.encode(facts)} if facts is not None else None
        failed = is_error(result)
        self.feed((CALL, 1, 0, abi.audit_arch, number, registers, pointer, None, 0, result, failed, 0, after))

    @property
    def names(self) -> list[str]:
        """Of this family."""
        names = [finding.reason.name for finding in self.explained.findings()]
        return [name for name in names if name.startswith("convention.")]


def code(before: bytes, way: bytes = b"\x0f\x05", segment: int = 0x33, **registers: int) -> dict[str, object]:
    """What is taken down at the stop of a call that failed."""
    places = {"rbx": 5, "rcx": 11, "rdx": 12}
    words = [0] * 27
    for name, value in registers.items():
        words[places[name]] = value
    filled = b"\x90" * 40 + before
    return {
        "code": {
            "bytes": filled + way + b"\xc3", "at": len(filled) + 2, "segment": segment, "registers": struct.pack("<27Q", *words)
        }
    }  # fmt: skip


def test_a_result_that_was_not_looked_at() -> None:
    told = Told()
    told.call("open", 0x402000, 0, result=-ENOENT)
    told.call("read", -2, 0x402000, 10, result=-EBADF)
    assert told.names == ["convention.error_used"]


def test_a_number_that_only_happens_to_be_an_error() -> None:
    told = Told()
    told.call("open", 0x402000, 0, result=-ENOENT, pointer=LIBRARY + 2)
    told.call("read", -2, 0x402000, 10, result=-EBADF)  # the C library has returned -1
    told.call("close", 99, result=-EBADF)
    told.call("read", -9, 0x402000, 10, result=-EBADF)  # close gives no descriptor
    told.call("lseek", 1, -9, 0, result=-EINVAL)  # an offset may be negative
    told.call("openat", -100, 0x402000, 0, result=-ENOENT)
    told.call("read", -1, 0x402000, 10, result=-EBADF)
    assert told.names == []


def test_the_upper_half_of_a_length() -> None:
    told = Told()
    told.call("write", 1, 0x402000, 0xFFFFFFFF00000006, result=-EFAULT)
    assert told.names == ["convention.upper_half"]
    told = Told()
    told.call("write", 1, 0x402000, -6, result=-EFAULT)
    told.call("write", 1, 0x402000, 1 << 33, result=-EFAULT)
    assert told.names == [], "negative, or very much"


def test_an_address_that_has_been_an_int() -> None:
    told = Told()
    told.call("write", 1, 0x00010010, 6, result=-EFAULT)
    assert told.names == ["convention.pointer_cut"]
    told = Told()
    told.call("write", 1, 0x10, 6, result=-EFAULT)
    told.call("write", 1, 0x7FFF00010010, 6, result=-EFAULT)
    assert told.names == []


def test_a_pointer_of_which_int_80_takes_the_lower_half() -> None:
    facts = code(b"", b"\xcd\x80", rcx=STACK + 16)
    told = Told()
    told.call("write", 1, (STACK + 16) & 0xFFFFFFFF, 6, result=-EFAULT, abi=I386, facts=facts)
    assert told.names == ["convention.pointer_truncated"]
    told = Told()
    told.call("write", 1, 0x402FF0, 99999, result=-EFAULT, abi=I386, facts=code(b"", b"\xcd\x80", rcx=0x402FF0))
    told.call("write", 1, 0x10010, 6, result=-EFAULT, abi=I386, facts=code(b"", b"\xcd\x80", segment=0x23, rcx=STACK + 16))
    assert told.names == []


def test_a_number_of_the_other_table_by_the_arguments() -> None:
    facts = code(b"\xb8\x04\0\0\0")
    told = Told()
    told.call("stat", 1, 0x402000, 6, result=-EFAULT, facts=facts)  # write for int $0x80
    assert told.names == ["convention.i386_number"]
    told = Told()
    told.call("stat", 0x402000, 0x10, result=-EFAULT, facts=facts)
    told.call("stat", 9, 0x402000, 6, result=-EFAULT, facts=facts)  # 9 is not open
    told.call("close", 0x402000, result=-EBADF, facts=code(b"\xb8\x03\0\0\0"))
    assert told.names == []


def test_a_number_of_macos() -> None:
    told = Told()
    told.call(0x2000004, 1, 0x402000, 6, result=-ENOSYS)
    told.call(0x3000, result=-ENOSYS)
    assert told.names == ["convention.foreign_number"]


def test_facts_may_hold_anything() -> None:
    for facts in ({"code": 5}, {"code": {}}, {"code": {"bytes": b"\x0f\x05", "at": 2, "registers": b"short", "segment": 0x33}}, {"code": None}):
        told = Told()
        told.call("write", 1, 0x10010, 6, result=-EFAULT, abi=I386, facts=facts)
        assert told.names == []
