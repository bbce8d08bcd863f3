"""Processes and memory. Source: ioctl_nsfs(2), ioctl_pidfd(2), seccomp_unotify(2), perf_event_open(2), random(4), linux/counter.h."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ptracer.decode.expressions import Expression, this
from ptracer.decode.structs import Struct, StructScope, StructType
from ptracer.decode.types import (
    Array,
    Byte,
    Bytes,
    Fd,
    Hex64,
    HexInt,
    Int,
    Int64,
    Integer,
    Layout,
    Pid,
    PointerTo,
    UInt,
    UInt64,
)
from ptracer.decode.values import Fields, Sequence, Symbol, Value
from ptracer.errors import Fault
from ptracer.hints import Any
from ptracer.plans import BYTES, CONSTANT, Step
from ptracer.tables.constants.errors import ERRNO
from ptracer.tables.structs.ioctl.exchange import Address64, Counted, Tailed, answered, counted_array
from ptracer.tables.structs.signals import AuditArchitecture, system_call
from ptracer.tables.words.devices import (
    CoreDumpState,
    CounterComponent,
    CounterEvent,
    CounterScope,
    DescriptorFlags,
    NotificationDescriptorFlags,
    NotificationFlags,
    ProcessInformation,
    UdmabufFlags,
)
from ptracer.tables.words.process import wait_status
from ptracer.tables.words.signals import SignalNumber

Pairs = list[tuple[str, Value]]


def user(number: int) -> Value:
    """A user or group; all ones is nobody."""
    return -1 if number == 0xFFFFFFFF else number


UserId = Integer(4, shape=user)


class mnt_ns_info(Struct):
    size: UInt
    nr_mounts: UInt
    mnt_ns_id: Hex64


PID, CREDENTIALS, CGROUP, EXIT, COREDUMP, SUPPORTED, COREDUMP_SIGNAL, COREDUMP_CODE = (1 << bit for bit in range(8))  # PIDFD_INFO_*


def told(part: int) -> Expression:
    """Whether the kernel has told this part of what is known."""
    return answered & ((this.mask & part) != 0)


class pidfd_info(Struct):
    """What is known of a process; ``mask`` says of which parts."""

    order = (
        "mask", "cgroupid", "pid", "tgid", "ppid", "ruid", "rgid", "euid", "egid", "suid", "sgid", "fsuid", "fsgid",
        "exit_code", "coredump_mask", "coredump_signal", "coredump_code", "supported_mask",
    )  # fmt: skip

    mask: ProcessInformation
    cgroupid: UInt64 = told(CGROUP)
    pid: Pid = told(PID)
    tgid: Pid = told(PID)
    ppid: Pid = told(PID)
    ruid: UserId = told(CREDENTIALS)
    rgid: UserId = told(CREDENTIALS)
    euid: UserId = told(CREDENTIALS)
    egid: UserId = told(CREDENTIALS)
    suid: UserId = told(CREDENTIALS)
    sgid: UserId = told(CREDENTIALS)
    fsuid: UserId = told(CREDENTIALS)
    fsgid: UserId = told(CREDENTIALS)
    exit_code: Integer(4, signed=True, shape=lambda status: Sequence([wait_status(status)])) = told(EXIT)
    coredump_mask: CoreDumpState = told(COREDUMP)
    coredump_signal: SignalNumber = told(COREDUMP_SIGNAL)
    coredump_code: UInt = told(COREDUMP_CODE)
    _coredump_pad: UInt
    supported_mask: ProcessInformation = told(SUPPORTED)


class GrowingInformation(StructType):
    """As much of it as the command says that there is room for; only the mask where the rest cannot be read."""

    FIRST, MASK = 64, 8  # bytes of the first version, and of the mask

    def __init__(self) -> None:
        super().__init__(pidfd_info)

    def fetcher(self, layout: Layout) -> Callable[[Any, int], Value]:
        load, (offsets, whole, _) = self.loader(layout), self.place(layout.abi)
        ends = {field.name: offsets[field.name] + field.type.size(layout.abi) for field in self.fields}

        def fetch(scope: Any, address: int) -> Value:
            size = scope.args[1] >> 16 & 0x3FFF
            if size < self.FIRST:
                raise Fault(address)
            known = min(size, whole)
            data = scope.read_some(address, known)
            if len(data) < known:
                data = scope.read(address, self.MASK)
            value = load(scope, data.ljust(whole, b"\0"), 0)
            return Fields([(name, one) for name, one in value.pairs if ends[name] <= len(data)])

        return fetch


Information = GrowingInformation()


class seccomp_data(Struct):
    nr: Int
    arch: AuditArchitecture
    instruction_pointer: Address64
    args: Array[Hex64, 6]

    @classmethod
    def shown(cls, pairs: Pairs, scope: StructScope) -> Pairs:
        return [("nr", system_call(scope.numbers["nr"] & 0xFFFFFFFF, scope.numbers["arch"], scope.call.abi)), *pairs[1:]]


class seccomp_notif(Struct):
    id: Hex64
    pid: Pid
    flags: HexInt
    data: seccomp_data


def negative_error(number: int) -> Value:
    """A number below zero that is an errno."""
    known = ERRNO.get(-number)
    return Symbol(number, f"-{known[0]}", str(number)) if known else number


class seccomp_notif_resp(Struct):
    id: Hex64
    val: Int64
    error: Integer(4, signed=True, shape=negative_error)
    flags: NotificationFlags


class seccomp_notif_addfd(Struct):
    id: Hex64
    flags: NotificationDescriptorFlags
    srcfd: Fd
    newfd: Fd
    newfd_flags: DescriptorFlags


class query_bpf(Struct):
    """How many programs there is room for, and how many there are; their numbers follow."""

    ids_len: UInt
    prog_cnt: UInt


class QueriedPrograms(Tailed):
    """The numbers of the programs that are attached to an event."""

    def __init__(self) -> None:
        super().__init__(query_bpf, "ids", UInt, "prog_cnt")

    def fetcher(self, layout: Layout) -> Callable[[Any, int], Value]:
        array = counted_array(UInt, layout)

        def fetch(scope: Any, address: int) -> Value:
            data = scope.read(address, 4)
            room = int.from_bytes(data, "little")
            if scope.error:
                return Fields([("ids_len", room)], True)
            count = int.from_bytes(scope.read(address + 4, 4), "little")
            return Fields([("ids_len", room), ("prog_cnt", count), ("ids", array(scope, address + 8, count))])

        return fetch


Programs = QueriedPrograms()


class udmabuf_create(Struct):
    memfd: Fd
    flags: UdmabufFlags
    offset: UInt64
    size: UInt64


class udmabuf_create_item(Struct):
    memfd: Fd
    _pad: UInt
    offset: UInt64
    size: UInt64


class udmabuf_create_list(Struct):
    flags: UdmabufFlags
    count: UInt


MemoryList = Tailed(udmabuf_create_list, "list", udmabuf_create_item, "count")


class counter_component(Struct):
    type: CounterComponent
    scope: CounterScope
    parent: Byte
    id: Byte


class counter_watch(Struct):
    component: counter_component
    event: CounterEvent
    channel: Byte


class rand_pool_info(Struct):
    entropy_count: Int
    buf_size: Int


class Entropy(StructType):
    """Bytes for the kernel's pool of randomness."""

    def __init__(self) -> None:
        super().__init__(rand_pool_info)

    def fetcher(self, layout: Layout) -> Callable[[Any, int], Value]:
        load = self.loader(layout)
        text = PointerTo(Bytes(this.count)).argument(layout.within({"count": lambda scope: scope.count}))

        def fetch(scope: Any, address: int) -> Value:
            data = scope.read(address, 8)
            value = load(scope, data, 0)
            count = int.from_bytes(data[4:8], "little", signed=True)
            return Fields([*value.pairs, ("buf", text(Counted(scope, count), address + 8))])

        return fetch

    def steps(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        return [Step(BYTES, argument, CONSTANT, 8 + layout.string_limit + 1)]


RandomPool = Entropy()
