"""What getdents(2) fills in, and file handles. Source: getdents(2), open_by_handle_at(2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from ptracer.decode.types import (
    MOST_BYTES,
    Fetcher,
    Layout,
    PointerTo,
    Target_,
    pointer_value,
)
from ptracer.decode.values import NULL, Address, Annotated, Change, Fields, HexText, Sequence, Symbol, Text, Value
from ptracer.errors import Fault
from ptracer.hints import Any
from ptracer.plans import BYTES, CONSTANT, RESULT, Step
from ptracer.tables.words.files import EntryType


def entries(data: bytes, length_at: int) -> Iterator[bytes]:
    """The directory entries in a buffer; each says at ``length_at`` how long it is."""
    place = 0
    while place + length_at + 2 <= len(data):
        length = int.from_bytes(data[place + length_at : place + length_at + 2], "little")
        if length < length_at + 3:
            return
        yield data[place : place + length]
        place += length


def count(data: bytes, length_at: int) -> int:
    """How many they are. Their lengths are even, as they are all aligned; where they are not, or are too small, they are
    looked at one after the other.
    """
    lengths = memoryview(data[: len(data) & ~1]).cast("H")
    place, most = length_at >> 1, len(data) // (length_at + 3)
    found = 0
    try:
        for found in range(most + 1):  # noqa: B007, for every name costs in this loop
            place += lengths[place] >> 1
    except IndexError:
        if place - (length_at >> 1) == len(lengths):
            return found
    return sum(1 for _ in entries(data, length_at))


class Directory(Target_):
    """Entries of a directory, abbreviated to how many there are.

    ``word`` is the size of an inode number and an offset, 0 that of a register. The type of a file is before its
    name, or (``type_last``) in the last byte of the entry.
    """

    def __init__(self, word: int, type_last: bool) -> None:
        self.word, self.type_last = word, type_last

    def fetcher(self, layout: Layout) -> Fetcher:
        word = self.word or layout.abi.register_size
        shape = self.old_shape(word) if self.type_last else self.shape(word)
        abbreviate, length_at = layout.abbreviate, 2 * word

        def fetch(scope: Any, address: int) -> Value:
            size = scope.result
            data = scope.read(address, min(size, MOST_BYTES)) if size else b""
            if abbreviate:
                return Annotated(Address(address), f"{count(data, length_at)} entries")
            return Sequence([shape(entry) for entry in entries(data, length_at)], size > MOST_BYTES)

        return fetch

    @staticmethod
    def head(entry: bytes, word: int) -> list[tuple[str, Value]]:
        """What all kinds of entries begin with."""
        number, offset = (int.from_bytes(entry[at : at + word], "little") for at in (0, word))
        sign = 1 << 8 * word - 1
        return [("d_ino", number), ("d_off", (offset ^ sign) - sign), ("d_reclen", len(entry))]

    def shape(self, word: int) -> Callable[[bytes], Value]:
        """struct linux_dirent64."""

        def entry_of(entry: bytes) -> Value:
            kind, name = entry[2 * word + 2], entry[2 * word + 3 :].split(b"\0", 1)[0]
            return Fields([*self.head(entry, word), ("d_type", EntryType.spell(kind)), ("d_name", Text(name))])

        return entry_of

    def old_shape(self, word: int) -> Callable[[bytes], Value]:
        """struct linux_dirent."""

        def entry_of(entry: bytes) -> Value:
            kind, name = entry[-1], entry[2 * word + 2 : -1].split(b"\0", 1)[0]
            return Fields([*self.head(entry, word), ("d_name", Text(name)), ("d_type", EntryType.spell(kind))])

        return entry_of

    def steps(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        return [Step(BYTES, argument, RESULT, 0, 1, MOST_BYTES)]


Entries, Entries64 = Directory(0, type_last=True), Directory(8, type_last=False)

NAME_MAX = 255


class OldEntry(Target_):
    """struct old_linux_dirent, the one entry that readdir(2) gives: ``d_reclen`` is the length of the name."""

    def fetcher(self, layout: Layout) -> Fetcher:
        word = layout.abi.word_size

        def fetch(scope: Any, address: int) -> Value:
            head = scope.read(address, 2 * word + 2)
            inode, offset, length = (int.from_bytes(head[at : at + word], "little") for at in (0, word, 2 * word))
            name = scope.read(address + len(head), min(length, NAME_MAX))
            return Fields([("d_ino", inode), ("d_off", offset), ("d_reclen", length), ("d_name", Text(name))])

        return fetch

    def steps(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        return [Step(BYTES, argument, CONSTANT, 2 * layout.abi.word_size + 2 + NAME_MAX)]


# --- file handles

HEAD = 8  # bytes before the handle itself: its size and its type
MAX_HANDLE = 128


class FileHandle(Target_):
    """A file handle that the program gives: ``{handle_bytes=8, handle_type=1, f_handle="\\x..."}``."""

    def fetcher(self, layout: Layout) -> Fetcher:
        def fetch(scope: Any, address: int) -> Value:
            return Fields(handle_of(scope, address))

        return fetch

    def steps(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        return [Step(BYTES, argument, CONSTANT, HEAD + MAX_HANDLE)]


def handle_of(scope: Any, address: int) -> list[tuple[str, Value]]:
    """The fields of a handle. Fault: not even its head can be read."""
    head = scope.read(address, HEAD)
    size, kind = int.from_bytes(head[:4], "little"), int.from_bytes(head[4:], "little", signed=True)
    shown = min(size, MAX_HANDLE)
    data = scope.read_some(address + HEAD, shown)
    handle = HexText(data, size > MAX_HANDLE) if len(data) == shown else Symbol(0, "???", "???")
    return [("handle_bytes", size), ("handle_type", kind), ("f_handle", handle)]


class NewFileHandle(PointerTo):
    """A buffer for a file handle: how much room there was and, after the call, what came into it."""

    filled_on_error = True  # with the room it would have taken

    def __init__(self) -> None:
        super().__init__(FileHandle(), "both")

    def argument(self, layout: Layout) -> Callable[[Any, int], Value]:
        if not layout.verbose:
            return lambda scope, raw: pointer_value(raw)

        def value(scope: Any, raw: int) -> Value:
            if not raw:
                return NULL
            scope.chunks = scope.entry_chunks
            try:
                room = int.from_bytes(scope.read(raw, HEAD)[:4], "little")
            except Fault:
                return Address(raw)
            finally:
                scope.chunks = scope.exit_chunks
            try:
                needed = int.from_bytes(scope.read(raw, 4), "little")
                fields = [] if scope.error else handle_of(scope, raw)[1:]
            except Fault:
                return Fields([("handle_bytes", room)])
            return Fields([("handle_bytes", room if needed == room else Change(room, needed)), *fields])

        return value
