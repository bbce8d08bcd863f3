"""Code that is written for one signature or structure: what is seen often is compiled into one Python function.

Types compile to functions that call each other (see types.py), which is quick to do, but costs a call for each part of
a value. A signature that is seen often (``Signature.seen``) is compiled once more, with the source of one function for
all of its arguments and one for each structure: integers, words and conditions stand in it as expressions, what it has
of memory comes out of one ``unpack``, and everything else is called as before. It gives the same values. The structure
is a ``Form`` of what was unpacked, and a third function writes its text without making values of it.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence

from ptracer.decode.expressions import Expression, Getter, Sources
from ptracer.decode.integers import CODES, Integer, Remembered, pointer_value
from ptracer.decode.layout import Argument, Layout, Type
from ptracer.decode.values import FIELDS, NULL, Address, Fields, Form, Value
from ptracer.hints import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ptracer.decode.signature import Parameter
    from ptracer.decode.structs import Shown


class Writer:
    """Gathers what the names in the source of a function stand for."""

    def __init__(self, layout: Layout, things: Mapping[str, Any] | None = None) -> None:
        self.layout = layout
        self.things: dict[str, Any] = dict(things or {})

    def name(self, thing: Any) -> str:
        """A name for a thing."""
        name = f"_{len(self.things)}"
        self.things[name] = thing
        return name

    def shown(self, integer: Integer, number: str) -> str:
        """How an integer shows a number."""
        shape = integer.value(self.layout)
        if shape is None:
            return number
        if shape is pointer_value:
            return f"({self.name(Address)}(number) if (number := {number}) else {self.name(NULL)})"
        if getattr(shape, "__name__", "") == "__getitem__":
            return f"{self.name(getattr(shape, '__self__', None))}[{number}]"
        return f"{self.name(shape)}({number})"

    def condition(self, condition: Any, holds: Getter | None, siblings: Sources, scope: str) -> str | None:
        """A condition, which compiled is ``holds``; None: there is none."""
        if holds is None:
            return None
        if isinstance(condition, Expression):
            try:
                return condition.written(siblings)
            except KeyError:
                pass
        return f"{self.name(holds)}({scope})"

    def function(self, source: str) -> Any:
        """The function ``written`` of the source."""
        exec(source, self.things)
        return self.things["written"]


def listed(items: Sequence[tuple[str, str | None]]) -> str:
    """A list of items, each perhaps under a condition."""
    return f"[{', '.join([item if holds is None else f'*(({item},) if {holds} else ())' for item, holds in items])}]"


def inherits(of: Type, *methods: str) -> bool:
    """Whether a type is an integer that has these methods as all integers have them."""
    return isinstance(of, Integer) and all(getattr(type(of), method) is getattr(Integer, method) for method in methods)


# --- signatures


def register(parameter: Parameter, layout: Layout) -> str | None:
    """The number that an argument is for its siblings; None: only its type knows."""
    integer = parameter.type
    if parameter.pair or not isinstance(integer, Integer) or not inherits(integer, "number", "bounds"):
        return None
    mask, sign = integer.bounds(layout.abi)
    number = f"args[{parameter.index}] & {mask:#x}"
    return f"(({number} ^ {sign:#x}) - {sign:#x})" if integer.signed else f"({number})"


def registers(parameters: Sequence[Parameter], layout: Layout) -> dict[str, str]:
    """The sources of all arguments that are numbers."""
    sources = {parameter.name: register(parameter, layout) for parameter in parameters}
    return {name: source for name, source in sources.items() if source is not None}


def written_reader(
    parameters: Sequence[tuple[Parameter, Argument, Getter | None]], siblings: Sources, layout: Layout, named: bool
) -> Callable[[Any], list[Value]]:
    """A function of the call that gives the values of parameters, which stand with what they and their conditions compile to."""
    writer = Writer(layout)
    items = []
    for parameter, argument, holds in parameters:
        integer, number = parameter.type, register(parameter, layout)
        simple = number is not None and inherits(integer, "argument", "plain", "describing") and not named
        if simple and isinstance(integer, Integer) and integer.describing(layout) is None:
            item = writer.shown(integer, str(number))
        else:
            item = f"{writer.name(argument)}(call, args[{parameter.index}])"
        items.append((item, writer.condition(parameter.condition, holds, siblings, "call")))
    return writer.function(f"def written(call):\n args = call.args\n return {listed(items)}\n")  # type: ignore[no-any-return]


# --- structures

Place = tuple[int, int, bool]  # of an integer in a structure: offset, size, whether it is signed


class Variables:
    """The integers of a structure that its source speaks of, which are unpacked all at once."""

    def __init__(self, places: Mapping[str, Place]) -> None:
        self.places = places
        self.used: dict[Place, str] = {}

    def __getitem__(self, name: str) -> str:
        """The variable of a field. KeyError: the structure has no such field, or it is no integer."""
        place = self.places[name]
        CODES[place[1]]
        return self.used.setdefault(place, f"n{len(self.used)}")

    def packed(self) -> struct.Struct:
        """How they lie in memory."""
        end, form = 0, "<"
        for offset, size, signed in sorted(self.used):
            form += f"{offset - end}x{CODES[size].lower() if signed else CODES[size]}"
            end = offset + size
        return struct.Struct(form)

    def names(self) -> str:
        """What they are assigned to."""
        return " ".join([f"{self.used[place]}," for place in sorted(self.used)])


Shapes = Mapping[type, Callable[[Any], str]]


class Part:
    """A field of a structure that is written out.

    ``value`` is the source of its value, and ``number``, if it is an integer, that of the number which this shows.
    """

    def __init__(self, name: str, value: str, holds: str | None, integer: Integer | None = None, number: str = "") -> None:
        self.name, self.value, self.holds, self.integer, self.number = name, value, holds, integer, number

    def text(self, writer: Writer, shapes: Shapes) -> str:
        """Its text inside a formatted string."""
        shape = self.integer.value(writer.layout) if self.integer is not None else None
        if self.integer is not None and shape is None:
            text = self.number
        elif getattr(shape, "__name__", "") == "__getitem__":
            text = f"{writer.name(spellings(getattr(shape, '__self__', None), shapes))}[{self.number}]"
        else:
            text = f"shapes[type(value := {self.value})](value)"
        return f"{self.name}={{{text}}}" if self.name else f"{{{text}}}"


def spellings(values: Any, shapes: Shapes) -> Remembered:
    """The texts of numbers that have values."""

    def text(number: int) -> str:
        value = values[number]
        return shapes[type(value)](value)

    return Remembered(text)


def formed(parts: Sequence[Part]) -> bool:
    """Whether fields can be parts of a Form: the first is always there, and the parts alone say whether the others are."""
    plain = all(not set(part.name) & set("{}\\'\"") and "inside" not in (part.holds or "") for part in parts)
    return plain and bool(parts) and parts[0].holds is None


class Written(Form):
    """The form of a structure that is written out; ``variables`` are the names of its parts in the sources of its fields."""

    def __init__(self, writer: Writer, variables: str, fields: Sequence[Part], more: bool) -> None:
        super().__init__(*[field.name for field in fields])
        self.layout, self.things, self.variables, self.written, self.more = writer.layout, writer.things, variables, fields, more
        self.listing: Callable[[tuple[Value, ...]], list[tuple[str, Value]]] | None = None

    def pairs(self, parts: tuple[Value, ...]) -> list[tuple[str, Value]]:
        if self.listing is None:
            pairs = listed([(f"({field.name!r}, {field.value})", field.holds) for field in self.written])
            self.listing = self.function(Writer(self.layout, self.things), pairs)
        return self.listing(parts)

    def writer(self, shapes: Shapes) -> Callable[[tuple[Value, ...]], str]:
        writer = Writer(self.layout, {**self.things, "shapes": shapes})
        text = ""
        for field in self.written:
            one = f", {field.text(writer, shapes)}" if text else field.text(writer, shapes)
            text += one if field.holds is None else f'{{f"{one}" if {field.holds} else ""}}'
        return self.function(writer, f"f'{{{{{text}{', ...' if self.more else ''}}}}}'")  # type: ignore[no-any-return]

    def function(self, writer: Writer, source: str) -> Any:
        """A function of the parts that gives what the source says."""
        return writer.function(f"def written(parts):\n {self.variables} = parts\n return {source}\n")


def written_loader(
    fields: Sequence[Shown],
    places: Mapping[str, Place],
    layout: Layout,
    inside: Callable[[Any, bytes, int], Any],
    finish: Callable[..., Any] | None,
    more: bool,
    slow: Callable[[Any, bytes, int], Fields],
) -> Callable[[Any, bytes, int], Fields]:
    """The loader of a structure of which no two fields overlap.

    ``inside`` makes the scope of its fields, ``finish`` has a last word on them. ``slow`` does the same, and takes over
    where bytes are missing.
    """
    writer, variables = Writer(layout), Variables(places)
    parts = []
    for field in fields:
        integer, holds = field.type, writer.condition(field.condition, field.holds, variables, "inside")
        simple = inherits(integer, "loader", "describing")
        if simple and isinstance(integer, Integer) and integer.describing(layout) is None:
            number = variables[field.key]
            parts.append(Part(field.name, writer.shown(integer, number), holds, integer, number))
        else:
            value = f"{writer.name(field.load)}({'None' if field.type.pure else 'inside'}, data, offset + {field.offset})"
            parts.append(Part(field.name, value, holds))
    if finish is None and formed(parts):
        lines = forming(writer, variables.names(), parts, more)
    else:
        pairs = listed([(f"({part.name!r}, {part.value})", part.holds) for part in parts])
        if finish is not None:
            pairs = f"{writer.name(finish)}({pairs}, inside)"
        lines = [f" return {writer.name(Fields)}({pairs}, {more})"]
    if any("inside" in line for line in lines):
        lines.insert(0, f" inside = {writer.name(inside)}(scope, data, offset)")
    head = ["def written(scope, data, offset):"]
    if variables.used:
        packed = variables.packed()
        head += [
            f" if len(data) - offset < {packed.size}:",
            f"  return {writer.name(slow)}(scope, data, offset)",
            f" {variables.names()} = parts = {writer.name(packed.unpack_from)}(data, offset)",
        ]
    return writer.function("\n".join([*head, *lines]) + "\n")  # type: ignore[no-any-return]


def forming(writer: Writer, numbers: str, parts: Sequence[Part], more: bool) -> list[str]:
    """The source that makes a structure of its numbers, which are ``parts`` already, and values of other kinds."""
    looked = [part for part in parts if part.integer is None]
    values = [part.value if part.holds is None else f"{part.value} if {part.holds} else None" for part in looked]
    for place, part in enumerate(looked):
        part.value = f"v{place}"
    variables = " ".join([numbers, *[f"{part.value}," for part in looked]]).strip()
    form = writer.name(Written(writer, variables, parts, more))
    made = f"({numbers} {' '.join([f'{value},' for value in values])})" if values else "parts"
    return [
        f" made = {writer.name(FIELDS)}({writer.name(Fields)})",
        f" made.form, made.parts, made.more, made.recurs = {form}, {made}, {more}, False",
        " return made",
    ]
