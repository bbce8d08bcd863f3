"""System calls that i386 has by itself or has otherwise. Those on files are in ``i386_files``."""

from __future__ import annotations

from ptracer.decode.carried import InMemory, carrying
from ptracer.decode.expressions import this
from ptracer.decode.namespaces import Entering
from ptracer.decode.signature import named, unnamed
from ptracer.decode.types import (
    Array,
    Bytes,
    Early,
    Fd,
    Filled,
    HexLong,
    Int,
    Long,
    Out,
    Pid,
    Pointer,
    Provided,
    Ptr,
    Register,
    Size,
    UInt,
)
from ptracer.plans import STACK_POINTER
from ptracer.tables.calls import events, memory, process
from ptracer.tables.structs.events import DescriptorSet, SignalMaskArgument, io_event, pollfd
from ptracer.tables.structs.i386 import (
    AdjustedClock64,
    FormerHandler,
    FormerSet,
    Moment32,
    OldSignalFrame,
    OldSignalSet,
    PollResult64,
    SelectResult64,
    itimerspec64,
    old_sigaction,
    timex64,
)
from ptracer.tables.structs.ipc import sembuf
from ptracer.tables.structs.memory import user_desc
from ptracer.tables.structs.messages import MessageVector, ReceivedCount
from ptracer.tables.structs.process import (
    CLONE_CHILD_CLEARTID,
    CLONE_CHILD_SETTID,
    CLONE_PARENT_SETTID,
    CLONE_PIDFD,
    CLONE_SETTLS,
    rlimit,
)
from ptracer.tables.structs.signals import siginfo_t
from ptracer.tables.structs.time import Date, Remaining, timespec64
from ptracer.tables.words.i386 import PageOffset, ShortId
from ptracer.tables.words.memory import MapFlags, Protection
from ptracer.tables.words.network import MessageFlags
from ptracer.tables.words.process import CloneFlags, FutexBits, FutexOperation, ResourceLimit, WaitOptions, WaitStatus
from ptracer.tables.words.signals import MaskOperation, SignalHandler, SignalNumber, SignalSet
from ptracer.tables.words.time import Clock, TimerFdFlags, TimerFlags

# --- arguments in memory


def mmap(addr: Pointer) -> HexLong: ...
def select(arg: Pointer): ...


mmap = carrying(mmap, memory.mmap, InMemory(0))
select = carrying(select, events.select, InMemory(0))


# --- memory, events


def mmap2(addr: Pointer, length: Size, prot: Protection, flags: MapFlags, fd: Fd, offset: PageOffset) -> HexLong: ...


_newselect = events.select


def pselect6_time64(
    nfds: Int,
    readfds: DescriptorSet[this.nfds],
    writefds: DescriptorSet[this.nfds],
    exceptfds: DescriptorSet[this.nfds],
    timeout: timespec64,
    sig: SignalMaskArgument,
) -> SelectResult64: ...
def ppoll_time64(
    fds: Array[pollfd, this.nfds], nfds: UInt, tmo_p: timespec64, sigmask: SignalSet[this.sigsetsize], sigsetsize: Size
) -> PollResult64: ...
def io_pgetevents_time64(
    ctx_id: Pointer, min_nr: Long, nr: Long, events: Out[Array[io_event, this.ret]], timeout: timespec64, sig: SignalMaskArgument
): ...


# --- processes


def waitpid(pid: Pid, status: Out[Provided[WaitStatus, this.ret]], options: WaitOptions) -> Int: ...
def nice(increment: Int): ...


@named
def clone(
    child_stack: Register[1, Pointer],
    flags: Register[0, CloneFlags],
    parent_tid: Register[2, Out[Ptr[Int]]] = this.flags & (CLONE_PARENT_SETTID | CLONE_PIDFD),
    tls: Register[3, user_desc] = this.flags & CLONE_SETTLS,
    child_tidptr: Register[4, Pointer] = this.flags & (CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID),
) -> Entering(Pid, this.flags): ...


getuid32, geteuid32, getgid32, getegid32 = process.getuid, process.geteuid, process.getgid, process.getegid
setuid32, setgid32, setfsuid32, setfsgid32 = process.setuid, process.setgid, process.setfsuid, process.setfsgid
setreuid32, setregid32, setresuid32, setresgid32 = process.setreuid, process.setregid, process.setresuid, process.setresgid
getresuid32, getresgid32, getgroups32, setgroups32 = process.getresuid, process.getresgid, process.getgroups, process.setgroups


def setuid(uid: ShortId): ...
def setgid(uid: ShortId): ...
def setreuid(ruid: ShortId, euid: ShortId): ...
def setregid(ruid: ShortId, euid: ShortId): ...
def setresuid(ruid: ShortId, euid: ShortId, suid: ShortId): ...
def setresgid(ruid: ShortId, euid: ShortId, suid: ShortId): ...
def getresuid(ruid: Out[Ptr[ShortId]], euid: Out[Ptr[ShortId]], suid: Out[Ptr[ShortId]]): ...
def getresgid(ruid: Out[Ptr[ShortId]], euid: Out[Ptr[ShortId]], suid: Out[Ptr[ShortId]]): ...
def setfsuid(fsuid: ShortId): ...
def setfsgid(fsuid: ShortId): ...
def getgroups(size: Int, list: Out[Array[ShortId, this.ret]]): ...
def setgroups(size: Int, list: Provided[Array[ShortId, this.size], this.size <= process.NGROUPS_MAX]): ...


def ugetrlimit(resource: ResourceLimit, rlim: Out[rlimit]): ...
def olduname(arg1: HexLong): ...
def oldolduname(arg1: HexLong): ...
def vm86old(arg1: HexLong): ...
def vm86(arg1: HexLong, arg2: HexLong, arg3: HexLong, arg4: HexLong, arg5: HexLong): ...


# --- signals


def signal(signum: SignalNumber, handler: SignalHandler) -> FormerHandler(): ...
def sigaction(signum: SignalNumber, act: Ptr[old_sigaction], oldact: Out[Ptr[old_sigaction]]): ...
def sgetmask() -> FormerSet("mask"): ...
def ssetmask(newmask: OldSignalSet) -> FormerSet("old mask"): ...
def sigsuspend(_unused1: Int, _unused2: Int, mask: OldSignalSet): ...
def sigpending(set: Out[Ptr[OldSignalSet]]): ...
def sigprocmask(how: MaskOperation, set: Ptr[OldSignalSet], oldset: Out[Ptr[OldSignalSet]]): ...
@unnamed
def sigreturn(frame: Register[STACK_POINTER, OldSignalFrame()]): ...
def rt_sigtimedwait_time64(set: SignalSet[this.sigsetsize], info: Out[siginfo_t], timeout: Early[timespec64], sigsetsize: Size): ...


# --- time


def time(tloc: Out[Ptr[Moment32]]) -> Date: ...
def stime(tloc: Out[Ptr[Moment32]]): ...
def clock_gettime64(clockid: Clock, tp: Out[timespec64]): ...
def clock_settime64(clockid: Clock, tp: timespec64): ...
def clock_getres_time64(clockid: Clock, tp: Out[timespec64]): ...
def clock_adjtime64(clockid: Clock, buf: Out[timex64]) -> AdjustedClock64(): ...
def clock_nanosleep_time64(clockid: Clock, flags: TimerFlags, request: timespec64, remain: Filled[Remaining(timespec64)]): ...
def timer_settime64(timerid: Int, flags: TimerFlags, new_value: itimerspec64, old_value: Out[itimerspec64]): ...
def timer_gettime64(timerid: Int, curr_value: Out[itimerspec64]): ...
def timerfd_settime64(fd: Fd, flags: TimerFdFlags, new_value: itimerspec64, old_value: Out[itimerspec64]): ...
def timerfd_gettime64(fd: Fd, curr_value: Out[itimerspec64]): ...
def sched_rr_get_interval_time64(pid: Pid, tp: Out[timespec64]): ...


# --- futexes, messages, semaphores with a time of 64 bits

for _name, _variant in [*vars(process).items()]:
    if _name == "futex" or _name.startswith("futex__"):
        globals()[_name.replace("futex", "futex_time64")] = _variant

futex_time64 = process.futex


def futex_time64__FUTEX_WAIT(uaddr: Pointer, futex_op: FutexOperation, val: UInt, timeout: timespec64): ...
def futex_time64__FUTEX_LOCK_PI(uaddr: Pointer, futex_op: FutexOperation, _val: UInt, timeout: timespec64): ...
def futex_time64__FUTEX_WAIT_BITSET(
    uaddr: Pointer, futex_op: FutexOperation, val: UInt, timeout: timespec64, _uaddr2: Pointer, val3: FutexBits
): ...
def futex_time64__FUTEX_WAIT_REQUEUE_PI(
    uaddr: Pointer, futex_op: FutexOperation, val: UInt, timeout: timespec64, uaddr2: Pointer
): ...


futex_time64__FUTEX_LOCK_PI2 = futex_time64__FUTEX_LOCK_PI


def recvmmsg_time64(
    sockfd: Fd,
    msgvec: MessageVector(this.sockfd, this.vlen, received=True),
    vlen: UInt,
    flags: MessageFlags,
    timeout: Early[timespec64],
) -> ReceivedCount(timespec64): ...
def semtimedop_time64(semid: Int, sops: Array[sembuf, this.nsops], nsops: UInt, timeout: timespec64): ...
def mq_timedsend_time64(
    mqdes: Fd, msg_ptr: Bytes[this.msg_len], msg_len: Size, msg_prio: UInt, abs_timeout: timespec64
): ...
def mq_timedreceive_time64(
    mqdes: Fd, msg_ptr: Out[Bytes[this.ret]], msg_len: Size, msg_prio: Out[UInt], abs_timeout: timespec64
): ...


# --- what the kernel has never had, or has no longer


def stty(arg1: HexLong, arg2: HexLong): ...
def profil(arg1: HexLong, arg2: HexLong, arg3: HexLong, arg4: HexLong): ...
def ftime(): ...


gtty = ulimit = bdflush = stty
break_ = prof = lock = mpx = idle = ftime
