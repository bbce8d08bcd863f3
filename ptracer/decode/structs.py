"""C structures: a class whose annotations are the fields, in C order with C layout."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

from ptracer.decode.expressions import Expression, Getter, Names, bind
from ptracer.decode.types import Integer, Layout, Loader, Target_, Type, as_type, is_flat
from ptracer.decode.values import Fields, Value
from ptracer.hints import Any, ClassVar
from ptracer.plans import BYTES, CONSTANT, Step
from ptracer.regs import ABI


class Struct:
    """The base of all structures.

    A field whose name begins with an underscore takes up space but is not shown. A default is the
    condition under which a field is shown, an expression over its siblings. ``brief`` names the fields
    that are shown when the call is abbreviated (a mapping from name to a condition, or None, of its own
    for each), ``order`` those that are shown at all where they are not
    all, or not in C's order. A trailing underscore keeps a Python keyword apart; ``names`` has fields that
    are shown by another name.
    ``union = True`` lays all fields over each other.
    """

    brief: ClassVar[tuple[str, ...] | Mapping[str, Any]] = ()
    order: ClassVar[tuple[str, ...]] = ()
    names: ClassVar[Mapping[str, str]] = {}
    union: ClassVar[bool] = False
    packed: ClassVar[bool] = False
    minimum_size: ClassVar[Mapping[str, int]] = {}
    contents: ClassVar[str] = ""  # as Type.contents: where fields are keys

    @classmethod
    def as_type(cls) -> StructType:
        """The type of this structure, one for each class."""
        made = cls.__dict__.get("_type")
        if made is None:
            made = StructType(cls)
            cls._type = made  # type: ignore[attr-defined]
        return made

    @classmethod
    def shown(cls, pairs: list[tuple[str, Value]], scope: StructScope) -> list[tuple[str, Value]]:
        """A last word on what is shown; structures with rules of their own override it."""
        return pairs


class Field:
    """One field: its name, type, condition."""

    __slots__ = ("name", "type", "condition")

    def __init__(self, name: str, type: Type, condition: Any) -> None:
        self.name, self.type, self.condition = name, type, condition


class Shown:
    """A field that is shown, perhaps under a condition, and what both are compiled to."""

    __slots__ = ("key", "name", "type", "offset", "load", "condition", "holds")

    def __init__(
        self, key: str, name: str, type: Type, offset: int, load: Loader, condition: Any, holds: Getter | None
    ) -> None:
        self.key, self.name, self.type, self.offset, self.load = key, name, type, offset, load
        self.condition, self.holds = condition, holds


class StructScope:
    """The scope of a structure's fields: the numbers of the siblings, and memory through the call."""

    __slots__ = ("outer", "numbers", "address")

    def __init__(self, outer: Any, numbers: dict[str, int]) -> None:
        self.outer = outer
        self.numbers = numbers

    def read(self, address: int, size: int) -> bytes:
        return self.outer.read(address, size)  # type: ignore[no-any-return]

    def read_some(self, address: int, size: int) -> bytes:
        return self.outer.read_some(address, size)  # type: ignore[no-any-return]

    def read_string(self, address: int, size: int) -> bytes:
        return self.outer.read_string(address, size)  # type: ignore[no-any-return]

    def read_pointers(self, address: int, size: int, word: int) -> bytes:
        return self.outer.read_pointers(address, size, word)  # type: ignore[no-any-return]

    @property
    def call(self) -> Any:
        """The call in which all this happens."""
        return getattr(self.outer, "call", self.outer)

    @property
    def error(self) -> int:
        return self.outer.error  # type: ignore[no-any-return]


class StructType(Target_):
    """What a Struct class means as a type."""

    def __init__(self, declaration: type[Struct]) -> None:
        self.declaration = declaration
        self._fields: list[Field] | None = None
        self.name, self.contents = declaration.__name__, declaration.contents
        self.placed: dict[str, tuple[dict[str, int], int, int]] = {}

    @property
    def fields(self) -> list[Field]:
        """The fields of the class and its bases, in whose place one of the same name comes; evaluated on first use."""
        if self._fields is None:
            fields: dict[str, Field] = {}
            for base in reversed(self.declaration.__mro__):
                if not issubclass(base, Struct) or base is Struct:
                    continue
                namespace = vars(sys.modules[base.__module__])
                for name, annotation in base.__dict__.get("__annotations__", {}).items():
                    thing = eval(annotation, namespace) if isinstance(annotation, str) else annotation
                    fields[name] = Field(name, as_type(thing), base.__dict__.get(name))
            self._fields = list(fields.values())
        return self._fields

    def parts(self) -> list[Type]:
        """The types of the fields."""
        return [field.type for field in self.fields]

    def place(self, abi: ABI) -> tuple[dict[str, int], int, int]:
        """The triple (offset by field name, size, alignment) by the rules of C."""
        if abi.name not in self.placed:
            offsets, end, largest, union = {}, 0, 1, self.declaration.union
            for field in self.fields:
                alignment = 1 if self.declaration.packed else field.type.alignment(abi)
                offset = 0 if union else -(-end // alignment) * alignment
                offsets[field.name] = offset
                end = max(end, offset + field.type.size(abi))
                largest = max(largest, alignment)
            self.placed[abi.name] = offsets, -(-end // largest) * largest, largest
        return self.placed[abi.name]

    @property
    def pure(self) -> bool:  # type: ignore[override]
        """Whether nothing but the bytes themselves decides what is shown."""
        return not overridden(self.declaration) & {"shown"} and all(field.type.pure for field in self.fields)

    def size(self, abi: ABI) -> int:
        return self.place(abi)[1]

    def alignment(self, abi: ABI) -> int:
        return self.place(abi)[2]

    def loader(self, layout: Layout) -> Loader:
        offsets = self.place(layout.abi)[0]
        readers: dict[str, tuple[int, int, bool]] = {}
        names = Siblings(layout.names)
        for field in self.fields:
            names[field.name] = sibling(field.name)
            # What is not an integer is one too: a condition asks whether any of it is not zero.
            signed = isinstance(field.type, Integer) and field.type.signed
            readers[field.name] = offsets[field.name], field.type.size(layout.abi), signed
        inner = layout.within(names)
        brief, order = self.declaration.brief if layout.abbreviate else (), self.declaration.order
        fields = [field for field in self.fields if not field.name.startswith("_")]
        if order:
            fields = sorted((field for field in fields if field.name in order), key=lambda field: order.index(field.name))
        shown = [
            Shown(
                field.name,
                self.declaration.names.get(field.name, field.name.rstrip("_")),
                field.type,
                offsets[field.name],
                field.type.loader(inner),
                condition,
                bind(condition, names) if isinstance(condition, Expression) else None,
            )
            for field in fields
            if not brief or field.name in brief
            for condition in [brief.get(field.name) if isinstance(brief, Mapping) else field.condition]
        ]
        more = bool(brief)
        plain = all(field.type.alone(layout) for field in self.fields if not brief or field.name in brief)
        finish = self.declaration.shown if "shown" in overridden(self.declaration) else None

        def scope_of(scope: Any, data: bytes, offset: int) -> StructScope:
            return StructScope(scope, Numbers(data, offset, readers))

        def load(scope: Any, data: bytes, offset: int) -> Fields:
            inside = scope_of(scope, data, offset)
            pairs = [
                (field.name, field.load(inside, data, offset + field.offset))
                for field in shown
                if field.holds is None or field.holds(inside)
            ]
            if finish is not None:
                pairs = finish(pairs, inside)
            return Fields(pairs, more)

        made: Callable[[Any, bytes, int], Fields] = load
        if layout.often and not self.declaration.union:
            from ptracer.decode.writing import written_loader

            made = written_loader(shown, readers, inner, scope_of, finish, more, load)
        if finish is not None or names.outside or not plain or more:
            return made
        return remembering(made, self.size(layout.abi))

    def steps(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        if not is_flat(self):
            return None
        return [Step(BYTES, argument, CONSTANT, self.size(layout.abi))]


class Numbers(dict[str, int]):
    """The integer fields of one structure in memory, read when asked for."""

    __slots__ = ("data", "offset", "readers")

    def __init__(self, data: bytes, offset: int, readers: Mapping[str, tuple[int, int, bool]]) -> None:
        self.data, self.offset, self.readers = data, offset, readers

    def __missing__(self, name: str) -> int:
        place, size, signed = self.readers[name]
        start = self.offset + place
        number = int.from_bytes(self.data[start : start + size], "little", signed=signed)
        self[name] = number
        return number


def sibling(name: str) -> Callable[[Any], int]:
    """A getter of the field ``name`` from a StructScope."""
    return lambda scope: scope.numbers[name]


class Siblings(dict[str, Callable[[Any], int]]):
    """Getters by name, as fields see them: the structure's own, then those of what lies around it.

    ``outside`` says whether any of the latter was asked for.
    """

    def __init__(self, outer: Names) -> None:
        self.outer = outer
        self.outside = False

    def __missing__(self, name: str) -> Callable[[Any], int]:
        getter = self.outer[name]
        self.outside = True
        return lambda scope: getter(scope.outer)


REMEMBERED = 512  # values of one structure; most programs fill the same few again and again


def remembering(load: Callable[[Any, bytes, int], Fields], size: int) -> Loader:
    """A loader that knows again what it has seen: for structures whose value depends on their bytes alone."""
    known: dict[bytes, Fields] = {}

    def recall(scope: Any, data: bytes, offset: int) -> Value:
        part = data if not offset and len(data) == size else data[offset : offset + size]
        value = known.get(part)
        if value is None:
            value = load(scope, data, offset)
            if len(known) >= REMEMBERED:
                known.clear()
            known[part] = value
        else:
            value.recurs = True
        return value

    return recall


def overridden(declaration: type[Struct]) -> set[str]:
    """Which of Struct's methods a declaration has of its own."""
    names: set[str] = set()
    for base in declaration.__mro__:
        if base is Struct:
            break
        names.update(base.__dict__)
    return names
