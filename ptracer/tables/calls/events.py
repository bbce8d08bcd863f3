"""System calls on events: poll(2), select(2), epoll(7), eventfd(2), inotify(7), fanotify(7), io_submit(2), io_uring(7)."""

from __future__ import annotations

from ptracer.decode.expressions import this
from ptracer.decode.types import (
    Array,
    Fd,
    HexBytes,
    HexLong,
    Int,
    Long,
    Out,
    Path,
    Pointer,
    Ptr,
    Size,
    UInt,
    ULong,
    iovec,
)
from ptracer.tables.structs.events import (
    DescriptorSet,
    PollResult,
    Ppoll64Result,
    PpollResult,
    Pselect6Result,
    Pselect664Result,
    SelectResult,
    SetupParameters,
    SignalMaskArgument,
    cancelled_iocb,
    epoll_event,
    io_event,
    io_uring_getevents_arg,
    iocb,
    pollfd,
)
from ptracer.tables.structs.ioctl.exchange import Answer, Exchange
from ptracer.tables.structs.process import CpuSet
from ptracer.tables.structs.rings import (
    Alone,
    BufferRegistration,
    BufferUpdate,
    FileRegistration,
    FileUpdate,
    One,
    Probe,
    Queries,
    Request,
    Workers,
    io_uring_buf_reg,
    io_uring_buf_status,
    io_uring_clock_register,
    io_uring_clone_buffers,
    io_uring_file_index_range,
    io_uring_files_update,
    io_uring_mem_region_reg,
    io_uring_napi,
    io_uring_restriction,
    io_uring_sync_cancel_reg,
    io_uring_zcrx_ifq_reg,
    resized_parameters,
    ring_registration,
    ring_removal,
    zcrx_ctrl,
)
from ptracer.tables.structs.time import timespec, timespec64, timeval
from ptracer.tables.words.events import (
    EpollFlags,
    EpollOperation,
    EventFdFlags,
    FanotifyEventFlags,
    FanotifyEvents,
    FanotifyFlags,
    FanotifyMarks,
    InotifyEvents,
    InotifyFlags,
    MarkDirFd,
    RandomFlags,
    RegisterOperation,
    RingEnterFlags,
    SignalFdFlags,
    UserFaultFdFlags,
)
from ptracer.tables.words.signals import SignalSet


def poll(fds: Array[pollfd, this.nfds], nfds: UInt, timeout: Int) -> PollResult: ...
def ppoll(
    fds: Array[pollfd, this.nfds], nfds: UInt, tmo_p: timespec, sigmask: SignalSet[this.sigsetsize], sigsetsize: Size
) -> PpollResult: ...
def select(
    nfds: Int,
    readfds: DescriptorSet[this.nfds],
    writefds: DescriptorSet[this.nfds],
    exceptfds: DescriptorSet[this.nfds],
    timeout: timeval,
) -> SelectResult: ...
def pselect6(
    nfds: Int,
    readfds: DescriptorSet[this.nfds],
    writefds: DescriptorSet[this.nfds],
    exceptfds: DescriptorSet[this.nfds],
    timeout: timespec,
    sig: SignalMaskArgument,
) -> Pselect6Result: ...


def ppoll_time64(
    fds: Array[pollfd, this.nfds], nfds: UInt, tmo_p: timespec64, sigmask: SignalSet[this.sigsetsize], sigsetsize: Size
) -> Ppoll64Result: ...
def pselect6_time64(
    nfds: Int,
    readfds: DescriptorSet[this.nfds],
    writefds: DescriptorSet[this.nfds],
    exceptfds: DescriptorSet[this.nfds],
    timeout: timespec64,
    sigmask: SignalMaskArgument,
) -> Pselect664Result: ...


_newselect = select


def epoll_create(size: Int) -> Fd: ...
def epoll_create1(flags: EpollFlags) -> Fd: ...
def epoll_ctl(epfd: Fd, op: EpollOperation, fd: Fd, event: epoll_event): ...
def epoll_ctl__EPOLL_CTL_DEL(epfd: Fd, op: EpollOperation, fd: Fd, event: Pointer): ...
def epoll_wait(epfd: Fd, events: Out[Array[epoll_event, this.ret]], maxevents: Int, timeout: Int): ...
def epoll_pwait(
    epfd: Fd,
    events: Out[Array[epoll_event, this.ret]],
    maxevents: Int,
    timeout: Int,
    sigmask: Out[SignalSet[this.sigsetsize]],
    sigsetsize: Size,
): ...
def epoll_pwait2(
    epfd: Fd,
    events: Out[Array[epoll_event, this.ret]],
    maxevents: Int,
    timeout: Out[timespec64],
    sigmask: Out[SignalSet[this.sigsetsize]],
    sigsetsize: Size,
): ...
def epoll_ctl_old(arg1: HexLong, arg2: HexLong, arg3: HexLong, arg4: HexLong): ...
def epoll_wait_old(arg1: HexLong, arg2: HexLong, arg3: HexLong, arg4: HexLong): ...


def eventfd(initval: UInt) -> Fd: ...
def eventfd2(initval: UInt, flags: EventFdFlags) -> Fd: ...
def signalfd(fd: Fd, mask: SignalSet[this.sizemask], sizemask: Size) -> Fd: ...
def signalfd4(fd: Fd, mask: SignalSet[this.sizemask], sizemask: Size, flags: SignalFdFlags) -> Fd: ...
def userfaultfd(flags: UserFaultFdFlags) -> Fd: ...
def getrandom(buf: Out[HexBytes[this.ret]], buflen: Size, flags: RandomFlags): ...


def inotify_init() -> Fd: ...
def inotify_init1(flags: InotifyFlags) -> Fd: ...
def inotify_add_watch(fd: Fd, pathname: Path, mask: InotifyEvents): ...
def inotify_rm_watch(fd: Fd, wd: Int): ...
def fanotify_init(flags: FanotifyFlags, event_f_flags: FanotifyEventFlags) -> Fd: ...
def fanotify_mark(fanotify_fd: Fd, flags: FanotifyMarks, mask: FanotifyEvents, dirfd: MarkDirFd, pathname: Path): ...


def io_setup(nr_events: UInt, ctx_idp: Out[Pointer]): ...
def io_destroy(ctx_id: Pointer): ...
def io_submit(ctx_id: Pointer, nr: Long, iocbpp: Array[Ptr[iocb], this.nr]): ...
def io_cancel(ctx_id: Pointer, iocb: Ptr[cancelled_iocb], result: Out[io_event]): ...
def io_getevents(ctx_id: Pointer, min_nr: Long, nr: Long, events: Out[Array[io_event, this.ret]], timeout: timespec): ...
def io_pgetevents(
    ctx_id: Pointer, min_nr: Long, nr: Long, events: Out[Array[io_event, this.ret]], timeout: timespec, sig: SignalMaskArgument
): ...

def io_pgetevents_time64(
    ctx_id: Pointer, min_nr: Long, nr: Long, events: Out[Array[io_event, this.ret]], timeout: timespec64, usig: SignalMaskArgument
): ...


def io_uring_setup(entries: UInt, params: SetupParameters) -> Fd: ...
def io_uring_enter(
    fd: Fd, to_submit: UInt, min_complete: UInt, flags: RingEnterFlags, sigset: SignalSet[this.sigsetsize], sigsetsize: Size
): ...
def io_uring_enter__IORING_ENTER_EXT_ARG(
    fd: Fd, to_submit: UInt, min_complete: UInt, flags: RingEnterFlags, arg: io_uring_getevents_arg, argsz: Size
): ...
def io_uring_enter__IORING_ENTER_EXT_ARG_REG(
    fd: Fd, to_submit: UInt, min_complete: UInt, flags: RingEnterFlags, arg: ULong, argsz: Size
): ...


def io_uring_register(fd: Fd, opcode: RegisterOperation, arg: Pointer, nr_args: UInt): ...
def io_uring_register__IORING_REGISTER_BUFFERS(fd: Fd, opcode: RegisterOperation, arg: Array[iovec, this.nr_args], nr_args: UInt): ...
def io_uring_register__IORING_REGISTER_FILES(fd: Fd, opcode: RegisterOperation, arg: Array[Fd, this.nr_args], nr_args: UInt): ...
def io_uring_register__IORING_REGISTER_FILES_UPDATE(fd: Fd, opcode: RegisterOperation, arg: io_uring_files_update, nr_args: UInt): ...
def io_uring_register__IORING_REGISTER_PROBE(fd: Fd, opcode: RegisterOperation, arg: Probe(), nr_args: UInt): ...
def io_uring_register__IORING_REGISTER_RESTRICTIONS(fd: Fd, opcode: RegisterOperation, arg: Array[io_uring_restriction, this.nr_args], nr_args: UInt): ...
def io_uring_register__IORING_REGISTER_FILES2(fd: Fd, opcode: RegisterOperation, arg: FileRegistration, nr_args: UInt): ...
def io_uring_register__IORING_REGISTER_FILES_UPDATE2(fd: Fd, opcode: RegisterOperation, arg: FileUpdate, nr_args: UInt): ...
def io_uring_register__IORING_REGISTER_BUFFERS2(fd: Fd, opcode: RegisterOperation, arg: BufferRegistration, nr_args: UInt): ...
def io_uring_register__IORING_REGISTER_BUFFERS_UPDATE(fd: Fd, opcode: RegisterOperation, arg: BufferUpdate, nr_args: UInt): ...
def io_uring_register__IORING_REGISTER_IOWQ_AFF(fd: Fd, opcode: RegisterOperation, arg: CpuSet[this.nr_args], nr_args: UInt): ...
def io_uring_register__IORING_REGISTER_IOWQ_MAX_WORKERS(fd: Fd, opcode: RegisterOperation, arg: Workers(), nr_args: UInt): ...
def io_uring_register__IORING_REGISTER_RING_FDS(fd: Fd, opcode: RegisterOperation, arg: Array[ring_registration, this.nr_args], nr_args: UInt): ...
def io_uring_register__IORING_UNREGISTER_RING_FDS(fd: Fd, opcode: RegisterOperation, arg: Array[ring_removal, this.nr_args], nr_args: UInt): ...
def io_uring_register__IORING_REGISTER_PBUF_RING(fd: Fd, opcode: RegisterOperation, arg: One(io_uring_buf_reg), nr_args: UInt): ...
def io_uring_register__IORING_REGISTER_SYNC_CANCEL(fd: Fd, opcode: RegisterOperation, arg: One(io_uring_sync_cancel_reg), nr_args: UInt): ...
def io_uring_register__IORING_REGISTER_FILE_ALLOC_RANGE(fd: Fd, opcode: RegisterOperation, arg: One(io_uring_file_index_range), nr_args: UInt): ...
def io_uring_register__IORING_REGISTER_PBUF_STATUS(fd: Fd, opcode: RegisterOperation, arg: Out[One(io_uring_buf_status)], nr_args: UInt): ...
def io_uring_register__IORING_REGISTER_NAPI(fd: Fd, opcode: RegisterOperation, arg: Exchange[One(io_uring_napi), One(io_uring_napi)], nr_args: UInt): ...
def io_uring_register__IORING_UNREGISTER_NAPI(fd: Fd, opcode: RegisterOperation, arg: Out[One(io_uring_napi)], nr_args: UInt): ...
def io_uring_register__IORING_REGISTER_CLOCK(fd: Fd, opcode: RegisterOperation, arg: Alone(io_uring_clock_register), nr_args: UInt): ...
def io_uring_register__IORING_REGISTER_CLONE_BUFFERS(fd: Fd, opcode: RegisterOperation, arg: One(io_uring_clone_buffers), nr_args: UInt): ...
def io_uring_register__IORING_REGISTER_SEND_MSG_RING(fd: Fd, opcode: RegisterOperation, arg: One(Request()), nr_args: UInt): ...
def io_uring_register__IORING_REGISTER_ZCRX_IFQ(fd: Fd, opcode: RegisterOperation, arg: One(io_uring_zcrx_ifq_reg), nr_args: UInt): ...
def io_uring_register__IORING_REGISTER_RESIZE_RINGS(fd: Fd, opcode: RegisterOperation, arg: One(resized_parameters), nr_args: UInt): ...
def io_uring_register__IORING_REGISTER_MEM_REGION(fd: Fd, opcode: RegisterOperation, arg: One(io_uring_mem_region_reg), nr_args: UInt): ...
def io_uring_register__IORING_REGISTER_QUERY(fd: Fd, opcode: RegisterOperation, arg: Alone(Queries()), nr_args: UInt): ...
def io_uring_register__IORING_REGISTER_ZCRX_CTRL(fd: Fd, opcode: RegisterOperation, arg: Answer[One(zcrx_ctrl)], nr_args: UInt): ...


io_uring_register__IORING_REGISTER_EVENTFD = io_uring_register__IORING_REGISTER_FILES
io_uring_register__IORING_REGISTER_EVENTFD_ASYNC = io_uring_register__IORING_REGISTER_FILES
io_uring_register__IORING_UNREGISTER_PBUF_RING = io_uring_register__IORING_REGISTER_PBUF_RING
