"""Messages of netlink sockets, struct nlmsghdr: netlink(7), linux/netlink.h."""

from __future__ import annotations

import struct

from ptracer.decode.types import Byte, Layout, UInt
from ptracer.decode.values import Fields, Sequence, Symbol, Value
from ptracer.decode.words import Flags, Word, group
from ptracer.hints import Any, ClassVar
from ptracer.tables.structs.netlink.attributes import Attributes, Characters, Each, Within, aligned, attribute_list, unknown
from ptracer.tables.words import netlink as words

HEADER = struct.Struct("<IHHII")
NLMSG_ERROR, NLMSG_DONE, NLMSG_MIN_TYPE = 2, 3, 0x10
NLM_F_CAPPED = 0x100

# The names of the upper flags depend on what a message asks for.
UPPER = {"get": "get_flags", "new": "new_flags", "delete": "delete_flags", "acknowledge": "acknowledge_flags"}
MESSAGE_FLAGS = {
    purpose: Flags({**group("netlink.message_flags"), **(group(f"netlink.{upper}") if upper else {})}, "NLM_F_???", width=2)
    for purpose, upper in [(None, None), *UPPER.items()]
}


class ErrorAttributes(Attributes):
    names = words.ErrorAttribute
    NLMSGERR_ATTR_MSG: Characters()
    NLMSGERR_ATTR_OFFS: UInt
    NLMSGERR_ATTR_COOKIE: Each(Byte)


class Family:
    """The messages of one protocol. ``types`` names them."""

    types: ClassVar[Word] = words.MessageType

    def __init__(self, layout: Layout) -> None:
        self.layout = layout

    def type_name(self, scope: Any, kind: int) -> Value:
        """The type of a message of this protocol."""
        return self.types.spell(kind)

    def flags(self, kind: int) -> str | None:
        """What a message asks for: a key of UPPER."""
        return None

    def payload(self, scope: Within, kind: int, data: bytes, flags: int) -> list[Value]:
        """What follows the header, which is something."""
        return [unknown(self.layout)(scope, data)]


class Messages:
    """Makes values of the messages of one family."""

    def __init__(self, layout: Layout, family: Family) -> None:
        self.family = family
        self.limit = layout.element_limit()
        self.unknown = unknown(layout)
        self.errors = attribute_list(layout, ErrorAttributes)

    def value(self, scope: Any, data: bytes, address: int) -> Value:
        """The messages in the bytes at an address; a single one stands for itself, not in a list."""
        items: list[Value] = []
        place, size, more = 0, len(data), False
        while place < size:
            if self.limit is not None and len(items) == self.limit:
                more = True
                break
            if size - place < HEADER.size:
                items.append(self.unknown(scope, data[place:]))
                break
            length = int.from_bytes(data[place : place + 4], "little")
            end = min(place + length, size) if length >= HEADER.size else place + HEADER.size
            items.append(self.message(scope, data[place:end], address + place))
            if length < HEADER.size:
                break
            place += aligned(length)
        return items[0] if len(items) == 1 and not more else Sequence(items, more)

    def message(self, scope: Any, data: bytes, address: int) -> Value:
        """One message, as much of it as there is."""
        length, kind, flags, number, port = HEADER.unpack_from(data)
        own = kind >= NLMSG_MIN_TYPE
        purpose = self.family.flags(kind) if own else "acknowledge" if kind == NLMSG_ERROR else None
        header = Fields(
            [
                ("nlmsg_len", length),
                ("nlmsg_type", self.family.type_name(scope, kind) if own else words.MessageType.spell(kind)),
                ("nlmsg_flags", MESSAGE_FLAGS[purpose].spell(flags)),
                ("nlmsg_seq", number),
                ("nlmsg_pid", signed(port)),
            ]
        )
        payload = data[HEADER.size :]
        if not payload:
            return header
        inside = Within(scope, payload, 0, address + HEADER.size)
        if own:
            return Sequence([header, *self.family.payload(inside, kind, payload, flags)])
        return Sequence([header, self.control(inside, kind, flags, payload)])

    def control(self, scope: Within, kind: int, flags: int, data: bytes) -> Value:
        """Messages that every protocol has."""
        if kind == NLMSG_ERROR and len(data) >= 4 + HEADER.size:
            return self.error(scope, flags, data)
        if kind == NLMSG_DONE and len(data) == 4:
            return int.from_bytes(data, "little", signed=True)
        return self.unknown(scope, data)

    def error(self, scope: Within, flags: int, data: bytes) -> Value:
        """An error, the message it is about, or its header alone, and the attributes that are left."""
        number = int.from_bytes(data[:4], "little", signed=True)
        pairs: list[tuple[str, Value]] = [("error", error_value(number))]
        about, rest = data[4:], b""
        if len(about) >= HEADER.size:
            length = 0 if flags & NLM_F_CAPPED else int.from_bytes(about[:4], "little")
            length = max(length, HEADER.size)
            about, rest = about[:length], about[length:]
        if len(about) >= HEADER.size:
            pairs.append(("msg", self.message(scope, about, scope.address + 4)))
        elif about:
            pairs.append(("msg", self.unknown(scope, about)))
        value = Fields(pairs)
        return Sequence([value, self.errors(scope, rest)]) if rest else value


def error_value(number: int) -> Value:
    """``-ENOENT``; 0 stays 0."""
    from ptracer.tables.constants.errors import ERRNO

    known = ERRNO.get(-number)
    return Symbol(number, f"-{known[0]}", str(number)) if known else number


def signed(number: int) -> int:
    """A C int."""
    return (number ^ 0x80000000) - 0x80000000
