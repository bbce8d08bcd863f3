"""Words of events: poll(2), epoll_ctl(2), eventfd(2), inotify(7), fanotify_init(2), io_submit(2), io_uring(7)."""

from __future__ import annotations

from ptracer.decode.types import Fd
from ptracer.decode.words import Enum, Flags, Parts, Special
from ptracer.hints import Any

PollEvents = Flags("events.poll_events", "POLL???", width=2)
LongPollEvents = Flags("events.poll_events", None, width=8)
EpollOperation = Enum("events.epoll_operations", "EPOLL_CTL_???")
EpollEvents = Flags("events.epoll_events", "EPOLL???")
EpollFlags = Flags("events.epoll_flags", "EPOLL_???")
EventFdFlags = Flags("events.eventfd_flags", "EFD_???")
SignalFdFlags = Flags("events.signalfd_flags", "SFD_???")
UserFaultFdFlags = Flags("events.userfaultfd_flags", "UFFD_???")
RandomFlags = Flags("events.getrandom_flags", "GRND_???")

InotifyFlags = Flags("events.inotify_flags", "IN_???")
InotifyEvents = Flags("events.inotify_events", "IN_???")
MarkDirFd = Special(Fd, {-100: "AT_FDCWD", -1: "FAN_NOFD"})
FanotifyFlags = Parts(
    (0xC, Enum("files.fanotify_classes", "FAN_CLASS_???")), (0xFFFFFFF3, Flags("files.fanotify_init_flags", "FAN_???"))
)
FanotifyEventFlags = Flags("files.open_flags", "O_???", fields={0o3: "files.open_access_modes"})
FanotifyMarks = Flags("files.fanotify_mark_flags", "FAN_MARK_???")
FanotifyEvents = Flags("files.fanotify_events", "FAN_???", width=8)

AioCommand = Enum("events.aio_commands", "IOCB_CMD_???", width=2, decimal=True)
AioFlags = Flags("events.aio_flags", "IOCB_FLAG_???")
ReadWriteFlags = Flags("events.read_write_flags", "RWF_???")
IoPriorityClass = Enum("files.io_priority_classes", "IOPRIO_CLASS_???")


class SelectingFlags(Flags):
    """Flags of which only the bits of ``selecting`` choose a variant of the signature."""

    def __init__(self, selecting: int, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.selecting = selecting

    def key(self, number: int) -> int:
        return number & self.selecting


RingSetupFlags = Flags("events.io_uring_setup_flags", "IORING_SETUP_???")
RingFeatures = Flags("events.io_uring_features", "IORING_FEAT_???")
RingEnterFlags = SelectingFlags(0x48, "events.io_uring_enter_flags", "IORING_ENTER_???")
RingOperation = Enum("events.io_uring_operations", "IORING_OP_???", width=1)
RingRequest = Enum("events.io_uring_operations", "IORING_OP_???", width=1, decimal=True)
RingEntryFlags = Flags("events.io_uring_sqe_flags", "IOSQE_???", width=1)
RingNopFlags = Flags("events.io_uring_nop_flags", "IORING_NOP_???")
RingMessageFlags = Flags("events.io_uring_message_flags", "IORING_MSG_RING_???")
RingInstallFlags = Flags("events.io_uring_install_flags", "IORING_FIXED_FD_???")
RingAttributes = Flags("events.io_uring_attributes", "IORING_RW_ATTR_FLAG_???", width=8)

RingRegistration = Enum("events.io_uring_register_operations", "IORING_REGISTER_???")
RegisteredOperation = Enum("events.io_uring_register_operations", "IORING_REGISTER_???", width=1)
RegisterOperation = Parts(
    (0x7FFFFFFF, RingRegistration), (0x80000000, Flags("events.io_uring_register_flags", "IORING_REGISTER_???"))
)
RingRestriction = Enum("events.io_uring_restrictions", "IORING_RESTRICTION_???", width=2)
RingResourceFlags = Flags("events.io_uring_resource_flags", "IORING_RSRC_REGISTER_???")
RingCloneFlags = Flags("events.io_uring_clone_flags", "IORING_REGISTER_???")
RingRegionFlags = Flags("events.io_uring_region_flags", "IORING_MEM_REGION_REG_???", width=8)
RingCancelFlags = Flags("events.io_uring_cancel_flags", "IORING_ASYNC_CANCEL_???")
RingProbeFlags = Flags("events.io_uring_probe_flags", "IO_URING_OP_???", width=2)
RingWorkers = Enum("events.io_uring_workers", "IO_WQ_???", decimal=True)
PollingOperation = Enum("events.io_uring_napi_operations", "IO_URING_NAPI_???", width=1)
PollingStrategy = Enum("events.io_uring_napi_strategies", "IO_URING_NAPI_TRACKING_???")
RingQuery = Enum("events.io_uring_queries", "IO_URING_QUERY_???")
LongRingFeatures = Flags("events.io_uring_features", "IORING_FEAT_???", width=8)
LongRingSetupFlags = Flags("events.io_uring_setup_flags", "IORING_SETUP_???", width=8)
LongRingEnterFlags = Flags("events.io_uring_enter_flags", "IORING_ENTER_???", width=8)
LongRingEntryFlags = Flags("events.io_uring_sqe_flags", "IOSQE_???", width=8)
ReceiveFlags = Flags("events.io_uring_zcrx_flags", "ZCRX_REG_???")
LongReceiveFlags = Flags("events.io_uring_zcrx_flags", "ZCRX_REG_???", width=8)
ReceiveAreaFlags = Flags("events.io_uring_zcrx_area_flags", "IORING_ZCRX_AREA_???", width=8)
ReceiveOperation = Enum("events.io_uring_zcrx_operations", "ZCRX_CTRL_???")
ReceiveEvent = Enum("events.io_uring_zcrx_events", "ZCRX_EVENT_???")
