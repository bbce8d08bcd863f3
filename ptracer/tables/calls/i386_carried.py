"""Calls that exist only inside socketcall(2) and ipc(2), or are otherwise there."""

from __future__ import annotations

from ptracer.decode.carried import Gathered, InRegisters
from ptracer.decode.expressions import Least, this
from ptracer.decode.types import Bytes, Fd, Filled, Int, Out, Pointer, Register, Size, SSize
from ptracer.hints import Any
from ptracer.tables.structs.i386 import AttachedAt, Semun
from ptracer.tables.structs.ipc import changed_semaphores, semid64_ds, seminfo
from ptracer.tables.words.ipc import AttachFlags, SemaphoreCommand
from ptracer.tables.words.ipc import MessageFlags as QueueMessageFlags
from ptracer.tables.words.network import MessageFlags


def send(sockfd: Fd, buf: Bytes[this.len], len: Size, flags: MessageFlags) -> SSize: ...
def recv(sockfd: Fd, buf: Out[Bytes[Least(this.ret, this.len)]], len: Size, flags: MessageFlags) -> SSize: ...


def semctl(semid: Int, semnum: Int, op: SemaphoreCommand, arg: Semun()): ...
def semctl__IPC_SET(semid: Int, semnum: Int, op: SemaphoreCommand, arg: Semun(changed_semaphores)): ...
def semctl__IPC_STAT(semid: Int, semnum: Int, op: SemaphoreCommand, arg: Filled[Semun(semid64_ds, out=True)]): ...
semctl__SEM_STAT = semctl__SEM_STAT_ANY = semctl__IPC_STAT
def semctl__IPC_INFO(semid: Int, semnum: Int, op: SemaphoreCommand, arg: Filled[Semun(seminfo, out=True, named=True)]): ...
semctl__SEM_INFO = semctl__IPC_INFO


def shmat(shmid: Int, shmaddr: Pointer, shmflg: AttachFlags, _raddr: Pointer) -> AttachedAt(0): ...


def msgrcv(
    msqid: Register[1, Int], ipc_kludge: Register[4, Pointer], msgsz: Register[2, Size], msgflg: Register[3, QueueMessageFlags]
) -> SSize:
    """Where the place for the message and the wanted type lie in memory that cannot be read."""


class Received:
    """The arguments of a msgrcv that ipc(2) carries: version 0 has two of them in memory, its ``ipc_kludge``."""

    def gather(self, call: Any, count: int) -> tuple[int, ...]:
        """The arguments in their order. Fault: they cannot be read."""
        kind, msqid, msgsz, msgflg, ptr, msgtyp = call.args[:6]
        if not kind >> 16:
            kludge = call.read(ptr, 8)
            ptr, msgtyp = (int.from_bytes(kludge[place : place + 4], "little") for place in (0, 4))
            places: tuple[tuple[int, int | None], ...] = ((1, None), (4, 0), (2, None), (4, 4), (3, None))
        else:
            places = ((1, None), (4, None), (2, None), (5, None), (3, None))
        return Gathered.at(places, (msqid, ptr, msgsz, msgtyp, msgflg))

    def steps(self, count: int, abi: Any) -> None:
        """No plan knows where they are."""

    def unsorted(self, count: int) -> tuple[InRegisters, int]:
        """All registers that ipc(2) has, but for the first."""
        return InRegisters(1, 2, 3, 4, 5), 5
