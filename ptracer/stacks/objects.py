"""A mapped file: its segments, frame tables, symbols and, where there is one, the file with its debugging information."""

from __future__ import annotations

import io
from functools import cached_property

from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile

from ptracer.hints import Any
from ptracer.stacks import debug_files
from ptracer.stacks.reading import Lost
from ptracer.stacks.symbols import Symbols, symbols_of
from ptracer.stacks.tables import FrameTable, Row, Section

PF_X = 1
# What comes of files that are no ELF files, or are made to look like one.
UNREADABLE = (
    ELFError, Lost, OSError, ValueError, LookupError, TypeError, AttributeError, AssertionError, ArithmeticError, MemoryError,
    RecursionError,
)  # fmt: skip

# What a signal returns to, where no table says so: `mov $15, %eax` or `%rax`, then `syscall` (sigreturn(2)).
RETURNS_FROM_SIGNAL = (b"\x48\xc7\xc0\x0f\x00\x00\x00\x0f\x05", b"\xb8\x0f\x00\x00\x00\x0f\x05")


class ObjectFile:
    """An ELF file. ``data``: its bytes; OSError or ELFError: it cannot be read, or is none."""

    def __init__(self, path: str, data: bytes | None = None) -> None:
        self.path = path
        self.stream: Any = open(path, "rb") if data is None else io.BytesIO(data)
        self.elf = ELFFile(self.stream)
        self.word = self.elf.elfclass // 8
        self.segments = [
            (segment["p_offset"], segment["p_filesz"], segment["p_vaddr"])
            for segment in self.elf.iter_segments()
            if segment["p_type"] == "PT_LOAD"
        ]

    def address_of(self, offset: int) -> int | None:
        """The address, as the file has it, of what is at an offset of the file."""
        for start, size, address in self.segments:
            if start <= offset < start + size:
                found: int = offset - start + address
                return found
        # A mapping begins and ends with a page.
        for start, size, address in self.segments:
            if start & ~0xFFF <= offset < (start + size + 0xFFF) & ~0xFFF:
                return int(offset - start + address)
        return None

    @cached_property
    def debug(self) -> ELFFile | None:
        """The separate file with symbols and lines."""
        return debug_files.find(self.elf, self.path)

    @cached_property
    def symbols(self) -> Symbols:
        """The functions by address."""
        try:
            if self.debug is not None:
                found = symbols_of(self.debug)
                if found:
                    return found
            return symbols_of(self.elf)
        except UNREADABLE:
            return Symbols([])

    @cached_property
    def tables(self) -> list[FrameTable]:
        """Frame tables, the one to ask first in front."""
        found = []
        try:
            exceptions, index = self.section(self.elf, ".eh_frame"), self.section(self.elf, ".eh_frame_hdr")
            if exceptions is not None:
                found.append(FrameTable(exceptions, self.word, True, index))
            for elf in (self.elf, self.debug):
                debug = self.section(elf, ".debug_frame") if elf is not None else None
                if debug is not None:
                    found.append(FrameTable(debug, self.word, False))
        except UNREADABLE:
            pass
        return found

    @staticmethod
    def section(elf: ELFFile, name: str) -> Section | None:
        """The bytes of a section that has some."""
        section = elf.get_section_by_name(name)
        if section is None or section["sh_type"] == "SHT_NOBITS":
            return None
        return Section(section.data(), section["sh_addr"])

    def row(self, address: int) -> Row | None:
        """How to get from a frame at an address to its caller; None: nothing says."""
        for table in self.tables:
            try:
                row = table.row(address)
            except UNREADABLE:
                continue
            if row is not None:
                return row
        return None

    def returns_from_signal(self, address: int) -> bool:
        """Whether the code there is what a handler of a signal returns to."""
        for start, size, first in self.segments:
            if first <= address < first + size:
                self.stream.seek(start + address - first)
                code = self.stream.read(max(map(len, RETURNS_FROM_SIGNAL)))
                return self.word == 8 and code.startswith(RETURNS_FROM_SIGNAL)
        return False


def opened(path: str, data: bytes | None = None) -> ObjectFile | None:
    """The file, if it can be read and is an ELF file."""
    try:
        return ObjectFile(path, data)
    except UNREADABLE:
        return None
