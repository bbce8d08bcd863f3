"""Types behind pointers: at entry, at exit, or both; and what an annotation may say instead of a type."""

from __future__ import annotations

from collections.abc import Mapping

from ptracer.decode.expressions import Expression, Least, Name, Target
from ptracer.decode.integers import pointer_value
from ptracer.decode.layout import MEMORY, Argument, Fetcher, Layout, Loader, Type, redacted
from ptracer.decode.values import NULL, Address, Change, Sequence, Value
from ptracer.errors import Fault
from ptracer.hints import Any
from ptracer.plans import ARGUMENT, CONSTANT, RESULT, TARGET, Step
from ptracer.regs import ABI


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
        if layout.hides(self.target.contents):
            return redacted
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
        if layout.hides(self.target.contents):
            fills = self.when not in ("entry", "early")
            return lambda scope, raw: pointer_value(raw) if fills and scope.error else redacted(scope, raw)
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

            if self.when == "early":
                return early
            known = self.target.known(layout)
            if known is None:
                return entry
            remembered = known.get

            def recall(scope: Any, raw: int) -> Value:
                chunks = scope.chunks
                value = remembered(chunks.get(raw, b"")) if chunks else None
                return entry(scope, raw) if value is None else value

            return recall

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
        if not self.followed(layout) or layout.hides(self.target.contents):
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
