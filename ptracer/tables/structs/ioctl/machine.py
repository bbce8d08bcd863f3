"""Virtual machines. Source: linux/kvm.h, asm/kvm.h."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ptracer.decode.detail import PATH_MAX
from ptracer.decode.expressions import Name, bind
from ptracer.decode.structs import Struct, StructType
from ptracer.decode.types import Array, Byte, Fetcher, Hex64, HexInt, KernelInteger, Layout, Loader, UInt, UInt64, UShort
from ptracer.decode.values import Fields, Sequence, Symbol, Value
from ptracer.hints import Any
from ptracer.plans import DETAILS, Step, place
from ptracer.tables.structs.ioctl.exchange import Tailed
from ptracer.tables.words.devices import IdentificationFlags, MachineExit, MachineMemoryFlags

RUN = 8  # offset of exit_reason in struct kvm_run


class Exit(KernelInteger):
    """``Exit(this.fd)``: the result of KVM_RUN with why the virtual processor came back, for ``-e kvm=vcpu``.

    The kernel tells it in a structure that the program has mapped from the processor's descriptor.
    """

    def __init__(self, descriptor: Name) -> None:
        super().__init__()
        self.descriptor = descriptor

    def result_captures(self, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        return None if layout.detail.virtual_processors else []

    def note(self, layout: Layout) -> Callable[[Any], str | Value | None] | None:
        if not layout.detail.virtual_processors:
            return None
        descriptor = bind(self.descriptor, layout.names)

        def reason(call: Any) -> Value | None:
            known = call.read_some(place(DETAILS, descriptor(call)), PATH_MAX)
            data = call.read_some(int(known) + RUN, 4) if known.isdigit() else b""
            return MachineExit.spell(int.from_bytes(data, "little")) if len(data) == 4 else None

        return reason


MORE = ("", Symbol(0, "...", "..."))


class kvm_userspace_memory_region(Struct):
    slot: UInt
    flags: MachineMemoryFlags
    guest_phys_addr: Hex64
    memory_size: UInt64
    userspace_addr: Hex64


class kvm_regs(Struct):
    order = (
        "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rsp", "rbp", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "rip",
        "rflags",
    )  # fmt: skip
    rax: Hex64
    rbx: Hex64
    rcx: Hex64
    rdx: Hex64
    rsi: Hex64
    rdi: Hex64
    rsp: Hex64
    rbp: Hex64
    r8: Hex64
    r9: Hex64
    r10: Hex64
    r11: Hex64
    r12: Hex64
    r13: Hex64
    r14: Hex64
    r15: Hex64
    rip: Hex64
    rflags: Hex64


class RegisterSet(StructType):
    """The registers of a processor; in brief the first, and those that say where it is."""

    def __init__(self) -> None:
        super().__init__(kvm_regs)

    def loader(self, layout: Layout) -> Loader:
        load = super().loader(layout)
        if not layout.abbreviate:
            return load

        def brief(scope: Any, data: bytes, offset: int) -> Value:
            fields = dict(load(scope, data, offset).pairs)
            first, stack, place = ([(name, fields[name]) for name in names] for names in (("rax",), ("rsp", "rbp"), ("rip", "rflags")))
            return Fields([*first, MORE, *stack, MORE, *place])

        return brief


Registers = RegisterSet()


class kvm_segment(Struct):
    base: Hex64
    limit: UInt
    selector: UShort
    type: Byte
    present: Byte
    dpl: Byte
    db: Byte
    s: Byte
    l: Byte  # noqa: E741 - the manual's name
    g: Byte
    avl: Byte
    _unusable: Byte
    _padding: Byte


class kvm_dtable(Struct):
    base: Hex64
    limit: UShort
    _padding: Array[UShort, 3]


class kvm_sregs(Struct):
    brief = ("cs",)
    cs: kvm_segment
    ds: kvm_segment
    es: kvm_segment
    fs: kvm_segment
    gs: kvm_segment
    ss: kvm_segment
    tr: kvm_segment
    ldt: kvm_segment
    gdt: kvm_dtable
    idt: kvm_dtable
    cr0: UInt64
    cr2: UInt64
    cr3: UInt64
    cr4: UInt64
    cr8: UInt64
    efer: UInt64
    apic_base: Hex64
    interrupt_bitmap: Array[Hex64, 4]


class kvm_cpuid2(Struct):
    nent: UInt
    _padding: UInt


class kvm_cpuid_entry2(Struct):
    function: HexInt
    index: HexInt
    flags: IdentificationFlags
    eax: HexInt
    ebx: HexInt
    ecx: HexInt
    edx: HexInt
    _padding: Array[UInt, 3]


class IdentificationList(Tailed):
    """What a processor says of itself; in brief not more than that it does."""

    def __init__(self) -> None:
        super().__init__(kvm_cpuid2, "entries", kvm_cpuid_entry2, "nent")

    def fetcher(self, layout: Layout) -> Fetcher:
        if not layout.abbreviate:
            return super().fetcher(layout)

        def fetch(scope: Any, address: int) -> Value:
            count = int.from_bytes(scope.read(address, 8)[:4], "little")
            return Fields([("nent", count), ("entries", Sequence([], bool(count)))])

        return fetch


Identification = IdentificationList()

