"""What a decoded argument is: a few shapes that every renderer understands.

Plain ``int`` is a decimal number. Everything here is immutable once made, so that a value can be
remembered and shared between calls.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ptracer.decode.remarks import (
    Annotated,
    Applied,
    ByName,
    Change,
    Described,
    Effect,
    Joined,
    Labelled,
    Meant,
    Name,
    Tagged,
)  # fmt: skip
from ptracer.hints import Any

Value = Any  # int, or one of the classes below, or of those that say something of other values

__all__ = [
    "Address", "Annotated", "Applied", "ByName", "Change", "Described", "Effect", "Explained", "FIELDS", "Fields", "Form",
    "Hex", "HexText", "Joined", "Labelled", "Macro", "Meant", "ModeBits", "NULL", "Name", "Octal", "Permissions",
    "Sequence", "Symbol", "Tagged", "Terminated", "Text", "Unknown", "Value",
]  # fmt: skip


class Hex(int):
    """A number that is read in base sixteen."""


class Octal(int):
    """A number that is read in base eight."""


class Permissions(Octal):
    """Bits of a file's mode: base eight, at least three digits."""


class Address(int):
    """A place in the tracee's memory that was not, or could not be, looked into."""


class Symbol:
    """A number with a name: a constant, or flags joined by ``|``.

    ``text`` is what it means, ``raw`` the number as text in its customary base. ``names`` are the
    single names it is made of, for structured output; ``several`` says that there may be any number of them.
    """

    __slots__ = ("number", "text", "raw", "names", "several")

    def __init__(
        self, number: int, text: str, raw: str | None = None, names: tuple[str, ...] = (), several: bool = False
    ) -> None:
        self.number = number
        self.text = text
        self.raw = raw if raw is not None else f"{number:#x}" if number else "0"
        self.names = names or (text,)
        self.several = several or len(names) > 1

    def __repr__(self) -> str:
        return f"Symbol({self.number:#x}, {self.text!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Symbol) and (self.number, self.text) == (other.number, other.text)

    def __hash__(self) -> int:
        return hash((self.number, self.text))


class Unknown(Symbol):
    """A number of which no name is known; ``text`` names the family it should have come from."""

    __slots__ = ()


class Macro(Symbol):
    """A number that a macro makes, ``v4l2_fourcc('Y', 'U', 'Y', 'V')``: it is not shown beside that."""

    __slots__ = ()


class ModeBits(Symbol):
    """Bits of a file's mode: the number and what it means, which for permissions alone look the same."""

    __slots__ = ()


class Explained(Symbol):
    """A number that is shown with its name beside it, even where other names stand alone."""

    __slots__ = ()


class Text:
    """Bytes that are shown as a quoted string.

    ``more`` says that there was more of it than ``data`` holds. ``path`` marks a file name.
    """

    __slots__ = ("data", "more", "path")

    def __init__(self, data: bytes, more: bool = False, path: bool = False) -> None:
        self.data = data
        self.more = more
        self.path = path

    def __repr__(self) -> str:
        return f"Text({self.data!r}{'...' if self.more else ''})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Text) and (self.data, self.more) == (other.data, other.more)

    def __hash__(self) -> int:
        return hash((self.data, self.more))


class HexText(Text):
    """Bytes that are numbers rather than characters: every one is shown as ``\\x1f``."""

    __slots__ = ()


class Terminated(Text):
    """Characters with the NUL that should end them, which is left out, and with it what ``more`` says.

    A string that is spelled in hexadecimal has no end to leave out.
    """

    __slots__ = ()


class Sequence:
    """Values one after another in memory.

    ``more`` says that the list goes on; ``rest`` is the address at which reading it failed.
    ``separator`` is a space for sets (signals, descriptors), else a comma; ``complement`` marks a
    set of which the missing members are listed.
    """

    __slots__ = ("items", "more", "rest", "separator", "complement")

    def __init__(
        self,
        items: list[Value],
        more: bool = False,
        rest: int | None = None,
        separator: str = ", ",
        complement: bool = False,
    ) -> None:
        self.items = items
        self.more = more
        self.rest = rest
        self.separator = separator
        self.complement = complement

    def __repr__(self) -> str:
        return f"Sequence({self.items!r}{', ...' if self.more else ''})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and (self.items, self.more, self.rest) == (other.items, other.more, other.rest)

    __hash__ = None  # type: ignore[assignment]


class Form:
    """What structures of one kind have in common: the names of their fields, which stand beside their ``parts``."""

    def __init__(self, *names: str) -> None:
        self.names = names

    def fields(self, *parts: Value) -> Fields:
        """A structure of this form."""
        made: Fields = FIELDS(Fields)
        made.form, made.parts, made.more, made.recurs = self, parts, False, False
        return made

    def pairs(self, parts: tuple[Value, ...]) -> list[tuple[str, Value]]:
        """The fields that such parts make."""
        return list(zip(self.names, parts))

    def writer(self, shapes: Mapping[type, Callable[[Any], str]]) -> Callable[[tuple[Value, ...]], str]:
        """A function that gives the text of such parts; ``shapes`` spells a value by its type."""
        form = f"{{{', '.join([f'{name}=%s' for name in self.names])}}}"
        if len(self.names) == 2:

            def two(parts: tuple[Value, ...]) -> str:
                a, b = parts
                return form % (shapes[type(a)](a), shapes[type(b)](b))

            return two
        return lambda parts: form % tuple([shapes[type(part)](part) for part in parts])


class Fields:
    """A structure: pairs of field name and value. ``more`` says that some were left out.

    ``recurs`` says that this object has come again, so that it is worth remembering what it is shown as. Where there
    are many of one ``form``, they are made of ``parts``, which can be spelled at once, and get ``pairs`` only when
    somebody asks for them.
    """

    __slots__ = ("pairs", "more", "recurs", "form", "parts")
    pairs: list[tuple[str, Value]]
    form: Form | None
    parts: tuple[Value, ...]

    def __init__(self, pairs: list[tuple[str, Value]], more: bool = False) -> None:
        self.pairs = pairs
        self.more = more
        self.recurs = False
        self.form = None

    def __getattr__(self, name: str) -> Any:
        if name != "pairs" or self.form is None:
            raise AttributeError(name)
        self.pairs = self.form.pairs(self.parts)
        return self.pairs

    def __repr__(self) -> str:
        return f"Fields({self.pairs!r}{', ...' if self.more else ''})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Fields) and (self.pairs, self.more) == (other.pairs, other.more)

    __hash__ = None  # type: ignore[assignment]


FIELDS = Fields.__new__


NULL = Symbol(0, "NULL", "NULL")
