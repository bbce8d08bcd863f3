"""Lines of general purpose input and output, and how long epoll looks before it sleeps. Source: linux/gpio.h, epoll(7)."""

from __future__ import annotations

from ptracer.decode.structs import Struct, StructScope
from ptracer.decode.types import Array, Byte, Fd, Hex64, HexByte, Integer, UInt, UShort
from ptracer.decode.values import Explained, Value
from ptracer.tables.structs.ioctl.exchange import Name
from ptracer.tables.words.devices import LineEventFlags, LineHandleFlags, LineInformationFlags

MOST_LINES = 64  # GPIOHANDLES_MAX


class gpiochip_info(Struct):
    name: Name[32]
    label: Name[32]
    lines: UInt


class asked_line(Struct):
    line_offset: UInt
    _answer: Array[Byte, 68]


class gpioline_info(Struct):
    _line_offset: UInt
    flags: LineInformationFlags
    name: Name[32]
    consumer: Name[32]


class unwatched_line(Struct):
    offset: UInt


class gpioevent_request(Struct):
    lineoffset: UInt
    handleflags: LineHandleFlags
    eventflags: LineEventFlags
    consumer_label: Name[32]
    _fd: UInt


class event_descriptor(Struct):
    """Where the events of a line can be read."""

    _asked: Array[Byte, 44]
    fd: Fd


class gpiohandle_data(Struct):
    values: Array[Byte, MOST_LINES]


class gpiohandle_config(Struct):
    flags: LineHandleFlags
    default_values: Array[Byte, MOST_LINES]
    _padding: Array[UInt, 4]


class gpio_v2_line_values(Struct):
    bits: Hex64
    mask: Hex64


class asked_values(gpio_v2_line_values):
    """Which lines are asked for."""

    order = ("mask",)


class line_values(gpio_v2_line_values):
    """What they are."""

    order = ("bits",)


def microseconds(number: int) -> Value:
    """Microseconds, with the seconds they are."""
    return Explained(number, f"{number / 10**6:.6f} s", str(number)) if number else number


class epoll_params(Struct):
    busy_poll_usecs: Integer(4, shape=microseconds)
    busy_poll_budget: UShort
    prefer_busy_poll: HexByte
    pad: HexByte

    @classmethod
    def shown(cls, pairs: list[tuple[str, Value]], scope: StructScope) -> list[tuple[str, Value]]:
        return [*pairs[:-1], *([("__pad", pairs[-1][1])] if scope.numbers["pad"] else [])]
