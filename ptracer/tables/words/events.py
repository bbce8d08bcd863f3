"""Words of events: poll(2), epoll_ctl(2), eventfd(2), inotify(7), fanotify_init(2), io_submit(2), io_uring(7)."""

from __future__ import annotations

from typing import Any

from ptracer.decode.types import Fd
from ptracer.decode.words import Enum, Flags, Parts, Special

PollEvents = Flags("events.poll_events", None, width=2)
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
RingEntryFlags = Flags("events.io_uring_sqe_flags", "IOSQE_???", width=1)
