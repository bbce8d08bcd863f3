"""Words of BPF. Source: bpf(2), linux/bpf.h, linux/filter.h, Documentation/bpf/classic_vs_extended.rst."""

from __future__ import annotations

from collections.abc import Callable

from ptracer.decode.types import Integer
from ptracer.decode.values import Annotated, Applied, Explained, Hex, Joined, Meant, Symbol, Value
from ptracer.decode.words import Enum, Flags, Special, Word
from ptracer.tables.words.security import FilterAction

Command = Enum("bpf.commands", "BPF_???")
MapType = Enum("bpf.map_types", "BPF_MAP_TYPE_???")
ProgramType = Enum("bpf.program_types", "BPF_PROG_TYPE_???")
AttachType = Enum("bpf.attach_types", "BPF_???")
MapFlags = Flags("bpf.map_flags", "BPF_F_???")
ElementFlags = Flags("bpf.map_update_flags", "BPF_???", width=8)
LookupFlags = Flags("bpf.map_lookup_flags", "BPF_???", width=8)
ProgramFlags = Flags("bpf.program_flags", "BPF_F_???")
AttachFlags = Flags("bpf.attach_flags", "BPF_F_???")
QueryFlags = Flags("bpf.query_flags", "BPF_F_QUERY_???")
FileFlags = Flags("bpf.file_mode_flags", "BPF_F_???")
ObjectFlags = Flags("bpf.object_open_flags", "BPF_F_???")
TestFlags = Flags("bpf.test_run_flags", "BPF_F_TEST_???")
KprobeFlags = Flags("bpf.link_create_kprobe_flags", "BPF_F_KPROBE_MULTI_???")
UprobeFlags = Flags("bpf.link_create_uprobe_flags", "BPF_F_UPROBE_MULTI_???")
NetfilterFlags = Flags("bpf.netfilter_flags", "BPF_F_NETFILTER_???")
Statistics = Enum("bpf.statistics_types", "BPF_STATS_???")
DescriptorType = Enum("bpf.fd_types", "BPF_FD_TYPE_???")
RegisterNumber = Enum("bpf.registers", "BPF_REG_???")


def version_parts(number: int) -> list[int]:
    """Linux 5.4.3 as three numbers."""
    return [number >> 16, number >> 8 & 255, number & 255]


NumaNode = Integer(4, shape=lambda number: Explained(number, "NUMA_NO_NODE", str(number)) if number == 0xFFFFFFFF else number)
KernelVersion = Integer(4, shape=lambda number: Meant(Hex(number), Applied("KERNEL_VERSION", version_parts(number))))
Extra = Special(Integer(8), {0xFFFFFFFFFFFFFFFF: "UINT64_MAX"})

# --- instructions: the class of one says what its other bits mean

CLASS, SIZE, MODE, SOURCE, OPERATION, RETURNED, MISCELLANEOUS = 0x07, 0x18, 0xE0, 0x08, 0xF0, 0x18, 0xF8
BPF_LD, BPF_LDX, BPF_ST, BPF_STX, BPF_ALU, BPF_JMP, BPF_RET, BPF_MISC = range(8)
BPF_ABS, BPF_DW = 0x20, 0x18

Sizes = Enum("bpf.sizes", "BPF_???")
Modes = Enum("bpf.modes", "BPF_???")
ExtendedModes = Enum("bpf.ebpf_modes", "BPF_???")
Sources = Enum("bpf.sources", "BPF_???")
Arithmetic = Enum("bpf.alu_operations", "BPF_???")
Jumps = Enum("bpf.jump_operations", "BPF_???")
Returned = Enum("bpf.return_values", "BPF_???")
Miscellaneous = Enum("bpf.miscellaneous_operations", "BPF_???")

Parts = tuple[tuple[int, Word], ...]  # masks, and the names under them

LOADS: Parts = ((SIZE, Sizes), (MODE, Modes))
EXTENDED_LOADS: Parts = ((SIZE, Sizes), (MODE, ExtendedModes))
ARITHMETIC: Parts = ((SOURCE, Sources), (OPERATION, Arithmetic))
JUMPS: Parts = ((SOURCE, Sources), (OPERATION, Jumps))

CLASSIC: tuple[tuple[str, Parts], ...] = (
    ("BPF_LD", LOADS),
    ("BPF_LDX", LOADS),
    ("BPF_ST", ()),
    ("BPF_STX", ()),
    ("BPF_ALU", ARITHMETIC),
    ("BPF_JMP", JUMPS),
    ("BPF_RET", ((RETURNED, Returned),)),
    ("BPF_MISC", ((MISCELLANEOUS, Miscellaneous),)),
)
EXTENDED: tuple[tuple[str, Parts], ...] = (
    ("BPF_LD", EXTENDED_LOADS),
    ("BPF_LDX", EXTENDED_LOADS),
    ("BPF_ST", EXTENDED_LOADS),
    ("BPF_STX", EXTENDED_LOADS),
    ("BPF_ALU", ARITHMETIC),
    ("BPF_JMP", JUMPS),
    ("BPF_JMP32", ()),
    ("BPF_ALU64", ARITHMETIC),
)


def instruction_code(classes: tuple[tuple[str, Parts], ...]) -> Callable[[int], Value]:
    """A function that gives the code of an instruction by name: its class, then its parts."""

    def shape(number: int) -> Value:
        name, parts = classes[number & CLASS]
        values: list[Value] = [Symbol(number & CLASS, name)]
        known = CLASS
        for mask, word in parts:
            values.append(word.spell(number & mask))
            known |= mask
        # What loads and operations have besides means nothing.
        if number & ~known and len(parts) < 2:
            values.append(Annotated(Hex(number & ~known), "BPF_???"))
        return Joined(values)

    return shape


ClassicCode = Integer(2, shape=instruction_code(CLASSIC))
ExtendedCode = Integer(1, shape=instruction_code(EXTENDED))


def filtered(code: int, number: int) -> Value:
    """The operand of an instruction of a seccomp filter: what one that returns does to the call."""
    if code & CLASS != BPF_RET:
        return Hex(number)
    action, data = FilterAction.spell(number & 0xFFFF0000), number & 0xFFFF
    return Joined([action, Hex(data)]) if data else action


SKF_AD_OFF, SKF_NET_OFF, SKF_LL_OFF = 0xFFFFF000, 0xFFF00000, 0xFFE00000
Ancillary = Enum("bpf.ancillary_offsets", "SKF_AD_???")


def received(code: int, number: int) -> Value:
    """The operand of an instruction of a socket's filter: where one that loads finds what is no part of the packet."""
    if code & CLASS != BPF_LD or code & MODE != BPF_ABS or number < SKF_LL_OFF:
        return Hex(number)
    if number >= SKF_AD_OFF:
        return Joined([Symbol(SKF_AD_OFF, "SKF_AD_OFF"), Ancillary.spell(number - SKF_AD_OFF)], "+")
    base, name = (SKF_NET_OFF, "SKF_NET_OFF") if number >= SKF_NET_OFF else (SKF_LL_OFF, "SKF_LL_OFF")
    return Joined([Symbol(base, name), number - base], "+")

