"""Separate files with symbols and lines, as distributions put them below ``/usr/lib/debug``.

Source: the manual of GDB, "Debugging Information in Separate Files".
"""

from __future__ import annotations

import os
import zlib

from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile
from elftools.elf.sections import NoteSection

ROOT = "/usr/lib/debug"
BUILD_ID = ".note.gnu.build-id"
LINK = ".gnu_debuglink"


def find(elf: ELFFile, path: str) -> ELFFile | None:
    """The file that belongs to this one."""
    try:
        identity = build_id(elf)
        if identity:
            found = opened(f"{ROOT}/.build-id/{identity[:2]}/{identity[2:]}.debug")
            if found is not None and build_id(found) == identity:
                return found
        return linked(elf, path)
    except (ELFError, OSError, ValueError, LookupError):
        return None


def build_id(elf: ELFFile) -> str:
    """What the linker has called this program; empty where it has not."""
    section = elf.get_section_by_name(BUILD_ID)
    if not isinstance(section, NoteSection):
        return ""
    for note in section.iter_notes():
        if note["n_type"] == "NT_GNU_BUILD_ID":
            return str(note["n_desc"])
    return ""


def linked(elf: ELFFile, path: str) -> ELFFile | None:
    """The file that ``.gnu_debuglink`` names, if its checksum is right."""
    section = elf.get_section_by_name(LINK)
    if section is None:
        return None
    data = section.data()
    name = data[: data.index(0)].decode(errors="surrogateescape")
    checksum = int.from_bytes(data[-4:], "little")
    folder = os.path.dirname(path)
    for candidate in (f"{folder}/{name}", f"{folder}/.debug/{name}", f"{ROOT}{folder}/{name}"):
        if candidate == path or not name:
            continue
        try:
            with open(candidate, "rb") as file:
                if zlib.crc32(file.read()) != checksum:
                    continue
        except OSError:
            continue
        return opened(candidate)
    return None


def opened(path: str) -> ELFFile | None:
    """The file, if there is one."""
    try:
        return ELFFile(open(path, "rb"))
    except (ELFError, OSError):
        return None
