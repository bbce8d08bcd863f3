"""Address spaces, and stacks in them as text."""

from __future__ import annotations

import struct

from ptracer.stacks.lines import line_of
from ptracer.stacks.mappings import VDSO, Mapping, Mappings, lines_of
from ptracer.stacks.names import readable
from ptracer.stacks.objects import ObjectFile, opened
from ptracer.stacks.reading import Lost
from ptracer.stacks.tables import Row
from ptracer.stacks.unwind import SIZE_OF_REGISTERS, Thread, by_frame_pointer, general, out_of_signal

MOST_FILES = 256  # open at a time
TOO_MANY = " > too many stack frames\n"
UNKNOWN = " > unexpected_backtracing_error [{:#x}]\n"


class Frame:
    """Everything about one address that code is at, or returns to: its line, and how to get to the caller.

    ``kept`` is the line in stacks that strace keeps: there it writes a distance where no function is known. ``row`` is None
    where no table says; then ``signal`` tells of the kernel's frame. ``known``: some file is there.
    """

    __slots__ = ("text", "kept", "row", "known", "signal")

    def __init__(self, text: str, kept: str, row: Row | None, known: bool, signal: bool) -> None:
        self.text = text
        self.kept = kept
        self.row = row
        self.known = known
        self.signal = signal


class Space:
    """The address space of one process, and the frames that have been seen in it.

    An address that a call returns to belongs to the instruction before it; so there are two kinds of frames.
    """

    def __init__(self) -> None:
        self.mappings = Mappings(())
        self.vdso = b""
        self.exact: dict[int, Frame] = {}
        self.returned: dict[int, Frame] = {}

    def change(self, maps: bytes) -> None:
        """The mappings are these from now on. Where no file has come or gone the frames stay as they are."""
        lines = lines_of(maps)
        if lines != self.mappings.lines:
            self.mappings = Mappings(lines)
            self.exact, self.returned = {}, {}


class Spaces:
    """All address spaces, and the files in them. ``limit`` is how many frames are shown, ``lines``: with lines of source."""

    def __init__(self, limit: int, lines: bool = False) -> None:
        self.limit = limit
        self.lines = lines
        self.spaces: dict[int, Space] = {}  # by process
        self.process: dict[int, int] = {}  # of a thread
        self.left: dict[int, tuple[tuple[int, bytes], ...]] = {}  # the stack that a thread was on when a signal came
        self.files: dict[tuple[str, object], ObjectFile | None] = {}

    # --- who is where

    def enter(self, tid: int, process: int, maps: bytes, vdso: bytes) -> None:
        """A thread runs in the address space of a process from now on; without maps it is as it was."""
        self.process[tid] = process
        if not maps and process in self.spaces:
            return
        space = self.spaces[process] = Space()
        space.vdso = vdso
        space.change(maps)

    def change(self, tid: int, maps: bytes) -> None:
        """A thread has changed the mappings of its process."""
        self.space(tid).change(maps)

    def space(self, tid: int) -> Space:
        """The address space of a thread."""
        return self.spaces.setdefault(self.process.setdefault(tid, tid), Space())

    def interrupt(self, tid: int, data: bytes) -> None:
        """A signal has come: the handler may run on a stack of its own, and this one stays as it is."""
        if len(data) > SIZE_OF_REGISTERS:
            thread = Thread(data)
            self.left[tid] = ((thread.start, thread.stack),)

    def forget(self, tid: int) -> None:
        """A thread is gone."""
        self.left.pop(tid, None)
        if self.process.pop(tid, None) == tid and tid not in self.process.values():
            self.spaces.pop(tid, None)

    # --- frames

    def text(self, tid: int, data: bytes, kept: bool) -> str:
        """The stack of a thread, a line for each frame; ``data``: registers, then the stack from its pointer upwards.

        ``kept``: it is that of a call, which strace keeps until the call returns.
        """
        lines: list[str] = []
        try:
            self.walk(self.space(tid), Thread(data, self.left.get(tid, ())), lines, kept)
        except (Lost, struct.error, LookupError, ArithmeticError, ValueError):
            pass  # where the stack makes no sense it ends
        return "".join(lines)

    def walk(self, space: Space, thread: Thread, lines: list[str], kept: bool) -> None:
        """Add the lines of the frames. Lost and its like: the stack ends here."""
        registers, pointer, read, limit = thread.registers, thread.pointer, thread.reader(), self.limit
        frames, address, former = space.exact, registers[-1], None
        while address:
            frame = frames.get(address)
            if frame is None:
                frame = frames[address] = self.frame(space, address, frames is space.exact)
            lines.append(frame.kept if kept else frame.text)
            row = frame.row
            if row is None:
                if not frame.known:
                    return
                (out_of_signal if frame.signal else by_frame_pointer)(registers, read, thread)
            elif row.plain:
                place = registers[row.register] + row.offset
                for register, offset in row.saved:
                    registers[register] = read(place + offset)
                registers[pointer] = place
            else:
                general(row, registers, read, thread)
            if row is not None and row.ends:
                return
            here = registers[pointer], registers[-1]
            if here == former or not here[1]:
                return
            former, address = here, here[1]
            if len(lines) >= limit:
                lines.append(TOO_MANY)
                return
            frames = space.exact if frame.signal else space.returned

    def frame(self, space: Space, address: int, exact: bool) -> Frame:
        """What there is to say of an address."""
        mapping = space.mappings.find(address)
        if mapping is None:
            text = UNKNOWN.format(address)
            return Frame(text, text, None, False, False)
        offset = address - mapping.start + mapping.offset
        file = self.file(space, mapping)
        asked = file.address_of(offset - (not exact)) if file is not None else None
        row = file.row(asked) if file is not None and asked is not None else None
        signal = row.signal if row is not None else False
        if row is None and exact is False and file is not None and asked is not None:
            signal = file.returns_from_signal(asked + 1)
        name = self.name(file if mapping.path != VDSO else None, asked, not exact)
        where = line_of(file, asked) if self.lines and file is not None and asked is not None else ""
        text, kept = (f" > {mapping.path}({inside}) [{offset:#x}]{where}\n" for inside in (name, name or "+0x0"))
        return Frame(text, kept, row, True, signal)

    def name(self, file: ObjectFile | None, address: int | None, further: int) -> str:
        """``function+distance``, the distance that of the address itself."""
        found = file.symbols.find(address) if file is not None and address is not None else None
        if found is None:
            return ""
        return f"{readable(found[0])}+{found[1] + further:#x}"

    def file(self, space: Space, mapping: Mapping) -> ObjectFile | None:
        """The file of a mapping; None: it cannot be read."""
        key = mapping.path, space.vdso if mapping.path == VDSO else mapping.identity
        if key not in self.files:
            if len(self.files) >= MOST_FILES:
                self.files.clear()
            self.files[key] = opened(mapping.path, space.vdso if mapping.path == VDSO else None)
        return self.files[key]
