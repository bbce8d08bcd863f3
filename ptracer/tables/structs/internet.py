"""Numbers in network byte order, internet and hardware addresses, interfaces."""

from __future__ import annotations

import socket
from collections.abc import Callable

from ptracer.decode.types import Inline, Integer, Layout, Loader, Target_
from ptracer.decode.values import Annotated, Applied, Fields, HexText, Meant, Sequence, Symbol, Text, Value
from ptracer.decode.words import Word
from ptracer.hints import Any
from ptracer.regs import ABI

SHORT, LONG = "htons", "htonl"


class Network(Integer):
    """An integer in network byte order, ``htons(80)`` or ``htonl(5)``; with a Word, ``htons(ETH_P_IP)``.

    ``shape`` may also be a class of numbers, such as Hex.
    """

    def __init__(self, width: int, shape: Word | Callable[[int], Value] = int) -> None:
        super().__init__(width, shape=shape.spell if isinstance(shape, Word) else shape)

    def loader(self, layout: Layout) -> Loader:
        width, name = self.width, SHORT if self.width == 2 else LONG
        shape = self.shape
        assert shape is not None

        def load(scope: Any, data: bytes, offset: int) -> Value:
            raw = data[offset : offset + width]
            return Meant(HexText(raw), Applied(name, [shape(int.from_bytes(raw, "big"))]))

        return load


NetworkShort, NetworkLong = Network(2), Network(4)
Port = NetworkShort


class InternetAddress(Target_):
    """``in_addr``: ``inet_addr("127.0.0.1")``. There may be ``room`` for longer addresses."""

    def __init__(self, room: int = 4) -> None:
        self.room = room

    def size(self, abi: ABI) -> int:
        return self.room

    def alignment(self, abi: ABI) -> int:
        return 4

    def loader(self, layout: Layout) -> Loader:
        room = self.room

        def load(scope: Any, data: bytes, offset: int) -> Value:
            raw = data[offset : offset + room]
            return Meant(HexText(raw), Applied("inet_addr", [Text(socket.inet_ntoa(raw[:4]).encode())]))

        return load


class Internet6Address(Target_):
    """``in6_addr``, shown as the call that fills the field: ``inet_pton(AF_INET6, "::1", &sin6_addr)``."""

    def __init__(self, field: str) -> None:
        self.field = field

    def size(self, abi: ABI) -> int:
        return 16

    def alignment(self, abi: ABI) -> int:
        return 4

    def loader(self, layout: Layout) -> Loader:
        return lambda scope, data, offset: internet6_value(data[offset : offset + 16], self.field)


def internet6_value(raw: bytes, field: str = "") -> Value:
    """An IPv6 address; ``field`` is the name of the field it fills."""
    family = Symbol(socket.AF_INET6, "AF_INET6", "AF_INET6")  # a part of the call, in every style
    return Meant(HexText(raw), Applied("inet_pton", [family, Text(socket.inet_ntop(socket.AF_INET6, raw).encode())]), field)


class InterfaceIndexType(Integer):
    """The number of a network interface, by name when this host has it: ``if_nametoindex("lo")``."""

    def value(self, layout: Layout) -> Any:
        return interface_value


def interface_value(index: int) -> Value:
    """A network interface."""
    try:
        name = socket.if_indextoname(index)
    except (OSError, OverflowError):
        return index
    return Meant(index, Applied("if_nametoindex", [Text(name.encode())]))


InterfaceIndex = InterfaceIndexType(4)


class HardwareAddress(Inline):
    """``HardwareAddress[6]``: bytes with colons, ``61:62:63:64:65:66``."""

    def loader(self, layout: Layout) -> Loader:
        length = self.length
        return lambda scope, data, offset: hardware_value(data[offset : offset + length])


def hardware_value(raw: bytes) -> Value:
    """The bytes of a hardware address."""
    text = raw.hex(":")
    return Meant(HexText(raw), Symbol(0, text, text))


def hexadecimal_bytes(data: bytes) -> Sequence:
    """Bytes as numbers in a list, zero too in base sixteen: ``[0x61, 0x00]``."""
    return Sequence([Symbol(byte, f"{byte:#x}", f"{byte:#x}") for byte in data])


class Callsign(Target_):
    """``ax25_address``: seven bytes of which the upper seven bits are a call sign and its station number."""

    def size(self, abi: ABI) -> int:
        return 7

    def alignment(self, abi: ABI) -> int:
        return 1

    def loader(self, layout: Layout) -> Loader:
        return lambda scope, data, offset: callsign_value(data[offset : offset + 7])


def callsign_value(raw: bytes) -> Value:
    """A call sign as bytes, with what it says where that can be printed in a remark."""
    value = Fields([("ax25_call", HexText(raw))])
    sign = bytes([byte >> 1 for byte in raw[:6]]).decode("latin-1").rstrip(" ")
    if any(not " " <= character <= "~" or character in "*/" for character in sign):
        return value
    return Annotated(value, f"{sign}-{raw[6] >> 1 & 0xF}")
