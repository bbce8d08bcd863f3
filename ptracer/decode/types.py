"""Types: how a register or bytes of memory become a value.

A type is used in three ways, each compiled once for a layout (a signature or a structure of one
ABI) into a plain function:

``argument(layout)``  a function ``(scope, raw)`` of the 64-bit register
``loader(layout)``    a function ``(scope, data, offset)`` of bytes already at hand
``fetcher(layout)``   a function ``(scope, address)`` that reads memory, and raises Fault

A type whose value does not fit a register is ``indirect``: as an argument it is a pointer to it.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping

from ptracer.decode.behind import DESCRIPTOR, GROUP, PROCESS, Describe, describe, steps
from ptracer.decode.detail import PATH_MAX, Detail
from ptracer.decode.expressions import Expression, Getter, Least, Name, Target, bind
from ptracer.decode.values import NULL, Address, Annotated, Change, Fields, Hex, HexText, Octal, Sequence, Text, Value
from ptracer.errors import Fault
from ptracer.hints import Any
from ptracer.plans import ARGUMENT, BYTES, CONSTANT, IOVEC, POINTERS, RESULT, RESULT_VALUE, STRING, STRINGS, TARGET, Step
from ptracer.regs import ABI

INTEGER = "INTEGER"
MEMORY = "MEMORY"

Argument = Callable[[Any, int], Value]
Loader = Callable[[Any, bytes, int], Value]
Fetcher = Callable[[Any, int], Value]


class Layout:
    """Where a type is compiled for: the ABI, the detail asked for, and the siblings by name."""

    def __init__(
        self, abi: ABI, detail: Detail, name: str, names: Mapping[str, Getter], outside: list[bool] | None = None
    ) -> None:
        self.abi = abi
        self.detail = detail
        self.name = name
        self.names = names
        self.string_limit = detail.string_limit
        self.abbreviate = detail.abbreviate(name, abi)
        self.verbose = detail.verbose(name, abi)
        self.outside = [False] if outside is None else outside

    def within(self, names: Mapping[str, Getter]) -> Layout:
        """The layout of a structure inside this one."""
        return Layout(self.abi, self.detail, self.name, names, self.outside)

    def looks_outside(self) -> None:
        """Note that what is compiled shows more than what lies in memory: no plan can say what to capture for it."""
        self.outside[0] = True

    def element_limit(self) -> int | None:
        """How many elements of an array are shown; None is all."""
        return self.string_limit if self.abbreviate else None


class Type:
    """The base of all types."""

    kind = INTEGER
    indirect = False
    when = "entry"
    bracketed = False  # behind a pointer it is shown as [value]
    always_followed = False  # even where structures are not looked into
    filled_on_error = False  # the kernel writes to it even when the call fails
    pure = False  # its value depends on its bytes alone, not on the process, the call or siblings
    behind = ""  # the kind of what the number stands for, if that can be shown

    def size(self, abi: ABI) -> int:
        """Bytes in memory. TypeError: the size is not fixed."""
        raise TypeError(f"{type(self).__name__} has no fixed size")

    def alignment(self, abi: ABI) -> int:
        """Alignment in a C structure."""
        return self.size(abi)

    def argument(self, layout: Layout) -> Argument:
        raise NotImplementedError(type(self).__name__)

    def loader(self, layout: Layout) -> Loader:
        raise NotImplementedError(type(self).__name__)

    def fetcher(self, layout: Layout) -> Fetcher:
        size, load = self.size(layout.abi), self.loader(layout)
        return lambda scope, address: load(scope, scope.read(address, size), 0)

    def unfilled(self, layout: Layout) -> Fetcher:
        """What is shown of memory that the call should have filled when it has failed: where it is."""
        return lambda scope, address: Address(address)

    def blind(self, layout: Layout) -> Fetcher:
        """What is shown of memory that nobody wants to be looked into: where it is."""
        return lambda scope, address: Address(address)

    def number(self, abi: ABI) -> Callable[[int], int]:
        """How a sibling expression sees the raw register."""
        return lambda raw: raw

    def steps(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        """What to copy when this type lies behind the pointer in ``argument``; None: only the type itself knows."""
        return None

    def captures(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        """What to copy when this type is that of ``argument`` itself; None: only the type itself knows."""
        return []

    def result_captures(self, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        """What to copy at exit when this is the type of the result."""
        return []

    def note(self, layout: Layout) -> Callable[[Any], str | Value | None] | None:
        """For a result type: a function of the call that gives the remark in parentheses after the result."""
        return None


# --- integers -----------------------------------------------------------------------------------------------------


class Integer(Type):
    """An integer of ``width`` bytes (0: a word of the ABI), decimal unless ``shape`` says otherwise."""

    bracketed = True
    pure = True

    def __init__(self, width: int, signed: bool = False, shape: Callable[[int], Value] | None = None) -> None:
        self.width, self.signed, self.shape = width, signed, shape

    def size(self, abi: ABI) -> int:
        return self.width or abi.word_size

    def alignment(self, abi: ABI) -> int:
        # The i386 ABI aligns 64-bit integers in structures to four bytes.
        return min(self.size(abi), abi.largest_alignment)

    def bounds(self, abi: ABI) -> tuple[int, int]:
        """The mask and the sign bit in a register: a word fills it, on x32 too."""
        size = self.width or abi.register_size
        return (1 << 8 * size) - 1, 1 << (8 * size - 1)

    def number(self, abi: ABI) -> Callable[[int], int]:
        mask, sign = self.bounds(abi)
        if self.signed:
            return lambda raw: ((raw & mask) ^ sign) - sign
        return lambda raw: raw & mask

    def value(self, layout: Layout) -> Callable[[int], Value] | None:
        """How the number is shown; None: as it is."""
        return self.shape

    def describing(self, layout: Layout) -> Describe | None:
        """How the number is shown with what is behind it; None: it is not."""
        return describe(self.behind, layout) if self.behind else None

    def captures(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        return steps(self.behind, argument, layout.detail) if self.behind else []

    def result_captures(self, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        return self.captures(RESULT_VALUE, positions, layout)

    def argument(self, layout: Layout) -> Argument:
        plain, describe = self.plain(layout), self.describing(layout)
        return plain if describe is None else lambda scope, raw: describe(scope, plain(scope, raw))

    def plain(self, layout: Layout) -> Argument:
        """The register as it is shown by itself."""
        mask, sign = self.bounds(layout.abi)
        shape = self.value(layout)
        if shape is None:
            if self.signed:
                return lambda scope, raw: ((raw & mask) ^ sign) - sign
            return lambda scope, raw: raw & mask
        if self.signed:
            return lambda scope, raw: shape(((raw & mask) ^ sign) - sign)
        return lambda scope, raw: shape(raw & mask)

    def loader(self, layout: Layout) -> Loader:
        codes = {1: "b", 2: "h", 4: "i", 8: "q"}
        code = codes[self.size(layout.abi)]
        unpack = struct.Struct("<" + (code if self.signed else code.upper())).unpack_from
        shape = self.value(layout)
        describe = self.describing(layout)
        if describe is not None:
            layout.looks_outside()
            plain = shape or int
            return lambda scope, data, offset: describe(scope, plain(unpack(data, offset)[0]))
        if shape is None:
            return lambda scope, data, offset: unpack(data, offset)[0]
        return lambda scope, data, offset: shape(unpack(data, offset)[0])

    def steps(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        return [Step(BYTES, argument, CONSTANT, self.size(layout.abi))]


class KernelInteger(Integer):
    """The kernel's own long, which x32 has in 64 bits."""

    def __init__(self, signed: bool = False, shape: Callable[[int], Value] | None = None) -> None:
        super().__init__(0, signed, shape)

    def size(self, abi: ABI) -> int:
        return abi.register_size


class Behind(Integer):
    """A file descriptor or a process id: an ``int``, of which what is behind it changes."""

    pure = False

    def __init__(self, kind: str) -> None:
        super().__init__(4, signed=True)
        self.behind = kind


class Based:
    """``Hex[Int]``, ``Octal[Short]``: the same integer in another base."""

    def __init__(self, shape: Callable[[int], Value]) -> None:
        self.shape = shape

    def __getitem__(self, integer: Integer) -> Integer:
        return Integer(integer.width, signed=False, shape=self.shape)


hexadecimal, octal = Based(Hex), Based(Octal)

Byte = Integer(1)
Char = Integer(1, signed=True)
Short = Integer(2, signed=True)
UShort = Integer(2)
Int = Integer(4, signed=True)
UInt = Integer(4)
Int64 = Integer(8, signed=True)
UInt64 = Integer(8)
Long = Integer(0, signed=True)
ULong = Integer(0)
Size = Integer(0)
KernelLong, KernelULong, HexKernelLong = KernelInteger(signed=True), KernelInteger(), KernelInteger(shape=Hex)
SSize = KernelULong  # a result: where it is negative it is an error
HexByte, HexShort, HexInt, HexLong, Hex64 = (hexadecimal[integer] for integer in (Byte, UShort, UInt, ULong, UInt64))
OctalShort, OctalInt = octal[UShort], octal[UInt]
Pid = Behind(PROCESS)
Group = Behind(GROUP)  # of processes, or a session
Fd = Behind(DESCRIPTOR)


class AddressType(Integer):
    """A pointer that is not followed."""

    kind = MEMORY

    def __init__(self) -> None:
        super().__init__(0)

    def value(self, layout: Layout) -> Callable[[int], Value]:
        return pointer_value


def pointer_value(raw: int) -> Value:
    """A bare pointer, NULL by name."""
    return Address(raw) if raw else NULL


Pointer = AddressType()
KernelPointer = KernelInteger(shape=pointer_value)
Address64 = Integer(8, shape=pointer_value)


# --- behind pointers ----------------------------------------------------------------------------------------------


def as_type(thing: Any) -> Type:
    """A type from what an annotation says: a Type, or a class that can make one (a Struct)."""
    if isinstance(thing, Type):
        return thing
    made = getattr(thing, "as_type", None)
    if made is not None:
        result: Type = made()
        return result
    raise TypeError(f"{thing!r} is not a type")


Length = int | Expression


def length_source(length: Length, positions: Mapping[str, int]) -> tuple[int, int] | None:
    """The pair (length kind, length argument) of a plan, or None when only Python can compute it."""
    if isinstance(length, int):
        return CONSTANT, length
    if isinstance(length, Least):
        # The larger of the two is copied at worst; decoding takes the smaller.
        return length_source(length.left, positions) or length_source(length.right, positions)
    if isinstance(length, Target) and length.size == 4 and length.name in positions:
        return TARGET, positions[length.name]
    if isinstance(length, Name):
        if length.name == "ret":
            return RESULT, 0
        if length.name in positions:
            return ARGUMENT, positions[length.name]
    return None


class Register:
    """``Register[1, Pointer]``: an argument that is not shown in the order of the registers."""

    def __init__(self, index: int, type: Any) -> None:
        self.index, self.type = index, type

    def __class_getitem__(cls, parameters: tuple[int, Any]) -> Register:
        return cls(*parameters)


class PointerTo(Type):
    """A pointer to ``target``, followed at entry, at exit (``Out``) or at both (``InOut``).

    ``Filled`` is an ``Out`` of which ``target.unfilled`` shows something when the call has failed. What comes after an
    ``Out`` is read when it is shown, at exit; ``Early`` is what was read at entry nevertheless.
    """

    kind = MEMORY

    def __init__(self, target: Any, when: str = "entry", width: int = 0) -> None:
        self.target = as_type(target)
        self.when = when
        self.width = width  # in bytes, where it is not a word of the ABI

    def size(self, abi: ABI) -> int:
        return self.width or abi.word_size

    def alignment(self, abi: ABI) -> int:
        return min(self.size(abi), abi.largest_alignment)

    @property
    def filled_on_error(self) -> bool:  # type: ignore[override]
        """As the target says."""
        return self.target.filled_on_error

    def fetched(self, layout: Layout) -> Fetcher:
        """The target's fetcher, with brackets around a scalar."""
        fetch = self.target.fetcher(layout)
        if self.target.bracketed:
            return lambda scope, address: Sequence([fetch(scope, address)])
        return fetch

    def followed(self, layout: Layout) -> bool:
        """Strings always are; structures only where the call is decoded verbosely."""
        return layout.verbose or self.target.always_followed

    def argument(self, layout: Layout) -> Argument:
        if not self.followed(layout):
            blind = self.target.blind(layout)
            return lambda scope, raw: blind(scope, raw) if raw else NULL
        fetch = self.fetched(layout)
        if self.when in ("entry", "early"):

            def entry(scope: Any, raw: int) -> Value:
                if not raw:
                    return NULL
                try:
                    return fetch(scope, raw)
                except Fault:
                    return Address(raw)

            def early(scope: Any, raw: int) -> Value:
                scope.chunks = scope.entry_chunks
                try:
                    return entry(scope, raw)
                finally:
                    scope.chunks = scope.exit_chunks

            return entry if self.when == "entry" else early

        unfilled = self.target.unfilled(layout)

        def leave(scope: Any, raw: int) -> Value:
            if not raw:
                return NULL
            try:
                return unfilled(scope, raw) if scope.error else fetch(scope, raw)
            except Fault:
                return Address(raw)

        if self.when != "both":
            return leave

        bracketed = self.target.bracketed

        def change(scope: Any, raw: int) -> Value:
            if not raw:
                return NULL
            scope.chunks = scope.entry_chunks
            try:
                before = fetch(scope, raw)
            except Fault:
                return Address(raw)
            finally:
                scope.chunks = scope.exit_chunks
            if scope.error:
                return before
            try:
                after = fetch(scope, raw)
            except Fault:
                return before
            if before == after:
                return after
            if bracketed:
                return Sequence([Change(before.items[0], after.items[0])])
            return Change(before, after)

        return change

    def loader(self, layout: Layout) -> Loader:
        size = self.size(layout.abi)
        fetch = self.fetched(layout) if layout.verbose else None

        def load(scope: Any, data: bytes, offset: int) -> Value:
            address = int.from_bytes(data[offset : offset + size], "little")
            if not address:
                return NULL
            if fetch is None:
                return Address(address)
            try:
                return fetch(scope, address)
            except Fault:
                return Address(address)

        return load

    def captures(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        if not self.followed(layout):
            return []
        return self.target.steps(argument, positions, layout)


class PointerFamily:
    """``Ptr[T]``, ``Out[T]``, ``InOut[T]``, ``Filled[T]``, ``Early[T]``; ``Ptr64[T]`` is a pointer in 64 bits on every ABI."""

    def __init__(self, when: str, width: int = 0) -> None:
        self.when, self.width = when, width

    def __getitem__(self, target: Any) -> PointerTo:
        if isinstance(target, PointerTo) and not isinstance(target.target, PointerTo):
            # Out[Path]: the type is a pointer already, only the moment changes.
            return PointerTo(target.target, self.when, self.width)
        return PointerTo(target, self.when, self.width)


Ptr, Out, InOut, Filled, Early = (PointerFamily(when) for when in ("entry", "exit", "both", "filled", "early"))
Ptr64 = PointerFamily("entry", 8)


class Target_(Type):
    """Something that lies in memory."""

    kind = MEMORY
    indirect = True


class Bytes(Target_):
    """``Bytes[length]``: a buffer, shown as a string cut at the string limit."""

    always_followed = True
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

    def __init__(self, path: bool = False, most: int = 1 << 30) -> None:
        self.path, self.most = path, most

    def limit(self, layout: Layout) -> int:
        return PATH_MAX - 1 if self.path else min(layout.string_limit, self.most)

    def fetcher(self, layout: Layout) -> Fetcher:
        limit, path = self.limit(layout), self.path

        def fetch(scope: Any, address: int) -> Value:
            data = scope.read_some(address, limit + 1)
            end = data.find(b"\0")
            if end >= 0:
                return Text(data[:end], False, path)
            if len(data) > limit:
                return Text(data[:limit], True, path)
            raise Fault(address)

        return fetch

    def steps(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        return [Step(STRING, argument, limit=self.limit(layout) + 1)]


class InlineString(Target_):
    """``InlineString[16]``: characters inside a structure, up to a NUL, for which there must be room."""

    pure = True

    def __init__(self, length: int) -> None:
        self.length = length

    def __class_getitem__(cls, length: int) -> InlineString:
        return cls(length)

    def size(self, abi: ABI) -> int:
        return self.length

    def alignment(self, abi: ABI) -> int:
        return 1

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


class Strings(Target_):
    """A NULL-terminated array of pointers to strings: argument vectors."""

    def fetcher(self, layout: Layout) -> Fetcher:
        word, text = layout.abi.word_size, String().fetcher(layout)
        limit = layout.element_limit()

        def fetch(scope: Any, address: int) -> Value:
            items: list[Value] = []
            while True:
                data = scope.read_some(address, word)
                if len(data) < word:
                    if not items:
                        raise Fault(address)
                    return Sequence(items, True, address)
                pointer = int.from_bytes(data, "little")
                if not pointer:
                    return Sequence(items)
                if len(items) == (limit if limit is not None else MOST_BYTES):
                    return Sequence(items, True)
                try:
                    items.append(text(scope, pointer))
                except Fault:
                    items.append(Address(pointer))
                address += word

        return fetch

    def steps(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        limit = layout.element_limit()
        count = limit + 1 if limit is not None else MOST_BYTES
        return [Step(STRINGS, argument, CONSTANT, count, 1, layout.string_limit + 1)]


class Environment(Strings):
    """An environment: abbreviated to its address and how many variables it has."""

    def fetcher(self, layout: Layout) -> Fetcher:
        if not layout.abbreviate:
            return super().fetcher(layout)
        word = layout.abi.word_size

        def fetch(scope: Any, address: int) -> Value:
            count, place = 0, address
            while True:
                data = scope.read_some(place, word)
                if len(data) < word:
                    if not count:
                        raise Fault(address)
                    return Annotated(Address(address), f"{count} var{'' if count == 1 else 's'}, unterminated")
                if not any(data):
                    return Annotated(Address(address), f"{count} var{'' if count == 1 else 's'}")
                count, place = count + 1, place + word

        return fetch

    def steps(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        if not layout.abbreviate:
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
        elements, end = layout.element_limit(), 1 << 64
        def fetch(scope: Any, address: int) -> Value:
            count = count_of(scope)
            if count <= 0:
                return Sequence([]) if count == 0 else Address(address)
            if address + count * 2 * word > end:
                raise Fault(address)
            left = total_of(scope) if total_of is not None else None
            shown = count if elements is None else min(count, elements)
            data = scope.read_some(address, min(shown, 1024) * 2 * word)
            whole = min(len(data) // (2 * word), shown)
            if not whole:
                raise Fault(address)
            items: list[Value] = []
            for i in range(whole):
                base = int.from_bytes(data[2 * i * word : (2 * i + 1) * word], "little")
                length = int.from_bytes(data[(2 * i + 1) * word : (2 * i + 2) * word], "little")
                filled = length
                if left is not None:
                    filled = min(length, left)
                    left -= filled
                shape: Value = pointer_value(base)
                if base:
                    try:
                        text = scope.read(base, min(filled, limit + 1)) if filled else b""
                        shape = Text(text[:limit], filled > limit)
                    except Fault:
                        pass
                items.append(Fields([("iov_base", shape), ("iov_len", length)]))
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
            return Fields([("iov_base", pointer_value(base)), ("iov_len", length)])

        return load


iovec = IOVector()


class Provided(Target_):
    """``Provided[T, condition]``: T, looked into only where the condition over the siblings holds."""

    def __init__(self, target: Any, condition: Length) -> None:
        self.target, self.condition = as_type(target), condition
        self.bracketed, self.always_followed = self.target.bracketed, self.target.always_followed

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
        self.bracketed = self.target.bracketed

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
