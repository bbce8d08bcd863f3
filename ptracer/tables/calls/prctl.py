"""The system call prctl: the meaning of the arguments is the option's. Source: prctl(2)."""

from __future__ import annotations

from ptracer.decode.expressions import this
from ptracer.decode.types import (
    CString,
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
PR_MCE_KILL_SET, PR_CAP_AMBIENT_CLEAR_ALL, PR_SPEC_L1D_FLUSH, PR_SET_VMA_ANON_NAME = 1, 4, 2, 0
SECCOMP_MODE_DISABLED, SECCOMP_MODE_FILTER = 0, 2

def prctl(option: PrctlOption, arg2: HexLong, arg3: HexLong, arg4: HexLong, arg5: HexLong): ...
def prctl__PR_GET_KEEPCAPS(option: PrctlOption): ...


prctl__PR_GET_SECCOMP = prctl__PR_GET_TIMERSLACK = prctl__PR_GET_TIMING = prctl__PR_GET_KEEPCAPS
prctl__PR_TASK_PERF_EVENTS_DISABLE = prctl__PR_TASK_PERF_EVENTS_ENABLE = prctl__PR_GET_KEEPCAPS


def prctl__PR_SET_PDEATHSIG(option: PrctlOption, sig: WordSignal): ...
def prctl__PR_GET_PDEATHSIG(option: PrctlOption, sig: Out[Ptr[SignalNumber]]): ...
def prctl__PR_GET_DUMPABLE(option: PrctlOption) -> Noted(Dumpable): ...
def prctl__PR_SET_DUMPABLE(option: PrctlOption, dumpable: Dumpable): ...
def prctl__PR_GET_UNALIGN(option: PrctlOption, control: Out[Ptr[Unaligned]]): ...
def prctl__PR_SET_UNALIGN(option: PrctlOption, control: Unaligned): ...
def prctl__PR_GET_FPEMU(option: PrctlOption, value: Out[Ptr[UInt]]): ...
def prctl__PR_SET_KEEPCAPS(option: PrctlOption, value: ULong): ...


prctl__PR_GET_FPEXC = prctl__PR_GET_ENDIAN = prctl__PR_GET_CHILD_SUBREAPER = prctl__PR_GET_FPEMU
prctl__PR_SET_FPEMU = prctl__PR_SET_FPEXC = prctl__PR_SET_TIMING = prctl__PR_SET_ENDIAN = prctl__PR_SET_KEEPCAPS
prctl__PR_SET_CHILD_SUBREAPER = prctl__PR_SET_KEEPCAPS


def prctl__PR_SET_NAME(option: PrctlOption, name: ThreadName(15)): ...
def prctl__PR_GET_NAME(option: PrctlOption, name: Out[ThreadName(16)]): ...
def prctl__PR_SET_SECCOMP(
    option: PrctlOption,
    mode: SeccompMode,
    filter: sock_fprog = this.mode == SECCOMP_MODE_FILTER,
    arg3: Register[2, HexLong] = (this.mode == SECCOMP_MODE_DISABLED) | (this.mode > SECCOMP_MODE_FILTER),
    arg4: HexLong = (this.mode == SECCOMP_MODE_DISABLED) | (this.mode > SECCOMP_MODE_FILTER),
    arg5: HexLong = (this.mode == SECCOMP_MODE_DISABLED) | (this.mode > SECCOMP_MODE_FILTER),
): ...
def prctl__PR_CAPBSET_READ(option: PrctlOption, cap: Capability): ...


prctl__PR_CAPBSET_DROP = prctl__PR_CAPBSET_READ


def prctl__PR_GET_TSC(option: PrctlOption, state: Out[Ptr[TimeStampCounter]]): ...
def prctl__PR_SET_TSC(option: PrctlOption, state: TimeStampCounter): ...
def prctl__PR_GET_SECUREBITS(option: PrctlOption) -> Noted(SecureBits): ...
def prctl__PR_SET_SECUREBITS(option: PrctlOption, bits: SecureBits): ...
def prctl__PR_SET_TIMERSLACK(option: PrctlOption, slack: Long): ...
def prctl__PR_MCE_KILL(
    option: PrctlOption,
    action: MachineCheckOption,
    policy: MachineCheckPolicy = this.action == PR_MCE_KILL_SET,
    arg3: Register[2, HexLong] = this.action != PR_MCE_KILL_SET,
    arg4: HexLong = ALWAYS,
    arg5: HexLong = ALWAYS,
): ...
def prctl__PR_MCE_KILL_GET(
    option: PrctlOption, arg2: HexLong, arg3: HexLong, arg4: HexLong, arg5: HexLong
) -> Noted(MachineCheckPolicy): ...
def prctl__PR_SET_MM(option: PrctlOption, field: MapOption, addr: HexLong, arg4: HexLong, arg5: HexLong): ...
def prctl__PR_SET_NO_NEW_PRIVS(option: PrctlOption, value: ULong, arg3: HexLong, arg4: HexLong, arg5: HexLong): ...


prctl__PR_SET_THP_DISABLE = prctl__PR_SET_IO_FLUSHER = prctl__PR_SET_NO_NEW_PRIVS


def prctl__PR_GET_TID_ADDRESS(option: PrctlOption, addrp: Out[Ptr[Pointer]]): ...
def prctl__PR_GET_FP_MODE(option: PrctlOption) -> Noted(FloatingPointMode): ...
def prctl__PR_SET_FP_MODE(option: PrctlOption, mode: FloatingPointMode): ...
def prctl__PR_CAP_AMBIENT(
    option: PrctlOption,
    action: AmbientOption,
    cap: Capability = (this.action > 0) & (this.action < PR_CAP_AMBIENT_CLEAR_ALL),
    arg3: Register[2, HexLong] = (this.action == 0) | (this.action >= PR_CAP_AMBIENT_CLEAR_ALL),
    arg4: HexLong = ALWAYS,
    arg5: HexLong = ALWAYS,
): ...
def prctl__PR_GET_SPECULATION_CTRL(option: PrctlOption, misfeature: Speculation) -> Noted(SpeculationState): ...
def prctl__PR_SET_SPECULATION_CTRL(
    option: PrctlOption,
    misfeature: Speculation,
    value: SpeculationControl = this.misfeature <= PR_SPEC_L1D_FLUSH,
    arg3: Register[2, HexLong] = this.misfeature > PR_SPEC_L1D_FLUSH,
): ...
def prctl__PR_PAC_RESET_KEYS(option: PrctlOption, keys: PointerKeys, arg3: HexLong, arg4: HexLong, arg5: HexLong): ...
def prctl__PR_PAC_SET_ENABLED_KEYS(
    option: PrctlOption, keys: AddressKeys, enabled: AddressKeys, arg4: HexLong, arg5: HexLong
): ...
def prctl__PR_PAC_GET_ENABLED_KEYS(
    option: PrctlOption, arg2: HexLong, arg3: HexLong, arg4: HexLong, arg5: HexLong
) -> Noted(AddressKeys): ...
def prctl__PR_SET_SYSCALL_USER_DISPATCH(
    option: PrctlOption, mode: UserDispatch, offset: HexLong, size: HexLong, switch: Pointer
): ...
def prctl__PR_SCHED_CORE(option: PrctlOption, operation: CoreScheduling, pid: Pid, type: CoreScope, cookie: Pointer): ...
def prctl__PR_SET_MDWE(option: PrctlOption, bits: ExecuteGain, arg3: HexLong, arg4: HexLong, arg5: HexLong): ...
def prctl__PR_GET_MDWE(
    option: PrctlOption, arg2: HexLong, arg3: HexLong, arg4: HexLong, arg5: HexLong
) -> Noted(ExecuteGain): ...
def prctl__PR_RISCV_SET_ICACHE_FLUSH_CTX(option: PrctlOption, context: RiscvContext, scope: RiscvScope): ...
def prctl__PR_PPC_GET_DEXCR(
    option: PrctlOption, aspect: DexcrAspect, arg3: HexLong, arg4: HexLong, arg5: HexLong
) -> Noted(DexcrControl): ...
def prctl__PR_PPC_SET_DEXCR(
    option: PrctlOption, aspect: DexcrAspect, control: DexcrControl, arg4: HexLong, arg5: HexLong
): ...
def prctl__PR_SET_VMA(
    option: PrctlOption,
    attribute: VirtualMemoryArea,
    addr: Pointer,
    size: Size = this.attribute == PR_SET_VMA_ANON_NAME,
    name: CString = this.attribute == PR_SET_VMA_ANON_NAME,
    arg4: Register[3, HexLong] = this.attribute != PR_SET_VMA_ANON_NAME,
    arg5: HexLong = this.attribute != PR_SET_VMA_ANON_NAME,
): ...
def prctl__PR_SET_TAGGED_ADDR_CTRL(option: PrctlOption, control: TaggedAddress, arg3: HexLong, arg4: HexLong, arg5: HexLong): ...
def prctl__PR_GET_TAGGED_ADDR_CTRL(
    option: PrctlOption, arg2: HexLong, arg3: HexLong, arg4: HexLong, arg5: HexLong
) -> Noted(TaggedAddress, hexadecimal=True): ...
def prctl__PR_SVE_SET_VL(option: PrctlOption, length: ScalableVectorLength) -> Noted(ScalableVectorLength, hexadecimal=True): ...
def prctl__PR_SVE_GET_VL(option: PrctlOption) -> Noted(ScalableVectorLength, hexadecimal=True): ...
def prctl__PR_SME_SET_VL(option: PrctlOption, length: ScalableMatrixLength) -> Noted(ScalableMatrixLength, hexadecimal=True): ...
def prctl__PR_SME_GET_VL(option: PrctlOption) -> Noted(ScalableMatrixLength, hexadecimal=True): ...
def prctl__PR_RISCV_V_SET_CONTROL(option: PrctlOption, control: VectorControl): ...
def prctl__PR_RISCV_V_GET_CONTROL(option: PrctlOption) -> Noted(VectorControl, hexadecimal=True): ...
def prctl__PR_SET_PTRACER(option: PrctlOption, pid: Ptracer): ...
