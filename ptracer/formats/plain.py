"""Values as what JSON can hold: numbers, strings, lists, objects.

A string that is UTF-8 is a string; other bytes are ``{"base64": ...}``. What was longer than was captured is an object with
``"cut": true``, beside ``text``, ``base64`` or ``items``. ``NULL`` is null, a constant its name, flags a list of names.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable

from ptracer.decode.call import Call
from ptracer.decode.values import (
    Address,
    Annotated,
    Applied,
    ByName,
    Change,
    Described,
    Effect,
    Explained,
    Fields,
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

Plain = Any  # None, bool, int, str, a list of these, or a dict from str to these

LEAST, MOST = -(1 << 63), (1 << 64) - 1  # what a number in JSON may be; everything that a register holds is between
PARTIAL = 3  # bytes, at most, of a character of which the rest was not captured
REMEMBERED, LONGEST_REMEMBERED = 1024, 256  # strings, and bytes of each


def number(value: int) -> Plain:
    """A plain number of any class of numbers."""
    return int(value)


def bounded(plain: Plain) -> Plain:
    """The same with numbers as text that are larger than any register, which encoders refuse."""
    if isinstance(plain, dict):
        return {name: bounded(item) for name, item in plain.items()}
    if isinstance(plain, list):
        return [bounded(item) for item in plain]
    return plain if type(plain) is not int or LEAST <= plain <= MOST else str(plain)


def named(name: str) -> Plain:
    """One of the names of flags; what is left over is a number."""
    try:
        return int(name, 8 if name.isdigit() and name[0] == "0" else 0)
    except ValueError:
        return name


def decoded(data: bytes, cut: bool) -> Plain:
    """Bytes as text where they are UTF-8, else in base 64."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        if cut and error.end == len(data) and error.start >= len(data) - PARTIAL and "end of data" in error.reason:
            return {"text": data[: error.start].decode(), "cut": True}
        encoded = {"base64": b64encode(data).decode()}
        return {**encoded, "cut": True} if cut else encoded
    return {"text": text, "cut": True} if cut else text


class Plainness:
    """Turns values into plain ones; ``plain`` is a dispatch on the value's class. ``raw``: constants are numbers."""

    def __init__(self, raw: bool = False) -> None:
        self.raw = raw
        self.texts: dict[bytes, Plain] = {}
        self.lists: dict[str, list[Plain]] = {}  # of flags
        self.shapes: dict[type, Callable[[Any], Plain]] = {
            int: number,
            bool: bool,
            Hex: number,
            Octal: number,
            Permissions: number,
            Address: number,
            Text: self.text,
            HexText: self.text,
            Terminated: self.terminated,
            Sequence: self.sequence,
            Fields: self.fields,
            Change: self.change,
            Annotated: self.annotated,
            Applied: self.applied,
            Joined: self.joined,
            Labelled: self.inner,
            Effect: self.inner,
            ByName: self.inner,
            Name: self.name,
            Tagged: self.tagged,
            Described: self.described,
            Meant: self.meant,
            Symbol: self.symbol,
            ModeBits: self.mode,
            Explained: self.explained,
            Unknown: self.unknown,
            Macro: self.symbol,
        }

    def plain(self, value: Value) -> Plain:
        """A value as JSON holds it."""
        return self.shapes[type(value)](value)

    def arguments(self, call: Call) -> dict[str, Plain]:
        """The arguments of a call by name; what it has made of one stands beside what that was: see ``change``."""
        shapes = self.shapes
        exited = call.exited
        values = call.entered + exited if exited else call.entered
        names = call.signature.labels(call)
        if len(names) < len(values):
            names = [*names, *(f"arg{place + 1}" for place in range(len(names), len(values)))]
        made: dict[str, Plain] = {}
        former = ""
        for name, value in zip(names, values):
            kind = type(value)
            if kind is int:
                made[name] = value
                former = name
            elif kind is Effect:
                made[former] = {"before": made.get(former), "after": shapes[kind](value)}
            else:
                made[name] = shapes[kind](value)
                former = name
        return made

    def symbol(self, value: Symbol) -> Plain:
        if self.raw:
            return number(value.number)
        if value.several:
            return self.lists.get(value.text) or self.names(value)
        return None if value.text == "NULL" else value.text

    def unknown(self, value: Symbol) -> Plain:
        if value.several and not self.raw:
            return [named(name) for name in value.names]
        return number(value.number)

    def mode(self, value: Symbol) -> Plain:
        """What a file is, and its permissions: ``["S_IFREG", 420]``."""
        return number(value.number) if self.raw else self.lists.get(value.text) or self.names(value)

    def names(self, value: Symbol) -> list[Plain]:
        """The list of names that a symbol has, of which those of zero say nothing; it is remembered."""
        if len(self.lists) >= REMEMBERED:
            self.lists.clear()
        known = self.lists[value.text] = [named(name) for name in value.names if name != "0"]
        return known

    def explained(self, value: Symbol) -> Plain:
        return number(value.number) if self.raw else {"value": number(value.number), "meaning": value.text}

    def text(self, value: Text) -> Plain:
        data = value.data
        if value.more or len(data) > LONGEST_REMEMBERED:
            return decoded(data, value.more)
        texts = self.texts
        known = texts.get(data)
        if known is None:
            known = decoded(data, False)
            if len(texts) >= REMEMBERED:
                texts.clear()
            texts[data] = known
        return known

    def terminated(self, value: Text) -> Plain:
        return decoded(value.data[:-1], False) if value.data.endswith(b"\0") else decoded(value.data, value.more)

    def name(self, value: Name) -> Plain:
        return decoded(value.data, False)

    def sequence(self, value: Sequence) -> Plain:
        shapes = self.shapes
        items = [item if type(item) is int else shapes[type(item)](item) for item in value.items]
        if not (value.more or value.complement):
            return items
        whole: dict[str, Plain] = {"all_but" if value.complement else "items": items}
        if value.more:
            whole["cut"] = True
        if value.rest is not None:
            whole["unreadable"] = value.rest
        return whole

    def fields(self, value: Fields) -> Plain:
        shapes = self.shapes
        made: dict[str, Plain] = {}
        for name, item in value.pairs:
            plain = item if type(item) is int else shapes[type(item)](item)
            if name and name not in made:
                made[name] = plain
            elif plain == "...":  # more that means nothing
                made["cut"] = True
            elif isinstance(plain, dict):
                made.update(plain)
            else:
                made[next(free for place in range(2, len(made) + 3) if (free := f"{name or 'rest'}_{place}") not in made)] = plain
        if value.more:
            made["cut"] = True
        return made

    def change(self, value: Change) -> Plain:
        return {"before": self.plain(value.before), "after": self.plain(value.after)}

    def annotated(self, value: Annotated) -> Plain:
        return {"value": self.plain(value.value), "remark": value.remark}

    def applied(self, value: Applied) -> Plain:
        """``htons(80)`` is 80; what a macro makes of several numbers is an object: ``{"makedev": [8, 1]}``."""
        values = [self.plain(one) for one in value.arguments]
        return values[0] if len(values) == 1 else {value.name: values}

    def joined(self, value: Joined) -> Plain:
        if value.whole is not None and self.raw:
            return number(value.whole)
        if value.operator == " " and len(value.values) == 2:  # what it is, and that
            return {str(self.plain(value.values[0])): self.plain(value.values[1])}
        made: list[Plain] = []
        for one in value.values:
            plain = self.plain(one)
            made += plain if isinstance(plain, list) else [plain]
        return made

    def inner(self, value: Labelled | Effect | ByName) -> Plain:
        return self.plain(value.value)

    def tagged(self, value: Tagged) -> Plain:
        return {"abstract" if value.tag == "@" else value.tag: self.plain(value.value)}

    def described(self, value: Described) -> Plain:
        made = {"value": self.plain(value.value), "what": self.plain(value.what)}
        return {**made, "deleted": True} if value.deleted else made

    def meant(self, value: Meant) -> Plain:
        """Of ``inet_pton(AF_INET6, "::1")``, which fills a field, what it fills that with."""
        if self.raw:
            return self.plain(value.raw)
        meaning = value.meaning
        if value.filled and isinstance(meaning, Applied) and meaning.arguments:
            return self.plain(meaning.arguments[-1])
        return self.plain(meaning)
