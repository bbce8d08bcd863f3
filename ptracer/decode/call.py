"""A system call from entry to exit, and the notices between calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

from ptracer.errors import Fault

if TYPE_CHECKING:
    from ptracer.decode.signature import Signature
    from ptracer.decode.values import Value
    from ptracer.regs import ABI

Chunks = dict[int, bytes]


class Call:
    """One system call of one thread.

    It is also the scope in which types are decoded: they read memory through ``read`` and
    ``read_some``, which answer from what was captured at the stop, never from a process.

    ``args`` are the six raw registers, ``result`` the raw signed result, ``error`` the errno (positive)
    or 0. ``start`` and ``end`` are nanoseconds of CLOCK_MONOTONIC; ``end`` is 0 while the call is open.
    """

    __slots__ = (
        "tid", "abi", "number", "signature", "args", "start", "end", "result", "error", "chunks", "entry_chunks", "exit_chunks",
        "pointer", "entered", "exited", "cpu",
    )  # fmt: skip

    def __init__(
        self, tid: int, abi: ABI, number: int, signature: Signature, args: tuple[int, ...], start: int, chunks: Chunks | None
    ) -> None:
        self.tid = tid
        self.abi = abi
        self.number = number
        self.signature = signature
        self.args = args
        self.start = start
        self.end = 0
        self.result = 0
        self.error = 0
        self.chunks = self.entry_chunks = self.exit_chunks = chunks
        self.pointer = 0
        self.cpu = 0
        self.entered: list[Value] = []
        self.exited: list[Value] = []

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
        for start, data in chunks.items():
            if start < address < start + len(data):
                return data[address - start : address - start + size]
        return b""


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
