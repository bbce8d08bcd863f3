"""Structures of memory. Source: set_thread_area(2), mincore(2), set_mempolicy(2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ptracer.decode.expressions import bind
from ptracer.decode.structs import Struct, StructScope, StructType
from ptracer.decode.types import Fetcher, Integer, Layout, Length, Target_
from ptracer.decode.values import Address, Change, Fields, Sequence, Symbol, Value
from ptracer.errors import Fault
from ptracer.hints import Any
from ptracer.plans import BYTES, CONSTANT, Step
from ptracer.tables.constants.errors import ERRNO

PAGE_SIZE = 4096
MOST_NODES = 1 << 16  # bits of a node mask that are read; the kernel knows 1024 nodes


def padded(width: int) -> Callable[[int], Value]:
    """A shape for numbers in base sixteen that fill ``width`` columns, as C's ``%#0*x`` writes them."""

    def shape(number: int) -> Value:
        text = f"{number:#0{width}x}" if number else "0" * width
        return Symbol(number, text, text)

    return shape


def entry_number(number: int) -> Value:
    """The index of a descriptor; all ones asks the kernel for a free one."""
    return -1 if number == 0xFFFFFFFF else number


def page_status(status: int) -> Value:
    """The node that a page is on, or why it is on none."""
    name = ERRNO.get(-status, (None,))[0]
    return Symbol(status, f"-{name}", str(status)) if name else status


PageStatus = Integer(4, signed=True, shape=page_status)


class user_desc(Struct):
    """A segment descriptor. The bit fields share one unsigned int."""

    entry_number: Integer(4, shape=entry_number)
    base_addr: Integer(4, shape=padded(8))
    limit: Integer(4, shape=padded(8))
    _bits: Integer(4)

    @classmethod
    def shown(cls, pairs: list[tuple[str, Value]], scope: StructScope) -> list[tuple[str, Value]]:
        bits = scope.numbers["_bits"]
        fields: list[tuple[str, Value]] = []
        for name, width in BITS:
            fields.append((name, bits & (1 << width) - 1))
            bits >>= width
        if scope.call.abi.register_size == 4:
            fields.pop()  # lm is there for 64-bit programs only
        return pairs + fields


BITS = (
    ("seg_32bit", 1),
    ("contents", 2),
    ("read_exec_only", 1),
    ("limit_in_pages", 1),
    ("seg_not_present", 1),
    ("useable", 1),
    ("lm", 1),
)


class QueriedSegment(StructType):
    """A descriptor of which the program fills in the number, and the kernel the rest."""

    def __init__(self) -> None:
        super().__init__(user_desc)

    def fetcher(self, layout: Layout) -> Fetcher:
        fetch = super().fetcher(layout)

        def changed(scope: Any, address: int) -> Value:
            descriptor = fetch(scope, address)
            scope.chunks = scope.entry_chunks
            before = scope.read_some(address, 4)
            scope.chunks = scope.exit_chunks
            asked, given = entry_number(int.from_bytes(before, "little")), descriptor.pairs[0][1]
            if len(before) == 4 and asked != given:
                return Fields([("entry_number", Change(asked, given)), *descriptor.pairs[1:]])
            return descriptor

        return changed

    def unfilled(self, layout: Layout) -> Fetcher:
        return lambda scope, address: Fields([("entry_number", entry_number(int.from_bytes(scope.read(address, 4), "little")))], True)


class AllocatedSegment(Integer):
    """The result of a call that writes the number of a descriptor into the descriptor, which is argument 0."""

    def __init__(self) -> None:
        super().__init__(0, signed=True)

    def result_captures(self, positions: Mapping[str, int], layout: Layout) -> list[Step]:
        return [Step(BYTES, 0, CONSTANT, 4)]

    def note(self, layout: Layout) -> Callable[[Any], str | None]:
        def remark(call: Any) -> str | None:
            data = call.read_some(call.args[0], 4)
            return f"entry_number={int.from_bytes(data, 'little')}" if len(data) == 4 else None

        return remark


SegmentQuery = QueriedSegment()
Allocated = AllocatedSegment()


class Residence(Target_):
    """``Residence[this.length]``: a byte for each page of so many bytes, of which the lowest bit counts."""

    def __init__(self, length: Length) -> None:
        self.length = length

    def __class_getitem__(cls, length: Length) -> Residence:
        return cls(length)

    def fetcher(self, layout: Layout) -> Fetcher:
        length = bind(self.length, layout.names)
        limit = layout.element_limit()

        def fetch(scope: Any, address: int) -> Value:
            pages = -(-length(scope) // PAGE_SIZE)
            shown = pages if limit is None else min(pages, limit)
            data = scope.read_some(address, shown)
            if not data and shown:
                raise Fault(address)
            bits: list[Value] = [byte & 1 for byte in data]
            if len(data) < shown:
                return Sequence(bits, True, address + len(data))
            return Sequence(bits, shown < pages)

        return fetch

    def unfilled(self, layout: Layout) -> Fetcher:
        length = bind(self.length, layout.names)
        return lambda scope, address: Address(address) if length(scope) else Sequence([])


class NodeMask(Target_):
    """``NodeMask[this.maxnode]``: a set of NUMA nodes of so many bits, in words."""

    def __init__(self, length: Length) -> None:
        self.length = length

    def __class_getitem__(cls, length: Length) -> NodeMask:
        return cls(length)

    def fetcher(self, layout: Layout) -> Fetcher:
        length, word = bind(self.length, layout.names), layout.abi.word_size
        shape, limit = padded(2 * word), layout.element_limit()

        def fetch(scope: Any, address: int) -> Value:
            bits = length(scope)
            # The kernel takes one bit less than it is told. What overflows is no mask.
            words = (bits + 8 * word - 2) % (1 << 64) // (8 * word)
            if not words:
                return Address(address) if bits else Sequence([])
            shown = min(words, MOST_NODES // 64 if limit is None else limit)
            data = scope.read_some(address, shown * word)
            whole = len(data) // word
            if not whole and shown:
                raise Fault(address)
            items = [shape(int.from_bytes(data[i * word : (i + 1) * word], "little")) for i in range(whole)]
            if whole < shown:
                return Sequence(items, True, address + whole * word)
            return Sequence(items, shown < words)

        return fetch

    def unfilled(self, layout: Layout) -> Fetcher:
        length = bind(self.length, layout.names)
        return lambda scope, address: Address(address) if length(scope) else Sequence([])
