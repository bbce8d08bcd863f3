"""Structures of which only some bytes exist: what a length beside the pointer says.

``compile`` makes a function ``(scope, data)`` of any type. Bytes that are missing at the end read as
zero; conditions and lengths in a structure may refer to ``this.length``, the bytes that exist.
"""

from __future__ import annotations

from collections.abc import Callable

from ptracer.decode.structs import Siblings, StructType
from ptracer.decode.types import Layout, as_type
from ptracer.decode.values import Fields, HexText, Value
from ptracer.hints import Any

Decode = Callable[[Any, bytes], Value]


class Extent:
    """The scope around a structure of which ``data`` is all there is."""

    __slots__ = ("outer", "data", "length")

    def __init__(self, outer: Any, data: bytes) -> None:
        self.outer = outer
        self.data = data
        self.length = len(data)

    def read(self, address: int, size: int) -> bytes:
        return self.outer.read(address, size)  # type: ignore[no-any-return]

    def read_some(self, address: int, size: int) -> bytes:
        return self.outer.read_some(address, size)  # type: ignore[no-any-return]

    def read_string(self, address: int, size: int) -> bytes:
        return self.outer.read_string(address, size)  # type: ignore[no-any-return]

    def read_pointers(self, address: int, size: int, word: int) -> bytes:
        return self.outer.read_pointers(address, size, word)  # type: ignore[no-any-return]

    @property
    def call(self) -> Any:
        """The call in which all this happens."""
        return getattr(self.outer, "call", self.outer)

    @property
    def error(self) -> int:
        return self.outer.error  # type: ignore[no-any-return]


def extent_of(scope: Any) -> Extent:
    """The extent around a field, however deep it is."""
    while not isinstance(scope, Extent):
        scope = scope.outer
    return scope


def length_of(scope: Any) -> int:
    """``this.length``."""
    return scope.length  # type: ignore[no-any-return]


def compile(thing: Any, layout: Layout) -> Decode:
    """A function of a scope and the bytes that exist."""
    kind = as_type(thing)
    names = Siblings(layout.names)
    names["length"] = length_of
    load = kind.loader(layout.within(names))
    size = kind.size(layout.abi)

    def decode(scope: Any, data: bytes) -> Value:
        extent = Extent(scope, data)
        return load(extent, data if len(data) >= size else data.ljust(size, b"\0"), 0)

    return decode


def partial(thing: Any, layout: Layout) -> Decode:
    """The same for a structure of which the call gives as much as there is room for.

    Fields that do not exist are left out; of one that ends too early its bytes are shown.
    """
    kind = as_type(thing)
    assert isinstance(kind, StructType)
    decode = compile(thing, layout)
    offsets, size, _ = kind.place(layout.abi)
    places = {field.name.rstrip("_"): (offsets[field.name], field.type.size(layout.abi)) for field in kind.fields}

    def decode_partly(scope: Any, data: bytes) -> Value:
        value = decode(scope, data)
        if len(data) >= size:
            return value
        pairs = []
        for name, item in value.pairs:
            place, width = places[name]
            if place + width <= len(data):
                pairs.append((name, item))
            elif place < len(data):
                pairs.append((name, HexText(data[place:])))
        return Fields(pairs)

    return decode_partly
