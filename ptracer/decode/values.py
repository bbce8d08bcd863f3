"""What a decoded argument is: a few shapes that every renderer understands.

Plain ``int`` is a decimal number. Everything here is immutable once made, so that a value can be
remembered and shared between calls.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from ptracer.hints import Any

Value = Any  # int, or one of the classes below


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


class Change:
    """A value that the call changed: before and after."""

    __slots__ = ("before", "after")

    def __init__(self, before: Value, after: Value) -> None:
        self.before = before
        self.after = after

    def __repr__(self) -> str:
        return f"Change({self.before!r}, {self.after!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Change) and (self.before, self.after) == (other.before, other.after)

    __hash__ = None  # type: ignore[assignment]


class Annotated:
    """A value with a remark: ``0x7ffc... /* 35 vars */``; ``before`` puts the remark first."""

    __slots__ = ("value", "remark", "before")

    def __init__(self, value: Value, remark: str, before: bool = False) -> None:
        self.value = value
        self.remark = remark
        self.before = before

    def __repr__(self) -> str:
        return f"Annotated({self.value!r}, {self.remark!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Annotated) and (self.value, self.remark) == (other.value, other.remark)

    __hash__ = None  # type: ignore[assignment]


class Applied:
    """A macro with arguments: ``makedev(0x1, 0x3)``, ``htons(80)``, ``inet_addr("127.0.0.1")``."""

    __slots__ = ("name", "arguments")

    def __init__(self, name: str, arguments: Iterable[Value]) -> None:
        self.name = name
        self.arguments = list(arguments)

    def __repr__(self) -> str:
        return f"Applied({self.name!r}, {self.arguments!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Applied) and (self.name, self.arguments) == (other.name, other.arguments)

    __hash__ = None  # type: ignore[assignment]


class Meant:
    """A value with its meaning: the bytes ``"\\x00\\x50"`` that are ``htons(80)``.

    ``filled`` is the name of a field of which the meaning is written as the call that fills it, and so
    without the name: ``inet_pton(AF_INET6, "::1", &sin6_addr)``. Constants in a meaning are names in every style,
    except in a ``styled`` one.
    """

    __slots__ = ("raw", "meaning", "filled", "styled")

    def __init__(self, raw: Value, meaning: Value, filled: str = "", styled: bool = False) -> None:
        self.raw = raw
        self.meaning = meaning
        self.filled = filled
        self.styled = styled

    def __repr__(self) -> str:
        return f"Meant({self.raw!r}, {self.meaning!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Meant) and (self.raw, self.meaning) == (other.raw, other.meaning)

    __hash__ = None  # type: ignore[assignment]


class Labelled:
    """An argument that is shown with its name: ``child_stack=NULL``."""

    __slots__ = ("name", "value")

    def __init__(self, name: str, value: Value) -> None:
        self.name = name
        self.value = value

    def __repr__(self) -> str:
        return f"Labelled({self.name!r}, {self.value!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Labelled) and (self.name, self.value) == (other.name, other.value)

    __hash__ = None  # type: ignore[assignment]


class ByName:
    """What a result means, in names whatever the style. Where numbers are wanted it is left out, unless ``always``."""

    __slots__ = ("value", "always")

    def __init__(self, value: Value, always: bool = False) -> None:
        self.value = value
        self.always = always

    def __repr__(self) -> str:
        return f"ByName({self.value!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ByName) and (self.value, self.always) == (other.value, other.always)

    __hash__ = None  # type: ignore[assignment]


class Effect:
    """What a call has made of the argument before it: ``{...} => {parent_tid=[123]}``."""

    __slots__ = ("value",)

    def __init__(self, value: Value) -> None:
        self.value = value

    def __repr__(self) -> str:
        return f"Effect({self.value!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Effect) and self.value == other.value

    __hash__ = None  # type: ignore[assignment]


class Joined:
    """Values with an operator between them: ``S_IFREG|0644``, a bit set plus unnamed numbers.

    ``whole`` is the number they make where that is shown undivided when there are no names. ``recurs`` is that of Fields.
    """

    __slots__ = ("values", "operator", "whole", "recurs")

    def __init__(self, values: list[Value], operator: str = "|", whole: int | None = None, recurs: bool = False) -> None:
        self.values = values
        self.operator = operator
        self.whole = whole
        self.recurs = recurs

    def __repr__(self) -> str:
        return f"Joined({self.values!r}, {self.operator!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Joined) and (self.values, self.operator) == (other.values, other.operator)

    __hash__ = None  # type: ignore[assignment]


class Name:
    """Bytes that are a name and stand without quotation marks: what a descriptor refers to, a command."""

    __slots__ = ("data",)

    def __init__(self, data: bytes) -> None:
        self.data = data

    def __repr__(self) -> str:
        return f"Name({self.data!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Name) and self.data == other.data

    def __hash__(self) -> int:
        return hash(self.data)


class Tagged:
    """A value with its kind before it: ``TCP:[127.0.0.1:80]``; the kind ``@`` of UNIX names has no colon."""

    __slots__ = ("tag", "value")

    def __init__(self, tag: str, value: Value) -> None:
        self.tag = tag
        self.value = value

    def __repr__(self) -> str:
        return f"Tagged({self.tag!r}, {self.value!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Tagged) and (self.tag, self.value) == (other.tag, other.value)

    __hash__ = None  # type: ignore[assignment]


class Described:
    """A number with what it stands for: ``3</etc/passwd>``; ``deleted`` says that the file has that name no more."""

    __slots__ = ("value", "what", "deleted")

    def __init__(self, value: Value, what: Value, deleted: bool = False) -> None:
        self.value = value
        self.what = what
        self.deleted = deleted

    def __repr__(self) -> str:
        return f"Described({self.value!r}, {self.what!r}{', deleted' if self.deleted else ''})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Described) and (self.value, self.what, self.deleted) == (other.value, other.what, other.deleted)

    __hash__ = None  # type: ignore[assignment]


NULL = Symbol(0, "NULL", "NULL")
