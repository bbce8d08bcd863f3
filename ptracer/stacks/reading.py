"""Numbers in the encodings of DWARF."""

from __future__ import annotations

ABSOLUTE, UNSIGNED_NUMBER, SIGNED_NUMBER, OMITTED = 0x00, 0x01, 0x09, 0xFF
FIXED = {0x02: (2, False), 0x03: (4, False), 0x04: (8, False), 0x0A: (2, True), 0x0B: (4, True), 0x0C: (8, True)}
RELATIVE_TO_PLACE, RELATIVE_TO_DATA = 0x10, 0x30


class Lost(Exception):
    """The stack cannot be followed any further."""


class Cursor:
    """Reads one number after the other; ``address`` is where the bytes are when the program runs, for relative ones."""

    __slots__ = ("data", "place", "word", "address", "base")

    def __init__(self, data: bytes, place: int, word: int, address: int = 0, base: int = 0) -> None:
        self.data = data
        self.place = place
        self.word = word
        self.address = address
        self.base = base  # what "relative to data" refers to

    def take(self, size: int) -> bytes:
        """The next bytes. Lost: there are fewer."""
        data = self.data[self.place : self.place + size]
        if len(data) < size or size < 0:
            raise Lost("tables end too early")
        self.place += size
        return data

    def unsigned(self, size: int) -> int:
        return int.from_bytes(self.take(size), "little")

    def signed(self, size: int) -> int:
        return int.from_bytes(self.take(size), "little", signed=True)

    def number(self) -> int:
        """ULEB128."""
        result = shift = 0
        while True:
            byte = self.unsigned(1)
            result |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                return result

    def signed_number(self) -> int:
        """SLEB128."""
        start = self.place
        result = self.number()
        bits = 7 * (self.place - start)
        return result - (1 << bits) if result >> bits - 1 else result

    def string(self) -> bytes:
        """Bytes up to a NUL."""
        end = self.data.find(0, self.place)
        if end < 0:
            raise Lost("tables end too early")
        text = self.data[self.place : end]
        self.place = end + 1
        return text

    def pointer(self, encoding: int) -> int:
        """A pointer in one of the encodings of ``.eh_frame`` (Linux Standard Base, DWARF Extensions)."""
        if encoding == OMITTED:
            return 0
        here = self.address + self.place
        kind = encoding & 0x0F
        if kind == ABSOLUTE:
            value = self.unsigned(self.word)
        elif kind == UNSIGNED_NUMBER:
            value = self.number()
        elif kind == SIGNED_NUMBER:
            value = self.signed_number()
        elif kind in FIXED:
            size, signed = FIXED[kind]
            value = self.signed(size) if signed else self.unsigned(size)
        else:
            raise Lost(f"encoding {encoding:#x}")
        relative = encoding & 0x70
        if relative == RELATIVE_TO_PLACE:
            value += here
        elif relative == RELATIVE_TO_DATA:
            value += self.base
        return value & (1 << 8 * self.word) - 1
