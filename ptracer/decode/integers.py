"""Types that fit a register: integers, addresses, descriptors and process ids."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping

from ptracer.decode.behind import DESCRIPTOR, GROUP, PROCESS, Describe, describe, steps
from ptracer.decode.layout import MEMORY, Argument, Layout, Loader, Type
from ptracer.decode.values import NULL, Address, Hex, Octal, Value
from ptracer.hints import Any
from ptracer.plans import BYTES, CONSTANT, RESULT_VALUE, Step
from ptracer.regs import ABI

CODES = {1: "B", 2: "H", 4: "I", 8: "Q"}  # of struct.unpack, by size; small letters are signed
REMEMBERED = 4096  # numbers of one kind; hostile programs invent them without end


class Remembered(dict[int, Any]):
    """What numbers are shown as; what is not there is made, and kept, up to a bound. Its ``[]`` calls nothing in Python."""

    def __init__(self, make: Callable[[int], Any]) -> None:
        self.make = make

    def __missing__(self, number: int) -> Any:
        made = self.make(number)
        if len(self) < REMEMBERED:
            self[number] = made
        return made


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

    def alone(self, layout: Layout) -> bool:
        return self.pure or bool(self.behind) and self.describing(layout) is None

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
        code = CODES[self.size(layout.abi)]
        unpack = struct.Struct("<" + (code.lower() if self.signed else code)).unpack_from
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
