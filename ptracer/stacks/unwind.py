"""From registers and a copy of the stack to the frames, the innermost first.

Numbers of registers: System V ABI, AMD64 supplement, figure 3.36, and i386 supplement, table 2.14.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

from ptracer.stacks.expressions import evaluate
from ptracer.stacks.reading import Lost
from ptracer.stacks.tables import AT_EXPRESSION, IN_REGISTER, IS_EXPRESSION, Row

SIZE_OF_REGISTERS = 27 * 8  # struct user_regs_struct
USER_CODE_32 = 0x23  # arch/x86/include/asm/segment.h: __USER32_CS
RIP, CS, RSP, RAX = 16, 17, 19, 10  # places in user_regs_struct
# Places in user_regs_struct of what DWARF calls register 0, 1, ...; the last is the instruction pointer.
ORDER_64 = (10, 12, 11, 5, 13, 14, 4, 19, 9, 8, 7, 6, 3, 2, 1, 0, 16)
ORDER_32 = (10, 11, 12, 5, 19, 4, 13, 14, 16)
# Where a signal frame of x86_64 has them, from the stack pointer (struct rt_sigframe, without the return address):
# r8 to r15, rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp, rip as DWARF numbers.
SIGNAL_FRAME = 0x28
SIGNAL_REGISTERS = (8, 9, 10, 11, 12, 13, 14, 15, 5, 4, 6, 3, 1, 0, 2, 7, 16)


class Thread:
    """Registers and stack of a thread at one moment; ``others`` are stacks that it has left for this one.

    ``pointer`` and ``base`` are the DWARF numbers of the stack and of the frame pointer; the instruction pointer has the last.
    """

    __slots__ = ("registers", "word", "pointer", "base", "start", "stack", "others")

    def __init__(self, data: bytes, others: tuple[tuple[int, bytes], ...] = ()) -> None:
        values = struct.unpack_from("<27Q", data)
        narrow = values[CS] == USER_CODE_32
        self.word = 4 if narrow else 8
        self.pointer, self.base = (4, 5) if narrow else (7, 6)
        self.registers = [values[place] for place in (ORDER_32 if narrow else ORDER_64)]
        self.start = values[RSP]
        self.stack = data[SIZE_OF_REGISTERS:]
        self.others = others

    def reader(self) -> Callable[[int], int]:
        """A function from an address to the word there, which may raise Lost."""
        start, stack, others = self.start, self.stack, self.others
        word = struct.Struct("<Q" if self.word == 8 else "<I")
        unpack, last, size = word.unpack_from, len(stack) - word.size, word.size

        def read(address: int) -> int:
            place = address - start
            if 0 <= place <= last:
                found: int = unpack(stack, place)[0]
                return found
            for other, copied in others:
                if other <= address <= other + len(copied) - size:
                    return int(unpack(copied, address - other)[0])
            raise Lost("not on the stack")

        return read


def general(row: Row, registers: list[int], read: Callable[[int], int], thread: Thread) -> int:
    """Apply a row that is not plain; the frame address."""
    word = thread.word
    if row.expression is not None:
        frame = evaluate(row.expression, registers, read, word)
    else:
        frame = registers[row.register] + row.offset
    found = [(register, read(frame + offset)) for register, offset in row.saved]
    for register, (kind, value) in row.others:
        if kind == AT_EXPRESSION:
            found.append((register, read(evaluate(value, registers, read, word, frame))))
        elif kind == IS_EXPRESSION:
            found.append((register, evaluate(value, registers, read, word, frame)))
        elif kind == IN_REGISTER:
            found.append((register, registers[value]))
        else:
            found.append((register, frame + value))
    registers[thread.pointer] = frame
    for register, value in found:
        if register < len(registers):
            registers[register] = value
    return frame


LARGEST_FRAME = 0x4000  # what is farther away is no frame pointer, as libunwind sees it too


def by_frame_pointer(registers: list[int], read: Callable[[int], int], thread: Thread) -> None:
    """To the caller where no table says how: by the chain of frame pointers, if there is one. Lost: there is none."""
    base = registers[thread.base]
    if not 0 <= base - registers[thread.pointer] <= LARGEST_FRAME:
        raise Lost("no frame pointer")
    registers[thread.base], registers[-1] = read(base), read(base + thread.word)
    registers[thread.pointer] = base + 2 * thread.word


def out_of_signal(registers: list[int], read: Callable[[int], int], thread: Thread) -> None:
    """To what a signal interrupted, by the frame that the kernel has left on the stack."""
    start = registers[thread.pointer] + SIGNAL_FRAME
    found = [read(start + thread.word * place) for place in range(len(SIGNAL_REGISTERS))]
    for register, value in zip(SIGNAL_REGISTERS, found):
        registers[register] = value
