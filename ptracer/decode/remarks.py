"""Values that say something of other values: what they mean, what became of them, what stands behind them."""

from __future__ import annotations

from collections.abc import Iterable

from ptracer.hints import Any

Value = Any  # as in ``ptracer.decode.values``


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
