"""Control messages of sendmsg(2) and recvmsg(2): cmsg(3), unix(7), ip(7)."""

from __future__ import annotations

import struct
from collections.abc import Callable

from ptracer.decode.extents import Decode, compile, extent_of
from ptracer.decode.structs import Struct
from ptracer.decode.types import Byte, Fd, Int, Int64, Integer, Layout, Loader, Long, Pid, Target_, UInt, as_type
from ptracer.decode.values import Address, Form, Hex, HexText, Sequence, Symbol, Text, Value
from ptracer.decode.words import Word
from ptracer.errors import Fault
from ptracer.hints import Any
from ptracer.regs import ABI
from ptracer.tables.structs.internet import InterfaceIndex, InternetAddress
from ptracer.tables.structs.sockaddr import LARGEST, Addresses
from ptracer.tables.words.network import ControlInternet, ControlProtocol, ControlSocket, SocketLevel

MOST = 1 << 16  # bytes of control data: the kernel's net.core.optmem_max is of that order

# struct cmsghdr by the size of a word: length, level, type; data are aligned to a word.
EMPTY = Form("cmsg_len", "cmsg_level", "cmsg_type")
FILLED = Form("cmsg_len", "cmsg_level", "cmsg_type", "cmsg_data")
HEADERS = {8: struct.Struct("<QII"), 4: struct.Struct("<III")}

SOL_IP, SOL_SOCKET = 0, 1


class ucred(Struct):
    pid: Pid
    uid: Int
    gid: Int


class old_timeval(Struct):
    tv_sec: Long
    tv_usec: Long


class old_timespec(Struct):
    tv_sec: Long
    tv_nsec: Long


class new_timeval(Struct):
    tv_sec: Int64
    tv_usec: Int64


class new_timespec(Struct):
    tv_sec: Int64
    tv_nsec: Int64


class in_pktinfo(Struct):
    ipi_ifindex: InterfaceIndex
    ipi_spec_dst: InternetAddress()
    ipi_addr: InternetAddress()


class Offender(Target_):
    """The address that ends a sock_extended_err."""

    def size(self, abi: ABI) -> int:
        return 16

    def alignment(self, abi: ABI) -> int:
        return 4

    def loader(self, layout: Layout) -> Loader:
        decode = Addresses(layout).decode
        return lambda scope, data, offset: decode(scope, extent_of(scope).data[offset : offset + 16])


class sock_extended_err(Struct):
    ee_errno: UInt
    ee_origin: Byte
    ee_type: Byte
    ee_code: Byte
    _pad: Byte
    ee_info: UInt
    ee_data: UInt
    offender: Offender()


def hexadecimal(scope: Any, data: bytes) -> Value:
    """What nothing better is known of."""
    return HexText(data)


def text(scope: Any, data: bytes) -> Value:
    """A security label."""
    return Text(data)


def garbled(scope: Any, data: bytes) -> Value:
    """Times that are not as long as they must be."""
    return Symbol(0, "???", "???")


class Controls:
    """Makes values of control messages for one layout."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.header = HEADERS[layout.abi.word_size]
        self.types: dict[tuple[int, int], Decode] = {}
        self.addresses = Addresses(layout)
        if layout.detail.descriptors or layout.detail.processes:
            layout.looks_outside()  # which messages there are, and so what to look for, is known at the stop only

    def value(self, scope: Any, address: int, size: int) -> Value:
        """The control messages in ``size`` bytes."""
        header, word = self.header, self.layout.abi.word_size
        if not address or not header.size <= size <= MOST:
            return Address(address) if address else Symbol(0, "NULL", "NULL")
        try:
            data = scope.read(address, size)
        except Fault:
            return Address(address)
        items: list[Value] = []
        place = 0
        while True:
            length, level, kind = header.unpack_from(data, place)
            end = min(place + length, size)
            items.append(self.message(scope, length, level, kind, data[place + header.size : end]))
            if length < header.size:
                break
            place += -(-length // word) * word
            if place >= size:
                break
            if size - place < header.size:
                return Sequence(items, True, address + place)
        return Sequence(items)

    def message(self, scope: Any, length: int, level: int, kind: int, data: bytes) -> Value:
        """One control message."""
        word = {SOL_SOCKET: ControlSocket, SOL_IP: ControlInternet}.get(level)
        shown = word.spell(kind) if word is not None else Hex(kind)
        if not data:
            return EMPTY.fields(length, SocketLevel.spell(level), shown)
        decode = self.types.get((level, kind))
        if decode is None:
            decode = self.types[level, kind] = self.compiled(level, kind)
        return FILLED.fields(length, SocketLevel.spell(level), shown, decode(scope, data))

    def compiled(self, level: int, kind: int) -> Decode:
        """How the data of one kind of message are shown."""
        if level == SOL_SOCKET:
            name = ControlSocket.spell(kind).text
            return SOCKET[name](self) if name in SOCKET else hexadecimal
        if level == SOL_IP:
            name = ControlInternet.spell(kind).text
            return INTERNET[name](self) if name in INTERNET else hexadecimal
        return hexadecimal

    # --- shapes of data

    def structure(self, thing: Any, short: Decode = hexadecimal) -> Decode:
        """A structure, if there is enough for it."""
        decode, size = compile(thing, self.layout), as_type(thing).size(self.layout.abi)
        return lambda scope, data: decode(scope, data) if len(data) >= size else short(scope, data)

    def numbers(self, integer: Integer) -> Decode:
        """Integers one after another."""
        load, size = integer.loader(self.layout), integer.size(self.layout.abi)
        most = self.layout.element_limit()

        def decode(scope: Any, data: bytes) -> Value:
            count = len(data) // size
            if not count:
                return HexText(data)
            shown = count if most is None else min(count, most)
            return Sequence([load(scope, data, place * size) for place in range(shown)], shown < count)

        return decode

    def one(self, word: Word) -> Decode:
        """A constant, in brackets."""
        return lambda scope, data: Sequence([word.spell(int.from_bytes(data[:4], "little"))]) if len(data) >= 4 else HexText(data)

    def octets(self) -> Decode:
        """Bytes as numbers."""
        most = self.layout.element_limit()

        def decode(scope: Any, data: bytes) -> Value:
            shown = len(data) if most is None else min(len(data), most)
            value = Sequence([Hex(byte) for byte in data[:shown]])
            value.more = shown < len(data)
            return value

        return decode

    def times(self, thing: Any) -> Decode:
        """The three times of SO_TIMESTAMPING."""
        decode, size = compile(thing, self.layout), as_type(thing).size(self.layout.abi)

        def three(scope: Any, data: bytes) -> Value:
            if len(data) < 3 * size:
                return garbled(scope, data)
            return Sequence([decode(scope, data[place * size : (place + 1) * size]) for place in range(3)])

        return three

    def address(self) -> Decode:
        """An address of a socket."""
        return lambda scope, data: self.addresses.decode(scope, data[:LARGEST]) if len(data) >= 16 else HexText(data)


Make = Callable[[Controls], Decode]

SOCKET: dict[str, Make] = {
    "SCM_RIGHTS": lambda controls: controls.numbers(Fd),
    "SCM_CREDENTIALS": lambda controls: controls.structure(ucred),
    "SCM_SECURITY": lambda controls: text,
    "SCM_PIDFD": lambda controls: controls.structure(Fd),
    "SO_TIMESTAMP_OLD": lambda controls: controls.structure(old_timeval, garbled),
    "SO_TIMESTAMPNS_OLD": lambda controls: controls.structure(old_timespec, garbled),
    "SO_TIMESTAMPING_OLD": lambda controls: controls.times(old_timespec),
    "SO_TIMESTAMP_NEW": lambda controls: controls.structure(new_timeval, garbled),
    "SO_TIMESTAMPNS_NEW": lambda controls: controls.structure(new_timespec, garbled),
    "SO_TIMESTAMPING_NEW": lambda controls: controls.times(new_timespec),
}

INTERNET: dict[str, Make] = {
    "IP_TOS": Controls.octets,
    "IP_TTL": lambda controls: controls.numbers(UInt),
    "IP_CHECKSUM": lambda controls: controls.numbers(UInt),
    "IP_PROTOCOL": lambda controls: controls.one(ControlProtocol),
    "IP_RECVOPTS": Controls.octets,
    "IP_RETOPTS": Controls.octets,
    "IP_PKTINFO": lambda controls: controls.structure(in_pktinfo),
    "IP_RECVERR": lambda controls: controls.structure(sock_extended_err),
    "IP_ORIGDSTADDR": Controls.address,
    "SCM_SECURITY": lambda controls: text,
}
