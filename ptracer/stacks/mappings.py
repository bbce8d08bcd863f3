"""The mappings of a process: which file is at which address. Source: proc_pid_maps(5)."""

from __future__ import annotations

from bisect import bisect_right

VDSO = "[vdso]"


class Mapping:
    """One of a file, or of the kernel's own code that every process has (the vDSO)."""

    __slots__ = ("start", "end", "offset", "path", "identity")

    def __init__(self, start: int, end: int, offset: int, path: str, identity: tuple[bytes, bytes]) -> None:
        self.start = start
        self.end = end
        self.offset = offset  # in the file
        self.path = path
        self.identity = identity  # device and number of the file


class Mappings:
    """All of a process, found by address; memory without a file is left out, for no frame there can be told."""

    def __init__(self, lines: tuple[bytes, ...]) -> None:
        self.lines = lines
        self.mappings = [mapping for line in lines if (mapping := parsed(line)) is not None]
        self.starts = [mapping.start for mapping in self.mappings]

    def find(self, address: int) -> Mapping | None:
        """The mapping that an address is in."""
        place = bisect_right(self.starts, address)
        if not place:
            return None
        mapping = self.mappings[place - 1]
        return mapping if address < mapping.end else None


def lines_of(maps: bytes) -> tuple[bytes, ...]:
    """The lines of ``/proc/PID/maps`` that tell of files; a last line that was cut off is dropped."""
    return tuple(line for line in maps.split(b"\n")[:-1] if b"/" in line or line.endswith(VDSO.encode()))


def parsed(line: bytes) -> Mapping | None:
    """``start-end permissions offset device inode path``; None: it is none of ours."""
    fields = line.split(None, 5)
    try:
        start, _, end = fields[0].partition(b"-")
        path = fields[5].replace(b"\\012", b"\n").decode(errors="surrogateescape")
        if path != VDSO and not path.startswith("/"):
            return None
        return Mapping(int(start, 16), int(end, 16), int(fields[2], 16), path, (fields[3], fields[4]))
    except (IndexError, ValueError):
        return None

