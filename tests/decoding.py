"""What a call looks like as text, without a process: for the tests of the tables."""

from __future__ import annotations

import struct
from typing import Any

from ptracer.capture.records import CALL
from ptracer.decode.decoder import Decoder
from ptracer.decode.detail import Detail
from ptracer.decode.registry import Signatures
from ptracer.regs import ABI, X32, X32_BIT, X86_64, is_error
from ptracer.render.spelling import Spelling
from ptracer.render.text import Layout, TextRenderer


class Lines:
    """An output that keeps what is written to it."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> None:
        self.text += text


def text_of(
    name: str,
    args: tuple[int, ...],
    result: int = 0,
    memory: dict[int, bytes] | None = None,
    exit_memory: dict[int, bytes] | None = None,
    abi: ABI = X86_64,
    strings: str = "none",
    constants: str = "abbrev",
    **detail: Any,
) -> str:
    """The line of one call, ``close(3) = 0``, with no padding before the equals sign.

    ``args`` are raw registers, at most six; ``result`` is raw too, a negative errno on failure.
    ``memory`` is what lies where at entry, ``exit_memory`` what the call has put there. ``detail``
    goes to ``Detail``: ``string_limit=4``, ``abbreviate=never`` ...
    """
    output = Lines()
    renderer = TextRenderer(Spelling(strings, constants), Layout(column=0, personality=False), None, lambda tid: output)
    decoder = Decoder(Signatures(Detail(**detail)), renderer)
    registers = tuple(arg & 0xFFFFFFFFFFFFFFFF for arg in args) + (0,) * (6 - len(args))
    number = number_of(name, abi) | (X32_BIT if abi is X32 else 0)
    decoder.feed([(CALL, 1, 0, abi.audit_arch, number, registers, 0, memory, 0, result, is_error(result), 0, exit_memory)])
    return output.text.removesuffix("\n")


def number_of(name: str, abi: ABI = X86_64) -> int:
    """The number of a call. KeyError: the ABI has no such call."""
    for number, known in abi.numbers.items():
        if known == name:
            return number
    raise KeyError(name)


def words(*numbers: int, size: int = 8) -> bytes:
    """Unsigned little-endian integers one after another, as they lie in memory."""
    code = {1: "B", 2: "H", 4: "I", 8: "Q"}[size]
    return b"".join(struct.pack(f"<{code}", number & (1 << 8 * size) - 1) for number in numbers)
