"""Words that only i386 has: what socketcall(2) and ipc(2) carry, offsets in pages, ids of 16 bits."""

from __future__ import annotations

from collections.abc import Callable

from ptracer.decode.types import Integer, Layout
from ptracer.decode.values import Hex, Joined, Symbol, Value
from ptracer.decode.words import Enum

PAGE_SIZE = 4096
VERSION_SHIFT = 16

SocketCall = Enum("i386.socket_calls", decimal=True)
PageOffset = Integer(4, shape=lambda pages: Hex(pages * PAGE_SIZE))
ShortId = Integer(2, shape=lambda number: -1 if number == 0xFFFF else number)


class IpcCallWord(Enum):
    """The first argument of ipc(2): a call, and above it the version of the interface."""

    def __init__(self) -> None:
        super().__init__("i386.ipc_calls")

    def key(self, number: int) -> int:
        return number & (1 << VERSION_SHIFT) - 1

    def value(self, layout: Layout) -> Callable[[int], Value]:
        def shape(number: int) -> Value:
            version, call = number >> VERSION_SHIFT, self.key(number)
            if not version:
                return call
            shift = Joined([version, Symbol(VERSION_SHIFT, str(VERSION_SHIFT), str(VERSION_SHIFT))], "<<")
            return Joined([shift, call], "|")

        return shape


IpcCall = IpcCallWord()
