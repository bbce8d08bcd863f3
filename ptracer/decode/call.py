"""A system call from entry to exit, and the notices between calls."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable

from ptracer.errors import Fault
from ptracer.hints import TYPE_CHECKING

if TYPE_CHECKING:
    from ptracer.decode.signature import Signature
    from ptracer.decode.values import Value
    from ptracer.regs import ABI

Chunks = dict[int, bytes]
FEW = 16  # chunks that are searched one after the other
NOTHING: list[Value] = []


class Call:
    """One system call of one thread.

    It is also the scope in which types are decoded: they read memory through ``read`` and
    ``read_some``, which answer from what was captured at the stop, never from a process.

    ``args`` are the six raw registers, ``result`` the raw signed result, ``error`` the errno (positive)
    or 0. ``start`` and ``end`` are nanoseconds of CLOCK_MONOTONIC; ``end`` is 0 while the call is open.
    """

    __slots__ = (
        "tid", "signature", "number", "args", "start", "end", "result", "error", "cpu", "pointer", "tampered",
        "entered", "exited", "chunks", "entry_chunks", "exit_chunks", "ordered",
    )  # fmt: skip

    def __init__(
        self, tid: int, signature: Signature, number: int, args: tuple[int, ...], start: int, chunks: Chunks | None
    ) -> None:
        self.tid = tid
        self.signature = signature
        self.number = number
        self.args = args
        self.start = start
        self.chunks = self.entry_chunks = self.exit_chunks = chunks
        self.end = self.result = self.error = self.cpu = self.pointer = 0
        self.tampered = 0  # a set of the TAMPERED_* of records
        self.entered = self.exited = NOTHING
        self.ordered: tuple[Chunks, list[int], list[int]] | None = None

    @property
    def abi(self) -> ABI:
        """The calling convention of this one call."""
        return self.signature.abi

    def read(self, address: int, size: int) -> bytes:
        """Exactly ``size`` bytes at ``address``; Fault when they were not captured."""
        chunks = self.chunks
        if chunks:
            data = chunks.get(address)
            if data is not None:
                if len(data) == size:
                    return data
                if len(data) > size:
                    return data[:size]
            else:
                data = self.read_some(address, size)
                if len(data) == size:
                    return data
        elif not size:
            return b""
        raise Fault(address)

    def read_some(self, address: int, size: int) -> bytes:
        """At most ``size`` bytes at ``address``: as many as could be read."""
        chunks = self.chunks
        if not chunks:
            return b""
        data = chunks.get(address)
        if data is not None:
            return data[:size]
        # An address inside something that was captured whole: a field, an element.
        if len(chunks) > FEW:
            return self.inside(chunks, address, size)
        for start, data in chunks.items():
            if start < address < start + len(data):
                return data[address - start : address - start + size]
        return b""

    read_string = read_some  # up to a NUL, of which captured memory has nothing behind

    def read_pointers(self, address: int, size: int, word: int) -> bytes:
        """The same of pointers up to a NULL, each a ``word`` wide."""
        return self.read_some(address, size)

    def aside(self, address: int) -> bytes:
        """What stands at an address that no tracee has: all of it, or nothing."""
        chunks = self.chunks
        return chunks.get(address, b"") if chunks else b""

    def inside(self, chunks: Chunks, address: int, size: int) -> bytes:
        """The same of many chunks, which are put in order for it once."""
        if self.ordered is None or self.ordered[0] is not chunks:
            self.ordered = chunks, *in_order(chunks)
        _, starts, farthest = self.ordered
        place = bisect_right(starts, address)
        if not place:
            return b""
        start = farthest[place - 1]
        return chunks[start][address - start : address - start + size]


def in_order(chunks: Chunks) -> tuple[list[int], list[int]]:
    """The addresses of chunks, sorted, and for each of them that of the chunk, of all up to it, which ends last."""
    starts, farthest, last, end = sorted(chunks), [], 0, -1
    for start in starts:
        if start + len(chunks[start]) > end:
            last, end = start, start + len(chunks[start])
        farthest.append(last)
    return starts, farthest


ASIDE = 16  # bytes, at most, that stand at such an address


class LiveCall(Call):
    """A call at its stop: what is read comes from the tracee and is remembered in ``chunks``."""

    __slots__ = ("fetch",)
    fetch: Callable[[int, int], bytes]  # (address, size) -> as many bytes as can be read

    def read(self, address: int, size: int) -> bytes:
        data = self.read_some(address, size)
        if len(data) < size:
            raise Fault(address)
        return data

    def read_some(self, address: int, size: int) -> bytes:
        chunks = self.chunks
        assert chunks is not None
        known = chunks.get(address)
        if known is not None and len(known) >= size:
            return known[:size]
        data = self.fetch(address, size) if size > 0 else b""
        chunks[address] = data
        return data

    def read_string(self, address: int, size: int) -> bytes:
        """At most ``size`` bytes, up to a NUL: what lies behind a string is nobody's business, and not remembered."""
        chunks = self.chunks
        assert chunks is not None
        known = chunks.get(address, b"")
        if len(known) >= size or b"\0" in known:
            return known[:size]
        data = self.fetch(address, size) if size > 0 else b""
        return self.remember(address, data, len(data.partition(b"\0")[0]) + 1)

    def read_pointers(self, address: int, size: int, word: int) -> bytes:
        data = self.fetch(address, size) if size > 0 else b""
        places = range(0, len(data), word)
        end = next((place + word for place in places if not any(data[place : place + word])), len(data))
        return self.remember(address, data, end)

    def remember(self, address: int, data: bytes, size: int) -> bytes:
        """The first bytes of what was read, as if there were no more; what was read there before remains."""
        chunks = self.chunks
        assert chunks is not None
        kept = data[: max(size, len(chunks.get(address, b"")))]
        chunks[address] = kept
        return kept[:size]

    def aside(self, address: int) -> bytes:
        return self.read_some(address, ASIDE)
