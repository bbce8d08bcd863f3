"""A little of the machine's language: where instructions end, and which general registers they read and write.

It is for the code around a system call, to see in which registers arguments were put and which are used after it. What it does
not know (vector instructions with VEX prefixes, 16-bit addresses) is no instruction to it: whoever asks cannot tell then.
Source: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, appendix A.2 (opcode maps) and chapter 2.
"""

from __future__ import annotations

RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8, R9, R10, R11 = range(12)
NAMES = ("rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", *(f"r{number}" for number in range(8, 16)))
SYSCALL, INT80, SYSENTER = b"\x0f\x05", b"\xcd\x80", b"\x0f\x34"
ARITHMETIC = ("add", "or", "adc", "sbb", "and", "sub", "xor", "cmp")
PREFIXES = frozenset((0x26, 0x2E, 0x36, 0x3E, 0x64, 0x65, 0x66, 0xF0, 0xF2, 0xF3))
STRINGS = frozenset((0xA4, 0xA5, 0xA6, 0xA7, 0xAA, 0xAB, 0xAC, 0xAD, 0xAE, 0xAF))  # movs, cmps, stos, lods, scas
# Those without an immediate that compilers use to move and compute.
VECTORS = frozenset(
    (0x10, 0x11, 0x12, 0x13, 0x14, 0x16, 0x17, 0x28, 0x29, 0x2E, 0x2F, 0x54, 0x57, 0x58, 0x59, 0x5C, 0x5E, 0x6C, 0x6F, 0x7F,
     0xD6, 0xEF)
)  # fmt: skip
BRANCH, JUMP, CALL, RETURN, SYSTEM = "branch", "jump", "call", "return", "system"
LEGACY = ("eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi")


class Instruction:
    """One instruction. ``reads`` and ``writes`` are sets of registers; ``value`` is the constant, ``source`` the register that a
    move puts into the one it writes; ``wide``: it works on 64 bits, ``short``: on 16. ``target`` is where a jump goes,
    ``condition`` when, as the processor numbers conditions."""

    __slots__ = ("start", "end", "name", "reads", "writes", "value", "source", "wide", "short", "flow", "target", "condition")

    def __init__(self, start: int, wide: bool) -> None:
        self.start = self.end = start
        self.name = self.flow = ""
        self.reads: set[int] = set()
        self.writes: set[int] = set()
        self.value: int | None = None
        self.source: int | None = None
        self.wide = wide
        self.short = False
        self.target = self.condition = -1

    def __str__(self) -> str:
        """As an assembler has it, as far as it is known: ``mov $0x22,%ecx``."""
        parts = [self.name]
        into = self.writes or (self.reads if len(self.reads) == 1 else ())
        target = register(next(iter(into)), self.wide) if len(into) == 1 else ""
        if self.name == "xor" and self.value == 0:
            return f"xor {target},{target}"
        if self.value is not None:
            source = f"${self.value:#x}" if self.value > 9 else f"${self.value}"
        elif self.source is not None:
            source = register(self.source, self.wide)
        else:
            source = "..." if target and self.name not in ("push", "pop", "inc", "dec", "neg", "not") else ""
        parts += [",".join(part for part in (source, target) if part)]
        return " ".join(part for part in parts if part)


def register(number: int, wide: bool = True) -> str:
    """Its name, of 64 or of 32 bits."""
    if wide:
        return f"%{NAMES[number]}"
    return f"%{LEGACY[number]}" if number < 8 else f"%{NAMES[number]}d"


def decode(code: bytes, at: int, bits: int = 64) -> Instruction | None:
    """The instruction at a place in code for processors in a mode of 64 or 32 bits; None: nobody knows."""
    try:
        return Decoding(code, at, bits).instruction()
    except IndexError:
        return None


class Decoding:
    """Decodes one instruction."""

    def __init__(self, code: bytes, at: int, bits: int) -> None:
        self.code, self.at, self.bits = code, at, bits
        self.start = at
        self.short = self.repeated = False
        self.rex = 0

    def byte(self) -> int:
        value = self.code[self.at]
        self.at += 1
        return value

    def number(self, size: int, signed: bool = True) -> int:
        """An immediate or a displacement."""
        data = self.code[self.at : self.at + size]
        if len(data) < size:
            raise IndexError
        self.at += size
        return int.from_bytes(data, "little", signed=signed)

    def instruction(self) -> Instruction | None:
        opcode = self.byte()
        while opcode in PREFIXES:
            self.short |= opcode == 0x66
            self.repeated |= opcode in (0xF2, 0xF3)
            opcode = self.byte()
        if self.bits == 64 and opcode & 0xF0 == 0x40:
            self.rex = opcode
            opcode = self.byte()
        self.wide = bool(self.rex & 8)
        self.made = Instruction(self.start, self.wide or self.bits == 64 and 0x50 <= opcode <= 0x5F)
        known = self.second(self.byte()) if opcode == 0x0F else self.first(opcode)
        self.made.end, self.made.short = self.at, self.short
        return self.made if known else None

    # --- operands

    def operands(self, small: bool = False) -> tuple[int, int | None]:
        """The two operands of a ModRM byte: the register, and the other one (None: memory, of which the address is read)."""
        modrm = self.byte()
        mode, reg, rm = modrm >> 6, modrm >> 3 & 7, modrm & 7
        self.extension = reg
        reg |= (self.rex & 4) << 1
        if mode == 3:
            rm |= (self.rex & 1) << 3
            return (self.small(reg), self.small(rm)) if small else (reg, rm)
        base: int | None = rm | (self.rex & 1) << 3
        if rm == 4:
            sib = self.byte()
            index, low = sib >> 3 & 7 | (self.rex & 2) << 2, sib & 7
            if index != 4:
                self.made.reads.add(index)
            base = low | (self.rex & 1) << 3
            if low == 5 and mode == 0:
                base = None
                self.number(4)
        elif rm == 5 and mode == 0:
            base = None  # a place by itself, or as seen from the next instruction
            self.number(4)
        if base is not None:
            self.made.reads.add(base)
        if mode:
            self.number(1 if mode == 1 else 4)
        return (self.small(reg) if small else reg), None

    def small(self, number: int) -> int:
        """The register that one of eight bits is part of: without REX, four of them are the second bytes."""
        return number & 3 if not self.rex and 4 <= number < 8 else number

    def immediate(self) -> int:
        """One of the operand's size, but never of 64 bits."""
        return self.number(2 if self.short else 4)

    def effect(self, name: str, into: int | None, *sources: int | None, reads: bool = True) -> bool:
        """What most do: read sources, and put something into a register. ``reads``: that is an operand too. What
        changes a part of a register counts as changing all of it."""
        made = self.made
        made.name = name
        made.reads.update(source for source in sources if source is not None)
        if into is not None:
            made.writes.add(into)
            if reads:
                made.reads.add(into)
        return True

    # --- one-byte opcodes

    def first(self, opcode: int) -> bool:
        made = self.made
        if opcode < 0x40 and opcode & 7 < 6:
            return self.arithmetic(opcode)
        if opcode & 0xF0 == 0x40:  # inc, dec: in 32-bit mode only
            return self.effect("inc" if opcode < 0x48 else "dec", opcode & 7)
        if opcode & 0xF0 == 0x50:
            number = opcode & 7 | (self.rex & 1) << 3
            made.name = "push" if opcode < 0x58 else "pop"
            (made.reads if opcode < 0x58 else made.writes).add(number)
            return True
        if opcode & 0xF0 == 0x70 or opcode in (0xE0, 0xE1, 0xE2, 0xE3, 0xEB):
            if 0xE0 <= opcode <= 0xE3:
                made.name = "loop"
                made.reads.add(RCX)
            made.condition = opcode & 15 if opcode < 0x80 else -1
            return self.jump(JUMP if opcode == 0xEB else BRANCH, 1)
        if opcode in (0xE8, 0xE9):
            return self.jump(CALL if opcode == 0xE8 else JUMP, 4)
        if opcode & 0xF0 == 0xB0:
            number = opcode & 7 | (self.rex & 1) << 3
            if opcode < 0xB8:
                self.number(1)
                return self.effect("mov", self.small(number), reads=False)
            made.value = self.number(8 if self.wide else 2 if self.short else 4, signed=False)
            return self.effect("mov", number, reads=False)
        if 0xD8 <= opcode <= 0xDF:  # floating point
            self.operands()
            return opcode != 0xDF
        return self.single(opcode)

    def arithmetic(self, opcode: int) -> bool:
        name, form = ARITHMETIC[opcode >> 3], opcode & 7
        if form > 3:
            self.made.value = self.number(1) if form == 4 else self.immediate()
            into: int | None = RAX
            self.made.reads.add(RAX)
        else:
            reg, other = self.operands(small=not form & 1)
            into, source = (other, reg) if form < 2 else (reg, other)
            if name in ("xor", "sub") and into == source and form & 1:
                self.made.value = 0
                return self.effect(name, into, reads=False)
            self.made.reads |= {one for one in (into, source) if one is not None}
        return self.effect(name, None if name == "cmp" else into, into)

    def jump(self, flow: str, size: int) -> bool:
        distance = self.number(size)
        self.made.flow, self.made.target = flow, self.at + distance
        self.made.name = self.made.name or {BRANCH: "j...", JUMP: "jmp", CALL: "call"}[flow]
        return True

    def single(self, opcode: int) -> bool:
        made = self.made
        match opcode:
            case 0x63 if self.bits == 64:
                reg, other = self.operands()
                made.source = other
                return self.effect("movslq", reg, other, reads=False)
            case 0x68 | 0x6A:
                made.value = self.immediate() if opcode == 0x68 else self.number(1)
                return self.effect("push", None)
            case 0x69 | 0x6B:
                reg, other = self.operands()
                self.immediate() if opcode == 0x69 else self.number(1)
                return self.effect("imul", reg, other, reads=False)
            case 0x80 | 0x81 | 0x83:
                _, other = self.operands(small=opcode == 0x80)
                made.value = self.immediate() if opcode == 0x81 else self.number(1)
                name = ARITHMETIC[self.extension]
                return self.effect(name, None if name == "cmp" else other, other)
            case 0x84 | 0x85:
                return self.effect("test", None, *self.operands(small=opcode == 0x84))
            case 0x86 | 0x87:
                reg, other = self.operands(small=opcode == 0x86)
                if other is not None:
                    made.writes.add(other)
                return self.effect("xchg", reg, reg, other)
            case 0x88 | 0x89:
                reg, other = self.operands(small=opcode == 0x88)
                made.source = reg if opcode == 0x89 else None
                return self.effect("mov", other, reg, reads=False)
            case 0x8A | 0x8B:
                reg, other = self.operands(small=opcode == 0x8A)
                made.source = other if opcode == 0x8B else None
                return self.effect("mov", reg, other, reads=False)
            case 0x8D:
                reg, _ = self.operands()
                return self.effect("lea", reg, reads=False)
            case 0x8F:
                _, other = self.operands()
                return self.effect("pop", other, reads=False)
            case 0x90:
                return self.effect("nop", None)
            case 0x98 | 0x99:
                return self.effect("cltq" if opcode == 0x98 else "cqto", RAX if opcode == 0x98 else RDX, RAX, reads=False)
            case 0x9C | 0x9D | 0xC9 | 0xCC | 0xF4 | 0xF5 | 0xF8 | 0xF9 | 0xFC | 0xFD:
                return self.effect("", None)
            case 0xA8 | 0xA9:
                self.number(1) if opcode == 0xA8 else self.immediate()
                return self.effect("test", None, RAX)
            case 0xC0 | 0xC1 | 0xD0 | 0xD1 | 0xD2 | 0xD3:
                _, other = self.operands(small=not opcode & 1)
                if opcode < 0xC2:
                    self.number(1)
                return self.effect("shift", other, RCX if opcode >= 0xD2 else None)
            case 0xC2 | 0xC3:
                if opcode == 0xC2:
                    self.number(2)
                made.flow = RETURN
                return self.effect("ret", None)
            case 0xC6 | 0xC7:
                _, other = self.operands(small=opcode == 0xC6)
                made.value = self.number(1) if opcode == 0xC6 else self.immediate()
                return self.effect("mov", other, reads=False)
            case 0xCD:
                made.flow = SYSTEM
                return self.effect("int", None) and self.byte() == 0x80
            case 0xF6 | 0xF7:
                _, other = self.operands(small=opcode == 0xF6)
                if self.extension < 2:
                    self.number(1) if opcode == 0xF6 else self.immediate()
                    return self.effect("test", None, other)
                if self.extension < 4:
                    return self.effect("not" if self.extension == 2 else "neg", other)
                made.writes |= {RAX, RDX}
                return self.effect("mul", None, other, RAX)
            case 0xFE | 0xFF:
                _, other = self.operands(small=opcode == 0xFE)
                if self.extension < 2:
                    return self.effect("inc" if not self.extension else "dec", other)
                made.flow = {2: CALL, 4: JUMP}.get(self.extension, "")
                name = {2: "call", 4: "jmp", 6: "push"}.get(self.extension, "")
                return self.effect(name, None, other) and bool(name)
        if 0x91 <= opcode <= 0x97:
            other_register = opcode & 7 | (self.rex & 1) << 3
            made.writes |= {RAX, other_register}
            return self.effect("xchg", None, RAX, other_register)
        if opcode in STRINGS:
            made.writes |= {RDI, RSI} | ({RCX} if self.repeated else set())
            return self.effect("string", None, RSI, RDI, RAX, RCX if self.repeated else None)
        return False

    # --- two-byte opcodes

    def second(self, opcode: int) -> bool:
        made = self.made
        if opcode in (0x05, 0x34):
            made.flow = SYSTEM
            made.writes |= {RAX, RCX, R11} if opcode == 0x05 else {RAX}
            return self.effect("syscall" if opcode == 0x05 else "sysenter", None)
        if opcode in (0x0B, 0xA2, 0x31):
            made.writes |= {0x0B: set(), 0xA2: {RAX, RBX, RCX, RDX}, 0x31: {RAX, RDX}}[opcode]
            return self.effect("", None) and opcode != 0x0B
        if opcode & 0xF0 == 0x80:
            made.condition = opcode & 15
            return self.jump(BRANCH, 2 if self.short else 4)
        if 0xC8 <= opcode <= 0xCF:
            return self.effect("bswap", opcode & 7 | (self.rex & 1) << 3)
        if opcode & 0xF0 == 0x40:
            reg, other = self.operands()
            return self.effect("cmov", reg, other)
        if opcode & 0xF0 == 0x90:
            _, other = self.operands(small=True)
            return self.effect("set", other, reads=False)
        if opcode in (0xB6, 0xB7, 0xBE, 0xBF, 0xBC, 0xBD):
            reg, other = self.operands()
            if opcode in (0xB6, 0xBE) and other is not None:
                other = self.small(other)
            return self.effect("movz", reg, other, reads=False)
        if opcode in (0xAF, 0xA3, 0xAB, 0xB3, 0xBB, 0xB0, 0xB1, 0xC0, 0xC1):
            reg, other = self.operands()
            if opcode & 0xFE == 0xC0 or opcode & 0xFE == 0xB0:  # xadd, cmpxchg
                made.writes |= {reg, RAX}
            return self.effect("", reg if opcode == 0xAF else other, reg, other)
        if opcode in (0x18, 0x1E, 0x1F, 0x0D):  # hints
            self.operands()
            made.reads.clear()
            return self.effect("nop", None)
        if opcode in VECTORS:
            self.operands()
            return self.effect("vector", None)
        if opcode in (0x6E, 0x7E):
            _, other = self.operands()
            into_general = opcode == 0x7E and not self.repeated
            return self.effect("vector", other if into_general else None, None if into_general else other, reads=False)
        return False
