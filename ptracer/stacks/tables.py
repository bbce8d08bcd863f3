"""Frame tables: how to find the caller of whoever is at an address.

``.eh_frame_hdr`` is searched for the one entry that is needed; ``.debug_frame``, or an ``.eh_frame`` without that index,
is indexed once. An entry's instructions are run to the address, and what comes of them is a ``Row``, which is kept.
Sources: Linux Standard Base 5.0, Exception Frames; DWARF 5, section 6.4.
"""

from __future__ import annotations

import struct
from bisect import bisect_right

from ptracer.hints import Any
from ptracer.stacks.reading import ABSOLUTE, Cursor, Lost

INDEXED = 0x3B  # sdata4, relative to the index itself: what every linker writes

# How a register of the caller is found
AT_OFFSET, IS_OFFSET, AT_EXPRESSION, IS_EXPRESSION, IN_REGISTER, UNDEFINED = range(6)

Rule = tuple[int, Any]


class Section:
    """Bytes of a file, and where they are when the program runs."""

    __slots__ = ("data", "address")

    def __init__(self, data: bytes, address: int) -> None:
        self.data = data
        self.address = address


class Row:
    """How to get from a frame to its caller.

    The canonical frame address is ``register + offset``, or what ``expression`` says. ``saved`` are registers and where,
    relative to that address, they were saved; ``others`` are those with other rules. ``plain``: no others, no expression.
    """

    __slots__ = ("register", "offset", "expression", "saved", "others", "plain", "signal", "ends")

    def __init__(self, cfa: tuple[int, int] | bytes, rules: dict[int, Rule], return_register: int, signal: bool) -> None:
        self.register, self.offset = (0, 0) if isinstance(cfa, bytes) else cfa
        self.expression = cfa if isinstance(cfa, bytes) else None
        # What comes after the return address are vector registers and their like, which no frame is found by.
        rules = {register: rule for register, rule in rules.items() if register <= return_register}
        self.saved = tuple((register, value) for register, (kind, value) in rules.items() if kind == AT_OFFSET)
        self.others = tuple((register, rule) for register, rule in rules.items() if rule[0] not in (AT_OFFSET, UNDEFINED))
        self.plain = self.expression is None and not self.others
        self.signal = signal  # what it interrupted has called nothing
        kind = rules.get(return_register, (UNDEFINED, 0))[0]
        self.ends = kind == UNDEFINED  # nobody called


class Common:
    """What several entries share (a CIE)."""

    __slots__ = ("code", "data", "return_register", "encoding", "signal", "augmented", "instructions")

    def __init__(self, cursor: Cursor, end: int, exceptions: bool) -> None:
        version = cursor.unsigned(1)
        augmentation = cursor.string()
        if version >= 4 and not exceptions:
            cursor.take(2)  # sizes of an address and of a segment
        self.code = cursor.number()
        self.data = cursor.signed_number()
        self.return_register = cursor.unsigned(1) if version == 1 else cursor.number()
        self.encoding = ABSOLUTE
        self.signal = False
        self.augmented = augmentation.startswith(b"z")
        if self.augmented:
            size = cursor.number()
            start = cursor.place + size
            for letter in augmentation[1:]:
                if letter == ord("R"):
                    self.encoding = cursor.unsigned(1)
                elif letter == ord("P"):
                    cursor.pointer(cursor.unsigned(1))
                elif letter == ord("L"):
                    cursor.take(1)
                elif letter == ord("S"):
                    self.signal = True
            cursor.place = start
        self.instructions = cursor.data[cursor.place : end]


class Entry:
    """A stretch of code (an FDE)."""

    __slots__ = ("common", "start", "end", "instructions")

    def __init__(self, common: Common, start: int, end: int, instructions: bytes) -> None:
        self.common = common
        self.start = start
        self.end = end
        self.instructions = instructions


class FrameTable:
    """The entries of one section; ``exceptions``: it is ``.eh_frame``, not ``.debug_frame``."""

    def __init__(self, section: Section, word: int, exceptions: bool, index: Section | None = None) -> None:
        self.section = section
        self.word = word
        self.exceptions = exceptions
        self.commons: dict[int, Common] = {}
        self.index = index if index is not None and index.data[3:4] == bytes((INDEXED,)) else None
        self.listed: tuple[list[int], list[int]] | None = None  # starts, and the places of their entries

    def find(self, address: int) -> Entry | None:
        """The entry for an address. Lost: the tables make no sense."""
        place = self.indexed(address) if self.index is not None else self.scanned(address)
        if place is None:
            return None
        entry = self.entry(place)
        return entry if entry is not None and entry.start <= address < entry.end else None

    def indexed(self, address: int) -> int | None:
        """Where the entry is, by ``.eh_frame_hdr``."""
        assert self.index is not None
        data, base = self.index.data, self.index.address
        cursor = Cursor(data, 4, self.word, base, base)
        cursor.pointer(data[1])
        low, high = 0, cursor.pointer(data[2]) - 1
        table = cursor.place
        while low <= high:
            middle = (low + high) // 2
            if struct.unpack_from("<i", data, table + 8 * middle)[0] + base > address:
                high = middle - 1
            else:
                low = middle + 1
        if high < 0:
            return None
        place: int = struct.unpack_from("<i", data, table + 8 * high + 4)[0]
        return place + base - self.section.address

    def scanned(self, address: int) -> int | None:
        """Where the entry is, by looking at all of them, once."""
        if self.listed is None:
            found = sorted((entry.start, place) for place in self.places() if (entry := self.entry(place)) is not None)
            self.listed = [start for start, _ in found], [place for _, place in found]
        starts, places = self.listed
        at = bisect_right(starts, address)
        return places[at - 1] if at else None

    def places(self) -> list[int]:
        """Where all entries begin."""
        places, place, data = [], 0, self.section.data
        while place + 4 <= len(data):
            size = int.from_bytes(data[place : place + 4], "little")
            if not size and self.exceptions:
                break
            places.append(place)
            place += 4 + size if size != 0xFFFFFFFF else 12 + int.from_bytes(data[place + 4 : place + 12], "little")
        return places

    def entry(self, place: int) -> Entry | None:
        """The entry at a place; None: what is there is what entries share."""
        cursor, end, reference, at = self.header(place)
        if reference == (0 if self.exceptions else 0xFFFFFFFF):
            return None
        common = self.common(at - reference if self.exceptions else reference)
        start = cursor.pointer(common.encoding)
        size = cursor.pointer(common.encoding & 0x0F)
        if common.augmented:
            cursor.take(cursor.number())
        return Entry(common, start, start + size, cursor.data[cursor.place : end])

    def header(self, place: int) -> tuple[Cursor, int, int, int]:
        """A cursor behind the header of an entry; its end, what it refers to, and where that is written."""
        if not 0 <= place < len(self.section.data):
            raise Lost("an entry outside the table")
        cursor = Cursor(self.section.data, place, self.word, self.section.address)
        size = cursor.unsigned(4)
        wide = size == 0xFFFFFFFF
        if wide:
            size = cursor.unsigned(8)
        at = cursor.place
        reference = cursor.unsigned(8 if wide and not self.exceptions else 4)
        return cursor, at + size, reference, at

    def common(self, place: int) -> Common:
        """What the entries share that refer to a place."""
        known = self.commons.get(place)
        if known is None:
            cursor, end, _, _ = self.header(place)
            known = self.commons[place] = Common(cursor, end, self.exceptions)
        return known

    def row(self, address: int) -> Row | None:
        """How to get from a frame at an address to its caller; None: the table does not say. Lost: it makes no sense."""
        entry = self.find(address)
        if entry is None:
            return None
        program = Program(entry, self.word)
        program.run(entry.common.instructions, None)
        program.initial = dict(program.rules)
        program.run(entry.instructions, address)
        if program.cfa is None:
            raise Lost("no frame address")
        return Row(program.cfa, program.rules, entry.common.return_register, entry.common.signal)


class Program:
    """Runs the instructions of an entry."""

    def __init__(self, entry: Entry, word: int) -> None:
        self.common = entry.common
        self.word = word
        self.location = entry.start
        self.cfa: tuple[int, int] | bytes | None = None
        self.rules: dict[int, Rule] = {}
        self.initial: dict[int, Rule] = {}
        self.remembered: list[tuple[Any, dict[int, Rule]]] = []

    def run(self, instructions: bytes, until: int | None) -> None:
        """Run them, or those for addresses up to ``until``."""
        cursor = Cursor(instructions, 0, self.word)
        while cursor.place < len(instructions):
            operation = cursor.unsigned(1)
            primary, low = operation & 0xC0, operation & 0x3F
            if primary == 0x40:
                self.location += low * self.common.code
            elif primary == 0x80:
                self.rules[low] = AT_OFFSET, cursor.number() * self.common.data
            elif primary == 0xC0:
                self.restore(low)
            elif operation in (0x01, 0x02, 0x03, 0x04):
                self.advance(operation, cursor)
            else:
                self.other(operation, cursor)
            if until is not None and self.location > until:
                return

    def advance(self, operation: int, cursor: Cursor) -> None:
        """The next row is for a later address."""
        if operation == 0x01:
            self.location = cursor.pointer(self.common.encoding)
        else:
            self.location += cursor.unsigned(1 << operation - 2) * self.common.code

    def restore(self, register: int) -> None:
        """What the common part says of a register."""
        if register in self.initial:
            self.rules[register] = self.initial[register]
        else:
            self.rules.pop(register, None)

    def other(self, operation: int, cursor: Cursor) -> None:
        """An instruction that is not the commonest."""
        rules, scale = self.rules, self.common.data
        match operation:
            case 0x00:
                pass
            case 0x05:
                register = cursor.number()
                rules[register] = AT_OFFSET, cursor.number() * scale
            case 0x06:
                self.restore(cursor.number())
            case 0x07:
                rules[cursor.number()] = UNDEFINED, 0
            case 0x08:
                rules.pop(cursor.number(), None)
            case 0x09:
                register = cursor.number()
                rules[register] = IN_REGISTER, cursor.number()
            case 0x0A:
                self.remembered.append((self.cfa, dict(rules)))
            case 0x0B:
                if not self.remembered:
                    raise Lost("nothing was remembered")
                self.cfa, self.rules = self.remembered.pop()
            case 0x0C:
                register = cursor.number()
                self.cfa = register, cursor.number()
            case 0x0D:
                self.cfa = cursor.number(), self.cfa[1] if isinstance(self.cfa, tuple) else 0
            case 0x0E:
                self.cfa = self.cfa[0] if isinstance(self.cfa, tuple) else 0, cursor.number()
            case 0x0F:
                self.cfa = cursor.take(cursor.number())
            case 0x10 | 0x16:
                register = cursor.number()
                rules[register] = AT_EXPRESSION if operation == 0x10 else IS_EXPRESSION, cursor.take(cursor.number())
            case 0x11:
                register = cursor.number()
                rules[register] = AT_OFFSET, cursor.signed_number() * scale
            case 0x12:
                register = cursor.number()
                self.cfa = register, cursor.signed_number() * scale
            case 0x13:
                self.cfa = self.cfa[0] if isinstance(self.cfa, tuple) else 0, cursor.signed_number() * scale
            case 0x14 | 0x15:
                register = cursor.number()
                rules[register] = IS_OFFSET, (cursor.number() if operation == 0x14 else cursor.signed_number()) * scale
            case 0x2E:
                cursor.number()  # the size of arguments, which no frame needs
            case 0x2F:
                register = cursor.number()
                rules[register] = AT_OFFSET, -cursor.number() * scale
            case _:
                raise Lost(f"instruction {operation:#x}")


