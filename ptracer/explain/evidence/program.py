"""What a file needs to be executed: its interpreter, the machine it is for. Source: execve(2), elf(5), ld.so(8)."""

from __future__ import annotations

import os
import struct

from ptracer.explain.evidence import Facts

ELF, SCRIPT = b"\x7fELF", b"#!"
LONGEST_LINE = 256  # BINPRM_BUF_SIZE
PT_INTERP = 3
MOST_SEGMENTS, PATH_MAX = 64, 4096
# After e_ident: type, machine, version, entry, program headers, section headers, flags, sizes and numbers; by class.
HEADERS = {1: struct.Struct("<HHIIIIIHHHHHH"), 2: struct.Struct("<HHIQQQIHHHHHH")}
SEGMENTS = {1: struct.Struct("<IIIIIIII"), 2: struct.Struct("<IIQQQQQQ")}  # struct of a program header
OFFSET, LENGTH = {1: 1, 2: 2}, {1: 4, 2: 5}  # which field is p_offset, p_filesz


def needs(file: int, beginning: bytes) -> Facts:
    """``interpreter``: the path of the program that runs a file. ``machine``: what it was made for (e_machine)."""
    if beginning.startswith(SCRIPT):
        words = os.pread(file, LONGEST_LINE, 0)[2:].split(b"\n")[0].split(b"\0")[0].strip(b" \t").replace(b"\t", b" ")
        name = words.partition(b" ")[0]
        return {"interpreter": name} if name else {}
    if beginning.startswith(ELF) and len(beginning) >= 64:
        return of_elf(file, beginning)
    return {}


def of_elf(file: int, beginning: bytes) -> Facts:
    """The segment that names the dynamic linker."""
    kind = beginning[4]
    if kind not in HEADERS or beginning[5] != 1:
        return {}
    header = HEADERS[kind].unpack_from(beginning, 16)
    machine, place, length, count = header[1], header[4], header[8], min(header[9], MOST_SEGMENTS)
    found: Facts = {"machine": machine}
    segment = SEGMENTS[kind]
    if length < segment.size or place >> 62:
        return found
    table = os.pread(file, length * count, place)
    for at in range(0, len(table) - segment.size + 1, length):
        fields = segment.unpack_from(table, at)
        if fields[0] == PT_INTERP and not fields[OFFSET[kind]] >> 62:
            found["interpreter"] = os.pread(file, min(fields[LENGTH[kind]], PATH_MAX), fields[OFFSET[kind]]).rstrip(b"\0")
            break
    return found
