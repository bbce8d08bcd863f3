"""Functions by address: which one an address is in, and how far."""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterable

from elftools.elf.elffile import ELFFile

STT_FUNC = 2
SHN_UNDEF = 0
TABLES = ("SHT_SYMTAB", "SHT_DYNSYM")


class Symbols:
    """``found`` are (address, size, name) in the order of the tables.

    Of several that contain an address the one that begins last is meant, and of these the one that stands first.
    """

    def __init__(self, found: Iterable[tuple[int, int, bytes]]) -> None:
        first: dict[int, list[tuple[int, bytes]]] = {}
        for address, size, name in found:
            first.setdefault(address, []).append((size, name))
        self.starts = sorted(first)
        self.at = first
        # How far back one must look: a function may contain others, such as the parts of an assembler's.
        self.reach: list[int] = []
        end = 0
        for start in self.starts:
            end = max(end, start + max(size for size, _ in first[start]))
            self.reach.append(end)

    def __bool__(self) -> bool:
        return bool(self.starts)

    def find(self, address: int) -> tuple[str, int] | None:
        """(name, distance from its beginning)."""
        place = bisect_right(self.starts, address) - 1
        while place >= 0 and self.reach[place] > address:
            start = self.starts[place]
            for size, name in self.at[start]:
                if address < start + size:
                    return name.decode(errors="surrogateescape"), address - start
            place -= 1
        return None


def symbols_of(elf: ELFFile) -> Symbols:
    """The functions of all symbol tables of a file."""
    found: list[tuple[int, int, bytes]] = []
    for section in elf.iter_sections():
        if section["sh_type"] in TABLES:
            names = elf.get_section(section["sh_link"]).data()
            found += functions(section.data(), names, elf.elfclass == 64, elf.little_endian)
    return Symbols(found)


def functions(table: bytes, names: bytes, wide: bool, little: bool) -> Iterable[tuple[int, int, bytes]]:
    """(address, size, name) of the functions of one table."""
    order = "<" if little else ">"
    entry = struct.Struct(order + ("IBBHQQ" if wide else "IIIBBH"))
    for fields in entry.iter_unpack(table[: len(table) // entry.size * entry.size]):
        if wide:
            name, kind, _, section, address, size = fields
        else:
            name, address, size, kind, _, section = fields
        if kind & 0xF == STT_FUNC and section != SHN_UNDEF:
            yield address, size, names[name : names.find(0, name)]
