"""Values and names of extended attributes. Source: xattr(7), setxattr(2), getxattr(2), listxattr(2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ptracer.decode.expressions import Expression, bind, this
from ptracer.decode.structs import Struct
from ptracer.decode.types import (
    Bytes,
    Fetcher,
    Layout,
    PointerTo,
    UInt,
    length_source,
    pointer_value,
)
from ptracer.decode.values import NULL, Address, Terminated, Value
from ptracer.errors import Fault
from ptracer.hints import Any
from ptracer.plans import BYTES, Step
from ptracer.regs import ABI
from ptracer.tables.words.files import AttributeFlags

LONGEST_VALUE = 65536  # XATTR_SIZE_MAX: include/uapi/linux/limits.h


class AttributeValue(Bytes):
    """``AttributeValue(this.size)``: bytes that are a string more often than not, so a NUL at the end is left out."""

    def fetcher(self, layout: Layout) -> Fetcher:
        length, limit = bind(self.length, layout.names), layout.string_limit

        def fetch(scope: Any, address: int) -> Value:
            size = length(scope)
            if not 0 <= size <= LONGEST_VALUE:
                raise Fault(address)
            return Terminated(scope.read(address, min(size, limit)), size > limit)

        return fetch

    def steps(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        source = length_source(self.length, positions)
        return source and [Step(BYTES, argument, *source, 1, layout.string_limit)]


class Reply(AttributeValue):
    """``Reply(this.size)``: the value that a call has put where there is room for ``size`` bytes of it."""

    def __init__(self, room: Expression) -> None:
        super().__init__(this.ret)
        self.room = room

    def fetcher(self, layout: Layout) -> Fetcher:
        room, fetch = bind(self.room, layout.names), super().fetcher(layout)

        def reply(scope: Any, address: int) -> Value:
            if not room(scope):  # the program only asked how long it is
                raise Fault(address)
            return fetch(scope, address)

        return reply


class NamesReply(Bytes):
    """``NamesReply(this.size)``: names, each with a NUL."""

    def __init__(self, room: Expression) -> None:
        super().__init__(this.ret)
        self.room = room

    def fetcher(self, layout: Layout) -> Fetcher:
        room, fetch = bind(self.room, layout.names), super().fetcher(layout)
        return lambda scope, address: fetch(scope, address) if room(scope) else Address(address)


class AlignedPointer(PointerTo):
    """A pointer in a structure that is the same on every ABI."""

    def size(self, abi: ABI) -> int:
        return 8

    def alignment(self, abi: ABI) -> int:
        return 8

    def loader(self, layout: Layout) -> Callable[[Any, bytes, int], Value]:
        fetch = self.fetched(layout) if layout.verbose else None

        def load(scope: Any, data: bytes, offset: int) -> Value:
            address = int.from_bytes(data[offset : offset + 8], "little")
            if not address or fetch is None:
                return pointer_value(address) if address else NULL
            try:
                return fetch(scope, address)
            except Fault:
                return Address(address)

        return load


class xattr_args(Struct):
    """What setxattrat(2) takes."""

    value: AlignedPointer(AttributeValue(this.size))
    size: UInt
    flags: AttributeFlags


class xattr_reply(Struct):
    """What getxattrat(2) takes, and answers through."""

    value: AlignedPointer(Reply(this.size))
    size: UInt
    flags: AttributeFlags
