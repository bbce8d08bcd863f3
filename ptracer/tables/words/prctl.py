"""Words of prctl and arch_prctl. Source: prctl(2), the PR_ pages it names, arch_prctl(2), linux/prctl.h."""

from __future__ import annotations

from collections.abc import Callable

from ptracer.decode.types import Integer
from ptracer.decode.values import Explained, Symbol, Unknown, Value
from ptracer.decode.words import Constants, Enum, Flags, group

PrctlOption = Enum("process.prctl_options", "PR_???")
MachineCheckOption = Enum("process.prctl_mce_options", "PR_MCE_KILL_???", width=0)
MachineCheckPolicy = Enum("process.prctl_mce_policies", "PR_MCE_KILL_???", width=0)
MapOption = Enum("process.prctl_map_options", "PR_SET_MM_???")
Dumpable = Enum("process.prctl_dumpable", "SUID_DUMP_???", width=0)
TimeStampCounter = Enum("process.prctl_tsc", "PR_TSC_???")
Unaligned = Flags("process.prctl_unaligned", "PR_UNALIGN_???")
FloatingPointMode = Flags("process.prctl_floating_point_mode", "PR_FP_MODE_???")
AmbientOption = Enum("process.prctl_capability_ambient", "PR_CAP_AMBIENT_???", width=0)
Speculation = Enum("process.prctl_speculation_features", "PR_SPEC_???", width=0)
SpeculationState = Flags("process.prctl_speculation_get", "PR_SPEC_???", width=0)
SpeculationControl = Enum("process.prctl_speculation_set", "PR_SPEC_???", width=0)
UserDispatch = Enum("process.prctl_user_dispatch", "PR_SYS_DISPATCH_???", width=0)
Ptracer = Enum("process.prctl_ptracer", None, signed=True, decimal=True)
CoreScheduling = Enum("process.prctl_core_scheduling", "PR_SCHED_CORE_???")
SecureBits = Flags("process.secure_bits", "SECBIT_???", width=0)
PointerKeys = Flags("process.prctl_pointer_keys", "PR_PAC_???", width=0)
AddressKeys = Flags("process.prctl_address_keys", "PR_PAC_???", width=0)
ExecuteGain = Flags("process.prctl_execute_gain", "PR_MDWE_???")
VirtualMemoryArea = Enum("process.prctl_virtual_memory_area", "PR_SET_VMA_???", width=0)
RiscvContext = Enum("process.prctl_riscv_contexts", "PR_RISCV_CTX_???", width=0)
RiscvScope = Enum("process.prctl_riscv_scopes", "PR_RISCV_SCOPE_???", width=0)
DexcrAspect = Enum("process.prctl_dexcr_aspects", "PR_PPC_DEXCR_???", width=0)
DexcrControl = Flags("process.prctl_dexcr_controls", "PR_PPC_DEXCR_CTRL_???", width=0)
ArchPrctlOption = Enum("process.arch_prctl_options", "ARCH_???")
SeccompMode = Enum("security.seccomp_modes", "SECCOMP_MODE_???", width=0)


def vector_length(flags: Flags) -> Callable[[int], Value]:
    """The length of a vector register in the low bits, with flags above. Source: Documentation/arch/arm64/sve.rst."""

    def shape(number: int) -> Value:
        length = f"{number & 0xFFFF:#x}" if number & 0xFFFF else "0"
        return Symbol(number, f"{flags.spell(number & ~0xFFFF).text}|{length}" if number & ~0xFFFF else length)

    return shape


ScalableVectorLength = Integer(0, shape=vector_length(Flags("process.prctl_scalable_vector", None, width=0)))
ScalableMatrixLength = Integer(0, shape=vector_length(Flags("process.prctl_scalable_matrix", None, width=0)))

TAG_SHIFT, TAG_BITS, CHECK_MASK = 3, 0xFFFF, 6


def tagged_address(number: int) -> Symbol:
    """How addresses with tags are checked. Source: Documentation/arch/arm64/memory-tagging-extension.rst."""
    checks = {0: "PR_MTE_TCF_NONE", 2: "PR_MTE_TCF_SYNC", 4: "PR_MTE_TCF_ASYNC", CHECK_MASK: "PR_MTE_TCF_MASK"}
    parts = ["PR_TAGGED_ADDR_ENABLE" if number & 1 else "!PR_TAGGED_ADDR_ENABLE", checks[number & CHECK_MASK]]
    tags, rest = number >> TAG_SHIFT & TAG_BITS, number & ~(TAG_BITS << TAG_SHIFT | 7)
    if tags:
        parts.append(f"{tags:#x}<<PR_MTE_TAG_SHIFT")
    if rest:
        parts.append(f"{rest:#x}")
    return Symbol(number, "|".join(parts))


TaggedAddress = Integer(0, shape=tagged_address)


def vector_control(number: int) -> Symbol:
    """Whether vectors may be used now and after execve. Source: Documentation/arch/riscv/vector.rst."""
    states = {value: name for name, value in group("process.prctl_vector_state").items()}
    now, later = number & 3, number >> 2 & 3
    inherited = "PR_RISCV_V_VSTATE_CTRL_INHERIT" if number & 16 else "!PR_RISCV_V_VSTATE_CTRL_INHERIT"
    parts = [states.get(now, f"{now:#x}"), f"{states.get(later, f'{later:#x}')}<<2", inherited]
    if number & ~31:
        parts.append(f"{number & ~31:#x}")
    return Symbol(number, "|".join(parts))


VectorControl = Integer(0, shape=vector_control)


def core_scope(number: int) -> Value:
    """Which processes share the cookie: the kernel's ``enum pid_type``, which no header of programs has."""
    names = {0: "PIDTYPE_PID", 1: "PIDTYPE_TGID", 2: "PIDTYPE_PGID", 3: "PIDTYPE_SID"}
    return Explained(number, names.get(number, "PIDTYPE_???"), f"{number:#x}" if number else "0")


CoreScope = Integer(4, shape=core_scope)


class FeatureWord(Flags):
    """Parts of the processor's state as bits."""

    def __init__(self) -> None:
        super().__init__({}, None, width=8)

    @property
    def constants(self) -> Constants:
        single = {f"XFEATURE_MASK_{name.removeprefix('XFEATURE_')}": 1 << bit for name, bit in group("process.xfeatures").items()}
        return {"XFEATURE_MASK_FPSSE": 3, "XFEATURE_MASK_AVX512": 0xE0, "XFEATURE_MASK_XTILE": 0x60000, **single}


def features(number: int) -> Value:
    """Parts of the processor's state: the number first."""
    known = FeatureFlags.spell(number)
    text = "XFEATURE_MASK_???" if isinstance(known, Unknown) else known.text
    return Explained(number, text, f"{number:#x}") if number else 0


FeatureFlags = FeatureWord()
Features = Integer(8, shape=features)


def feature(number: int) -> Value:
    """One part of the processor's state: its number first."""
    name = next((name for name, value in group("process.xfeatures").items() if value == number), "XFEATURE_???")
    return Explained(number, name, f"{number:#x}" if number else "0")


Feature = Integer(0, shape=feature)
