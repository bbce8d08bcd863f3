"""How a command's structure is read: what is asked at entry, and what is answered at exit. Source: ioctl(2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ptracer.decode.expressions import Expression, Getter, Least, Names, bind, this
from ptracer.decode.structs import Siblings, StructType
from ptracer.decode.types import (
    Argument,
    Array,
    Fetcher,
    Inline,
    Integer,
    Layout,
    Length,
    Loader,
    Pointer,
    PointerTo,
    Target_,
    Type,
    as_type,
    pointer_value,
)
from ptracer.decode.values import NULL, Address, Change, Fields, Hex, HexText, Joined, Sequence, Symbol, Text, Value
from ptracer.errors import Fault
from ptracer.hints import Any
from ptracer.plans import Step
from ptracer.regs import ABI

Address64 = Integer(8, shape=pointer_value)  # a pointer in 64 bits on every ABI
READ, WRITE = 2, 1  # _IOC_READ: the kernel writes, and the program reads


class Answered(Expression):
    """Whether the call has succeeded: the condition of the fields that the kernel fills in."""

    def bind(self, names: Names) -> Getter:
        if isinstance(names, Siblings):
            names.outside = True  # what is shown depends on more than the structure's own bytes
        return lambda scope: not scope.error


answered = Answered()


class Answer(PointerTo):
    """``Answer[T]``: a structure that is shown once, at exit, with what was asked and, on success, what was answered."""

    def __init__(self, target: Any) -> None:
        super().__init__(target, "both")

    def __class_getitem__(cls, target: Any) -> Answer:
        return cls(target)

    def argument(self, layout: Layout) -> Argument:
        return PointerTo(self.target).argument(layout)


class Exchange(PointerTo):
    """``Exchange[T, U]``: T as it is asked and, on success, U as it is answered: ``{size=8} => {count=2}``.

    ``failing`` says that a failed call shows where the answer would be, ``empty`` that a T full of zeros is not
    shown, ``hollow`` that a U without fields, or with nothing but empty or unreadable lists, is not.
    """

    def __init__(
        self, asked: Any, answered: Any, failing: bool = False, empty: bool = False, hollow: bool = False
    ) -> None:
        super().__init__(asked, "both")
        self.answered = as_type(answered)
        self.failing, self.empty, self.hollow = failing, empty, hollow

    def __class_getitem__(cls, parameters: tuple[Any, Any]) -> Exchange:
        return cls(*parameters)

    def argument(self, layout: Layout) -> Argument:
        before, after = PointerTo(self.target).argument(layout), PointerTo(self.answered, "exit").argument(layout)
        size, failing = self.target.size(layout.abi) if self.empty else 0, self.failing
        hollow = self.hollow

        def exchange(scope: Any, raw: int) -> Value:
            scope.chunks = scope.entry_chunks
            try:
                asked = before(scope, raw)
                nothing = size and not any(scope.read_some(raw, size))
            finally:
                scope.chunks = scope.exit_chunks
            if isinstance(asked, Address) or asked is NULL:
                return asked
            if scope.error and not failing:
                return asked
            answer = after(scope, raw)
            if nothing:
                return answer
            if hollow and isinstance(answer, Fields) and all(nothing_in(one) for _, one in answer.pairs):
                return asked
            return Change(asked, answer)

        return exchange

    def captures(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        both = [part.steps(argument, positions, layout) for part in (self.target, self.answered)]
        return None if None in both else max(both, key=lambda steps: sum(step.length_argument for step in steps or []))


def nothing_in(value: Value) -> bool:
    """Whether an answer with only this says nothing: a list without elements, or one that cannot be read."""
    return isinstance(value, Address) or (isinstance(value, Sequence) and not value.items)


class Merge(PointerTo):
    """``Merge[T]``: a structure in which the fields that the kernel has changed are shown twice: ``{count=4 => 5}``."""

    def __init__(self, target: Any) -> None:
        super().__init__(target, "both")

    def __class_getitem__(cls, target: Any) -> Merge:
        return cls(target)

    def argument(self, layout: Layout) -> Argument:
        read = PointerTo(self.target).argument(layout)

        def merge(scope: Any, raw: int) -> Value:
            scope.chunks = scope.entry_chunks
            try:
                before = read(scope, raw)
            finally:
                scope.chunks = scope.exit_chunks
            if scope.error or not isinstance(before, Fields):
                return before
            after = read(scope, raw)
            if not isinstance(after, Fields):
                return before
            pairs = zip(before.pairs, after.pairs, strict=False)
            return Fields([(name, old if old == new else Change(old, new)) for (name, old), (_, new) in pairs], before.more)

        return merge


class Dump(Type):
    """The argument of a command that nobody knows. In full, the bytes that its number says are there.

    ``known`` are the types, bits 8 to 15 of a command, of which all structures are known: of others they are none.
    ``pointers`` are those of which what is read or written lies behind a pointer, which is then not a number.
    """

    when = "both"

    def __init__(self, known: frozenset[int], pointers: frozenset[int]) -> None:
        self.known, self.pointers = known, pointers

    def size(self, abi: ABI) -> int:
        return abi.word_size

    def argument(self, layout: Layout) -> Argument:
        number, pointer = Integer(0, shape=Hex).argument(layout), Pointer.argument(layout)
        known, pointers, limit = self.known, self.pointers, layout.string_limit

        def bare(scope: Any, raw: int) -> Value:
            kind, direction = scope.args[1] >> 8 & 0xFF, scope.args[1] >> 30 & 3
            return (pointer if kind in pointers and direction in (READ, WRITE) else number)(scope, raw)

        if layout.abbreviate or not layout.verbose:
            return bare

        def dump(scope: Any, raw: int) -> Value:
            command = scope.args[1] & 0xFFFFFFFF
            size, direction = command >> 16 & 0x3FFF, command >> 30
            if not size or not raw or command >> 8 & 0xFF in known:
                return bare(scope, raw)
            try:
                if direction == READ:
                    return bytes_at(scope, raw, size, limit)
                scope.chunks = scope.entry_chunks
                before = bytes_at(scope, raw, size, limit)
                scope.chunks = scope.exit_chunks
                return before if direction == WRITE else Change(before, bytes_at(scope, raw, size, limit))
            except Fault:
                return bare(scope, raw)
            finally:
                scope.chunks = scope.exit_chunks

        return dump

    def captures(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        return [] if layout.abbreviate or not layout.verbose else None


def bytes_at(scope: Any, address: int, size: int, limit: int) -> Value:
    """So many bytes of memory as numbers."""
    return HexText(scope.read(address, min(size, limit)), size > limit)


class InBrackets(Target_):
    """``InBrackets[Int]``: a number behind a pointer, where it is not the whole of an argument."""

    def __init__(self, number: Any) -> None:
        self.number = as_type(number)

    def __class_getitem__(cls, number: Any) -> InBrackets:
        return cls(number)

    def size(self, abi: ABI) -> int:
        return self.number.size(abi)

    def loader(self, layout: Layout) -> Loader:
        load = self.number.loader(layout)
        return lambda scope, data, offset: Sequence([load(scope, data, offset)])

    def steps(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        return self.number.steps(argument, positions, layout)


class Name(Inline):
    """``Name[16]``: a name with room for so many characters and a NUL, which may be missing."""

    def loader(self, layout: Layout) -> Loader:
        length = self.length

        def load(scope: Any, data: bytes, offset: int) -> Value:
            text = data[offset : offset + length]
            end = text.find(b"\0")
            return Text(text[:end]) if end >= 0 else Text(text[: length - 1], True)

        return load


class Room(Target_):
    """``Room(this.length, 32)``: room for so many bytes, of which ``length`` are used.

    A string (``text``) has a NUL somewhere in its room, and when it has none there was more of it.
    """

    def __init__(self, length: Length, room: int, hexadecimal: bool = False, text: bool = False) -> None:
        self.length, self.room, self.text = length, room, text
        self.shape = HexText if hexadecimal else Text

    def size(self, abi: ABI) -> int:
        return self.room

    def alignment(self, abi: ABI) -> int:
        return 1

    def loader(self, layout: Layout) -> Loader:
        length, room, shape = bind(self.length, layout.names), self.room, self.shape
        if not self.text:
            return lambda scope, data, offset: shape(data[offset : offset + min(max(length(scope), 0), room)])

        def load(scope: Any, data: bytes, offset: int) -> Value:
            used = data[offset : offset + min(max(length(scope) + 1, 0), room)]
            end = used.find(b"\0")
            return Text(used[:end]) if end >= 0 else Text(used[:-1], True)

        return load


class Used(Target_):
    """``Used(T, this.count, 64)``: room for so many Ts, of which ``count`` are used."""

    def __init__(self, element: Any, length: Length, room: int) -> None:
        self.element, self.length, self.room = as_type(element), length, room

    def size(self, abi: ABI) -> int:
        return self.room * self.element.size(abi)

    def alignment(self, abi: ABI) -> int:
        return self.element.alignment(abi)

    def parts(self) -> list[Type]:
        """The type of an element."""
        return [self.element]

    def loader(self, layout: Layout) -> Loader:
        return Array(self.element, Least(self.length, self.room)).loader(layout)


class Whole(Array):
    """``Whole[T, n]``: an array inside a structure that is shown to its end, however short strings are to be."""

    def loader(self, layout: Layout) -> Loader:
        length, load, size = bind(self.length, layout.names), self.element.loader(layout), self.element.size(layout.abi)
        return lambda scope, data, offset: Sequence([load(scope, data, offset + i * size) for i in range(length(scope))])


class Counted:
    """A scope in which the number of elements of an array is known."""

    def __init__(self, outer: Any, count: int) -> None:
        self.outer, self.count = outer, count
        self.read, self.read_some, self.read_string = outer.read, outer.read_some, outer.read_string

    @property
    def call(self) -> Any:
        """The call in which all this happens."""
        return getattr(self.outer, "call", self.outer)

    @property
    def error(self) -> int:
        return self.outer.error  # type: ignore[no-any-return]


def counted_array(element: Any, layout: Layout) -> Callable[[Any, int, int], Value]:
    """A function (scope, address, count) that gives an array."""
    fetch = Array(element, this.count).fetcher(layout.within({"count": lambda scope: scope.count}))
    return lambda scope, address, count: fetch(Counted(scope, count), address)


class Tailed(Target_):
    """``Tailed(T, "info", U, "count")``: a T with an array of U after it, as many as T's field ``count`` says.

    ``brief`` says that the array is left out when the call is abbreviated; ``most`` how many elements are then shown
    where they are not as many as of any array.
    """

    def __init__(self, head: Any, name: str, element: Any, count: str, brief: bool = False, most: int = 0) -> None:
        self.head, self.name, self.element, self.count = as_type(head), name, as_type(element), count
        self.brief, self.most = brief, most

    def fetcher(self, layout: Layout) -> Fetcher:
        head, name = self.head, self.name
        assert isinstance(head, StructType)
        load, size, place = head.loader(layout), head.size(layout.abi), head.place(layout.abi)[0][self.count]
        width = next(field.type.size(layout.abi) for field in head.fields if field.name == self.count)
        hidden = self.brief and layout.abbreviate
        most = self.most if layout.abbreviate else 0
        tail = counted_array(self.element, layout)

        def fetch(scope: Any, address: int) -> Value:
            data = scope.read(address, size)
            value = load(scope, data, 0)
            if hidden:
                return Fields(value.pairs, True)
            count = int.from_bytes(data[place : place + width], "little")
            try:
                array = tail(scope, address + size, min(count, most) if most else count)
                if most and count > most and not array.more:
                    array = Sequence(array.items, True)
            except Fault:
                array = Address(address + size)
            return Fields([*value.pairs, (name, array)], value.more)

        return fetch

    def steps(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        return self.head.steps(argument, positions, layout) if self.brief and layout.abbreviate else None


class Indexed(Target_):
    """``Indexed(names, T, n)``: an array of which every element is shown with its index: ``[[VINTR]=0x3, [17]=0]``."""

    def __init__(self, names: Mapping[int, str], element: Any, length: int) -> None:
        self.names, self.element, self.length = names, as_type(element), length

    def size(self, abi: ABI) -> int:
        return self.length * self.element.size(abi)

    def alignment(self, abi: ABI) -> int:
        return self.element.alignment(abi)

    def loader(self, layout: Layout) -> Loader:
        load, size = self.element.loader(layout), self.element.size(layout.abi)
        words = [f"[{self.names.get(index, index)}]" for index in range(self.length)]
        labels = [Symbol(index, word, f"[{index}]") for index, word in enumerate(words)]

        def load_all(scope: Any, data: bytes, offset: int) -> Value:
            return Sequence([Joined([label, load(scope, data, offset + i * size)], "=") for i, label in enumerate(labels)])

        return load_all
