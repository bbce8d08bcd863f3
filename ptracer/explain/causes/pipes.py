"""Pipes and connections of which one end is closed. Source: pipe(7), fifo(7), send(2), open(2)."""

from __future__ import annotations

from errno import ENXIO, EPIPE

from ptracer.explain.case import Case
from ptracer.explain.causes import cause
from ptracer.explain.causes.paths import ways
from ptracer.explain.findings import LIKELY, ODD, Reason
from ptracer.explain.saying import at, by, descriptor, end_of, person, quoted
from ptracer.model.descriptors import Description, Entry
from ptracer.model.effects import described
from ptracer.model.effects import descriptor as number_in
from ptracer.model.processes import Process

SHUT_RD = 0
S_IFMT, S_IFIFO, S_IFSOCK, S_IFCHR, S_IFBLK = 0o170000, 0o010000, 0o140000, 0o020000, 0o060000


@cause(EPIPE)
def broken(case: Case) -> Reason | None:
    number = number_in(case.call.args[0])
    description = described(case.thread, number) if case.thread is not None else None
    name = descriptor(case, number)
    advice = "End when nobody reads any more, and keep the reading end open as long as somebody writes."
    if description is not None and description.kind == "socket":
        shut = case.remembered.shut.get(description)
        if shut is not None and shut[1] != SHUT_RD:
            text = f"{name} was shut down for writing{by(shut[0], str(number))}"
            return Reason("pipe.shut_down", text, "Send everything before shutdown.", LIKELY, key=number)
    other = description.other if description is not None else None
    who = last_holder(case, other) if other is not None else ""
    if description is not None and description.kind == "socket" and other is None:
        text = f"the other side of {name} has closed the connection"
    elif who:
        text = f"nobody has the other end of {name} any more: {who}"
    else:
        text = f"nobody has the other end of {name} open for reading"
    return Reason("pipe.closed", text, advice, ODD, True, number)


def last_holder(case: Case, end: Description) -> str:
    """Who has let go of an end of a pipe last, as far as that was seen."""
    found: list[tuple[int, str]] = []
    for process in list(case.world.processes.values()):
        if process.threads:
            table = process.descriptors
            if any(one.description is end for one in table.entries.values()):
                return ""  # somebody has it: the model knows less than the kernel
            found += [moment(process, one) for one in table.past if one.description is end and one.closed is not None]
    for process in case.world.ended:
        if process.threads and process.end is not None:
            if any(one.description is end for one in process.descriptors.entries.values()):
                found.append((process.end, f"{person(process)}, which had it, {end_of(process)}"))
    return max(found)[1] if found else ""


def moment(process: Process, entry: Entry) -> tuple[int, str]:
    """When an entry was closed, and by whom."""
    assert entry.closed is not None
    how = str(entry.number) if entry.closed.name == "close" else ""
    return entry.closed.when, f"{person(process)} closed it as descriptor {entry.number}{at(entry.closed, how)}"


@cause(ENXIO, call="open openat openat2 creat")
def nobody_there(case: Case) -> Reason | None:
    """What ``ENXIO`` means of a FIFO, a socket, a device."""
    for way in ways(case):
        steps = way.get("steps") or []
        if way.get("failed") is not None or not steps:
            continue
        path, mode = quoted(steps[-1][0]), steps[-1][1] & S_IFMT
        if mode == S_IFIFO:
            text = f"nobody has the FIFO {path} open for reading, and O_NONBLOCK says not to wait for it"
            return Reason("pipe.no_reader", text, "Start the reader first, or open it without O_NONBLOCK.", LIKELY, True, path)
        if mode == S_IFSOCK:
            text = f"{path} is a socket, which cannot be opened"
            return Reason("pipe.socket", text, "Use socket and connect.", LIKELY, key=path)
        if steps[-1][0] == b"/dev/tty":
            text = "the process has no controlling terminal"
            return Reason("space.no_terminal", text, "Start it from a terminal, or do not ask there.", LIKELY, True, path)
        if mode in (S_IFCHR, S_IFBLK):
            text = f"there is no device behind {path}"
            advice = "Check the numbers of the device file, or load its driver."
            return Reason("space.no_device", text, advice, LIKELY, True, path)
    return None
