"""System calls of inter-process communication: sysvipc(7), mq_overview(7)."""

from __future__ import annotations

from ptracer.decode.expressions import this
from ptracer.decode.types import (
    Array,
    Bytes,
    Fd,
    HexLong,
    Int,
    Long,
    Out,
    Path,
    Pointer,
    Size,
    UInt,
)
from ptracer.tables.structs.ipc import (
    Message,
    changed_queue,
    changed_segment,
    changed_semaphores,
    mq_attr,
    msginfo,
    msqid64_ds,
    requested_mq_attr,
    sembuf,
    semid64_ds,
    seminfo,
    shm_info,
    shmid64_ds,
    shminfo64,
)
from ptracer.tables.structs.time import timespec
from ptracer.tables.words.ipc import (
    AttachFlags,
    GetFlags,
    Key,
    MessageCommand,
    MessageFlags,
    QueueMode,
    QueueOpenFlags,
    SemaphoreCommand,
    SharedMemoryCommand,
    SharedMemoryGetFlags,
)

O_CREAT = 0o100


def shmget(key: Key, size: Size, shmflg: SharedMemoryGetFlags): ...
def shmat(shmid: Int, shmaddr: Pointer, shmflg: AttachFlags) -> HexLong: ...
def shmdt(shmaddr: Pointer): ...
def shmctl(shmid: Int, cmd: SharedMemoryCommand, buf: Pointer): ...
def shmctl__IPC_SET(shmid: Int, cmd: SharedMemoryCommand, buf: changed_segment): ...
def shmctl__IPC_STAT(shmid: Int, cmd: SharedMemoryCommand, buf: Out[shmid64_ds]): ...
shmctl__SHM_STAT = shmctl__SHM_STAT_ANY = shmctl__IPC_STAT
def shmctl__IPC_INFO(shmid: Int, cmd: SharedMemoryCommand, buf: Out[shminfo64]): ...
def shmctl__SHM_INFO(shmid: Int, cmd: SharedMemoryCommand, buf: Out[shm_info]): ...


def semget(key: Key, nsems: Int, semflg: GetFlags): ...
def semop(semid: Int, sops: Array[sembuf, this.nsops], nsops: UInt): ...
def semtimedop(semid: Int, sops: Array[sembuf, this.nsops], nsops: UInt, timeout: timespec): ...
def semctl(semid: Int, semnum: Int, cmd: SemaphoreCommand, arg: Pointer): ...
def semctl__IPC_SET(semid: Int, semnum: Int, cmd: SemaphoreCommand, arg: changed_semaphores): ...
def semctl__IPC_STAT(semid: Int, semnum: Int, cmd: SemaphoreCommand, arg: Out[semid64_ds]): ...
semctl__SEM_STAT = semctl__SEM_STAT_ANY = semctl__IPC_STAT
def semctl__IPC_INFO(semid: Int, semnum: Int, cmd: SemaphoreCommand, arg: Out[seminfo]): ...
semctl__SEM_INFO = semctl__IPC_INFO


def msgget(key: Key, msgflg: GetFlags): ...
def msgsnd(msqid: Int, msgp: Message[this.msgsz], msgsz: Size, msgflg: MessageFlags): ...
def msgrcv(msqid: Int, msgp: Out[Message(this.msgsz, empty=True)], msgsz: Size, msgtyp: Long, msgflg: MessageFlags): ...
def msgctl(msqid: Int, cmd: MessageCommand, buf: Pointer): ...
def msgctl__IPC_SET(msqid: Int, cmd: MessageCommand, buf: changed_queue): ...
def msgctl__IPC_STAT(msqid: Int, cmd: MessageCommand, buf: Out[msqid64_ds]): ...
msgctl__MSG_STAT = msgctl__MSG_STAT_ANY = msgctl__IPC_STAT
def msgctl__IPC_INFO(msqid: Int, cmd: MessageCommand, buf: Out[msginfo]): ...
msgctl__MSG_INFO = msgctl__IPC_INFO


def mq_open(
    name: Path, oflag: QueueOpenFlags, mode: QueueMode = this.oflag & O_CREAT, attr: requested_mq_attr = this.oflag & O_CREAT
) -> Fd: ...
def mq_unlink(name: Path): ...
def mq_timedsend(mqdes: Fd, msg_ptr: Bytes[this.msg_len], msg_len: Size, msg_prio: UInt, abs_timeout: timespec): ...
def mq_timedreceive(
    mqdes: Fd, msg_ptr: Out[Bytes[this.ret]], msg_len: Size, msg_prio: Out[UInt], abs_timeout: timespec
): ...
def mq_notify(mqdes: Fd, sevp: Pointer): ...
def mq_getsetattr(mqdes: Fd, newattr: mq_attr, oldattr: Out[mq_attr]): ...
