"""Pointers in memory: vectors of strings, and struct iovec."""

from __future__ import annotations

import struct
from collections.abc import Mapping

from ptracer.decode.detail import ARGUMENTS, DATA, ENVIRONMENT
from ptracer.decode.expressions import bind
from ptracer.decode.integers import Remembered, pointer_value
from ptracer.decode.layout import Fetcher, Layout, Loader, redacted
from ptracer.decode.pointers import Length, Target_, length_source
from ptracer.decode.targets import MOST_BYTES, Array, String
from ptracer.decode.values import NULL, Address, Annotated, Form, Sequence, Text, Value
from ptracer.errors import Fault
from ptracer.hints import Any
from ptracer.plans import BYTES, CONSTANT, IOVEC, POINTERS, STRINGS, Step
from ptracer.regs import ABI

PAGE = 4096
MOST_VECTORS = 1024  # UIO_MAXIOV
GROUP = 64  # pointers that are read at once, as a plan copies them
CODES: dict[int, Any] = {4: "I", 8: "Q"}  # of struct.unpack
VECTOR = Form("iov_base", "iov_len")


def pointers(scope: Any, address: int, word: int, most: int | None = None) -> tuple[list[int], int | None]:
    """The pointers of an array before the NULL at its end, and where it cannot be read any further, or None.

    There are some more than ``most`` if it has more than these.
    """
    found: list[int] = []
    group, code = GROUP * word, CODES[word]
    while most is None or len(found) <= most:
        data = scope.read_pointers(address, group if address % word else min(group, PAGE - address % PAGE), word)
        over = len(data) % word
        if len(data) == over:
            return found, address
        numbers = memoryview(data[:-over] if over else data).cast(code).tolist()
        if not numbers[-1] or 0 in numbers:
            del numbers[numbers.index(0) :]
            return found + numbers if found else numbers, None
        found += numbers
        address += len(data) - over
    return found, None


class Strings(Target_):
    """A NULL-terminated array of pointers to strings: argument vectors."""

    contents = ARGUMENTS

    def fetcher(self, layout: Layout) -> Fetcher:
        word, text, known = layout.abi.word_size, String().fetcher(layout), String().known(layout)
        limit = layout.element_limit()
        most = limit if limit is not None else MOST_BYTES

        def fetch(scope: Any, address: int) -> Value:
            found, end = pointers(scope, address, word, most)
            if end is not None and not found:
                raise Fault(address)
            if len(found) <= most:
                try:
                    chunks = scope.chunks
                    return Sequence([known[chunks[pointer]] for pointer in found], end is not None, end)
                except (AttributeError, KeyError, TypeError):
                    pass  # not all of them are known
            items: list[Value] = []
            for pointer in found[:most]:
                try:
                    items.append(text(scope, pointer))
                except Fault:
                    items.append(Address(pointer))
            if len(found) > most:
                return Sequence(items, True)
            return Sequence(items, end is not None, end)

        return fetch

    def steps(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        limit = layout.element_limit()
        count = limit + 1 if limit is not None else MOST_BYTES
        return [Step(STRINGS, argument, CONSTANT, count, 1, layout.string_limit + 1)]


class Environment(Strings):
    """An environment: abbreviated to its address and how many variables it has. Of one that is secret nothing else is read."""

    contents = ""

    def fetcher(self, layout: Layout) -> Fetcher:
        hidden = layout.hides(ENVIRONMENT)
        if not layout.abbreviate and not hidden:
            return super().fetcher(layout)
        word = layout.abi.word_size
        group, null = GROUP * word, bytes(word)
        remarks = Remembered(lambda variables: f"{variables} var{'' if variables == 1 else 's'}")
        secret = ", redacted" if hidden and not layout.abbreviate else ""

        def fetch(scope: Any, address: int) -> Value:
            data = scope.read_pointers(address, group, word)
            last = len(data) - word
            if last - word < data.find(null) and last > 0 and data.endswith(null):  # one NULL, at the end: most are like this
                return Annotated(Address(address), remarks[last // word] + secret)
            found, end = pointers(scope, address, word)
            if end is not None and not found:
                raise Fault(address)
            unterminated = ", unterminated" if end is not None else ""
            return Annotated(Address(address), f"{remarks[len(found)]}{unterminated}{secret}")

        return fetch

    def steps(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        if not layout.abbreviate and not layout.hides(ENVIRONMENT):
            return super().steps(argument, positions, layout)
        return [Step(POINTERS, argument, limit=MOST_BYTES)]


class IOVectors(Target_):
    """``IOVectors[count]`` or ``IOVectors[count, this.ret]``: iovecs, each with the bytes it points to.

    The second parameter bounds the bytes over all vectors: what a read really filled.
    """

    def __init__(self, count: Length, total: Length | None = None) -> None:
        self.count, self.total = count, total

    def __class_getitem__(cls, parameters: Any) -> IOVectors:
        return cls(*parameters) if isinstance(parameters, tuple) else cls(parameters)

    def fetcher(self, layout: Layout) -> Fetcher:
        count_of, word, limit = bind(self.count, layout.names), layout.abi.word_size, layout.string_limit
        total_of = bind(self.total, layout.names) if self.total is not None else None
        elements, end, code, unpack = layout.element_limit(), 1 << 64, CODES[word], struct.unpack_from
        hidden = layout.hides(DATA)

        def fetch(scope: Any, address: int) -> Value:
            count = count_of(scope)
            if count <= 0:
                return Sequence([]) if count == 0 else Address(address)
            if address + count * 2 * word > end:
                raise Fault(address)
            left = total_of(scope) if total_of is not None else None
            shown = count if elements is None else min(count, elements)
            data = scope.read_some(address, min(shown, MOST_VECTORS) * 2 * word)
            whole = min(len(data) // (2 * word), shown)
            if not whole:
                raise Fault(address)
            numbers = unpack(f"<{2 * whole}{code}", data)
            items: list[Value] = []
            for base, length in zip(numbers[::2], numbers[1::2]):
                filled = length
                if left is not None:
                    if left < length:
                        filled = left
                    left -= filled
                shape: Value = NULL
                if hidden:
                    shape = redacted(scope, base)
                elif base:
                    try:
                        text = scope.read(base, filled if filled <= limit else limit + 1) if filled else b""
                        shape = Text(text[:limit], filled > limit)
                    except Fault:
                        shape = Address(base)
                items.append(VECTOR.fields(shape, length))
            if whole < shown:
                return Sequence(items, True, address + 2 * whole * word)
            return Sequence(items, shown < count)

        return fetch

    def unfilled(self, layout: Layout) -> Fetcher:
        return Array(iovec, self.count).fetcher(layout)

    def blind(self, layout: Layout) -> Fetcher:
        """Where they are, unless there are none."""
        return Array(iovec, self.count).blind(layout)

    def steps(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        source = length_source(self.count, positions)
        if source is not None and layout.hides(DATA):
            size = 2 * layout.abi.word_size
            return [Step(BYTES, argument, *source, size, MOST_VECTORS * size)]
        return source and [Step(IOVEC, argument, *source, 1, layout.string_limit + 1)]


class IOVector(Target_):
    """A struct iovec of which only the place and the length are shown."""

    def size(self, abi: ABI) -> int:
        return 2 * abi.word_size

    def alignment(self, abi: ABI) -> int:
        return abi.word_size

    def loader(self, layout: Layout) -> Loader:
        word = layout.abi.word_size

        def load(scope: Any, data: bytes, offset: int) -> Value:
            base, length = (int.from_bytes(data[offset + i * word : offset + (i + 1) * word], "little") for i in range(2))
            return VECTOR.fields(pointer_value(base), length)

        return load


iovec = IOVector()
