"""Consoles and keyboards. Source: ioctl_console(2), linux/kd.h, linux/keyboard.h."""

from __future__ import annotations

from ptracer.decode.expressions import Least, this
from ptracer.decode.structs import Struct
from ptracer.decode.types import (
    Array,
    HexBytes,
    HexInt,
    HexShort,
    Int,
    Integer,
    Layout,
    Loader,
    Pointer,
    Ptr,
    String,
    Target_,
    UInt,
    UShort,
)
from ptracer.decode.values import Applied, Explained, Hex, Meant, Sequence, Symbol, Text, Value
from ptracer.decode.words import Choice, Enum, group
from ptracer.hints import Any
from ptracer.regs import ABI
from ptracer.tables.structs.ioctl.exchange import answered
from ptracer.tables.words.devices import FontFlags, FontOperation
from ptracer.tables.words.signals import SignalNumber

PIT_TICK_RATE = 1193182  # of the chip that makes the sound
CHARACTERS = {"KT_LATIN", "KT_META", "KT_LETTER", "KT_DEAD2"}  # the kinds of keys that give a character
ESCAPES = {9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r", 0x27: "\\'", 0x5C: "\\\\"}


def pitch(number: int) -> Value:
    """A period of the timer chip, with its frequency."""
    frequency = PIT_TICK_RATE // number if number else 0
    return Explained(number, f"{frequency} Hz" if frequency else "off", str(number))


def tone(number: int) -> Value:
    """A period, and for how long in the upper half."""
    duration, period = number >> 16 & 0xFFFF, number & 0xFFFF
    sound = f"{PIT_TICK_RATE // period} Hz, {duration} ms" if duration and period else "off"
    return Explained(number, sound, f"{duration}<<16|{period}" if duration else str(period))


Pitch, Tone = Integer(0, shape=pitch), Integer(0, shape=tone)


def quoted(code: int) -> str:
    """A character as C writes it."""
    printable = chr(code) if 0x20 <= code < 0x7F else f"\\x{code:02x}"
    return f"'{ESCAPES.get(code, printable)}'"


def character(code: int) -> Value:
    """A character on its own, which is never a number."""
    return Symbol(code, quoted(code), quoted(code))


Character = Integer(1, shape=character)


def key_value(number: int) -> Value:
    """What a key does: by name, or a kind and a value."""
    name, raw = KEYS.spell(number), f"{number:#x}" if number else "0"
    if name.text.startswith("K_"):
        return Explained(number, name.text, raw)
    kinds = {value: name for name, value in group("devices.keyboard_types").items()}
    kind, value = kinds.get(number >> 8, f"{number >> 8:#x}"), number & 0xFF
    shown = quoted(value) if kind in CHARACTERS else f"{value:#x}" if value else "0"
    return Explained(number, f"K({kind}, {shown})", raw)


KEYS = Enum("devices.keyboard_values")
KeyValue = Integer(2, shape=key_value)


def key_table(number: int) -> Value:
    """Which of the tables of a keyboard: the modifiers that are held."""
    for name, value in group("devices.keyboard_tables").items():
        if value == number:
            return Symbol(number, name)
    bits = [f"1<<{name}" for name, bit in group("devices.keyboard_shifts").items() if number >> bit & 1]
    return Symbol(number, "|".join(bits))


class kbentry(Struct):
    kb_table: Integer(1, shape=key_table)
    kb_index: Integer(1)
    kb_value: KeyValue


class asked_kbentry(Struct):
    kb_table: Integer(1, shape=key_table)
    kb_index: Integer(1)
    kb_value: KeyValue = answered


def function_key(number: int) -> Value:
    """A key that gives a string."""
    name = KEYS.spell(0x100 | number).text
    return Meant(Hex(number), Applied("KVAL", [Symbol(number, name, name)]))


class KeyString(Target_):
    """The string of a key: at most 512 characters with the NUL."""

    def size(self, abi: ABI) -> int:
        return 512

    def alignment(self, abi: ABI) -> int:
        return 1

    def loader(self, layout: Layout) -> Loader:
        limit = layout.string_limit

        def load(scope: Any, data: bytes, offset: int) -> Value:
            text = data[offset : offset + 512].split(b"\0", 1)[0]
            return Text(text[:limit], len(text) > limit)

        return load


class kbsentry(Struct):
    kb_func: Integer(1, shape=function_key)
    kb_string: KeyString()


class asked_kbsentry(Struct):
    kb_func: Integer(1, shape=function_key)
    kb_string: KeyString() = answered


class kbdiacr(Struct):
    diacr: Character
    base: Character
    result: Character


class kbdiacruc(Struct):
    diacr: HexInt
    base: HexInt
    result: HexInt


class Room(Target_):
    """Room for 256 elements, of which as many are used as a field before it says."""

    def __init__(self, element: Any) -> None:
        self.element = element.as_type()

    def size(self, abi: ABI) -> int:
        return 256 * self.element.size(abi)

    def alignment(self, abi: ABI) -> int:
        return self.element.alignment(abi)

    def loader(self, layout: Layout) -> Loader:
        load, size, limit = self.element.loader(layout), self.element.size(layout.abi), layout.element_limit()

        def load_all(scope: Any, data: bytes, offset: int) -> Value:
            count = scope.numbers["kb_cnt"]
            shown = min(count, 256 if limit is None else min(256, limit))
            return Sequence([load(scope, data, offset + i * size) for i in range(shown)], shown < count)

        return load_all


class Accents(Struct):
    kb_cnt: UInt
    kbdiacr: Room(kbdiacr)


class UnicodeAccents(Struct):
    kb_cnt: UInt
    kbdiacruc: Room(kbdiacruc)


MOST_CHARACTERS, SLOT = 512, 32  # of a font, and the bytes of each for every eight columns


class consolefontdesc(Struct):
    charcount: UShort
    charheight: UShort
    chardata: Ptr[HexBytes(Least(this.charcount, MOST_CHARACTERS) * SLOT)]


class asked_font(consolefontdesc):
    """Where the characters are wanted."""

    chardata: Pointer


SET, GET, DEFAULT, COPY = range(4)  # KD_FONT_OP_*
pixels = Least(this.charcount, MOST_CHARACTERS) * Least((this.width + 7) // 8, 4) * SLOT
in_full = (this.op <= GET) | (this.op > COPY)


class console_font_op(Struct):
    """A font that is set, or what is wanted of one; the default has a name instead, and a copy a number."""

    op: FontOperation
    flags: FontFlags = in_full
    width: UInt = this.op != COPY
    height: UInt
    charcount: UInt = in_full
    data: Choice(this.op, {SET: Ptr[HexBytes(pixels)], DEFAULT: Ptr[String(most=31)]}, Pointer) = this.op != COPY


class answered_font(console_font_op):
    """What there is of it."""

    order = ("width", "height", "charcount", "data")
    width: UInt = (this.op != SET) & (this.op != COPY)
    height: UInt = (this.op != SET) & (this.op != COPY)
    charcount: UInt = (this.op == GET) | (this.op > COPY)
    data: Choice(this.op, {GET: Ptr[HexBytes(pixels)]}, Pointer) = (this.op == GET) | (this.op > COPY)


class kbkeycode(Struct):
    scancode: HexInt
    keycode: HexInt


class kbd_repeat(Struct):
    delay: Int
    period: Int


class unipair(Struct):
    unicode: HexShort
    fontpos: HexShort


class Answering(Target_):
    """A pointer that is followed only when the call has succeeded."""

    def __init__(self, pointer: Any) -> None:
        self.pointer = pointer

    def size(self, abi: ABI) -> int:
        return self.pointer.size(abi)  # type: ignore[no-any-return]

    def alignment(self, abi: ABI) -> int:
        return self.pointer.alignment(abi)  # type: ignore[no-any-return]

    def parts(self) -> list[Any]:
        """The pointer."""
        return [self.pointer]

    def loader(self, layout: Layout) -> Loader:
        bare, followed = Pointer.loader(layout), self.pointer.loader(layout)
        return lambda scope, data, offset: (bare if scope.error else followed)(scope, data, offset)


class unimapdesc_given(Struct):
    entry_ct: UShort
    entries: Ptr[Array[unipair, this.entry_ct]]


class unimapdesc(Struct):
    entry_ct: UShort
    entries: Answering(Ptr[Array[unipair, this.entry_ct]])


class unimapinit(Struct):
    advised_hashsize: UShort
    advised_hashstep: UShort
    advised_hashlevel: UShort


def screen_code(number: int) -> Value:
    """A code of Unicode; one for private use says directly which character of the font it is."""
    if number & ~DIRECT_MASK & 0xFFFF == UNI_DIRECT_BASE:
        return Symbol(number, f"UNI_DIRECT_BASE+{number & DIRECT_MASK:#x}" if number & DIRECT_MASK else "UNI_DIRECT_BASE+0")
    return Hex(number)


UNI_DIRECT_BASE, DIRECT_MASK = 0xF000, 0x1FF
AcceptedSignal = Integer(0, shape=SignalNumber.spell)
ScreenMap = Array[Integer(2, shape=screen_code), 256]
