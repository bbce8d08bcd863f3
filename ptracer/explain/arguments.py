"""The arguments of a call as rules ask for them: numbers that also know what they were decoded to."""

from __future__ import annotations

from typing import Any

from ptracer.decode.values import (
    Annotated,
    Applied,
    Change,
    Described,
    Fields,
    Joined,
    Labelled,
    Meant,
    Sequence,
    Symbol,
    Tagged,
    Text,
    Unknown,
    Value,
)
from ptracer.explain.case import Case
from ptracer.model.descriptors import Description

Wrapped = (Labelled, Described, Annotated, Tagged)


class CannotTell(Exception):
    """What a rule wants to know is not known."""


class Argument(int):
    """A number, an address or a structure of ``size`` or elements; ``value`` is what was decoded of it.

    Fields of a structure are attributes, elements of an array items. Formatted as ``:name`` it is what its number is called.
    """

    value: Value
    word: Any

    @property
    def symbols(self) -> list[Symbol]:
        """The constants that it is made of."""
        values = self.value.values if type(self.value) is Joined else [self.value]
        return [one for one in values if isinstance(one, Symbol)]

    @property
    def unknown(self) -> bool:
        """Whether no name is known of it."""
        return any(isinstance(one, Unknown) for one in self.symbols)

    @property
    def nameless(self) -> int:
        """Its bits that have no name."""
        return sum(int(name, 16) for symbol in self.symbols if symbol.several for name in symbol.names if name.startswith("0x"))

    @property
    def data(self) -> bytes:
        """The bytes of a string."""
        if isinstance(self.value, Text):
            return self.value.data
        raise CannotTell

    @property
    def more(self) -> bool:
        """Whether a string is longer than ``data``, which was cut when it was captured."""
        return isinstance(self.value, Text) and self.value.more

    @property
    def items(self) -> list[Argument]:
        """The elements of an array."""
        if isinstance(self.value, Sequence):
            return [of(one) for one in self.value.items]
        raise CannotTell

    def __getattr__(self, name: str) -> Argument:
        if isinstance(self.value, Fields) and not name.startswith("__"):
            for key, value in self.value.pairs:
                if key == name:
                    return of(value)
        raise CannotTell(name)

    def has(self, name: str) -> bool:
        """Whether there is such a field."""
        return isinstance(self.value, Fields) and any(key == name for key, _ in self.value.pairs)

    def spelled(self, number: int) -> str:
        """Another number by the names of this one."""
        spell = getattr(self.word, "spell", None)
        if spell is not None:
            try:
                return str(spell(number).text).partition(" /*")[0]
            except NotImplementedError:
                pass
        return f"{number:#x}"

    def __format__(self, form: str) -> str:
        if form == "name":
            return "|".join(symbol.text.partition(" /*")[0] for symbol in self.symbols) or str(int(self))
        return int(self).__format__(form)


def of(value: Value, register: int | None = None, word: object = None) -> Argument:
    """A decoded value; ``register`` is what it was decoded from."""
    while True:
        if isinstance(value, Wrapped):
            value = value.value
        elif isinstance(value, Change):
            value = value.before
        elif isinstance(value, Meant):
            value = value.raw
        else:
            break
    made = Argument(number_of(value, register))
    made.value, made.word = value, word
    return made


def number_of(value: Value, register: int | None) -> int:
    """The number that a value stands for; of what is in memory its address, or 1 where that is not known."""
    if isinstance(value, int):
        return value
    if isinstance(value, Symbol):
        return value.number
    if isinstance(value, Joined) and value.operator == "|":
        return value.whole if value.whole is not None else sum(number_of(one, None) for one in value.values)
    if isinstance(value, Applied):
        raise CannotTell
    return 1 if register is None else register


class Arguments:
    """All of them, as attributes and as items."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.call = case.name
        self.word = case.call.abi.word_size  # bytes of a long

    def __getattr__(self, name: str) -> Argument:
        value, register = self.case.value(name), self.case.argument(name)
        if value is None and register is None or name.startswith("__"):
            raise CannotTell(name)
        word = next((one.type for one in self.case.call.signature.parameters if one.name == name), None)
        return of(register if value is None else value, register, word)

    def __getitem__(self, name: str) -> Any:
        first, _, rest = name.partition(".")
        found = getattr(self, first)
        for part in rest.split(".") if rest else ():
            found = getattr(found, part)
        return found

    def of(self, fd: int) -> Description:
        """What a descriptor refers to."""
        thread = self.case.world.threads.get(self.case.call.tid)
        entry = thread.descriptors.at(fd) if thread is not None else None
        if entry is None:
            raise CannotTell
        return entry.description

    def kind(self, fd: int) -> str:
        """Of what kind a descriptor is."""
        kind = self.of(fd).kind
        if kind is None:
            raise CannotTell
        return kind

    @property
    def registers(self) -> tuple[int, ...]:
        """The arguments as they are, for calls of which the first chooses what the others are."""
        return self.case.call.args
