"""Lines of general purpose input and output, and how long epoll looks before it sleeps. Source: linux/gpio.h, epoll(7)."""

from __future__ import annotations

from ptracer.decode.expressions import this
from ptracer.decode.structs import Struct, StructScope
from ptracer.decode.types import Array, Byte, Fd, Hex64, HexByte, HexInt, Integer, UInt, UShort
from ptracer.decode.values import Explained, Value
from ptracer.decode.words import Choice
from ptracer.tables.structs.ioctl.exchange import Name, Used
from ptracer.tables.words.devices import LineEventFlags, LineFlags, LineHandleFlags, LineInformationFlags

Pairs = list[tuple[str, Value]]
MOST_LINES, MOST_ATTRIBUTES = 64, 10  # GPIO_V2_LINES_MAX, GPIO_V2_LINE_NUM_ATTRS_MAX
FLAGS, VALUES, DEBOUNCE = 1, 2, 3  # GPIO_V2_LINE_ATTR_ID_*
ATTRIBUTES = {FLAGS: "flags", VALUES: "values", DEBOUNCE: "debounce_period_us"}


class Padded(Struct):
    """A structure with room for later fields, shown only when something is there."""

    @classmethod
    def shown(cls, pairs: Pairs, scope: StructScope) -> Pairs:
        return [(name, value) for name, value in pairs if name != "padding" or any(value.items)]


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


class gpiohandle_request(Struct):
    order = ("lines", "lineoffsets", "flags", "default_values", "consumer_label")
    lineoffsets: Used(UInt, this.lines, MOST_LINES)
    flags: LineHandleFlags
    default_values: Used(Byte, this.lines, MOST_LINES)
    consumer_label: Name[32]
    lines: UInt
    fd: Fd


class handle_descriptor(gpiohandle_request):
    """Where the lines can be read and set."""

    order = ("fd",)


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


class gpio_v2_line_attribute(Struct):
    """A property of lines: what the value is, the number before it says; where it does not, all is shown."""

    id: UInt
    padding: HexInt = this.padding
    data: Choice(this.id * (this.padding == 0), {FLAGS: LineFlags, DEBOUNCE: UInt}, Hex64)

    @classmethod
    def shown(cls, pairs: Pairs, scope: StructScope) -> Pairs:
        name = ATTRIBUTES.get(scope.numbers["id"])
        return [(name, pairs[-1][1])] if name and not scope.numbers["padding"] else pairs


class gpio_v2_line_config_attribute(Struct):
    attr: gpio_v2_line_attribute
    mask: Hex64

    @classmethod
    def shown(cls, pairs: Pairs, scope: StructScope) -> Pairs:
        """A property that is known has no structure around it."""
        (_, property), mask = pairs
        return [*property.pairs, mask] if len(property.pairs) == 1 else pairs


class gpio_v2_line_config(Padded):
    flags: LineFlags
    num_attrs: UInt
    padding: Array[HexInt, 5]
    attrs: Used(gpio_v2_line_config_attribute, this.num_attrs, MOST_ATTRIBUTES) = this.num_attrs


class gpio_v2_line_request(Padded):
    order = ("num_lines", "offsets", "consumer", "config", "event_buffer_size", "padding")
    offsets: Used(UInt, this.num_lines, MOST_LINES)
    consumer: Name[32]
    config: gpio_v2_line_config
    num_lines: UInt
    event_buffer_size: UInt = this.event_buffer_size
    padding: Array[HexInt, 5]
    fd: Fd


class line_descriptor(gpio_v2_line_request):
    """Where the lines can be read and set, and their events read."""

    order = ("fd",)


class gpio_v2_line_info(Padded):
    name: Name[32]
    consumer: Name[32]
    _offset: UInt
    num_attrs: UInt
    flags: LineFlags
    attrs: Used(gpio_v2_line_attribute, this.num_attrs, MOST_ATTRIBUTES) = this.num_attrs
    padding: Array[HexInt, 4]
    order = ("name", "consumer", "flags", "num_attrs", "attrs", "padding")


class asked_line_info(Struct):
    _names: Array[Byte, 64]
    offset: UInt
    _answer: Array[Byte, 188]


def microseconds(number: int) -> Value:
    """Microseconds, with the seconds they are."""
    return Explained(number, f"{number / 10**6:.6f} s", str(number)) if number else number


class epoll_params(Struct):
    busy_poll_usecs: Integer(4, shape=microseconds)
    busy_poll_budget: UShort
    prefer_busy_poll: HexByte
    pad: HexByte

    @classmethod
    def shown(cls, pairs: Pairs, scope: StructScope) -> Pairs:
        return [*pairs[:-1], *([("__pad", pairs[-1][1])] if scope.numbers["pad"] else [])]
