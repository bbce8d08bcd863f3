"""Attributes of netlink messages, struct nlattr: netlink(7), rtnetlink(7), linux/netlink.h.

A class derived from ``Attributes`` is a table: an annotation for each attribute says what it holds. That is
another such table, a ``Payload``, a Word, or any type of fixed size; what is not in the table is shown as bytes.
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Mapping

from ptracer.decode.extents import Decode, Extent, compile
from ptracer.decode.types import Inline, Layout, Loader, as_type
from ptracer.decode.values import Applied, Fields, Hex, HexText, Joined, Meant, Sequence, Symbol, Terminated, Text, Unknown, Value
from ptracer.decode.words import Word
from ptracer.hints import Any, ClassVar
from ptracer.tables.structs.internet import hardware_value, internet6_value

HEADER = 4  # bytes of struct nlattr
NESTED, NET_BYTEORDER = 0x8000, 0x4000
NUMBER = 0x3FFF  # NLA_TYPE_MASK
PAIR = struct.Struct("<HH")
MOST_NAMED = 256  # types of one table that are remembered by name, with their flags
FLAGS = ((NESTED, "NLA_F_NESTED"), (NET_BYTEORDER, "NLA_F_NET_BYTEORDER"))


class Within(Extent):
    """The scope of what a message holds.

    ``family`` is the address family that its header gives, ``address`` where the part that is being decoded
    lies, ``module`` the last name of a family of generic netlink.
    """

    __slots__ = ("family", "address", "module")

    def __init__(self, outer: Any, data: bytes, family: int, address: int = 0) -> None:
        super().__init__(outer, data)
        self.family = family
        self.address = address
        self.module = b""


def message_of(scope: Any) -> Within:
    """The message that a scope lies in."""
    while not isinstance(scope, Within):
        scope = scope.outer
    return scope


def aligned(length: int) -> int:
    """Messages and attributes begin at multiples of four."""
    return -(-length // 4) * 4


class Payload:
    """What an attribute holds, of any length."""

    def decoder(self, layout: Layout) -> Decode:
        """A function of the scope and the bytes."""
        raise NotImplementedError(type(self).__name__)


class Attributes:
    """The base of the tables. ``names`` is the Word of the attributes; ``every`` is what those hold that the
    table does not have."""

    names: ClassVar[Word]
    every: ClassVar[Any] = None
    kinds: ClassVar[Mapping[int, Any]]

    @classmethod
    def table(cls) -> Mapping[int, Any]:
        """What each attribute holds, by number; evaluated on first use."""
        made = cls.__dict__.get("kinds")
        if made is None:
            made = {}
            numbers = cls.names.constants
            for base in reversed(cls.__mro__):
                if not issubclass(base, Attributes) or base is Attributes:
                    continue
                namespace = vars(sys.modules[base.__module__])
                for name, annotation in base.__dict__.get("__annotations__", {}).items():
                    made[numbers[name]] = eval(annotation, namespace) if isinstance(annotation, str) else annotation
            cls.kinds = made
        return made


def unknown(layout: Layout) -> Decode:
    """Bytes of which nothing is known."""
    limit = layout.string_limit
    return lambda scope, data: HexText(data[:limit], len(data) > limit)


def text(layout: Layout) -> Decode:
    """Bytes of which most are characters."""
    limit = layout.string_limit
    return lambda scope, data: Text(data[:limit], len(data) > limit)


def decoder_of(kind: Any, layout: Layout) -> Decode:
    """How something that a table names is decoded."""
    if isinstance(kind, type) and issubclass(kind, Attributes):
        return nested(kind, layout)
    if isinstance(kind, Payload):
        return kind.decoder(layout)
    if isinstance(kind, Word):
        return word(kind, layout)
    return fixed(kind, layout)


def fixed(kind: Any, layout: Layout) -> Decode:
    """A type of fixed size; fewer bytes are shown as bytes, further ones do not matter."""
    type_, short = as_type(kind), unknown(layout)
    size = type_.size(layout.abi)
    if type_.pure:  # it need not know where it lies
        load = type_.loader(layout)
        return lambda scope, data: load(scope, data, 0) if len(data) >= size else short(scope, data)
    decode = compile(kind, layout)
    return lambda scope, data: decode(scope, data) if len(data) >= size else short(scope, data)


def word(kind: Word, layout: Layout) -> Decode:
    """A constant or flags, in up to eight bytes, of which the first count."""
    size, short = kind.size(layout.abi), unknown(layout)

    def decode(scope: Any, data: bytes) -> Value:
        if not size <= len(data) <= 8:
            return short(scope, data)
        return kind.spell(int.from_bytes(data[:size], "little"))

    return decode


def nested(table: type[Attributes], layout: Layout) -> Decode:
    """Attributes one after another."""
    listed = attribute_list(layout, table)
    short = unknown(layout)
    return lambda scope, data: listed(scope, data) if len(data) >= HEADER else short(scope, data)


def attribute_list(layout: Layout, table: type[Attributes]) -> Decode:
    """The attributes in some bytes; a single one stands for itself, not in a list."""
    names, limit = table.names, layout.element_limit()
    decoders: dict[int, Decode] = {}
    other = unknown(layout)

    unpack = PAIR.unpack_from
    named: dict[int, Value] = {}

    def decoder(number: int) -> Decode:
        kind = table.table().get(number, table.every)
        made = decoders[number] = other if kind is None else decoder_of(kind, layout)
        return made

    def name(kind: int) -> Value:
        made = attribute_name(names, kind, kind & NUMBER)
        if len(named) < MOST_NAMED:
            named[kind] = made
        return made

    def listed(scope: Any, data: bytes) -> Value:
        items: list[Value] = []
        place, size, more = 0, len(data), False
        start = scope.address
        while place < size:
            if size - place < HEADER:
                items.append(other(scope, data[place:]))
                break
            if limit is not None and len(items) == limit:
                more = True
                break
            scope.address = start + place + HEADER
            length, kind = unpack(data, place)
            header = Fields([("nla_len", length), ("nla_type", named.get(kind) or name(kind))])
            inside = data[place + HEADER : place + length]
            if inside:
                number = kind & NUMBER
                decode = decoders.get(number) or decoder(number)
                items.append(Sequence([header, decode(scope, inside)]))
            else:
                items.append(header)
            if length < HEADER:
                break
            place += aligned(length)
        scope.address = start
        return items[0] if len(items) == 1 and not more else Sequence(items, more)

    return listed


def attribute_name(names: Word, kind: int, number: int) -> Value:
    """The type of an attribute, with its flags."""
    symbol = names.spell(number)
    flags: list[Value] = [Symbol(bit, name) for bit, name in FLAGS if kind & bit]
    return Joined([*flags, symbol]) if flags else symbol


# --- payloads


class Characters(Payload):
    """A string, which should end with a NUL."""

    def decoder(self, layout: Layout) -> Decode:
        limit = layout.string_limit
        return lambda scope, data: Terminated(data[:limit], True)


class Kind(Payload):
    """A string that ends at the first NUL."""

    def decoder(self, layout: Layout) -> Decode:
        limit = layout.string_limit

        def decode(scope: Any, data: bytes) -> Value:
            text, zero, _ = data.partition(b"\0")
            return Text(text[:limit], not zero or len(text) > limit)

        return decode


class Hardware(Payload):
    """A hardware address."""

    def decoder(self, layout: Layout) -> Decode:
        other = unknown(layout)
        return lambda scope, data: hardware_value(data) if len(data) <= 32 else other(scope, data)


class FamilyAddress(Payload):
    """An internet address of the message's family."""

    def decoder(self, layout: Layout) -> Decode:
        other = unknown(layout)

        def decode(scope: Any, data: bytes) -> Value:
            return address_value(message_of(scope).family, data) or other(scope, data)

        return decode


def address_value(family: int, data: bytes, field: str = "") -> Value | None:
    """An internet address, which may fill a ``field``; None: it is not one."""
    import socket

    if family == socket.AF_INET and len(data) >= 4:
        raw = data[:4]
        return Meant(HexText(raw), Applied("inet_addr", [Text(socket.inet_ntoa(raw).encode())]))
    if family == socket.AF_INET6 and len(data) >= 16:
        return internet6_value(data[:16], field)
    return None


class Each(Payload):
    """``Each(UShort)``: things of fixed size one after another."""

    def __init__(self, element: Any) -> None:
        self.element = element

    def decoder(self, layout: Layout) -> Decode:
        decode, size, other = compile(self.element, layout), as_type(self.element).size(layout.abi), unknown(layout)
        limit = layout.element_limit()

        def decode_all(scope: Any, data: bytes) -> Value:
            count = len(data) // size
            if not count:
                return other(scope, data)
            shown = count if limit is None else min(count, limit)
            items = [decode(scope, data[place * size : (place + 1) * size]) for place in range(shown)]
            return Sequence(items, shown < count)

        return decode_all


class Indexed(Payload):
    """``Indexed(Int, word, 1)``: an array of which each place has a name: ``[[IPV4_DEVCONF_FORWARDING-1]=0, ...]``."""

    def __init__(self, element: Any, word: Word, first: int = 0) -> None:
        self.element, self.word, self.first = element, word, first

    def decoder(self, layout: Layout) -> Decode:
        decode, size, other = compile(self.element, layout), as_type(self.element).size(layout.abi), unknown(layout)
        first, limit = self.first, layout.element_limit()

        def decode_all(scope: Any, data: bytes) -> Value:
            count = len(data) // size
            if not count:
                return other(scope, data)
            shown = count if limit is None else min(count, limit)
            items = []
            for place in range(shown):
                symbol = self.word.spell(place + first)
                if isinstance(symbol, Unknown):
                    symbol = self.word.spell(place)
                elif first:
                    symbol = Symbol(place, f"{symbol.text}-{first}", str(place))
                items.append(Joined([Sequence([symbol]), decode(scope, data[place * size : (place + 1) * size])], "="))
            return Sequence(items, shown < count)

        return decode_all


class Timed(Payload):
    """``Timed(1000)``: a number of parts of a second, with the seconds as a remark."""

    def __init__(self, parts: int) -> None:
        self.parts = parts

    def decoder(self, layout: Layout) -> Decode:
        digits, other, parts = len(str(self.parts)) - 1, unknown(layout), self.parts

        def decode(scope: Any, data: bytes) -> Value:
            if len(data) > 8:
                return other(scope, data)
            number = int.from_bytes(data, "little")
            if not number:
                return number
            text = f"{number} /* {number // parts}.{number % parts:0{digits}} s */"
            return Unknown(number, text, text)

        return decode


class Number64(Payload):
    """``htobe64(1)``: eight bytes in network order."""

    def decoder(self, layout: Layout) -> Decode:
        other = unknown(layout)

        def decode(scope: Any, data: bytes) -> Value:
            if len(data) < 8:
                return other(scope, data)
            return Meant(HexText(data[:8]), Applied("htobe64", [int.from_bytes(data[:8], "big")]))

        return decode


class After(Payload):
    """``After(br_mdb_entry, table)``: a structure, and attributes behind it."""

    def __init__(self, structure: Any, table: type[Attributes] | None = None) -> None:
        self.structure, self.table = structure, table

    def decoder(self, layout: Layout) -> Decode:
        decode, size, other = compile(self.structure, layout), as_type(self.structure).size(layout.abi), unknown(layout)
        rest = attribute_list(layout, self.table) if self.table is not None else other

        def decode_both(scope: Any, data: bytes) -> Value:
            if len(data) < size:
                return other(scope, data)
            value = decode(scope, data)
            start = aligned(size)
            return Joined([value, rest(scope, data[start:])], ", ") if len(data) > start else value

        return decode_both


class First(Payload):
    """``First(words.AddressFlags)``: a word, whatever follows it."""

    def __init__(self, word: Word) -> None:
        self.word = word

    def decoder(self, layout: Layout) -> Decode:
        return fixed(self.word, layout)


class Whole(Payload):
    """``Whole(words.InternetProtocol)``: a word in as many bytes as there are, up to eight."""

    def __init__(self, word: Word) -> None:
        self.word = word

    def decoder(self, layout: Layout) -> Decode:
        other, spell = unknown(layout), self.word.spell
        return lambda scope, data: spell(int.from_bytes(data, "little")) if len(data) <= 8 else other(scope, data)


class HexNumber(Payload):
    """A number in as many bytes as there are, up to eight."""

    def decoder(self, layout: Layout) -> Decode:
        other = unknown(layout)
        return lambda scope, data: Hex(int.from_bytes(data, "little")) if len(data) <= 8 else other(scope, data)


class Growing(Payload):
    """``Growing(rtnl_link_stats64, 184, 192)``: a structure that once ended at one of these sizes."""

    def __init__(self, structure: Any, *sizes: int) -> None:
        self.structure, self.sizes = structure, sizes

    def decoder(self, layout: Layout) -> Decode:
        decode, size, other = compile(self.structure, layout), as_type(self.structure).size(layout.abi), unknown(layout)
        sizes = self.sizes
        return lambda scope, data: decode(scope, data) if len(data) >= size or len(data) in sizes else other(scope, data)


class Sized(Payload):
    """``Sized({12: packed, 16: whole})``: structures told apart by their size, for the ABI decides on it."""

    def __init__(self, structures: Mapping[int, Any]) -> None:
        self.structures = structures

    def decoder(self, layout: Layout) -> Decode:
        decoders = {size: compile(structure, layout) for size, structure in self.structures.items()}
        other = unknown(layout)
        return lambda scope, data: decoders.get(len(data), other)(scope, data)


class Octets(Inline):
    """``Octets[3]``: bytes of a structure, shown as bytes."""

    def loader(self, layout: Layout) -> Loader:
        length = self.length
        return lambda scope, data, offset: HexText(data[offset : offset + length])
