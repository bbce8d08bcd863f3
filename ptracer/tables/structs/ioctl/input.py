"""Input devices. Source: linux/input.h."""

from __future__ import annotations

from collections.abc import Callable

from ptracer.decode.structs import Struct, StructType
from ptracer.decode.types import (
    Array,
    Byte,
    Fetcher,
    HexByte,
    HexShort,
    Int,
    Layout,
    Pointer,
    Short,
    Target_,
    UInt,
    UShort,
)
from ptracer.decode.values import Fields, Sequence, Value
from ptracer.decode.words import Enum
from ptracer.errors import Fault
from ptracer.hints import Any
from ptracer.tables.structs.ioctl.exchange import InBrackets, counted_array
from ptracer.tables.words.devices import EffectType, KeyCode, SlotCode

MOST_SHOWN = 4  # members of a set when the call is abbreviated


class input_id(Struct):
    bustype: UShort
    vendor: UShort
    product: UShort
    version: UShort


class input_keymap_entry(Struct):
    brief = ("flags", "len")
    flags: Byte
    len: Byte
    index: UShort
    keycode: KeyCode
    scancode: Array[HexByte, 32]


class input_absinfo(Struct):
    brief = ("value", "minimum")
    value: UInt
    minimum: UInt
    maximum: UInt
    fuzz: UInt
    flat: UInt
    resolution: UInt


class ff_trigger(Struct):
    button: UShort
    interval: UShort


class ff_replay(Struct):
    length: UShort
    delay: UShort


class ff_envelope(Struct):
    attack_length: UShort
    attack_level: UShort
    fade_length: UShort
    fade_level: HexShort


class ff_constant_effect(Struct):
    level: Short
    envelope: ff_envelope


class ff_ramp_effect(Struct):
    start_level: Short
    end_level: Short
    envelope: ff_envelope


class ff_periodic_effect(Struct):
    waveform: UShort
    period: UShort
    magnitude: Short
    offset: Short
    phase: UShort
    envelope: ff_envelope
    custom_len: UInt
    custom_data: Pointer


class ff_rumble_effect(Struct):
    strong_magnitude: UShort
    weak_magnitude: UShort


FF_RUMBLE, FF_PERIODIC, FF_CONSTANT, FF_RAMP = 0x50, 0x51, 0x52, 0x57


class effects(Struct):
    """The union of what there is to say of an effect."""

    union = True
    rumble: ff_rumble_effect
    periodic: ff_periodic_effect
    constant: ff_constant_effect
    ramp: ff_ramp_effect


class ff_effect(Struct):
    brief = ("type", "id", "direction")
    type: EffectType
    id: Short
    direction: UShort
    trigger: ff_trigger
    replay: ff_replay
    u: effects

    @classmethod
    def shown(cls, pairs: list[tuple[str, Value]], scope: Any) -> list[tuple[str, Value]]:
        if pairs[-1][0] != "u":
            return pairs
        names = {FF_RUMBLE: "rumble", FF_PERIODIC: "periodic", FF_CONSTANT: "constant", FF_RAMP: "ramp"}
        name = names.get(scope.numbers["type"])
        return pairs[:-1] + [pair for pair in pairs[-1][1].pairs if pair[0] == name]


Repeat = Array[UInt, 2]
Pair = tuple[str, Value]


class ScannedKeyType(StructType):
    """A scan code and the key that it stands for, in a list."""

    def fetcher(self, layout: Layout) -> Fetcher:
        load = self.loader(layout)

        def fetch(scope: Any, address: int) -> Value:
            return Sequence([value for _, value in load(scope, scope.read(address, 8), 0).pairs])

        return fetch


class scanned_key(Struct):
    scancode: UInt
    keycode: KeyCode


ScannedKey = ScannedKeyType(scanned_key)


class Bits(Target_):
    """A set of bits by number, of as many bytes as the call returns and no more bits than there are names."""

    def __init__(self, word: Enum, most: int) -> None:
        self.word, self.most = word, most

    def fetcher(self, layout: Layout) -> Fetcher:
        size = layout.abi.word_size
        spell, limit, most = self.word.spell, MOST_SHOWN if layout.abbreviate else self.most, self.most

        def fetch(scope: Any, address: int) -> Value:
            count = scope.result
            if count <= 0:
                raise Fault(address)
            bits = min(count * 8, most)
            data = scope.read(address, -(-bits // (8 * size)) * size)
            members = int.from_bytes(data, "little") & (1 << bits) - 1
            numbers = [bit for bit in range(bits) if members >> bit & 1]
            return Sequence([spell(bit) for bit in numbers[:limit]], len(numbers) > limit, separator=" ")

        return fetch


def bits(topic: str, unknown: str, most: int) -> Bits:
    """A set of things of one kind; ``most`` is the largest number, which is never shown."""
    return Bits(Enum(f"input.{topic}", unknown), most)


Properties = bits("properties", "INPUT_PROP_???", 0x1F)
Keys = bits("keys", "KEY_???", 0x2FF)
Lights = bits("lights", "LED_???", 0xF)
Sounds = bits("sounds", "SND_???", 7)
Switches = bits("switches", "SW_???", 0x11)

EVENTS = {
    0: bits("event_types", "EV_???", 0x1F),
    1: Keys,
    2: bits("relative_axes", "REL_???", 0xF),
    3: bits("absolute_axes", "ABS_???", 0x3F),
    4: bits("miscellaneous", "MSC_???", 7),
    5: Switches,
    0x11: Lights,
    0x12: Sounds,
    0x14: bits("repeats", "REP_???", 1),
    0x15: bits("force_feedback", "FF_???", 0x7F),
    0x16: InBrackets(Int),  # power
    0x17: bits("force_feedback_status", "FF_STATUS_???", 1),
}


class EventSet(Target_):
    """The set of events of a type, which is a part of the command."""

    def fetcher(self, layout: Layout) -> Fetcher:
        compiled: dict[int, Fetcher] = {kind: one.fetcher(layout) for kind, one in EVENTS.items()}

        def fetch(scope: Any, address: int) -> Value:
            known = compiled.get((scope.args[1] & 0xFF) - 0x20)
            if known is None:
                raise Fault(address)
            return known(scope, address)

        return fetch


Events = EventSet()


class SlotValues(Target_):
    """A value of each slot of a multitouch device."""

    def fetcher(self, layout: Layout) -> Fetcher:
        values = counted_array(Int, layout)

        def fetch(scope: Any, address: int) -> Value:
            size = scope.args[1] >> 16 & 0x3FFF
            if size < 4:
                raise Fault(address)
            code = int.from_bytes(scope.read(address, 4), "little")
            return Fields([("code", SlotCode.spell(code)), ("values", values(scope, address + 4, (size - 4) // 4))])

        return fetch


Slots = SlotValues()


class AxisState(StructType):
    """An axis; the last field is not in the structure of old programs."""

    def fetcher(self, layout: Layout) -> Callable[[Any, int], Value]:
        load, whole = self.loader(layout), self.size(layout.abi)

        def fetch(scope: Any, address: int) -> Value:
            said = scope.args[1] >> 16 & 0x3FFF
            size = min(said, whole)
            if size < whole - 4:
                raise Fault(address)
            value = load(scope, scope.read(address, max(size, whole - 4)).ljust(whole, b"\0"), 0)
            if value.more or said > whole:
                return Fields(value.pairs, True)
            return value if size == whole else Fields(value.pairs[:-1])

        return fetch


Axis = AxisState(input_absinfo)
