"""Words: integers with meaning, as one choice among constants or as a set of bits.

The constants lie in generated groups, ``ptracer/tables/constants/<topic>.py``, and are loaded when the
word is first spelled. What was spelled once is remembered.
"""

from __future__ import annotations

import importlib
import operator
from collections.abc import Callable, Mapping

from ptracer.decode.integers import Remembered
from ptracer.decode.types import Integer, Layout, Type
from ptracer.decode.values import Joined, Symbol, Unknown, Value
from ptracer.hints import Any
from ptracer.regs import ABI

Constants = Mapping[str, int]


def group(reference: str | Constants) -> Constants:
    """The constants of ``"topic.group"``, or the mapping itself."""
    if not isinstance(reference, str):
        return reference
    topic, name = reference.rsplit(".", 1)
    constants: Constants = getattr(importlib.import_module(f"ptracer.tables.constants.{topic}"), name)
    return constants


REMARK = r" /\*.*?\*/"
ARITHMETIC = {"<<": operator.lshift, "+": operator.add, "-": operator.sub}


def operand(text: str, names: Constants) -> int:
    """One part of a spelling: a name, a number, or several as in ``1<<(INET_DIAG_INFO-1)``. KeyError: no such name."""
    if text.startswith("(") and text.endswith(")"):
        text = text[1:-1]
    if text in names or not text:
        return names.get(text, 0)
    for sign, function in ARITHMETIC.items():
        left, found, right = text.partition(sign)
        if found and left:
            return int(function(operand(left, names), operand(right, names)))
    return int(text, 0) if text[0].isdigit() or text[0] == "-" else names[text]


class Word(Integer):
    """An integer that is spelled with names. ``further`` are groups of names that only some of its spellings have."""

    further: tuple[str | Constants, ...] = ()

    def __init__(self, constants: str | Constants, unknown: str | None, width: int = 4, signed: bool = False) -> None:
        super().__init__(width, signed)
        self.reference = constants
        self.unknown = unknown
        self.spelled: Mapping[int, Symbol] = Remembered(self.spelling)
        self.mask = (1 << 8 * (width or 8)) - 1

    @property
    def constants(self) -> Constants:
        """Name to number, in the order of spelling."""
        return group(self.reference)

    def spell(self, number: int) -> Symbol:
        """The number by name."""
        return self.spelled[number]

    def spelling(self, number: int) -> Symbol:
        """Make what ``spell`` remembers."""
        raise NotImplementedError(type(self).__name__)

    @property
    def vocabulary(self) -> Constants:
        """Every name that a spelling may have."""
        return {name: number for names in (self.constants, *map(group, self.further)) for name, number in names.items()}

    def parse(self, text: str) -> int:
        """The number of a spelling: names and numbers joined by ``|``. KeyError: no such name."""
        names = self.vocabulary
        import re

        text = re.sub(REMARK, "", text)
        if text in names:
            return names[text]
        number = 0
        for part in text.split("|"):
            number |= operand(part, names)
        return number

    def value(self, layout: Layout) -> Callable[[int], Value]:
        return self.spelled.__getitem__

    def key(self, number: int) -> int:
        """What of the number chooses a variant of a signature."""
        return number & self.mask

    def related(self, key: int, abi: ABI) -> tuple[int, ...]:
        """The keys of which the variants serve for this one, the best first."""
        return (key,)


class Enum(Word):
    """One constant. ``base`` is how an unknown number is written: ``%#x`` or ``%d``."""

    def __init__(
        self, constants: str | Constants, unknown: str | None = None, width: int = 4, signed: bool = False, decimal: bool = False
    ) -> None:
        super().__init__(constants, unknown, width, signed)
        self.decimal = decimal
        self.by_number: dict[int, str] = {}

    def spelling(self, number: int) -> Symbol:
        by_number = self.by_number
        if not by_number:
            for name, value in self.constants.items():
                by_number.setdefault(value & self.mask, name)
        raw = str(number) if self.decimal or not number else f"{number & self.mask:#x}"
        known = by_number.get(number & self.mask)
        if known is not None:
            return Symbol(number, known, raw)
        return Unknown(number, f"{raw} /* {self.unknown} */" if self.unknown else raw, raw, (raw,))


class Flags(Word):
    """Bits, spelled in the order of the group.

    ``fields`` are masks under which constants are alternatives, such as O_ACCMODE: a mapping from mask
    to a group. A constant of value zero in the group names the empty set.
    """

    def __init__(
        self,
        constants: str | Constants,
        unknown: str | None = None,
        width: int = 4,
        fields: Mapping[int, str | Constants] | None = None,
        octal: bool = False,
    ) -> None:
        super().__init__(constants, unknown, width)
        self.fields = fields or {}
        self.octal = octal

    def spelling(self, number: int) -> Symbol:
        raw = (f"0{number:o}" if self.octal else f"{number:#x}") if number else "0"
        names: list[str] = []
        left = number
        zero = None
        for mask, reference in self.fields.items():
            part = number & mask
            left &= ~mask
            for name, value in group(reference).items():
                if value == part:
                    names.append(name)
                    break
            else:
                left |= part
        for name, value in self.constants.items():
            if not value:
                zero = zero or name
            elif left & value == value:
                names.append(name)
                left &= ~value
        if not names and left:
            text = f"{left:#x}"
            return Unknown(number, f"{text} /* {self.unknown} */" if self.unknown else text, raw, (text,), True)
        if left:
            names.append(f"{left:#x}")
        if not names:
            return Symbol(number, zero or "0", raw, (zero,) if zero else (), True)
        return Symbol(number, "|".join(names), raw, tuple(names), True)

    @property
    def vocabulary(self) -> Constants:
        names = dict(super().vocabulary)
        for reference in self.fields.values():
            names.update(group(reference))
        return names


class Parts(Word):
    """``Parts((mask, word), ...)``: parts of one integer, each with names of its own, joined by ``|``.

    Flags of which none is set are left out unless that has a name too. The other parts choose a variant
    of a signature. ``whole`` says that numbers without names are not taken apart.
    """

    def __init__(self, *parts: tuple[int, Word], width: int = 4, whole: bool = False) -> None:
        super().__init__({}, None, width)
        self.pieces = parts
        self.undivided = whole
        self.joined: Mapping[int, Value] = Remembered(self.whole)
        self.choosing = sum(mask for mask, word in parts if not isinstance(word, Flags))

    @property
    def constants(self) -> Constants:
        return {name: number for _, word in self.pieces for name, number in word.constants.items()}

    def key(self, number: int) -> int:
        return number & self.choosing

    def whole(self, number: int) -> Value:
        """The number by name."""
        values = [word.spell(number & mask) for mask, word in self.pieces if number & mask or self.always(word)]
        whole = number if self.undivided else None
        return Joined(list(values), whole=whole, recurs=True) if len(values) > 1 else values[0] if values else 0

    @staticmethod
    def always(word: Word) -> bool:
        """Whether a part is shown when it is zero."""
        return not isinstance(word, Flags) or 0 in word.constants.values()

    def value(self, layout: Layout) -> Callable[[int], Value]:
        return self.joined.__getitem__


class Exceptions(dict[int, Any]):
    """What a few numbers are shown as; ``others`` says how all others are."""

    def __init__(self, few: Mapping[int, Value], others: Callable[[int], Value]) -> None:
        super().__init__(few)
        self.others = others

    def __missing__(self, number: int) -> Any:
        return self.others(number)


class Special(Integer):
    """An integer of which a few numbers have a name: ``AT_FDCWD``, ``-1 /* ... */``; others stay numbers."""

    def __init__(self, integer: Integer, names: Mapping[int, str]) -> None:
        super().__init__(integer.width, integer.signed)
        self.inner = integer
        self.pure = integer.pure
        self.behind = integer.behind
        self.names = {number: Symbol(number, name, str(number)) for number, name in names.items()}

    def value(self, layout: Layout) -> Callable[[int], Value]:
        return Exceptions(self.names, self.inner.value(layout) or int).__getitem__


class Choice(Type):
    """``Choice(this.op, {1: T, 2: U}, V)``: the type of a field or argument depends on a sibling."""

    def __init__(self, selector: Any, types: Mapping[int, Any], otherwise: Any) -> None:
        from ptracer.decode.types import as_type

        self.selector = selector
        self.types = {number: as_type(one) for number, one in types.items()}
        self.otherwise = as_type(otherwise)
        self.bracketed = False

    def size(self, abi: ABI) -> int:
        return max(one.size(abi) for one in (*self.types.values(), self.otherwise))

    def alignment(self, abi: ABI) -> int:
        return max(one.alignment(abi) for one in (*self.types.values(), self.otherwise))

    def parts(self) -> list[Type]:
        """All that it may be."""
        return [*self.types.values(), self.otherwise]

    def chosen(self, layout: Layout, make: Callable[[Type], Any]) -> Callable[[Any], Any]:
        """A function of the scope that gives the compiled form of the type that applies."""
        from ptracer.decode.expressions import bind

        select = bind(self.selector, layout.names)
        table = {number: make(one) for number, one in self.types.items()}
        otherwise = make(self.otherwise)
        return lambda scope: table.get(select(scope), otherwise)

    def captures(self, argument: int, positions: Mapping[str, int], layout: Layout) -> Any:
        everything = [one.captures(argument, positions, layout) for one in (*self.types.values(), self.otherwise)]
        return None if any(everything) or None in everything else []

    def argument(self, layout: Layout) -> Any:
        choose = self.chosen(layout, lambda one: one.argument(layout))
        return lambda scope, raw: choose(scope)(scope, raw)

    def loader(self, layout: Layout) -> Any:
        choose = self.chosen(layout, lambda one: one.loader(layout))
        return lambda scope, data, offset: choose(scope)(scope, data, offset)

    def fetcher(self, layout: Layout) -> Any:
        choose = self.chosen(layout, lambda one: one.fetcher(layout))
        return lambda scope, address: choose(scope)(scope, address)
