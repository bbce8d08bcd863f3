"""What is seen often is compiled anew, and shown as before."""

from __future__ import annotations

import random
from typing import Any

import pytest

from ptracer.decode.call import LiveCall
from ptracer.decode.detail import Detail, never
from ptracer.decode.registry import Signatures
from ptracer.decode.signature import OFTEN, Signature
from ptracer.regs import ABI, I386, X32, X86_64
from ptracer.render.spelling import Spelling
from tests.decoding import text_of

NOISE = random.Random(1).randbytes(8192)
STYLES = ("abbrev", "raw", "verbose")
SMALL = bytes(byte & 3 if place % 4 == 0 else 0 for place, byte in enumerate(NOISE))


def memory(address: int, size: int) -> bytes:
    """What lies in sixteen pages: noise, small numbers, and holes."""
    if address >= 0x10000 or address & 0xF00 == 0x300:
        return b""
    place = address & 0x7FF
    return (NOISE if address & 0x800 else SMALL)[place : place + size]


def values(signature: Signature, abi: ABI, args: tuple[int, ...], result: int) -> list[str]:
    """What is shown of one call."""
    call = LiveCall(1, signature, 0, args, 0, {})
    call.fetch = memory
    entered = signature.entry(call)
    call.result, call.error = result, max(-result, 0)
    shown = [*entered, *signature.exit(call)]
    return [*(Spelling(constants=style).spell(value) for style in STYLES for value in shown), repr(shown)]


@pytest.mark.parametrize("abi", [X86_64, X32, I386], ids=lambda abi: abi.name)
@pytest.mark.parametrize("detail", [{}, {"abbreviate": never}, {"verbose": never}], ids=["brief", "whole", "blind"])
def test_what_is_written_out_gives_the_same_values_for_every_call(abi: ABI, detail: dict[str, Any]) -> None:
    dice = random.Random(2)
    word = (1 << 8 * abi.register_size) - 1
    for number in abi.numbers:
        plain, written = (Signatures(Detail(**detail)).compile(abi, number) for _ in range(2))
        written.write_out()
        for result in (0, 1, 24, -22):
            args = tuple(dice.choice((0, 1, 2, 3, 64, 0x1000, 0x8F00, 0xF801, -1 & word, dice.randrange(word))) for _ in range(7))
            assert values(plain, abi, args, result) == values(written, abi, args, result), (plain.name, args, result)


def test_a_call_is_written_out_when_it_is_seen_often() -> None:
    signature = Signatures(Detail()).compile(X86_64, 3)
    assert not signature.layout.often
    for _ in range(OFTEN):
        signature.see()
    assert signature.layout.often


def test_what_depends_on_more_than_bytes_is_not_remembered() -> None:
    # UFFDIO_API fills in a field when it succeeds, and with the same bytes fails.
    request, data = 0xC018AA3F, b"\xaa" + bytes(23)
    failed = text_of("ioctl", (3, request, 0x1000), -22, {0x1000: data}, {0x1000: data})
    succeeded = text_of("ioctl", (3, request, 0x1000), 0, {0x1000: data}, {0x1000: data})
    assert "ioctls" not in failed and "ioctls" in succeeded
