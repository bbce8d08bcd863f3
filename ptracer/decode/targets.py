"""What lies in memory: buffers, strings, arrays."""

from __future__ import annotations

from collections.abc import Mapping

from ptracer.decode.detail import DATA, PATH_MAX
from ptracer.decode.expressions import bind
from ptracer.decode.layout import Fetcher, Layout, Loader, Type
from ptracer.decode.pointers import Length, PointerTo, Target_, as_type, length_source
from ptracer.decode.values import Address, HexText, Sequence, Text, Value
from ptracer.errors import Fault
from ptracer.hints import Any, Self
from ptracer.plans import BYTES, CONSTANT, STRING, Step
from ptracer.regs import ABI

REMEMBERED, LONGEST_REMEMBERED = 512, 128  # strings of one kind, and bytes of each


texts: dict[tuple[int, bool], dict[bytes, Text]] = {}  # by limit and kind: the same path goes to one call after the other


class Bytes(Target_):
    """``Bytes[length]``: a buffer, shown as a string cut at the string limit."""

    always_followed = True
    contents = DATA
    text: type[Text] = Text

    def __init__(self, length: Length) -> None:
        self.length = length

    def __class_getitem__(cls, length: Length) -> Bytes:
        return cls(length)

    def size(self, abi: ABI) -> int:
        if not isinstance(self.length, int):
            raise TypeError("the length of a buffer depends on a sibling")
        return self.length

    def alignment(self, abi: ABI) -> int:
        return 1

    def loader(self, layout: Layout) -> Loader:
        length, limit, text = bind(self.length, layout.names), layout.string_limit, self.text

        def load(scope: Any, data: bytes, offset: int) -> Value:
            size = length(scope)
            return text(data[offset : offset + min(size, limit)], size > limit)

        return load

    def fetcher(self, layout: Layout) -> Fetcher:
        length, limit, text = bind(self.length, layout.names), layout.string_limit, self.text

        def fetch(scope: Any, address: int) -> Value:
            size = length(scope)
            if size > limit:
                # That there is more is only said when one byte more can be read.
                return text(scope.read(address, limit + 1)[:limit], True)
            if size <= 0:
                return text(b"") if size == 0 else Address(address)
            return text(scope.read(address, size))

        return fetch

    def steps(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        source = length_source(self.length, positions)
        return source and [Step(BYTES, argument, *source, 1, layout.string_limit + 1)]


class HexBytes(Bytes):
    """The same of bytes that are numbers."""

    text = HexText


class String(Target_):
    """A NUL-terminated string of at most ``most`` bytes; a path is never cut before PATH_MAX."""

    always_followed = True

    def __init__(self, path: bool = False, most: int = 1 << 30, contents: str = "") -> None:
        self.path, self.most, self.contents = path, most, contents

    def limit(self, layout: Layout) -> int:
        return PATH_MAX - 1 if self.path else min(layout.string_limit, self.most)

    def known(self, layout: Layout) -> dict[bytes, Text]:
        return texts.setdefault((self.limit(layout), self.path), {})

    def fetcher(self, layout: Layout) -> Fetcher:
        limit, path, known = self.limit(layout), self.path, self.known(layout)

        def fetch(scope: Any, address: int) -> Value:
            data = scope.read_string(address, limit + 1)
            text = known.get(data)
            if text is not None:
                return text
            end = data.find(b"\0")
            if end < 0:
                if len(data) <= limit:
                    raise Fault(address)
                text = Text(data[:limit], True, path)
            else:
                text = Text(data[:end], False, path)
            if len(data) <= LONGEST_REMEMBERED:
                if len(known) >= REMEMBERED:
                    known.clear()
                known[data] = text
            return text

        return fetch

    def steps(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        return [Step(STRING, argument, limit=self.limit(layout) + 1)]


class Inline(Target_):
    """``Inline[16]``: so many bytes of a structure."""

    def __init__(self, length: int) -> None:
        self.length = length

    def __class_getitem__(cls, length: int) -> Self:
        return cls(length)

    def size(self, abi: ABI) -> int:
        return self.length

    def alignment(self, abi: ABI) -> int:
        return 1


class InlineString(Inline):
    """``InlineString[16]``: characters inside a structure, up to a NUL, for which there must be room."""

    pure = True

    def loader(self, layout: Layout) -> Loader:
        length = self.length

        def load(scope: Any, data: bytes, offset: int) -> Value:
            text, end, _ = data[offset : offset + length].partition(b"\0")
            return Text(text) if end else Text(text[:-1], True)

        return load

    def steps(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        return [Step(BYTES, argument, CONSTANT, self.length)]


CString = PointerTo(String())
Path = PointerTo(String(path=True))
Contents = PointerTo(String(contents=DATA))  # a string that may hold secrets, as options of a mount do


class Array(Target_):
    """``Array[T, n]``: elements one after another; ``n`` is a number or a sibling."""

    def __init__(self, element: Any, length: Length) -> None:
        self.element, self.length = as_type(element), length

    def __class_getitem__(cls, parameters: tuple[Any, Length]) -> Array:
        return cls(*parameters)

    def size(self, abi: ABI) -> int:
        if not isinstance(self.length, int):
            raise TypeError("the length of an array depends on a sibling")
        return self.length * self.element.size(abi)

    def alignment(self, abi: ABI) -> int:
        return self.element.alignment(abi)

    def loader(self, layout: Layout) -> Loader:
        length, load, size = bind(self.length, layout.names), self.element.loader(layout), self.element.size(layout.abi)
        limit = layout.element_limit()

        def load_all(scope: Any, data: bytes, offset: int) -> Value:
            count = length(scope)
            shown = count if limit is None else min(count, limit)
            return Sequence([load(scope, data, offset + i * size) for i in range(shown)], shown < count)

        return load_all

    def fetcher(self, layout: Layout) -> Fetcher:
        length, load, size = bind(self.length, layout.names), self.element.loader(layout), self.element.size(layout.abi)
        limit, end = layout.element_limit(), 1 << 64

        def fetch(scope: Any, address: int) -> Value:
            count = length(scope)
            if count <= 0:
                return Sequence([]) if count == 0 else Address(address)
            if address + count * size > end:
                raise Fault(address)
            shown = count if limit is None else min(count, limit)
            data = scope.read_some(address, min(shown * size, MOST_BYTES))
            whole = len(data) // size
            if not whole:
                raise Fault(address)
            items = [load(scope, data, i * size) for i in range(min(whole, shown))]
            if whole < shown:
                return Sequence(items, True, address + whole * size)
            return Sequence(items, shown < count)

        return fetch

    def unfilled(self, layout: Layout) -> Fetcher:
        return self.blind(layout)

    def blind(self, layout: Layout) -> Fetcher:
        """Where it is, unless it is empty."""
        length = bind(self.length, layout.names)
        return lambda scope, address: Address(address) if length(scope) else Sequence([])

    def steps(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        source = length_source(self.length, positions)
        if source is None or not is_flat(self.element):
            return None
        size, limit = self.element.size(layout.abi), layout.element_limit()
        return [Step(BYTES, argument, *source, size, MOST_BYTES if limit is None else limit * size)]


MOST_BYTES = 1 << 20  # of one array: enough for any real one, and a bound for hostile counts


def is_flat(thing: Type) -> bool:
    """Whether decoding ``thing`` reads nothing beyond its own bytes."""
    if isinstance(thing, PointerTo):
        return False
    parts = getattr(thing, "parts", None)
    return all(is_flat(part) for part in parts()) if parts is not None else not isinstance(thing, (String,))


class Provided(Target_):
    """``Provided[T, condition]``: T, looked into only where the condition over the siblings holds."""

    def __init__(self, target: Any, condition: Length) -> None:
        self.target, self.condition = as_type(target), condition
        self.bracketed, self.always_followed = self.target.bracketed, self.target.always_followed
        self.contents = self.target.contents

    def __class_getitem__(cls, parameters: tuple[Any, Length]) -> Provided:
        return cls(*parameters)

    def fetcher(self, layout: Layout) -> Fetcher:
        holds, fetch = bind(self.condition, layout.names), self.target.fetcher(layout)

        def checked(scope: Any, address: int) -> Value:
            if not holds(scope):
                raise Fault(address)
            return fetch(scope, address)

        return checked

    def blind(self, layout: Layout) -> Fetcher:
        holds, blind = bind(self.condition, layout.names), self.target.blind(layout)
        return lambda scope, address: blind(scope, address) if holds(scope) else Address(address)

    def steps(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        return self.target.steps(argument, positions, layout)


class Exactly(Target_):
    """``Exactly[T, this.size]``: T, looked into only where the size that the program gives is T's."""

    def __init__(self, target: Any, length: Length) -> None:
        self.target, self.length = as_type(target), length
        self.bracketed, self.contents = self.target.bracketed, self.target.contents

    def __class_getitem__(cls, parameters: tuple[Any, Length]) -> Exactly:
        return cls(*parameters)

    def fetcher(self, layout: Layout) -> Fetcher:
        size, length = self.target.size(layout.abi), bind(self.length, layout.names)
        fetch = self.target.fetcher(layout)

        def checked(scope: Any, address: int) -> Value:
            if length(scope) != size:
                raise Fault(address)
            return fetch(scope, address)

        return checked

    def steps(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        return self.target.steps(argument, positions, layout)
