"""Calls whose arguments are not in the registers where they belong: carried by another call, or left in memory.

``mmap = carrying(mmap, memory.mmap, InMemory(0))`` in a table reads: the arguments of memory's ``mmap`` lie where
argument 0 points; if they cannot be read, the call is shown as its own ``mmap`` says.
``socketcall__SYS_BIND = carrying(socketcall, network.bind, InMemory(1))`` gives the call its own name as well.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from types import FunctionType

from ptracer.decode.call import Call, LiveCall
from ptracer.decode.detail import Detail
from ptracer.decode.signature import Signature
from ptracer.decode.types import Layout
from ptracer.errors import Fault
from ptracer.hints import TYPE_CHECKING, Any, Protocol
from ptracer.plans import BYTES, CONSTANT, Plan, Step
from ptracer.regs import ABI

if TYPE_CHECKING:
    from ptracer.decode.registry import Signatures


class Gathered(tuple[int, ...]):
    """Arguments that are not in the registers where they belong.

    ``places`` says of each where it is: in which register, and None; or into the memory which that points to, how many bytes.
    """

    places: tuple[tuple[int, int | None], ...]

    @classmethod
    def at(cls, places: Iterable[tuple[int, int | None]], values: Iterable[int]) -> Gathered:
        """Values and where they are."""
        made = cls(values)
        made.places = tuple(places)
        return made


class Source(Protocol):
    """Where the arguments of a carried call are."""

    def gather(self, call: Call, count: int) -> tuple[int, ...]:
        """The arguments of the carried call. Fault: they cannot be read."""

    def steps(self, count: int, abi: ABI) -> list[Step] | None:
        """What to copy at entry to know them; None: only ``gather`` knows."""

    def unsorted(self, count: int) -> tuple[Source, int]:
        """Where the raw arguments are, and how many they are."""


class InMemory:
    """The arguments are words one after another, where the argument with this index points to."""

    def __init__(self, pointer: int) -> None:
        self.pointer = pointer

    def gather(self, call: Call, count: int) -> tuple[int, ...]:
        """The arguments, which are read."""
        word = call.abi.word_size
        data = call.read(call.args[self.pointer], count * word)
        offsets = range(0, len(data), word)
        values = (int.from_bytes(data[offset : offset + word], "little") for offset in offsets)
        return Gathered.at(((self.pointer, offset) for offset in offsets), values)

    def steps(self, count: int, abi: ABI) -> list[Step] | None:
        """As many words as there are arguments."""
        return [Step(BYTES, self.pointer, CONSTANT, count * abi.word_size)]

    def unsorted(self, count: int) -> tuple[Source, int]:
        """The same."""
        return self, count


class InRegisters:
    """The arguments are in registers, in an order of their own."""

    def __init__(self, *places: int) -> None:
        self.places = places

    def gather(self, call: Call, count: int) -> tuple[int, ...]:
        """The arguments in their order."""
        return Gathered.at(((place, None) for place in self.places), (call.args[place] for place in self.places))

    def steps(self, count: int, abi: ABI) -> list[Step] | None:
        """Nothing."""
        return []

    def unsorted(self, count: int) -> tuple[Source, int]:
        """The registers as they are, after that which says what is carried."""
        last = max(self.places)
        return InRegisters(*range(1, last + 1)), last


def carrying(carrier: FunctionType, function: FunctionType, source: Source) -> FunctionType:
    """The ``def`` of ``carrier`` where it carries the call that ``function`` describes."""
    made = FunctionType(carrier.__code__, carrier.__globals__, carrier.__name__, carrier.__defaults__)
    made.__annotations__ = carrier.__annotations__
    made.__module__ = carrier.__module__
    made.__dict__.update(carried=function, source=source)
    return made


class CarrierSignature(Signature):
    """The signature of the carrier, which hands each call over to the signature of what it carries."""

    def __init__(self, function: FunctionType, abi: ABI, detail: Detail, signatures: Signatures) -> None:
        self.signatures = signatures
        self.source: Source = function.source  # type: ignore[attr-defined]
        carried: FunctionType = function.carried  # type: ignore[attr-defined]
        self.carried = signatures.made(carried.__name__, carried, sys.modules[carried.__module__], abi)
        self.count = 1 + max((parameter.index for parameter in self.carried.parameters), default=-1)
        if self.carried.raw:
            self.source, self.count = self.source.unsorted(self.count)
            self.carried = Signature(carried.__name__, None, abi, detail, self.count)
        super().__init__(function.__name__, function, abi, detail)
        if self.raw and self.name == self.carried.name and isinstance(self.source, InMemory):
            return  # of a call that leaves its arguments in memory: the one register it has
        self.own_entry, self.entry = self.entry, self.hand_over

    def hand_over(self, call: Call) -> list[Any]:
        """The values of the carried call at entry; where its arguments cannot be read, those of the carrier."""
        try:
            call.args = self.source.gather(call, self.count)
        except Fault:
            return self.own_entry(call)
        carried = self.carried
        call.signature = self.signatures.variant(carried, call.args) if carried.variants is not None else carried
        return call.signature.entry(call)

    def write_out(self) -> None:
        """Only what it carries is seen often."""

    def planned(self, layout: Layout) -> Plan:
        """What the capture has to copy: where the arguments are, but no plan reaches what these point to."""
        steps, plan = self.source.steps(self.count, layout.abi), self.carried.plan
        variable = self.carried.variants is not None
        live_entry = steps is None or bool(plan.entry) or plan.live_entry or variable
        live_exit = bool(plan.exit) or plan.live_exit or variable
        return Plan(() if live_entry else tuple(steps or ()), (), live_entry, live_exit, plan.exit_on_error)

    def arguments(self, call: Call) -> tuple[int, ...]:
        """Those of the carried call, wherever they are."""
        try:
            return self.source.gather(call, self.count)
        except Fault:
            return super().arguments(call)

    def fetch_entry(self, call: LiveCall) -> None:
        """Find the arguments, then fetch for the carried call."""
        self.hand_over(call)
        if call.signature is not self:
            call.signature.fetch_entry(call)

    def fetch_exit(self, call: LiveCall) -> None:
        """Find the arguments again, then fetch for the carried call."""
        self.hand_over(call)
        if call.signature is not self:
            call.signature.fetch_exit(call)
