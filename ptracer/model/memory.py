"""Address spaces: what is mapped where, by which call, and what was mapped there before.

Sources: mmap(2), mprotect(2), mremap(2), brk(2), shmat(2), execve(2), proc_pid_maps(5).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import deque

from ptracer.hints import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ptracer.model.processes import Event

PAGE = 4096
MOST = 1 << 16  # mappings that are known: what the kernel allows by default (sysctl vm.max_map_count)
REMEMBERED = 256  # removed ones
READ, WRITE, EXECUTE = 1, 2, 4  # PROT_*
LETTERS = ((READ, b"r"), (WRITE, b"w"), (EXECUTE, b"x"))


def pages(length: int) -> int:
    """A length up to the end of its last page."""
    return (length + PAGE - 1) & -PAGE


class Mapping:
    """A range of addresses with the same history. It never changes: what changes is which mappings a space has.

    ``protection`` are bits of PROT_*, ``file`` is the name of the file or of what else is there (``[heap]``; empty: anonymous
    memory), ``offset`` where in the file it begins. ``made`` and ``protected`` are the calls that have mapped it and that have
    last changed its protection, ``removed`` is that which has removed it. What is not known is None.
    """

    __slots__ = ("start", "end", "protection", "shared", "file", "offset", "made", "protected", "removed")

    def __init__(
        self,
        start: int,
        end: int,
        protection: int | None,
        shared: bool | None,
        file: bytes | None,
        offset: int | None,
        made: Event | None,
        protected: Event | None = None,
        removed: Event | None = None,
    ) -> None:
        self.start, self.end, self.protection, self.shared = start, end, protection, shared
        self.file, self.offset, self.made, self.protected, self.removed = file, offset, made, protected, removed

    def part(self, start: int, end: int, **changed: object) -> Mapping:
        """A part of it, or the same with something else."""
        offset = self.offset + start - self.start if self.offset is not None else None
        made = Mapping(
            start, end, self.protection, self.shared, self.file, offset, self.made, self.protected, self.removed
        )  # fmt: skip
        for name, value in changed.items():
            setattr(made, name, value)
        return made


class Memory:
    """The mappings of one space, in order. ``whole``: all that was mapped at some moment is known, so that an address which is in
    none is mapped nowhere (but a stack grows by itself). ``end`` is where brk(2) has put the end of the heap."""

    __slots__ = ("starts", "mappings", "past", "whole", "end")

    def __init__(self) -> None:
        self.starts: list[int] = []
        self.mappings: list[Mapping] = []
        self.past: deque[Mapping] = deque(maxlen=REMEMBERED)
        self.whole = False
        self.end: int | None = None

    def __iter__(self) -> Iterator[Mapping]:
        return iter(self.mappings)

    def at(self, address: int) -> Mapping | None:
        """The mapping that covers an address; None: there is none, or nobody knows of it."""
        place = bisect_right(self.starts, address)
        if not place:
            return None
        mapping = self.mappings[place - 1]
        return mapping if address < mapping.end else None

    def removed(self, address: int) -> Mapping | None:
        """What covered an address before, the latest of it."""
        return next((one for one in reversed(self.past) if one.start <= address < one.end), None)

    # --- changes

    def copy(self) -> Memory:
        """What a child gets."""
        made = Memory()
        made.starts, made.mappings, made.past = self.starts.copy(), self.mappings.copy(), self.past.copy()
        made.whole, made.end = self.whole, self.end
        return made

    def hold(self, maps: bytes) -> None:
        """All that is mapped now, as /proc/PID/maps says it."""
        former = {(one.start, one.end): one for one in self.mappings}
        found = [mapping for line in maps.splitlines() if (mapping := parsed(line)) is not None]
        found.sort(key=lambda mapping: mapping.start)
        self.mappings = []
        for mapping in found[:MOST]:
            known = former.get((mapping.start, mapping.end))
            same = known is not None and known.file == mapping.file and known.protection == mapping.protection
            self.mappings.append(known if same and known is not None else mapping)
        self.starts = [mapping.start for mapping in self.mappings]
        self.whole = len(found) <= MOST and maps.endswith(b"\n")
        heap = [mapping.end for mapping in self.mappings if mapping.file == b"[heap]"]
        self.end = heap[-1] if heap else None

    def cut(self, start: int, end: int) -> tuple[int, int]:
        """Make the borders of a range those of mappings; the places of the mappings in it."""
        for border in (start, end):
            place = bisect_right(self.starts, border) - 1
            if place >= 0:
                mapping = self.mappings[place]
                if mapping.start < border < mapping.end:
                    self.mappings[place : place + 1] = mapping.part(mapping.start, border), mapping.part(border, mapping.end)
                    self.starts.insert(place + 1, border)
        return bisect_left(self.starts, start), bisect_left(self.starts, end)

    def remove(self, start: int, end: int, event: Event) -> list[Mapping]:
        """Nothing is mapped in a range any more; what was."""
        first, last = self.cut(start, end)
        gone = self.mappings[first:last]
        del self.mappings[first:last], self.starts[first:last]
        self.past.extend(mapping.part(mapping.start, mapping.end, removed=event) for mapping in gone)
        return gone

    def add(self, mapping: Mapping, event: Event) -> None:
        """Something is mapped, in place of what was there."""
        if mapping.start >= mapping.end:
            return
        place = bisect_left(self.starts, mapping.start)
        before = self.mappings[place - 1].end if place else 0
        if before > mapping.start or place < len(self.starts) and self.starts[place] < mapping.end:
            self.remove(mapping.start, mapping.end, event)
            place = bisect_left(self.starts, mapping.start)
        if len(self.mappings) >= MOST:
            self.whole = False
            return
        self.mappings.insert(place, mapping)
        self.starts.insert(place, mapping.start)

    def protect(self, start: int, end: int, protection: int, event: Event) -> None:
        """The protection of a range is another one."""
        first, last = self.cut(start, end)
        for place in range(first, last):
            mapping = self.mappings[place]
            self.mappings[place] = mapping.part(mapping.start, mapping.end, protection=protection, protected=event)

    def move(self, start: int, length: int, target: int, new_length: int, keep: bool, event: Event) -> None:
        """mremap(2): what begins at ``start`` is at ``target`` from now on, longer or shorter; ``keep``: its addresses stay."""
        old = self.at(start)
        if not keep and (target != start or new_length < length):
            self.remove(start + (new_length if target == start else 0), start + length, event)
        if target == start and new_length <= length:
            return
        if old is None:
            self.add(Mapping(target, target + new_length, None, None, None, None, event), event)
        elif target == start:  # it has grown
            self.add(old.part(start + length, start + new_length, made=event), event)
        else:
            whole = old.part(start, start + max(new_length, 1))
            moved = Mapping(target, target + new_length, old.protection, old.shared, old.file, whole.offset, event, old.protected)
            self.add(moved, event)

    def grow(self, end: int, event: Event) -> None:
        """brk(2): the heap ends there."""
        former, self.end = self.end, end
        if former is None or end == former:
            return
        if end > former:
            self.add(Mapping(pages(former), pages(end), READ | WRITE, False, b"[heap]", None, event), event)
        else:
            self.remove(pages(end), pages(former), event)


def parsed(line: bytes) -> Mapping | None:
    """``start-end permissions offset device inode path``; None: it is none."""
    fields = line.split(None, 5)
    try:
        start, _, end = fields[0].partition(b"-")
        protection = sum(bit for bit, letter in LETTERS if letter in fields[1])
        file = fields[5].replace(b"\\012", b"\n") if len(fields) > 5 else b""
        return Mapping(int(start, 16), int(end, 16), protection, b"s" in fields[1], file, int(fields[2], 16), None)
    except (IndexError, ValueError):
        return None
