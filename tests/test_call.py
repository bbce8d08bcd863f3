"""What a call remembers of memory."""

from __future__ import annotations

import pytest

from ptracer.decode.call import FEW, Call, Chunks
from ptracer.errors import Fault


def call_with(chunks: Chunks) -> Call:
    return Call(1, None, 0, (), 0, chunks)  # type: ignore[arg-type]


@pytest.mark.parametrize("count", [2, FEW + 1])
def test_addresses_inside_what_was_captured(count: int) -> None:
    call = call_with({place * 16: bytes([place]) * 8 for place in range(1, count + 1)})
    assert call.read(0x10, 8) == b"\1" * 8
    assert call.read(0x24, 4) == call.read_some(0x24, 9) == b"\2" * 4
    assert call.read_some(0x28, 1) == call.read_some(8, 1) == call.read_some(0x10000, 1) == b""
    with pytest.raises(Fault):
        call.read(0x24, 5)


def test_a_small_piece_within_a_large_one_hides_nothing() -> None:
    call = call_with({0x1000: bytes(range(200)), 0x1010: b"\x10\x11"} | {place: b"" for place in range(FEW)})
    assert call.read(0x1012, 3) == b"\x12\x13\x14"


def test_entry_and_exit_have_pieces_of_their_own() -> None:
    before, after = ({place * 16: bytes([value]) * 8 for place in range(FEW + 1)} for value in (1, 2))
    call = call_with(before)
    assert call.read(0x11, 1) == b"\1"
    call.chunks = after
    assert call.read(0x11, 1) == b"\2"
