"""Processes and memory. Source: ioctl_nsfs(2), ioctl_pidfd(2), seccomp_unotify(2), perf_event_open(2), random(4), linux/counter.h."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ptracer.decode.expressions import this
from ptracer.decode.structs import Struct, StructScope, StructType
from ptracer.decode.types import (
    BYTES,
    CONSTANT,
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
    Step,
    UInt,
    UInt64,
)
from ptracer.decode.values import Fields, Sequence, Symbol, Value
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

Pairs = list[tuple[str, Value]]


class mnt_ns_info(Struct):
    size: UInt
    nr_mounts: UInt
    mnt_ns_id: UInt64


PID, CREDENTIALS, CGROUP, EXIT, COREDUMP, SUPPORTED = (1 << bit for bit in range(6))  # PIDFD_INFO_*


class pidfd_info(Struct):
    """What is known of a process; ``mask`` says of which parts."""

    mask: ProcessInformation
    cgroupid: UInt64 = answered & (this.mask & CGROUP)
    pid: Pid = answered & (this.mask & PID)
    tgid: Pid = answered & (this.mask & PID)
    ppid: Pid = answered & (this.mask & PID)
    ruid: UInt = answered & (this.mask & CREDENTIALS)
    rgid: UInt = answered & (this.mask & CREDENTIALS)
    euid: UInt = answered & (this.mask & CREDENTIALS)
    egid: UInt = answered & (this.mask & CREDENTIALS)
    suid: UInt = answered & (this.mask & CREDENTIALS)
    sgid: UInt = answered & (this.mask & CREDENTIALS)
    fsuid: UInt = answered & (this.mask & CREDENTIALS)
    fsgid: UInt = answered & (this.mask & CREDENTIALS)
    exit_code: Integer(4, signed=True, shape=lambda status: Sequence([wait_status(status)])) = answered & (this.mask & EXIT)
    coredump_mask: CoreDumpState = answered & (this.mask & COREDUMP)
    _coredump_signal: UInt
    supported_mask: ProcessInformation = answered & (this.mask & SUPPORTED)
    _coredump_code: UInt
    _pad: UInt


class seccomp_data(Struct):
    nr: Int
    arch: AuditArchitecture
    instruction_pointer: Address64
    args: Array[Hex64, 6]

    @classmethod
    def shown(cls, pairs: Pairs, scope: StructScope) -> Pairs:
        return [("nr", system_call(scope.numbers["nr"], scope.numbers["arch"], scope.call.abi)), *pairs[1:]]


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
        return [Step(BYTES, argument, CONSTANT, 8 + layout.string_limit)]


RandomPool = Entropy()
