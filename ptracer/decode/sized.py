"""Structures that grow: the program says how many bytes of one it knows.

The kernel accepts a longer structure than its own when what it does not know is zero, and a shorter one
from ``minimum`` bytes on. Source: the "extensible structs" of openat2(2), clone3(2), mount_setattr(2).
"""

from __future__ import annotations

from collections.abc import Mapping

from ptracer.decode.expressions import bind
from ptracer.decode.structs import StructType
from ptracer.decode.types import Fetcher, Layout, Length, Target_, as_type, is_flat, length_source
from ptracer.decode.values import Annotated, Fields, HexText, Symbol, Value
from ptracer.errors import Fault
from ptracer.hints import Any
from ptracer.plans import BYTES, CONSTANT, Step

LONGEST = 4096  # the kernel takes no more than a page
UNREADABLE = Symbol(0, "???", "???")


class Sized(Target_):
    """``Sized(T, this.size, minimum)``: as much of T as there is, then the bytes beyond it that are not zero.

    ``failed`` says that it is looked into after the call even when that has failed, because the
    program filled a part of it; ``own`` is how many bytes at its beginning are the size itself.
    """

    def __init__(self, target: Any, length: Length, minimum: int, failed: bool = False, own: int = 0) -> None:
        self.target, self.length, self.minimum, self.failed, self.own = as_type(target), length, minimum, failed, own

    def fetcher(self, layout: Layout) -> Fetcher:
        assert isinstance(self.target, StructType)
        length, minimum, own = bind(self.length, layout.names), self.minimum, self.own
        load = self.target.loader(layout)
        offsets, whole, _ = self.target.place(layout.abi)
        ends = {field.name.rstrip("_"): offsets[field.name] + field.type.size(layout.abi) for field in self.target.fields}
        limit = layout.string_limit

        def fetch(scope: Any, address: int) -> Value:
            size = length(scope)
            known = min(size, whole)
            if size < minimum:
                if not own:
                    raise Fault(address)
                known = own
            data = scope.read_some(address, known)
            if len(data) < known:
                if not own or len(data) < own:
                    raise Fault(address)
                data = data[:own]
            value = load(scope, data.ljust(whole, b"\0"), 0)
            assert isinstance(value, Fields)
            pairs = value.pairs
            if len(data) < whole:
                pairs = [pair for pair in pairs if ends.get(pair[0], 0) <= len(data)]
            if len(data) < known:
                pairs = [*pairs, ("", UNREADABLE)]
            elif size > whole:
                rest = min(size, LONGEST) - whole
                beyond = scope.read_some(address + whole, rest)
                if len(beyond) < rest:
                    pairs = [*pairs, ("", UNREADABLE)]
                elif any(beyond):
                    text = HexText(beyond[:limit], rest > limit)
                    pairs = [*pairs, ("", Annotated(text, f"bytes {whole}..{whole + rest - 1}", before=True))]
            return value if pairs is value.pairs else Fields(pairs, value.more)

        return fetch

    def unfilled(self, layout: Layout) -> Fetcher:
        return self.fetcher(layout) if self.failed else super().unfilled(layout)

    def steps(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        source = length_source(self.length, positions)
        if source is None or not is_flat(self.target):
            return None
        # A few bytes at least: the size may be a field of the structure itself.
        least = [Step(BYTES, argument, CONSTANT, self.own)] if self.own else []
        return [*least, Step(BYTES, argument, *source, 1, LONGEST)]
