"""DWARF expressions, as frame tables use them: for procedure linkage tables and for signal frames.

Source: DWARF 5, section 2.5.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ptracer.stacks.reading import Cursor, Lost

MOST_STEPS = 1000  # an expression that branches back for ever is no expression

Read = Callable[[int], int]  # the word at an address

UNARY: dict[int, Callable[[int], int]] = {0x19: abs, 0x1F: lambda a: -a, 0x20: lambda a: ~a}
BINARY: dict[int, Callable[[int, int], int]] = {
    0x1A: lambda a, b: a & b,
    0x1B: lambda a, b: a // b if b else 0,
    0x1C: lambda a, b: a - b,
    0x1D: lambda a, b: a % b if b else 0,
    0x1E: lambda a, b: a * b,
    0x21: lambda a, b: a | b,
    0x22: lambda a, b: a + b,
    0x24: lambda a, b: a << min(b, 64),
    0x25: lambda a, b: a >> b,
    0x27: lambda a, b: a ^ b,
    0x29: lambda a, b: a == b,
    0x2A: lambda a, b: a >= b,
    0x2B: lambda a, b: a > b,
    0x2C: lambda a, b: a <= b,
    0x2D: lambda a, b: a < b,
    0x2E: lambda a, b: a != b,
}
DEREFERENCE, DUPLICATE, DROP, OVER, PICK, SWAP, PLUS_CONSTANT = 0x06, 0x12, 0x13, 0x14, 0x15, 0x16, 0x23
BRANCH, SKIP, LITERAL, REGISTER, NOTHING = 0x28, 0x2F, 0x30, 0x70, 0x96
CONSTANTS = {0x08: (1, False), 0x09: (1, True), 0x0A: (2, False), 0x0B: (2, True), 0x0C: (4, False), 0x0D: (4, True),
             0x0E: (8, False), 0x0F: (8, True)}  # fmt: skip


def evaluate(expression: bytes, registers: Sequence[int], read: Read, word: int, first: int | None = None) -> int:
    """What an expression comes to; ``first`` is on its stack when it begins. Lost: it cannot be said."""
    mask = (1 << 8 * word) - 1
    stack = [] if first is None else [first]
    cursor = Cursor(expression, 0, word)
    for _ in range(MOST_STEPS):
        if cursor.place >= len(expression):
            return stack[-1]
        operation = cursor.unsigned(1)
        if operation in BINARY:
            right, left = stack.pop(), stack.pop()
            stack.append(int(BINARY[operation](left, right)) & mask)
        elif operation in UNARY:
            stack.append(UNARY[operation](stack.pop()) & mask)
        elif operation in CONSTANTS:
            size, signed = CONSTANTS[operation]
            stack.append((cursor.signed(size) if signed else cursor.unsigned(size)) & mask)
        elif LITERAL <= operation < LITERAL + 32:
            stack.append(operation - LITERAL)
        elif REGISTER <= operation < REGISTER + 32:
            stack.append(registers[operation - REGISTER] + cursor.signed_number() & mask)
        elif operation == DEREFERENCE:
            stack.append(read(stack.pop()))
        elif operation == PLUS_CONSTANT:
            stack.append(stack.pop() + cursor.number() & mask)
        elif operation in (SKIP, BRANCH):
            distance = cursor.signed(2)
            if operation == SKIP or stack.pop():
                cursor.place += distance
        elif operation == SWAP:
            stack[-1], stack[-2] = stack[-2], stack[-1]
        elif operation in (DUPLICATE, OVER, PICK):
            back = {DUPLICATE: 0, OVER: 1}.get(operation)
            stack.append(stack[-1 - (cursor.unsigned(1) if back is None else back)])
        elif operation == DROP:
            stack.pop()
        elif operation != NOTHING:
            raise Lost(f"operation {operation:#x}")
    raise Lost("an endless expression")
