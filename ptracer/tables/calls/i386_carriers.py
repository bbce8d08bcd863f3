"""Calls that carry others, of which the first argument says which: socketcall(2), ipc(2)."""

from __future__ import annotations

from ptracer.decode.carried import InMemory, InRegisters, carrying
from ptracer.decode.types import HexLong, Pointer
from ptracer.tables.calls import i386_carried, network
from ptracer.tables.calls import ipc as queues
from ptracer.tables.words.i386 import IpcCall, SocketCall


def socketcall(call: SocketCall, args: Pointer): ...


socketcall__SYS_SOCKET = carrying(socketcall, network.socket, InMemory(1))
socketcall__SYS_BIND = carrying(socketcall, network.bind, InMemory(1))
socketcall__SYS_CONNECT = carrying(socketcall, network.connect, InMemory(1))
socketcall__SYS_LISTEN = carrying(socketcall, network.listen, InMemory(1))
socketcall__SYS_ACCEPT = carrying(socketcall, network.accept, InMemory(1))
socketcall__SYS_GETSOCKNAME = carrying(socketcall, network.getsockname, InMemory(1))
socketcall__SYS_GETPEERNAME = carrying(socketcall, network.getpeername, InMemory(1))
socketcall__SYS_SOCKETPAIR = carrying(socketcall, network.socketpair, InMemory(1))
socketcall__SYS_SEND = carrying(socketcall, i386_carried.send, InMemory(1))
socketcall__SYS_RECV = carrying(socketcall, i386_carried.recv, InMemory(1))
socketcall__SYS_SENDTO = carrying(socketcall, network.sendto, InMemory(1))
socketcall__SYS_RECVFROM = carrying(socketcall, network.recvfrom, InMemory(1))
socketcall__SYS_SHUTDOWN = carrying(socketcall, network.shutdown, InMemory(1))
socketcall__SYS_SETSOCKOPT = carrying(socketcall, network.setsockopt, InMemory(1))
socketcall__SYS_GETSOCKOPT = carrying(socketcall, network.getsockopt, InMemory(1))
socketcall__SYS_SENDMSG = carrying(socketcall, network.sendmsg, InMemory(1))
socketcall__SYS_RECVMSG = carrying(socketcall, network.recvmsg, InMemory(1))
socketcall__SYS_ACCEPT4 = carrying(socketcall, network.accept4, InMemory(1))
socketcall__SYS_RECVMMSG = carrying(socketcall, network.recvmmsg, InMemory(1))
socketcall__SYS_SENDMMSG = carrying(socketcall, network.sendmmsg, InMemory(1))


def ipc(call: IpcCall, first: HexLong, second: HexLong, third: HexLong, ptr: HexLong, fifth: HexLong): ...


ipc__SEMOP = carrying(ipc, queues.semop, InRegisters(1, 4, 2))
ipc__SEMGET = carrying(ipc, queues.semget, InRegisters(1, 2, 3))
ipc__SEMCTL = carrying(ipc, i386_carried.semctl, InRegisters(1, 2, 3, 4))
ipc__SEMTIMEDOP = carrying(ipc, queues.semtimedop, InRegisters(1, 4, 2, 5))
ipc__MSGSND = carrying(ipc, queues.msgsnd, InRegisters(1, 4, 2, 3))
ipc__MSGRCV = carrying(i386_carried.msgrcv, queues.msgrcv, i386_carried.Received())
ipc__MSGGET = carrying(ipc, queues.msgget, InRegisters(1, 2))
ipc__MSGCTL = carrying(ipc, queues.msgctl, InRegisters(1, 2, 4))
ipc__SHMAT = carrying(ipc, i386_carried.shmat, InRegisters(1, 4, 2, 3))
ipc__SHMDT = carrying(ipc, queues.shmdt, InRegisters(4))
ipc__SHMGET = carrying(ipc, queues.shmget, InRegisters(1, 2, 3))
ipc__SHMCTL = carrying(ipc, queues.shmctl, InRegisters(1, 2, 4))
