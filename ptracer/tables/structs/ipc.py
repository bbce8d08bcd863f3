"""Structures of inter-process communication. Source: shmctl(2), semctl(2), msgctl(2), mq_getattr(3), asm/ipcbuf.h."""

from __future__ import annotations

from collections.abc import Callable

from ptracer.decode.detail import DATA
from ptracer.decode.structs import Struct, StructScope
from ptracer.decode.types import (
    Array,
    Bytes,
    Fetcher,
    HexKernelLong,
    Int,
    KernelLong,
    KernelULong,
    Layout,
    Length,
    Loader,
    PointerTo,
    Short,
    Target_,
    UInt,
    UShort,
)
from ptracer.decode.types import Integer as IntegerType
from ptracer.decode.values import Address, Fields, Permissions, Value
from ptracer.errors import Fault
from ptracer.hints import Any
from ptracer.regs import ABI
from ptracer.tables.words.ipc import OperationFlags, QueueFlags

Pairs = list[tuple[str, Value]]


class LowerHalf(IntegerType):
    """An integer of which a 32-bit kernel has the lower half only: what follows is padding, or the upper half apart."""

    def loader(self, layout: Layout) -> Loader:
        if layout.abi.register_size == 8:
            return super().loader(layout)
        return IntegerType(self.width // 2, self.signed, self.shape).loader(layout)


Mode = LowerHalf(4, shape=Permissions)
Time = LowerHalf(8)


class Gap(Target_):
    """What a 64-bit kernel has reserved where a 32-bit one keeps the upper half of a time."""

    def size(self, abi: ABI) -> int:
        return 8 if abi.register_size == 8 else 0

    def alignment(self, abi: ABI) -> int:
        return abi.largest_alignment if abi.register_size == 8 else 1

    def loader(self, layout: Layout) -> Callable[[Any, bytes, int], Value]:
        return lambda scope, data, offset: 0


class ipc64_perm(Struct):
    order = ("uid", "gid", "mode", "key", "cuid", "cgid")
    key: UInt
    uid: UInt
    gid: UInt
    cuid: UInt
    cgid: UInt
    mode: Mode
    _seq: UShort
    _pad: UShort
    _unused: Array[KernelULong, 2]


class owned(ipc64_perm):
    """The part of the permissions that IPC_SET changes."""

    order = ("uid", "gid", "mode")


class shmid64_ds(Struct):
    order = ("shm_perm", "shm_segsz", "shm_cpid", "shm_lpid", "shm_nattch", "shm_atime", "shm_dtime", "shm_ctime")
    shm_perm: ipc64_perm
    shm_segsz: KernelULong
    shm_atime: Time
    shm_dtime: Time
    shm_ctime: Time
    shm_cpid: Int
    shm_lpid: Int
    shm_nattch: KernelULong
    _unused: Array[KernelULong, 2]


class changed_segment(Struct):
    """What IPC_SET changes of a shared memory segment."""

    shm_perm: owned


class shminfo64(Struct):
    shmmax: KernelULong
    shmmin: KernelULong
    shmmni: KernelULong
    shmseg: KernelULong
    shmall: KernelULong
    _unused: Array[KernelULong, 4]


class shm_info(Struct):
    used_ids: Int
    shm_tot: KernelULong
    shm_rss: KernelULong
    shm_swp: KernelULong
    swap_attempts: KernelULong
    swap_successes: KernelULong


class sembuf(Struct):
    sem_num: UShort
    sem_op: Short
    sem_flg: OperationFlags


class semid64_ds(Struct):
    sem_perm: ipc64_perm
    sem_otime: Time
    _unused1: Gap()
    sem_ctime: Time
    _unused2: Gap()
    sem_nsems: KernelULong
    _unused3: Array[KernelULong, 2]


class changed_semaphores(Struct):
    """What IPC_SET changes of a set of semaphores."""

    sem_perm: owned


class seminfo(Struct):
    semmap: Int
    semmni: Int
    semmns: Int
    semmnu: Int
    semmsl: Int
    semopm: Int
    semume: Int
    semusz: Int
    semvmx: Int
    semaem: Int


class msqid64_ds(Struct):
    order = (
        "msg_perm", "msg_stime", "msg_rtime", "msg_ctime", "msg_qnum", "msg_qbytes", "msg_lspid", "msg_lrpid",
    )  # fmt: skip
    msg_perm: ipc64_perm
    msg_stime: Time
    msg_rtime: Time
    msg_ctime: Time
    _msg_cbytes: KernelULong
    msg_qnum: KernelULong
    msg_qbytes: KernelULong
    msg_lspid: Int
    msg_lrpid: Int
    _unused: Array[KernelULong, 2]


class changed_queue(msqid64_ds):
    """What IPC_SET changes of a message queue."""

    order = ("msg_perm", "msg_qbytes")

    @classmethod
    def shown(cls, pairs: Pairs, scope: StructScope) -> Pairs:
        (name, permissions), *rest = pairs
        return [(name, Fields([pair for pair in permissions.pairs if pair[0] in owned.order])), *rest]


class msginfo(Struct):
    msgpool: Int
    msgmap: Int
    msgmax: Int
    msgmnb: Int
    msgmni: Int
    msgssz: Int
    msgtql: Int
    msgseg: UShort


class Message(Target_):
    """``Message[this.msgsz]``: struct msgbuf, a type and so many bytes of text."""

    def __init__(self, length: Length) -> None:
        self.length = length

    def __class_getitem__(cls, length: Length) -> Message:
        return cls(length)

    def fetcher(self, layout: Layout) -> Fetcher:
        text, word = PointerTo(Bytes(self.length)).fetched(layout), KernelLong.size(layout.abi)
        whole = word if layout.hides(DATA) else 2 * word

        def fetch(scope: Any, address: int) -> Value:
            # The header's structure has one byte of text, and so the size of two words.
            kind = int.from_bytes(scope.read(address, whole)[:word], "little", signed=True)
            try:
                body = text(scope, address + word)
            except Fault:
                body = Address(address + word)
            return Fields([("mtype", kind), ("mtext", body)])

        return fetch


class mq_attr(Struct):
    mq_flags: QueueFlags
    mq_maxmsg: KernelLong
    mq_msgsize: KernelLong
    mq_curmsgs: KernelLong
    _reserved: Array[KernelLong, 4]


class requested_mq_attr(Struct):
    """The attributes of a queue to be made: its flags are not looked at."""

    mq_flags: HexKernelLong
    mq_maxmsg: KernelLong
    mq_msgsize: KernelLong
    mq_curmsgs: KernelLong
    _reserved: Array[KernelLong, 4]
