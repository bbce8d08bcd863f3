"""Structures of ptrace. Source: ptrace(2), sys/user.h, linux/ptrace.h."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ptracer.decode.structs import Struct, StructType
from ptracer.decode.types import (
    Array,
    Fetcher,
    Hex64,
    HexInt,
    HexShort,
    Integer,
    Layout,
    Loader,
    Target_,
    UInt,
    UInt64,
    pointer_value,
)
from ptracer.decode.values import Address, Change, Fields, Hex, Sequence, Symbol, Value
from ptracer.errors import Fault
from ptracer.hints import Any
from ptracer.plans import Step
from ptracer.regs import ABI
from ptracer.tables.structs.signals import AuditArchitecture, system_call
from ptracer.tables.words.process import PeekFlags, SyscallInfoOperation

Pairs = list[tuple[str, Value]]


class user_regs(Struct):
    """The general registers, of which the kernel may have been asked for the first few only."""

    r15: Hex64
    r14: Hex64
    r13: Hex64
    r12: Hex64
    rbp: Hex64
    rbx: Hex64
    r11: Hex64
    r10: Hex64
    r9: Hex64
    r8: Hex64
    rax: Hex64
    rcx: Hex64
    rdx: Hex64
    rsi: Hex64
    rdi: Hex64
    orig_rax: Hex64
    rip: Hex64
    cs: Hex64
    eflags: Hex64
    rsp: Hex64
    ss: Hex64
    fs_base: Hex64
    gs_base: Hex64
    ds: Hex64
    es: Hex64
    fs: Hex64
    gs: Hex64


class user_fpregs(Struct):
    cwd: HexShort
    swd: HexShort
    ftw: HexShort
    fop: HexShort
    rip: Hex64
    rdp: Hex64
    mxcsr: HexInt
    mxcr_mask: HexInt
    st_space: Array[HexInt, 32]
    xmm_space: Array[HexInt, 64]
    padding: Array[HexInt, 24]


class user_regs32(Struct):
    """The general registers of a 32-bit program."""

    ebx: HexInt
    ecx: HexInt
    edx: HexInt
    esi: HexInt
    edi: HexInt
    ebp: HexInt
    eax: HexInt
    xds: HexInt
    xes: HexInt
    xfs: HexInt
    xgs: HexInt
    orig_eax: HexInt
    eip: HexInt
    xcs: HexInt
    eflags: HexInt
    esp: HexInt
    xss: HexInt


class user_fpregs32(Struct):
    cwd: HexInt
    swd: HexInt
    twd: HexInt
    fip: HexInt
    fcs: HexInt
    foo: HexInt
    fos: HexInt
    st_space: Array[HexInt, 20]


class Registers(Target_):
    """A set of registers, which is another one on i386."""

    def __init__(self, wide: type[Struct], narrow: type[Struct]) -> None:
        self.wide, self.narrow = wide.as_type(), narrow.as_type()

    def of(self, abi: ABI) -> StructType:
        """The set of an ABI."""
        return self.narrow if abi.register_size == 4 else self.wide

    def size(self, abi: ABI) -> int:
        return self.of(abi).size(abi)

    def loader(self, layout: Layout) -> Loader:
        return self.of(layout.abi).loader(layout)

    def steps(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        return self.of(layout.abi).steps(argument, positions, layout)


GeneralRegisters, FloatingPointRegisters = Registers(user_regs, user_regs32), Registers(user_fpregs, user_fpregs32)


class peeksiginfo_args(Struct):
    off: UInt64
    flags: PeekFlags
    nr: UInt


# Where the parts of struct user begin; an offset of PTRACE_PEEKUSER is shown from the nearest one below it.
REGISTERS = "R15 R14 R13 R12 RBP RBX R11 R10 R9 R8 RAX RCX RDX RSI RDI ORIG_RAX RIP CS EFL RSP SS".split()


USER_PARTS = {
    216: "u_fpvalid", 224: "i387", 736: "u_tsize", 744: "u_dsize", 752: "u_ssize", 760: "start_code", 768: "start_stack",
    776: "signal", 784: "reserved", 792: "u_ar0", 800: "u_fpstate", 808: "magic", 816: "u_comm", 848: "u_debugreg",
}  # fmt: skip
USER_SIZE = 912
USER_PLACES = sorted(
    [(8 * place, f"8*{name}") for place, name in enumerate(REGISTERS)]
    + [(offset, f"offsetof(struct user, {name})") for offset, name in USER_PARTS.items()]
    + [(USER_SIZE, "sizeof(struct user)")],
    reverse=True,
)


class UserOffset(Integer):
    """A place in the tracer's view of a stopped thread: ``8*RAX``."""

    def __init__(self) -> None:
        super().__init__(0)

    def value(self, layout: Layout) -> Callable[[int], Value]:
        def shape(offset: int) -> Value:
            if offset > USER_SIZE:
                return Address(offset)
            start, name = next((start, name) for start, name in USER_PLACES if start <= offset)
            beyond = f"+{offset - start}" if offset > start else ""
            return Symbol(offset, name + beyond, f"{offset:#x}" if offset else "NULL")

        return shape


UserArea = UserOffset()


class RegisterSetVector(Target_):
    """An iovec that points to a set of registers; ``sets`` are those of which the structure is known."""

    def __init__(self, sets: Mapping[int, Registers], selector: int) -> None:
        self.sets, self.selector = sets, selector

    def fetcher(self, layout: Layout) -> Fetcher:
        word = layout.abi.word_size
        known = {number: partly(kind, layout) for number, kind in self.sets.items()}
        selector = self.selector

        def fetch(scope: Any, address: int) -> Value:
            data = scope.read(address, 2 * word)
            base, length = (int.from_bytes(data[i * word : (i + 1) * word], "little") for i in range(2))
            registers: Value = pointer_value(base)
            fetch_set = known.get(scope.args[selector] & 0xFFFFFFFF)
            if fetch_set is not None and base and length:
                try:
                    registers = fetch_set(scope, base, length)
                except Fault:
                    pass
            scope.chunks = scope.entry_chunks
            before = int.from_bytes(scope.read_some(address + word, word), "little")
            scope.chunks = scope.exit_chunks
            return Fields([("iov_base", registers), ("iov_len", length if before == length else Change(before, length))])

        return fetch

    def unfilled(self, layout: Layout) -> Fetcher:
        word = layout.abi.word_size

        def fetch(scope: Any, address: int) -> Value:
            data = scope.read(address, 2 * word)
            base, length = (int.from_bytes(data[i * word : (i + 1) * word], "little") for i in range(2))
            return Fields([("iov_base", pointer_value(base)), ("iov_len", length)])

        return fetch


def partly(kind: Registers, layout: Layout) -> Callable[[Any, int, int], Value]:
    """A function of scope, address and length: the fields that lie wholly in so many bytes."""
    struct = kind.of(layout.abi)
    load, (offsets, whole, _) = struct.loader(layout), struct.place(layout.abi)
    ends = {field.name: offsets[field.name] + field.type.size(layout.abi) for field in struct.fields}

    def fetch(scope: Any, address: int, length: int) -> Value:
        known = min(length, whole)
        value = load(scope, scope.read(address, known).ljust(whole, b"\0"), 0)
        return Fields([pair for pair in value.pairs if ends[pair[0]] <= known], length > whole)

    return fetch


class SyscallInfo(Target_):
    """``struct ptrace_syscall_info``, as many bytes as the kernel has given or is given.

    ``argument`` is the register that holds the size; None takes the result of the call.
    """

    HEAD = 24
    LONGEST = 88

    def __init__(self, argument: int, result: bool) -> None:
        self.index, self.result = argument, result

    def fetcher(self, layout: Layout) -> Fetcher:
        index, result = self.index, self.result

        def fetch(scope: Any, address: int) -> Value:
            size = scope.args[index]
            if result:
                size = min(size, scope.result)
            size = min(size, self.LONGEST)
            if size <= 0:
                raise Fault(address)
            return syscall_info(scope.read(address, size), scope.abi, not result)

        return fetch

    def steps(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        return None


def syscall_info(data: bytes, abi: ABI, everything: bool) -> Value:
    """The fields that exist; what is reserved is shown when it is not zero, or where a program says it."""
    size = len(data)

    def number(offset: int, width: int, signed: bool = False) -> int:
        return int.from_bytes(data[offset : offset + width], "little", signed=signed)

    operation = SyscallInfoOperation.spell(data[0])
    pairs: Pairs = [("op", operation)]
    if everything:
        pairs += [(name, Hex(number(at, width))) for name, at, width in (("reserved", 1, 1), ("flags", 2, 2)) if number(at, width)]
    architecture = number(4, 4)
    if size >= 8:
        pairs.append(("arch", AuditArchitecture.spell(architecture)))
    for name, at in (("instruction_pointer", 8), ("stack_pointer", 16)):
        if size >= at + 8:
            pairs.append((name, pointer_value(number(at, 8))))
    kind = operation.text.removeprefix("PTRACE_SYSCALL_INFO_").lower()
    inside: Pairs = []
    if kind in ("entry", "seccomp") and size >= 32:
        inside.append(("nr", system_call(number(24, 8), architecture, abi)))
        count = min((size - 32) // 8, 6)
        if count:
            inside.append(("args", Sequence([Hex(number(32 + 8 * i, 8)) for i in range(count)])))
        if kind == "seccomp" and size >= 84:
            inside.append(("ret_data", number(80, 4)))
    elif kind == "exit" and size >= 32:
        inside.append(("rval", number(24, 8, True)))
        if size >= 33:
            inside.append(("is_error", number(32, 1)))
    if inside:
        pairs.append((kind, Fields(inside)))
    return Fields(pairs)


NT_PRSTATUS, NT_FPREGSET = 1, 2
RegisterVector = RegisterSetVector({NT_PRSTATUS: GeneralRegisters, NT_FPREGSET: FloatingPointRegisters}, selector=2)
GivenSyscallInfo, SyscallInfoOfKernel = SyscallInfo(2, result=False), SyscallInfo(2, result=True)
