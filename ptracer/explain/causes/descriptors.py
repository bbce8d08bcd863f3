"""Why a descriptor could not be used. Source: the ERRORS of open(2), read(2), dup(2), ioctl(2), lseek(2), socket(7)."""

from __future__ import annotations

from errno import EBADF, ENOTSOCK, ENOTTY, ESPIPE

from ptracer.explain.case import Case
from ptracer.explain.causes import cause
from ptracer.explain.evidence import Facts
from ptracer.explain.findings import LIKELY, ODD, SURE, Reason
from ptracer.explain.saying import by, descriptor, errno_name, what
from ptracer.model.descriptors import Entry

AT_FDCWD = -100
O_ACCMODE, O_WRONLY, O_RDONLY, O_PATH = 3, 1, 0, 0o10000000
F_SETLK, F_SETLKW, F_OFD_SETLK, F_OFD_SETLKW = 6, 7, 37, 38
EPOLL_CTL_DEL = 2
LOWEST_ERROR = -4095
READING = frozenset(
    ("read", "readv", "pread64", "preadv", "preadv2", "sendfile.in_fd", "sendfile64.in_fd", "splice.fd_in",
     "copy_file_range.fd_in", "getdents", "getdents64", "tee.fd_in", "readahead")
)  # fmt: skip
WRITING = frozenset(
    ("write", "writev", "pwrite64", "pwritev", "pwritev2", "sendfile.out_fd", "sendfile64.out_fd", "splice.fd_out",
     "copy_file_range.fd_out", "fallocate", "tee.fd_out", "vmsplice")
)  # fmt: skip
# By these programs ask whether a descriptor is open; and who closes one that is not has closed it all the same.
PROBES = frozenset("fcntl fcntl64 fstat fstat64 newfstatat statx ioctl close lseek dup dup2 dup3".split())
IN_ROW = 2  # closes of neighbours in one direction: then it closes all that it might have


def given(case: Case) -> list[Facts]:
    """What was taken down of descriptors."""
    found = case.facts.get("descriptors", ())
    return [one for one in found if isinstance(one, dict) and isinstance(one.get("number"), int)]


@cause(EBADF)
def bad(case: Case) -> Reason | None:
    """Not open, or not opened for that."""
    target = case.name.startswith("dup")
    for place, one in enumerate(given(case)):
        number = one["number"]
        if one.get("link") is not None or number == AT_FDCWD or target and place == 1:
            continue
        return negative(case, number) if number < 0 else absent(case, number)
    for place, one in enumerate(given(case)):
        reason = not_so(case, one)
        if reason is not None:
            return reason
        if target and place == 1 and one.get("link") is None:
            text = f"{one['argument']} is {one['number']}, which is not between 0 and the limit of open files (RLIMIT_NOFILE)"
            return Reason("descriptor.out_of_range", text, "Use a lower number, or raise the limit.", SURE, key=one["number"])
    return None


def negative(case: Case, number: int) -> Reason:
    """The result of something that failed was used."""
    if case.name in ("mmap", "mmap2"):
        text = f"{number} is no descriptor, and the flags lack MAP_ANONYMOUS, with which none is needed"
        return Reason("descriptor.not_anonymous", text, "Add MAP_ANONYMOUS to the flags, or open a file.", SURE)
    failure = case.remembered.failed.get(case.call.tid)
    quiet = case.name == "close"
    advice = "Check the result of a call that gives a descriptor before it is used."
    if failure is not None and (number == -1 or number == -failure.error):
        event = failure.event
        which = "-1" if number == -1 else f"{number}"
        text = f"{which} was used as a descriptor: {event.name}() failed at call {event.number} with {errno_name(failure.error)}"
        return Reason("descriptor.of_failed_call", text, advice, LIKELY if quiet else SURE, quiet, (number, event.name))
    text = f"{number} is no descriptor: they begin at 0"
    if LOWEST_ERROR <= number < -1:
        text += f" (it may be the error {errno_name(-number)} that a call has returned)"
    return Reason("descriptor.negative", text, advice, LIKELY, quiet, number)


def absent(case: Case, number: int) -> Reason:
    """It is not open: was it ever?"""
    thread = case.thread
    table = thread.descriptors if thread is not None else None
    history = table.history(number) if table is not None else []
    last = history[-1] if history else None
    if last is not None and last.open and table is not None:
        last = None  # somebody has closed it without being seen
    meant = what(last.description) if last is not None else ""
    name = f"descriptor {number}" + (f" ({meant})" if meant else "")
    if last is not None and last.closed is not None:
        return closed(case, last, name)
    if last is not None:
        return Reason("descriptor.closed", f"{name} is not open any more", "", LIKELY, case.name in PROBES, number)
    text = f"descriptor {number} is not open"
    if table is not None and table.whole and not history:
        text = f"descriptor {number} was never open in this process" + last_number(table.entries)
    quiet = case.name in PROBES
    return Reason("descriptor.never_open", text, "Use what open or its like has returned.", LIKELY, quiet, number)


def last_number(entries: dict[int, Entry]) -> str:
    """What numbers there are."""
    return f"; the highest that is open is {max(entries)}" if entries else ""


def closed(case: Case, last: Entry, name: str) -> Reason:
    """Who has closed it, when."""
    event = last.closed
    assert event is not None
    number = last.number
    process, closer = case.process, case.world.process(event.tid)
    ours = process is not None and (closer is process or event.tid in process.threads)
    if event.name.startswith("exec"):
        text = f"{name} was closed at call {event.number}, {event.name}(), for it was opened to be closed by exec (O_CLOEXEC)"
        advice = "Open what the new program needs without O_CLOEXEC, or clear FD_CLOEXEC."
        return Reason("descriptor.closed_by_exec", text, advice, SURE, case.name in PROBES, number)
    how = str(number) if event.name == "close" else ""
    again = case.name == "close"
    text = f"{name} was closed{by(event, how)}" + ("" if not again else ", and is to be closed once more")
    direction, row = case.remembered.row(case) if again else (0, 0)
    if again:
        advice = "Close a descriptor once: its number may belong to something else by then."
        # Of a pipeline bash closes the same ends once more where that might not have been done.
        quiet = not ours or row >= IN_ROW or last.description.kind == "pipe"
        return Reason("descriptor.closed_twice", text, advice, SURE, quiet, number)
    gone = case.name == "epoll_ctl" and case.argument("op") == EPOLL_CTL_DEL
    if gone:
        text += "; closing has removed it from the epoll instance"
    quiet = gone or not ours or case.name in PROBES
    return Reason("descriptor.closed", text, "Use a descriptor only until it is closed.", SURE, quiet, number)


def not_so(case: Case, one: Facts) -> Reason | None:
    """It is open, but not for that."""
    number, flags, link = one["number"], one.get("flags"), one.get("link")
    if not isinstance(flags, int) or not isinstance(link, bytes):
        return None
    name = descriptor(case, number, link)
    thread = case.thread
    entry = thread.descriptors.at(number) if thread is not None else None
    opened = by(entry.description.opened) if entry is not None else ""
    if flags & O_PATH:
        text = f"{name} was opened with O_PATH{opened}: it names a file, and can be used for nothing that needs it open"
        return Reason("descriptor.path_only", text, "Open it without O_PATH.", SURE, key=number)
    mode, which = flags & O_ACCMODE, (case.name, f"{case.name}.{one['argument']}")
    locks = case.name.startswith("fcntl") and case.argument("cmd") in (F_SETLK, F_SETLKW, F_OFD_SETLK, F_OFD_SETLKW)
    if mode == O_WRONLY and (locks or not READING.isdisjoint(which)):
        text = f"{name} was opened for writing only{opened}" + (", and a lock for reading needs one that can be read" * locks)
        return Reason("descriptor.write_only", text, "Open it with O_RDWR, or use the right descriptor.", SURE, key=number)
    if mode == O_RDONLY and (locks or not WRITING.isdisjoint(which)):
        text = f"{name} was opened for reading only{opened}" + (", and a lock for writing needs one that can be written" * locks)
        if link.startswith(b"pipe:"):
            text = f"{name} is the reading end of a pipe{f', made{opened}' if opened else ''}"
        return Reason("descriptor.read_only", text, "Open it with O_RDWR, or use the right descriptor.", SURE, key=number)
    return None


@cause(ENOTSOCK)
def not_a_socket(case: Case) -> Reason | None:
    for one in given(case):
        link = one.get("link")
        if isinstance(link, bytes) and not link.startswith(b"socket:"):
            name = descriptor(case, one["number"], link)
            thread = case.thread
            entry = thread.descriptors.at(one["number"]) if thread is not None else None
            made = by(entry.opened) if entry is not None else ""
            text = f"{name} is no socket" + (f"; it was made{made}" if made else "")
            quiet = case.name in ("getsockopt", "getsockname", "getpeername", "recvfrom", "sendto")  # programs ask what it is
            return Reason("descriptor.not_a_socket", text, "Use the descriptor of the socket.", SURE, quiet, one["number"])
    return None


@cause(ENOTTY)
def no_such_request(case: Case) -> Reason | None:
    """Well-behaved programs ask whether something is a terminal, and what a device can do."""
    for one in given(case):
        link = one.get("link")
        if isinstance(link, bytes):
            text = f"{descriptor(case, one['number'], link)} is nothing that knows this request"
            request = case.value("request") or case.value("cmd") or case.value("op")
            name = getattr(request, "text", "")
            if name.startswith(("TC", "TIOC")):
                text = f"{descriptor(case, one['number'], link)} is no terminal"
            return Reason("descriptor.other_device", text, "", ODD, True, one["number"])
    return None


@cause(ESPIPE)
def no_position(case: Case) -> Reason | None:
    for one in given(case):
        link = one.get("link")
        if isinstance(link, bytes) and (not link.startswith(b"/") or link.startswith(b"/dev/")) or len(given(case)) == 1:
            name = descriptor(case, one["number"], link if isinstance(link, bytes) else None)
            text = f"{name} has no position: it can only be read or written in order"
            advice = "Use read and write without an offset, or copy it to a file first."
            return Reason("descriptor.no_position", text, advice, LIKELY, True, one["number"])
    return None
