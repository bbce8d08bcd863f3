"""Messages of sendmsg(2) and recvmsg(2): struct msghdr, its buffers, struct mmsghdr."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping

from ptracer.decode.detail import DATA
from ptracer.decode.expressions import Name, bind
from ptracer.decode.types import (
    MEMORY,
    Bytes,
    Fetcher,
    Integer,
    Layout,
    Length,
    Target_,
    Type,
    as_type,
    pointer_value,
    redacted,
)
from ptracer.decode.values import Address, Change, Fields, Form, Joined, Sequence, Symbol, Text, Value
from ptracer.decode.vectors import MOST_VECTORS, VECTOR
from ptracer.errors import Fault
from ptracer.hints import Any
from ptracer.plans import BYTES, CONSTANT, FIELD, IOVEC, SOCKET, Step, field_in, pointer_in
from ptracer.regs import ABI
from ptracer.tables.structs.control import Controls
from ptracer.tables.structs.netlink import Netlink
from ptracer.tables.structs.sockaddr import LARGEST, Addresses
from ptracer.tables.words.network import MessageFlags

MOST = 1 << 16  # bytes of control data, and of a netlink message
MOST_MESSAGES = 1024  # of sendmmsg(2), again UIO_MAXIOV

# struct msghdr by the size of a word: name, its length, vectors, how many, control data, its length, flags.
HEADER = Form("msg_name", "msg_namelen", "msg_iov", "msg_iovlen", "msg_controllen", "msg_flags")
CONTROLLED = Form("msg_name", "msg_namelen", "msg_iov", "msg_iovlen", "msg_control", "msg_controllen", "msg_flags")
HEADERS = {8: struct.Struct("<QIxxxxQQQQIxxxx"), 4: struct.Struct("<IIIIIII")}


def signed(number: int) -> int:
    """A C int."""
    return (number ^ 0x80000000) - 0x80000000


class Messages:
    """Makes values of messages for one layout; ``descriptor`` gives the socket of a scope."""

    def __init__(self, layout: Layout, descriptor: Callable[[Any], int]) -> None:
        self.layout = layout
        self.header = HEADERS[layout.abi.word_size]
        self.addresses = Addresses(layout)
        self.controls = Controls(layout)
        self.netlink = Netlink(layout, descriptor)
        self.limit = layout.string_limit
        self.hidden = layout.hides(DATA)
        self.elements = layout.element_limit()

    def header_value(self, scope: Any, data: bytes, total: int | None = None, room: int | None = None) -> Fields:
        """struct msghdr; ``total`` bytes were received, into it, and ``room`` is what ``msg_namelen`` was before."""
        name, length, vectors, count, control, size, flags = self.header.unpack_from(data)
        length = signed(length)
        shown_length: Value = length if room is None or room == length else Change(room, length)
        where = self.name(scope, name, length if room is None else min(room, length))
        buffers = self.vectors(scope, vectors, count, total)
        if not size:
            return HEADER.fields(where, shown_length, buffers, count, size, MessageFlags.spell(flags))
        controls = redacted(scope, control) if self.hidden else self.controls.value(scope, control, size)
        return CONTROLLED.fields(where, shown_length, buffers, count, controls, size, MessageFlags.spell(flags))

    def name(self, scope: Any, address: int, length: int) -> Value:
        """The address of the other side."""
        if not address or length < 2:
            return pointer_value(address)
        try:
            return self.addresses.decode(scope, scope.read(address, min(length, LARGEST)))
        except Fault:
            return Address(address)

    def vectors(self, scope: Any, address: int, count: int, total: int | None) -> Value:
        """Buffers, each with what it holds; ``total`` bounds that over all of them."""
        if not address or count > 0x7FFFFFFF:
            return pointer_value(address)
        word, elements = self.layout.abi.word_size, self.elements
        shown = min(count, MOST_VECTORS if elements is None else elements)
        data = scope.read_some(address, shown * 2 * word) if shown else b""
        whole = len(data) // (2 * word)
        if shown and not whole:
            return Address(address)
        pairs = struct.unpack_from(f"<{2 * whole}{'Q' if word == 8 else 'I'}", data)
        protocol = self.netlink.protocol(scope)
        items: list[Value] = []
        for base, length in zip(pairs[::2], pairs[1::2], strict=True):
            filled = length
            if total is not None:
                filled = min(length, total)
                total -= filled
            items.append(VECTOR.fields(self.buffer(scope, base, filled, protocol), length))
        if whole < shown:
            return Sequence(items, True, address + 2 * whole * word)
        return Sequence(items, shown < count)

    def buffer(self, scope: Any, address: int, size: int, protocol: bytes) -> Value:
        """What one buffer holds; ``protocol`` is that of a netlink socket."""
        if not address or self.hidden:
            return redacted(scope, address)
        try:
            if protocol:
                return self.netlink.message(scope, address, size, protocol)
            return Text(scope.read(address, min(size, self.limit)) if size else b"", size > self.limit)
        except Fault:
            return Address(address)


class SocketData(Target_):
    """``SocketData[this.sockfd, this.len]``: a buffer that goes to a socket, or came from it."""

    always_followed = True
    contents = DATA

    def __init__(self, socket: Name, length: Length) -> None:
        self.socket, self.length = socket, length

    def __class_getitem__(cls, parameters: tuple[Name, Length]) -> SocketData:
        return cls(*parameters)

    def fetcher(self, layout: Layout) -> Fetcher:
        plain, length_of = Bytes(self.length).fetcher(layout), bind(self.length, layout.names)
        netlink = Netlink(layout, bind(self.socket, layout.names))

        def fetch(scope: Any, address: int) -> Value:
            message = netlink.value(scope, address, length_of(scope))
            return plain(scope, address) if message is None else message

        return fetch

    def steps(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        steps = Bytes(self.length).steps(argument, positions, layout)
        return steps and [Step(SOCKET, positions[self.socket.name], limit=MOST), *steps]


class Message(Target_):
    """``Message[this.sockfd]``: a message to send on that socket."""

    received = False

    def __init__(self, socket: Name) -> None:
        self.socket = socket

    def __class_getitem__(cls, socket: Name) -> Message:
        return cls(socket)

    def messages(self, layout: Layout) -> Messages:
        """How the messages of this socket are read."""
        return Messages(layout, bind(self.socket, layout.names))

    def fetcher(self, layout: Layout) -> Fetcher:
        messages = self.messages(layout)
        return lambda scope, address: messages.header_value(scope, scope.read(address, messages.header.size))

    def steps(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        word = layout.abi.word_size
        name, vectors, control = (pointer_in(argument, word * place) for place in (0, 2, 4))
        name_length, count, control_length = (
            field_in(argument, word * place, size) for place, size in ((1, 4), (3, word), (5, word))
        )
        if layout.hides(DATA):
            return [
                Step(BYTES, argument, CONSTANT, HEADERS[word].size),
                Step(BYTES, name, FIELD, name_length, 1, LARGEST),
                Step(BYTES, vectors, FIELD, count, 2 * word, 2 * word * MOST_VECTORS),
            ]
        return [
            Step(SOCKET, positions[self.socket.name], limit=MOST),
            Step(BYTES, argument, CONSTANT, HEADERS[word].size),
            Step(BYTES, name, FIELD, name_length, 1, LARGEST),
            Step(IOVEC, vectors, FIELD, count, 1, layout.string_limit),
            Step(BYTES, control, FIELD, control_length, 1, MOST),
        ]


class ReceivedMessage(Type):
    """``ReceivedMessage[this.sockfd]``: the message of recvmsg(2); when that fails, only the room it gave for a name."""

    kind = MEMORY
    when = "both"

    def __init__(self, socket: Name) -> None:
        self.message = Message(socket)

    def __class_getitem__(cls, socket: Name) -> ReceivedMessage:
        return cls(socket)

    def size(self, abi: ABI) -> int:
        return abi.word_size

    def argument(self, layout: Layout) -> Argument:
        messages = self.message.messages(layout)
        size, word = messages.header.size, layout.abi.word_size

        def leave(scope: Any, raw: int) -> Value:
            if not raw or not layout.verbose:
                return pointer_value(raw)
            try:
                scope.chunks = scope.entry_chunks
                before = scope.read(raw, size)
                scope.chunks = scope.exit_chunks
                room = int.from_bytes(before[word : word + 4], "little", signed=True)
                if scope.error:
                    return Fields([("msg_namelen", room)])
                return messages.header_value(scope, scope.read(raw, size), scope.result, room)
            except Fault:
                return Address(raw)
            finally:
                scope.chunks = scope.exit_chunks

        return leave

    def captures(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        return self.message.steps(argument, positions, layout)


class MessageVector(Type):
    """``MessageVector[this.sockfd, this.vlen]``: messages of sendmmsg(2) or ``received`` by recvmmsg(2).

    The length of each is known when the call has handled it.
    """

    kind = MEMORY
    when = "both"

    def __init__(self, socket: Name, count: Name, received: bool = False) -> None:
        self.socket, self.count, self.received = socket, count, received

    def __class_getitem__(cls, parameters: tuple[Name, Name]) -> MessageVector:
        return cls(*parameters)

    def size(self, abi: ABI) -> int:
        return abi.word_size

    def argument(self, layout: Layout) -> Argument:
        messages = Messages(layout, bind(self.socket, layout.names))
        count_of, header = bind(self.count, layout.names), messages.header.size
        word = layout.abi.word_size
        size = header + word
        elements = layout.element_limit()

        def element(scope: Any, data: bytes, place: int, handled: bool, room: int | None) -> Value:
            length = int.from_bytes(data[place + header : place + header + 4], "little")
            total = length if self.received else None
            pairs = [("msg_hdr", messages.header_value(scope, data[place : place + header], total, room))]
            if handled:
                pairs.append(("msg_len", length))
            return Fields(pairs)

        def leave(scope: Any, raw: int) -> Value:
            if not raw or not layout.verbose or (self.received and scope.error):
                return pointer_value(raw)
            handled = 0 if scope.error else max(scope.result, 0)
            asked = count_of(scope)
            count = min(asked, handled) if self.received else asked
            shown = min(count, MOST_MESSAGES if elements is None else elements)
            scope.chunks = scope.entry_chunks
            before = scope.read_some(raw, shown * size) if self.received else b""
            scope.chunks = scope.exit_chunks
            data = scope.read_some(raw, shown * size) if shown else b""
            whole = len(data) // size
            if shown and not whole:
                return Address(raw)
            items = []
            for index in range(whole):
                room = before[index * size + word : index * size + word + 4]
                known = int.from_bytes(room, "little", signed=True) if len(room) == 4 else None
                items.append(element(scope, data, index * size, index < handled, known))
            if whole < shown:
                return Sequence(items, True, raw + whole * size)
            return Sequence(items, shown < (handled if self.received else count))

        return leave

    def captures(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        return None


class ReceivedCount(Integer):
    """The result of recvmmsg(2), with what is left of the time that its ``timeout`` gave."""

    def __init__(self, time: Any) -> None:
        super().__init__(0, signed=True)
        self.time = as_type(time)

    def note(self, layout: Layout) -> Callable[[Any], str | Value | None]:
        timeout_of, fetch = layout.names["timeout"], self.time.fetcher(layout)

        def remark(call: Any) -> str | Value | None:
            address = timeout_of(call)
            if not call.result:
                return "Timeout"
            if not address:
                return None
            try:
                return Joined([LEFT, fetch(call, address)], " ")
            except Fault:
                return Joined([LEFT, Address(address)], " ")

        return remark


LEFT = Symbol(0, "left", "left")
