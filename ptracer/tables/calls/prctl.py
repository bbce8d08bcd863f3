"""The system call prctl: the meaning of the arguments is the option's. Source: prctl(2)."""

from __future__ import annotations

from ptracer.decode.expressions import this
from ptracer.decode.types import (
    CString,
    Hex64,
    HexLong,
    Long,
    Out,
    Pid,
    Pointer,
    Ptr,
    Register,
    Size,
    UInt,
    ULong,
)
from ptracer.tables.structs.bpf import sock_fprog
from ptracer.tables.structs.process import (
    ThreadName,
)
from ptracer.tables.words.prctl import (
    AddressKeys,
    AmbientOption,
    CoreScheduling,
    CoreScope,
    DexcrAspect,
    DexcrControl,
    Dumpable,
    ExecuteGain,
    FloatingPointMode,
    MachineCheckOption,
    MachineCheckPolicy,
    MapOption,
    PointerKeys,
    PrctlOption,
    Ptracer,
    RiscvContext,
    RiscvScope,
    ScalableMatrixLength,
    ScalableVectorLength,
    SeccompMode,
    SecureBits,
    Speculation,
    SpeculationControl,
    SpeculationState,
    TaggedAddress,
    TimeStampCounter,
    Unaligned,
    UserDispatch,
    VectorControl,
    VirtualMemoryArea,
)
from ptracer.tables.words.process import (
    Capability,
    Noted,
)
from ptracer.tables.words.signals import SignalNumber, WordSignal

ALWAYS = 1  # the condition of an argument that comes after conditional ones
PR_MCE_KILL_SET, PR_CAP_AMBIENT_CLEAR_ALL, PR_SPEC_L1D_FLUSH, PR_SCHED_CORE_GET, PR_SET_VMA_ANON_NAME = 1, 4, 2, 0, 0
SECCOMP_MODE_DISABLED, SECCOMP_MODE_FILTER = 0, 2

def prctl(op: PrctlOption, arg2: HexLong, arg3: HexLong, arg4: HexLong, arg5: HexLong): ...
def prctl__PR_GET_KEEPCAPS(op: PrctlOption): ...


prctl__PR_GET_SECCOMP = prctl__PR_GET_TIMERSLACK = prctl__PR_GET_TIMING = prctl__PR_GET_KEEPCAPS
prctl__PR_TASK_PERF_EVENTS_DISABLE = prctl__PR_TASK_PERF_EVENTS_ENABLE = prctl__PR_GET_KEEPCAPS


def prctl__PR_SET_PDEATHSIG(op: PrctlOption, sig: WordSignal): ...
def prctl__PR_GET_PDEATHSIG(op: PrctlOption, sig: Out[Ptr[SignalNumber]]): ...
def prctl__PR_GET_DUMPABLE(op: PrctlOption) -> Noted(Dumpable): ...
def prctl__PR_SET_DUMPABLE(op: PrctlOption, dumpable: Dumpable): ...
def prctl__PR_GET_UNALIGN(op: PrctlOption, flags: Out[Ptr[Unaligned]]): ...
def prctl__PR_SET_UNALIGN(op: PrctlOption, flags: Unaligned): ...
def prctl__PR_GET_FPEMU(op: PrctlOption, fpemu: Out[Ptr[UInt]]): ...
def prctl__PR_SET_FPEMU(op: PrctlOption, fpemu: ULong): ...
def prctl__PR_GET_FPEXC(op: PrctlOption, mode: Out[Ptr[UInt]]): ...
def prctl__PR_SET_FPEXC(op: PrctlOption, mode: ULong): ...
def prctl__PR_GET_ENDIAN(op: PrctlOption, endianness: Out[Ptr[UInt]]): ...
def prctl__PR_SET_ENDIAN(op: PrctlOption, endianness: ULong): ...
def prctl__PR_GET_CHILD_SUBREAPER(op: PrctlOption, isset: Out[Ptr[UInt]]): ...
def prctl__PR_SET_CHILD_SUBREAPER(op: PrctlOption, set: ULong): ...
def prctl__PR_SET_KEEPCAPS(op: PrctlOption, state: ULong): ...


prctl__PR_SET_TIMING = prctl__PR_SET_FPEXC


def prctl__PR_SET_NAME(op: PrctlOption, name: ThreadName(15)): ...
def prctl__PR_GET_NAME(op: PrctlOption, name: Out[ThreadName(16)]): ...
def prctl__PR_SET_SECCOMP(
    op: PrctlOption,
    mode: SeccompMode,
    filter: sock_fprog = this.mode == SECCOMP_MODE_FILTER,
    arg3: Register[2, HexLong] = (this.mode == SECCOMP_MODE_DISABLED) | (this.mode > SECCOMP_MODE_FILTER),
    arg4: HexLong = (this.mode == SECCOMP_MODE_DISABLED) | (this.mode > SECCOMP_MODE_FILTER),
    arg5: HexLong = (this.mode == SECCOMP_MODE_DISABLED) | (this.mode > SECCOMP_MODE_FILTER),
): ...
def prctl__PR_CAPBSET_READ(op: PrctlOption, cap: Capability): ...


prctl__PR_CAPBSET_DROP = prctl__PR_CAPBSET_READ


def prctl__PR_GET_TSC(op: PrctlOption, flag: Out[Ptr[TimeStampCounter]]): ...
def prctl__PR_SET_TSC(op: PrctlOption, flag: TimeStampCounter): ...
def prctl__PR_GET_SECUREBITS(op: PrctlOption) -> Noted(SecureBits): ...
def prctl__PR_SET_SECUREBITS(op: PrctlOption, flags: SecureBits): ...
def prctl__PR_SET_TIMERSLACK(op: PrctlOption, slack: Long): ...
def prctl__PR_MCE_KILL(
    op: PrctlOption,
    operation: MachineCheckOption,
    policy: MachineCheckPolicy = this.operation == PR_MCE_KILL_SET,
    arg3: Register[2, HexLong] = this.operation != PR_MCE_KILL_SET,
    arg4: HexLong = ALWAYS,
    arg5: HexLong = ALWAYS,
): ...
def prctl__PR_MCE_KILL_GET(
    op: PrctlOption, arg2: HexLong, arg3: HexLong, arg4: HexLong, arg5: HexLong
) -> Noted(MachineCheckPolicy): ...
def prctl__PR_SET_MM(op: PrctlOption, operation: MapOption, arg3: HexLong, arg4: HexLong, arg5: HexLong): ...
def prctl__PR_SET_NO_NEW_PRIVS(op: PrctlOption, set: ULong, arg3: HexLong, arg4: HexLong, arg5: HexLong): ...
def prctl__PR_SET_THP_DISABLE(op: PrctlOption, flag: ULong, arg3: HexLong, arg4: HexLong, arg5: HexLong): ...
def prctl__PR_SET_IO_FLUSHER(op: PrctlOption, state: ULong, arg3: HexLong, arg4: HexLong, arg5: HexLong): ...
def prctl__PR_GET_TID_ADDRESS(op: PrctlOption, addr: Out[Ptr[Pointer]]): ...
def prctl__PR_GET_FP_MODE(op: PrctlOption) -> Noted(FloatingPointMode): ...
def prctl__PR_SET_FP_MODE(op: PrctlOption, mode: FloatingPointMode): ...
def prctl__PR_CAP_AMBIENT(
    op: PrctlOption,
    operation: AmbientOption,
    caps: Capability = (this.operation > 0) & (this.operation < PR_CAP_AMBIENT_CLEAR_ALL),
    arg3: Register[2, HexLong] = (this.operation == 0) | (this.operation >= PR_CAP_AMBIENT_CLEAR_ALL),
    arg4: HexLong = ALWAYS,
    arg5: HexLong = ALWAYS,
): ...
def prctl__PR_GET_SPECULATION_CTRL(op: PrctlOption, misfeature: Speculation) -> Noted(SpeculationState): ...
def prctl__PR_SET_SPECULATION_CTRL(
    op: PrctlOption,
    misfeature: Speculation,
    value: SpeculationControl = this.misfeature <= PR_SPEC_L1D_FLUSH,
    value_: Register[2, HexLong] = this.misfeature > PR_SPEC_L1D_FLUSH,
): ...
def prctl__PR_PAC_RESET_KEYS(op: PrctlOption, keys: PointerKeys, arg3: HexLong, arg4: HexLong, arg5: HexLong): ...
def prctl__PR_PAC_SET_ENABLED_KEYS(
    op: PrctlOption, bitmask_affected: AddressKeys, bitmask_set: AddressKeys, arg4: HexLong, arg5: HexLong
): ...
def prctl__PR_PAC_GET_ENABLED_KEYS(
    op: PrctlOption, arg2: HexLong, arg3: HexLong, arg4: HexLong, arg5: HexLong
) -> Noted(AddressKeys): ...
def prctl__PR_SET_SYSCALL_USER_DISPATCH(
    op: PrctlOption, operation: UserDispatch, off: HexLong, size: HexLong, switch: Pointer
): ...
def prctl__PR_SCHED_CORE(
    op: PrctlOption,
    operation: CoreScheduling,
    pid: Pid,
    pid_type: CoreScope,
    cookie: Out[Ptr[Hex64]] = this.operation == PR_SCHED_CORE_GET,
    arg5: Register[4, Pointer] = this.operation != PR_SCHED_CORE_GET,
): ...
def prctl__PR_SET_MDWE(op: PrctlOption, mask: ExecuteGain, arg3: HexLong, arg4: HexLong, arg5: HexLong): ...
def prctl__PR_GET_MDWE(
    op: PrctlOption, arg2: HexLong, arg3: HexLong, arg4: HexLong, arg5: HexLong
) -> Noted(ExecuteGain): ...
def prctl__PR_RISCV_SET_ICACHE_FLUSH_CTX(op: PrctlOption, ctx: RiscvContext, scope: RiscvScope): ...
def prctl__PR_PPC_GET_DEXCR(
    op: PrctlOption, which: DexcrAspect, arg3: HexLong, arg4: HexLong, arg5: HexLong
) -> Noted(DexcrControl): ...
def prctl__PR_PPC_SET_DEXCR(
    op: PrctlOption, which: DexcrAspect, ctrl: DexcrControl, arg4: HexLong, arg5: HexLong
): ...
def prctl__PR_SET_VMA(
    op: PrctlOption,
    attr: VirtualMemoryArea,
    addr: Pointer = this.attr == PR_SET_VMA_ANON_NAME,
    size: Size = this.attr == PR_SET_VMA_ANON_NAME,
    name: CString = this.attr == PR_SET_VMA_ANON_NAME,
    arg3: Register[2, Pointer] = this.attr != PR_SET_VMA_ANON_NAME,
    arg4: HexLong = this.attr != PR_SET_VMA_ANON_NAME,
    arg5: HexLong = this.attr != PR_SET_VMA_ANON_NAME,
): ...
def prctl__PR_SET_TAGGED_ADDR_CTRL(op: PrctlOption, mode: TaggedAddress, arg3: HexLong, arg4: HexLong, arg5: HexLong): ...
def prctl__PR_GET_TAGGED_ADDR_CTRL(
    op: PrctlOption, arg2: HexLong, arg3: HexLong, arg4: HexLong, arg5: HexLong
) -> Noted(TaggedAddress, hexadecimal=True): ...
def prctl__PR_SVE_SET_VL(op: PrctlOption, value: ScalableVectorLength) -> Noted(ScalableVectorLength, hexadecimal=True): ...
def prctl__PR_SVE_GET_VL(op: PrctlOption) -> Noted(ScalableVectorLength, hexadecimal=True): ...
def prctl__PR_SME_SET_VL(op: PrctlOption, arg: ScalableMatrixLength) -> Noted(ScalableMatrixLength, hexadecimal=True): ...
def prctl__PR_SME_GET_VL(op: PrctlOption) -> Noted(ScalableMatrixLength, hexadecimal=True): ...
def prctl__PR_RISCV_V_SET_CONTROL(op: PrctlOption, arg: VectorControl): ...
def prctl__PR_RISCV_V_GET_CONTROL(op: PrctlOption) -> Noted(VectorControl, hexadecimal=True): ...
def prctl__PR_SET_PTRACER(op: PrctlOption, pid: Ptracer): ...
