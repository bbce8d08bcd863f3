"""Values as text, the way strace writes them."""

from __future__ import annotations

from collections.abc import Callable

from ptracer.decode.values import (
    Address,
    Annotated,
    Applied,
    Change,
    Described,
    Effect,
    Explained,
    Fields,
    Form,
    Hex,
    HexText,
    Joined,
    Labelled,
    Macro,
    Meant,
    ModeBits,
    Name,
    Octal,
    Permissions,
    Sequence,
    Symbol,
    Tagged,
    Terminated,
    Text,
    Unknown,
    Value,
)
from ptracer.hints import Any

# What strace lets stand in a string, and the escapes of everything else.
PLAIN = bytes(byte for byte in range(32, 127) if byte not in b'"\\')
ESCAPES = {9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r", 34: '\\"', 92: "\\\\"}
OTHERS = [byte for byte in range(256) if byte not in PLAIN and byte not in ESCAPES]
OCTAL = ESCAPES | {byte: f"\\{byte:o}" for byte in OTHERS}
OCTAL_PADDED = ESCAPES | {byte: f"\\{byte:03o}" for byte in OTHERS}
HEXADECIMAL = ESCAPES | {byte: f"\\x{byte:02x}" for byte in OTHERS}
# Classes of bytes: an escape of less than three digits, an octal digit, neither.
CLASSES = bytes(1 if byte in OTHERS and byte < 0o100 else 2 if 48 <= byte < 56 else 0 for byte in range(256))
SHORT_BEFORE_DIGIT = b"\1\2"
PRINTED = PLAIN + b'\t\n\v\f\r"\\'

ANGLES = {"<": "\\74", ">": "\\76"}  # in names, which stand between them

Style = str  # of constants: "abbrev", "raw" or "verbose"; of strings: "", "non-ascii", "non-ascii-chars" or "all"


def all_hexadecimal(data: bytes) -> str:
    """Every byte as an escape."""
    return "".join([f"\\x{byte:02x}" for byte in data])


def quoted(data: bytes) -> str:
    """Bytes as a C string without the quotation marks; an octal escape is padded where an octal digit follows."""
    if not data.translate(None, PLAIN):
        return data.decode("ascii")
    text = data.decode("latin-1")
    classes = data.translate(CLASSES)
    if SHORT_BEFORE_DIGIT not in classes:
        return text.translate(OCTAL)
    parts = []
    start = 0
    while (place := classes.find(SHORT_BEFORE_DIGIT, start)) >= 0:
        parts += [text[start:place].translate(OCTAL), OCTAL_PADDED[data[place]]]
        start = place + 1
    return "".join([*parts, text[start:].translate(OCTAL)])


def quoted_hexadecimal_if_needed(data: bytes) -> str:
    """``-x``: wholly hexadecimal as soon as one byte is not printable ASCII."""
    return all_hexadecimal(data) if data.translate(None, PRINTED) else quoted(data)


def quoted_hexadecimal_characters(data: bytes) -> str:
    """Only the bytes that are not printable are hexadecimal."""
    return data.decode("latin-1").translate(HEXADECIMAL)


def without_remarks(text: str) -> str:
    """What can itself be a remark."""
    while (start := text.find(" /*")) >= 0:
        text = text[:start] + text[text.index("*/", start) + 2 :]
    return text


QUOTING: dict[Style, Callable[[bytes], str]] = {
    "none": quoted,
    "non-ascii": quoted_hexadecimal_if_needed,
    "non-ascii-chars": quoted_hexadecimal_characters,
    "all": all_hexadecimal,
}
WHOLLY_HEXADECIMAL = ("non-ascii", "all")  # how a string with a NUL in it is spelled in these styles

REMEMBERED, LONGEST_REMEMBERED = 1024, 256  # strings, and bytes of each


class Spelling:
    """Spells values; ``spell`` is a dispatch on the value's class.

    ``strings`` is a key of QUOTING, ``constants`` one of abbrev, raw, verbose.
    """

    def __init__(self, strings: Style = "none", constants: Style = "abbrev") -> None:
        self.strings = strings
        self.quote = QUOTING[strings]
        self.quoted: dict[bytes, str] = {}  # programs read and write the same few strings again and again
        self.recurrent: dict[int, tuple[Value, str]] = {}  # by id, values that recur, which are kept, and their text
        self.forms: dict[Form, Callable[[tuple[Value, ...]], str]] = {}  # of which there are as many as structures in tables
        self.constants = constants
        self.shapes: dict[type, Callable[[Any], str]] = {
            int: repr,
            bool: int.__repr__,
            Hex: self.hexadecimal,
            Octal: self.octal,
            Permissions: self.permissions,
            Address: hex,
            Text: self.text,
            HexText: self.hexadecimal_text,
            Terminated: self.text if strings in WHOLLY_HEXADECIMAL else self.terminated,
            Sequence: self.sequence,
            Fields: self.fields,
            Change: self.change,
            Annotated: self.annotated,
            Applied: self.applied,
            Joined: self.joined,
            Labelled: self.labelled,
            Effect: self.effect,
            Name: self.name,
            Tagged: self.tagged,
            Described: self.described,
            Meant: {"abbrev": self.meaning, "raw": self.meaning_raw, "verbose": self.meaning_verbose}[constants],
            Symbol: {"abbrev": self.symbol, "raw": self.symbol_raw, "verbose": self.symbol_verbose}[constants],
            ModeBits: {"abbrev": self.symbol, "raw": self.symbol_raw, "verbose": self.mode_verbose}[constants],
            Explained: self.symbol_raw if constants == "raw" else self.symbol_verbose,
            Unknown: self.symbol_raw if constants == "raw" else self.symbol,
            Macro: self.symbol_raw if constants == "raw" else self.symbol,
        }

    def spell(self, value: Value) -> str:
        """A value as text."""
        return self.shapes[type(value)](value)

    def spell_all(self, values: list[Value]) -> str:
        """Arguments, with commas; written out for few, for it runs at every call."""
        if not values:
            return ""
        shapes = self.shapes
        count = len(values)
        if count == 1:
            a = values[0]
            return shapes[type(a)](a)
        if count == 2:
            a, b = values
            return f"{shapes[type(a)](a)}, {shapes[type(b)](b)}"
        if count == 3:
            a, b, c = values
            return f"{shapes[type(a)](a)}, {shapes[type(b)](b)}, {shapes[type(c)](c)}"
        if count == 4:
            a, b, c, d = values
            return f"{shapes[type(a)](a)}, {shapes[type(b)](b)}, {shapes[type(c)](c)}, {shapes[type(d)](d)}"
        return ", ".join([shapes[type(value)](value) for value in values])

    def hexadecimal(self, value: int) -> str:
        return hex(value) if value else "0"

    def octal(self, value: int) -> str:
        return f"0{value:o}" if value else "0"

    def permissions(self, value: int) -> str:
        return f"0{value:o}".zfill(3)

    def symbol(self, value: Symbol) -> str:
        return value.text

    def symbol_raw(self, value: Symbol) -> str:
        return value.raw

    def symbol_verbose(self, value: Symbol) -> str:
        if value.raw == value.text:
            return value.text
        return f"{value.raw} /* {without_remarks(value.text)} */"

    def mode_verbose(self, value: Symbol) -> str:
        return f"{value.raw} /* {value.text} */"

    def text(self, value: Text) -> str:
        data = value.data
        quoted = self.quoted.get(data)
        if quoted is None:
            quoted = f'"{self.quote(data)}"'
            if len(data) <= LONGEST_REMEMBERED:
                if len(self.quoted) >= REMEMBERED:
                    self.quoted.clear()
                self.quoted[data] = quoted
        return quoted + "..." if value.more else quoted

    def terminated(self, value: Terminated) -> str:
        return self.text(Text(value.data[:-1]) if value.data.endswith(b"\0") else value)

    def hexadecimal_text(self, value: HexText) -> str:
        return f'"{all_hexadecimal(value.data)}"' + ("..." if value.more else "")

    def sequence(self, value: Sequence) -> str:
        shapes = self.shapes
        inside = value.separator.join([shapes[type(item)](item) for item in value.items])
        if value.more:
            inside += value.separator + "..." if value.items else "..."
            if value.rest is not None:
                inside += f" /* {value.rest:#x} */"
        return f"~[{inside}]" if value.complement else f"[{inside}]"

    def fields(self, value: Fields) -> str:
        if value.recurs and (known := self.recurrent.get(id(value))) is not None:
            return known[1]
        form = value.form
        if form is not None:
            write = self.forms.get(form)
            if write is None:
                write = self.forms[form] = form.writer(self.shapes)
            text = write(value.parts)
            return self.remembered(value, text) if value.recurs else text
        shapes = self.shapes
        inside = ", ".join(
            [f"{name}={shapes[type(item)](item)}" if name else shapes[type(item)](item) for name, item in value.pairs]
        )
        if value.more:
            inside += ", ..." if inside else "..."
        return self.remembered(value, f"{{{inside}}}") if value.recurs else f"{{{inside}}}"

    def remembered(self, value: Fields | Joined, text: str) -> str:
        """The text of a value that recurs, which is spelled but once."""
        if len(self.recurrent) >= REMEMBERED:
            self.recurrent.clear()
        self.recurrent[id(value)] = value, text
        return text

    def change(self, value: Change) -> str:
        return f"{self.spell(value.before)} => {self.spell(value.after)}"

    def annotated(self, value: Annotated) -> str:
        text, remark = self.spell(value.value), f"/* {value.remark} */"
        return f"{remark} {text}" if value.before else f"{text} {remark}"

    def applied(self, value: Applied) -> str:
        return f"{value.name}({self.spell_all(value.arguments)})"

    def labelled(self, value: Labelled) -> str:
        return f"{value.name}={self.spell(value.value)}"

    def name(self, value: Name) -> str:
        return self.quote(value.data).replace("<", ANGLES["<"]).replace(">", ANGLES[">"])

    def tagged(self, value: Tagged) -> str:
        return f"{value.tag}{self.spell(value.value)}" if value.tag == "@" else f"{value.tag}:{self.spell(value.value)}"

    def described(self, value: Described) -> str:
        return f"{self.spell(value.value)}<{self.spell(value.what)}>{'(deleted)' if value.deleted else ''}"

    def effect(self, value: Effect) -> str:
        return f"=> {self.spell(value.value)}"

    def joined(self, value: Joined) -> str:
        if value.whole is not None and self.constants == "raw":
            return self.hexadecimal(value.whole)
        if value.recurs and (known := self.recurrent.get(id(value))) is not None:
            return known[1]
        text = value.operator.join([self.spell(item) for item in value.values])
        return self.remembered(value, text) if value.recurs else text

    def meaning(self, value: Meant) -> str:
        text = self.spell(value.meaning)
        return f"{text[:-1]}, &{value.filled})" if value.filled else text

    def meaning_raw(self, value: Meant) -> str:
        text = self.spell(value.raw)
        return f"{value.filled}={text}" if value.filled else text

    def meaning_verbose(self, value: Meant) -> str:
        meaning = (self if value.styled else Spelling(self.strings)).spell(value.meaning)
        return f"{self.meaning_raw(value)} /* {meaning} */"
