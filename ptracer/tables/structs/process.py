"""Structures of processes. Source: clone(2), getrusage(2), getrlimit(2), sched_setattr(2), sysinfo(2), rseq(2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ptracer.decode.expressions import bind, this
from ptracer.decode.structs import Struct
from ptracer.decode.types import (
    Address64,
    Array,
    Byte,
    Fetcher,
    Hex64,
    HexByte,
    HexInt,
    HexShort,
    InlineString,
    Int,
    Integer,
    KernelULong,
    Layout,
    Length,
    Loader,
    Pid,
    Provided,
    Ptr64,
    Target_,
    UInt,
    UInt64,
    UShort,
    length_source,
)
from ptracer.decode.values import Effect, Fields, Joined, Sequence, Symbol, Text, Value
from ptracer.errors import Fault
from ptracer.hints import Any
from ptracer.plans import BYTES, CONSTANT, STRING, Step
from ptracer.regs import ABI
from ptracer.tables.structs.signals import ticks
from ptracer.tables.structs.time import timeval
from ptracer.tables.words.process import (
    AttributePolicy,
    CapabilityVersion,
    Clone3Flags,
    CriticalSectionFlags,
    Futex2Flags,
    HighCapabilities,
    LowCapabilities,
    RseqCpu,
    SchedulingFlags,
)
from ptracer.tables.words.signals import LongSignal

CLONE_PIDFD, CLONE_SETTLS, CLONE_PARENT_SETTID = 0x1000, 0x80000, 0x100000
CLONE_CHILD_CLEARTID, CLONE_CHILD_SETTID, CLONE_INTO_CGROUP = 0x200000, 0x1000000, 0x200000000
MAX_PID_NS_LEVEL = 32  # process id namespaces inside each other
SCHED_FLAG_KEEP_POLICY, SCHED_FLAG_KEEP_PARAMS = 0x8, 0x10

Pairs = list[tuple[str, Value]]


class clone_args(Struct):
    flags: Clone3Flags
    pidfd: Address64 = this.flags & CLONE_PIDFD
    child_tid: Address64 = this.flags & (CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID)
    parent_tid: Address64 = this.flags & CLONE_PARENT_SETTID
    exit_signal: LongSignal
    stack: Address64
    stack_size: Hex64
    tls: Hex64 = this.flags & CLONE_SETTLS
    set_tid: Ptr64[Provided[Array[Int, this.set_tid_size], (this.set_tid_size > 0) & (this.set_tid_size <= MAX_PID_NS_LEVEL)]] = this.set_tid | this.set_tid_size
    set_tid_size: UInt64 = this.set_tid | this.set_tid_size
    cgroup: UInt64 = (this.flags & CLONE_INTO_CGROUP) | this.cgroup


class clone_effects(Struct):
    """What clone3 has written where its arguments said."""

    _flags: UInt64
    pidfd: Ptr64[Int] = this._flags & CLONE_PIDFD
    _child_tid: UInt64
    parent_tid: Ptr64[Int] = this._flags & CLONE_PARENT_SETTID


class rusage(Struct):
    ru_utime: timeval
    ru_stime: timeval
    ru_maxrss: KernelULong
    ru_ixrss: KernelULong
    ru_idrss: KernelULong
    ru_isrss: KernelULong
    ru_minflt: KernelULong
    ru_majflt: KernelULong
    ru_nswap: KernelULong
    ru_inblock: KernelULong
    ru_oublock: KernelULong
    ru_msgsnd: KernelULong
    ru_msgrcv: KernelULong
    ru_nsignals: KernelULong
    ru_nvcsw: KernelULong
    ru_nivcsw: KernelULong
    brief = ("ru_utime", "ru_stime")


def limit_shape(infinity: int, name: str) -> Callable[[int], Value]:
    """Limits are often whole kilobytes, and often none."""
    endless = Symbol(infinity, name, str(infinity))

    def shape(number: int) -> Value:
        if number == infinity:
            return endless
        if number > 1024 and number % 1024 == 0:
            return Symbol(number, f"{number // 1024}*1024", str(number))
        return number

    return shape


Limit64 = Integer(8, shape=limit_shape((1 << 64) - 1, "RLIM64_INFINITY"))


class LimitWord(type(KernelULong)):
    """A limit of getrlimit."""

    def value(self, layout: Layout) -> Callable[[int], Value]:
        size = layout.abi.register_size
        return limit_shape((1 << 8 * size) - 1, "RLIM64_INFINITY" if size == 8 else "RLIM_INFINITY")


Limit = LimitWord()


class rlimit(Struct):
    rlim_cur: Limit
    rlim_max: Limit


class rlimit64(Struct):
    rlim_cur: Limit64
    rlim_max: Limit64


class Padding(Target_):
    """Bytes at the end of a structure, so many that ``length(abi)`` says."""

    def __init__(self, length: Callable[[ABI], int]) -> None:
        self.length = length

    def size(self, abi: ABI) -> int:
        return self.length(abi)

    def alignment(self, abi: ABI) -> int:
        return 1

    def loader(self, layout: Layout) -> Loader:
        return lambda scope, data, offset: 0


class TicksWord(type(KernelULong)):
    """Clock ticks."""

    def value(self, layout: Layout) -> Callable[[int], Value]:
        return ticks


Ticks = TicksWord()


class tms(Struct):
    tms_utime: Ticks
    tms_stime: Ticks
    tms_cutime: Ticks
    tms_cstime: Ticks


class sysinfo(Struct):
    uptime: KernelULong
    loads: Array[KernelULong, 3]
    totalram: KernelULong
    freeram: KernelULong
    sharedram: KernelULong
    bufferram: KernelULong
    totalswap: KernelULong
    freeswap: KernelULong
    procs: UShort
    _pad: UShort
    totalhigh: KernelULong
    freehigh: KernelULong
    mem_unit: UInt
    _unused: Padding(lambda abi: 20 - 2 * abi.register_size - 4)


class utsname(Struct):
    sysname: InlineString[65]
    nodename: InlineString[65]
    release: InlineString[65]
    version: InlineString[65]
    machine: InlineString[65]
    domainname: InlineString[65]
    brief = ("sysname", "nodename")


class sched_param(Struct):
    sched_priority: Int


class sched_attr(Struct):
    size: UInt
    sched_policy: AttributePolicy = ((this.sched_flags & (SCHED_FLAG_KEEP_POLICY | SCHED_FLAG_KEEP_PARAMS)) == 0) | (
        this.sched_policy >> 31
    )
    sched_flags: SchedulingFlags
    sched_nice: Int = (this.sched_flags & SCHED_FLAG_KEEP_PARAMS) == 0
    sched_priority: UInt = (this.sched_flags & SCHED_FLAG_KEEP_PARAMS) == 0
    sched_runtime: UInt64 = (this.sched_flags & SCHED_FLAG_KEEP_PARAMS) == 0
    sched_deadline: UInt64 = (this.sched_flags & SCHED_FLAG_KEEP_PARAMS) == 0
    sched_period: UInt64 = (this.sched_flags & SCHED_FLAG_KEEP_PARAMS) == 0
    sched_util_min: UInt = ((this.sched_flags & SCHED_FLAG_KEEP_PARAMS) == 0) & (this.size >= 56)
    sched_util_max: UInt = ((this.sched_flags & SCHED_FLAG_KEEP_PARAMS) == 0) & (this.size >= 56)


class SchedulingAttributes(Target_):
    """``SchedulingAttributes(this.size)``: as much of sched_attr as there is; it says so itself, and the call may too.

    A size of zero is that of the first version.
    """

    FIRST, WHOLE = 48, 56

    def __init__(self, length: Length | None = None) -> None:
        self.length = length

    def fetcher(self, layout: Layout) -> Fetcher:
        length = bind(self.length, layout.names) if self.length is not None else None
        load = sched_attr.as_type().loader(layout)

        def fetch(scope: Any, address: int) -> Value:
            own = int.from_bytes(scope.read(address, 4), "little")
            size = length(scope) if length is not None else own or self.FIRST
            if not size:
                raise Fault(address)
            if size < self.FIRST:
                return Fields([("size", own)])
            data = scope.read(address, min(size, self.WHOLE))
            value = load(scope, data.ljust(self.WHOLE, b"\0"), 0)
            return Fields(value.pairs, length is None and size > self.WHOLE)

        return fetch

    def steps(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        return [Step(BYTES, argument, CONSTANT, size) for size in (4, self.FIRST, self.WHOLE)]


class cap_user_header(Struct):
    version: CapabilityVersion
    pid: Pid


class CapabilityData(Target_):
    """Three sets of capabilities, of 32 bits each in version 1, of two such halves later. Source: capget(2)."""

    HEADER = this.hdrp
    TWO_HALVES = (0x20071026, 0x20080522)

    def fetcher(self, layout: Layout) -> Fetcher:
        header = bind(self.HEADER, layout.names)

        def fetch(scope: Any, address: int) -> Value:
            version = int.from_bytes(scope.read_some(header(scope), 4), "little")
            halves = 2 if version in self.TWO_HALVES else 1
            data = scope.read(address, 12 * halves)
            words = [int.from_bytes(data[i : i + 4], "little") for i in range(0, len(data), 4)]
            return Fields(
                [
                    (name, capability_set(words[i], words[i + 3] if halves == 2 else 0))
                    for i, name in enumerate(("effective", "permitted", "inheritable"))
                ]
            )

        return fetch

    def steps(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        return [Step(BYTES, argument, CONSTANT, 12), Step(BYTES, argument, CONSTANT, 24)]


def capability_set(low: int, high: int) -> Value:
    """The lower half is left out when only the higher has members."""
    if not high:
        return LowCapabilities.spell(low)
    if not low:
        return HighCapabilities.spell(high)
    return Joined([LowCapabilities.spell(low), HighCapabilities.spell(high)])


cap_user_data = CapabilityData()


class CpuSet(Target_):
    """``CpuSet[this.cpusetsize]``: processors by number, as many as the C library's cpu_set_t has."""

    LONGEST = 128

    def __init__(self, length: Length) -> None:
        self.length = length

    def __class_getitem__(cls, length: Length) -> CpuSet:
        return cls(length)

    def fetcher(self, layout: Layout) -> Fetcher:
        length = bind(self.length, layout.names)

        def fetch(scope: Any, address: int) -> Value:
            size = length(scope)
            bits = int.from_bytes(scope.read(address, min(size, self.LONGEST)), "little")
            numbers: list[Value] = []
            while bits:
                lowest = bits & -bits
                numbers.append(lowest.bit_length() - 1)
                bits ^= lowest
            return Sequence(numbers, size > self.LONGEST, separator=" ")

        return fetch

    def steps(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        source = length_source(self.length, positions)
        return source and [Step(BYTES, argument, *source, 1, self.LONGEST)]


RESERVED = {"reserved": "__reserved"}  # the kernel's name of a field that means nothing; underscores would hide it


class futex_waitv(Struct):
    names = RESERVED

    val: Hex64
    uaddr: Address64
    flags: Futex2Flags
    reserved: HexInt = this.reserved


class slice_ctrl(Struct):
    names = RESERVED

    request: Byte
    granted: Byte
    reserved: HexShort


class rseq(Struct):
    names = RESERVED

    cpu_id_start: UInt
    cpu_id: RseqCpu
    rseq_cs: Address64
    flags: CriticalSectionFlags
    node_id: UInt
    mm_cid: UInt
    slice_ctrl: slice_ctrl
    reserved: HexByte


class RseqArea(Target_):
    """``RseqArea[this.rseq_len]``: what kernel and thread share; the kernel wants it aligned. It may grow."""

    KNOWN = 32

    def __init__(self, length: Length) -> None:
        self.length = length

    def __class_getitem__(cls, length: Length) -> RseqArea:
        return cls(length)

    def fetcher(self, layout: Layout) -> Fetcher:
        length = bind(self.length, layout.names)
        kind = rseq.as_type()
        load, whole = kind.loader(layout), kind.size(layout.abi)

        def fetch(scope: Any, address: int) -> Value:
            size = length(scope)
            if size < self.KNOWN or address % self.KNOWN:
                raise Fault(address)
            data = scope.read(address, min(size, self.KNOWN + 1))
            return load(scope, data.ljust(whole, b"\0"), 0)

        return fetch

    def steps(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        source = length_source(self.length, positions)
        return source and [Step(BYTES, argument, *source, 1, self.KNOWN + 1)]


class ThreadName(Target_):
    """``ThreadName(15)``: a string of which the kernel looks at so many bytes."""

    always_followed = True

    def __init__(self, most: int) -> None:
        self.most = most

    def fetcher(self, layout: Layout) -> Fetcher:
        most, limit = self.most, layout.string_limit

        def fetch(scope: Any, address: int) -> Value:
            text, end, _ = scope.read_string(address, most).partition(b"\0")
            if not end and len(text) < most:
                raise Fault(address)
            return Text(text[:limit], not end or len(text) > limit)

        return fetch

    def steps(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        return [Step(STRING, argument, limit=self.most)]


class kcmp_epoll_slot(Struct):
    efd: Int
    tfd: Int
    toff: UInt


class CloneEffects(Target_):
    """``=> {pidfd=[3], parent_tid=[123]}``: shown after the arguments, when the call has returned."""

    def fetcher(self, layout: Layout) -> Fetcher:
        fetch = clone_effects.as_type().fetcher(layout)
        return lambda scope, address: Effect(fetch(scope, address))


Effects = CloneEffects()
