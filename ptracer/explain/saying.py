"""How explanations speak of things: names, descriptors, addresses of sockets, calls that did something, processes, sizes."""

from __future__ import annotations

import ipaddress
import os

from ptracer.decode.call import Call
from ptracer.explain.case import Case
from ptracer.model.descriptors import Description
from ptracer.model.processes import Event, Process
from ptracer.tables.constants.errors import ERRNO

LONGEST = 200  # characters of a name
AF_UNIX, AF_INET, AF_INET6 = 1, 2, 10
UNITS = ((1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB"))
ARTICLES = {"epoll": "an epoll instance", "eventfd": "an eventfd", "inotify": "an inotify instance", "io_uring": "an io_uring"}


def quoted(name: bytes) -> str:
    """A name in a sentence; nothing in it reaches a terminal as it is."""
    text = name.decode("utf-8", "backslashreplace")
    text = text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."
    return "'" + "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in text) + "'"


def what(description: Description | None) -> str:
    """What a descriptor refers to; empty: nobody knows."""
    if description is None:
        return ""
    name, kind = description.name, description.kind
    if name is not None and name.startswith(b"/"):
        return quoted(name)
    if kind == "socket":
        own, peer = spoken(description.local), spoken(description.peer)
        return f"a socket at {own}" if own else f"a socket connected to {peer}" if peer else "a socket"
    if kind is not None and kind != "file":
        return ARTICLES.get(kind, f"a {kind}")
    return quoted(name) if name is not None else ""


def descriptor(case: Case, number: int, link: bytes | None = None) -> str:
    """A descriptor with what it refers to now: from the model, or as its link says."""
    thread = case.thread
    entry = thread.descriptors.at(number) if thread is not None else None
    meaning = what(entry.description if entry is not None else None) or (linked(link) if link else "")
    return f"descriptor {number}" + (f" ({meaning})" if meaning else "")


def linked(link: bytes) -> str:
    """What a link in /proc/PID/fd says."""
    if link.startswith(b"/"):
        return quoted(link)
    kind = link.partition(b":")[0].decode("ascii", "replace")
    return f"a {kind}" if kind in ("pipe", "socket") else quoted(link)


def by(event: Event | None, how: str = "") -> str:
    """Who did something and when: ``by thread 12 at call 57, close(5)``; empty: nobody knows."""
    if event is None or not event.name:
        return ""
    return f" by thread {event.tid}{at(event, how)}"


def at(event: Event, how: str = "") -> str:
    """When that was: `` at call 57, close(5)``."""
    return (f" at call {event.number}" if event.number else "") + f", {event.name}({how})"


def person(process: Process | None, pid: int | None = None) -> str:
    """A process: ``process 12 (make)``."""
    if process is None:
        return f"process {pid}"
    name = f" ({process.name.decode('utf-8', 'backslashreplace')})" if process.name else ""
    return f"process {process.pid}{printable(name)}"


def printable(text: str) -> str:
    """Without anything that a terminal would obey."""
    return "".join(char if char.isprintable() else "?" for char in text)


def end_of(process: Process) -> str:
    """How a process has ended: ``exited with 1``, ``was killed by SIGKILL``."""
    if process.signal is not None:
        return f"was killed by {signal_name(process.signal)}"
    return f"exited with {process.status}" if process.status is not None else "ended"


def signal_name(number: int) -> str:
    """SIGTERM, SIGRT_2, or a number."""
    from ptracer.tables.words.signals import SignalNumber

    return SignalNumber.spell(number).text


def errno_name(number: int) -> str:
    """``ENOENT (No such file or directory)``."""
    known = ERRNO.get(number)
    return f"{known[0]} ({os.strerror(number)})" if known else f"error {number}"


def size(number: int) -> str:
    """A number of bytes: ``4096 bytes``, ``8 MiB``."""
    for unit, name in UNITS:
        if number >= unit and (number % unit == 0 or number >= 10 * unit):
            return f"{number // unit} {name}"
    return f"{number} byte{'s' * (number != 1)}"


def spoken(address: bytes | None) -> str:
    """A struct sockaddr: ``127.0.0.1:80``, ``[::1]:80``, ``'/run/socket'``, ``@name``; empty: it is another one, or none.

    Sources: ip(7), ipv6(7), unix(7).
    """
    if address is None or len(address) < 2:
        return ""
    family, data = int.from_bytes(address[:2], "little"), address[2:]
    if family == AF_INET and len(data) >= 6:
        return f"{ipaddress.IPv4Address(data[2:6])}:{int.from_bytes(data[:2], 'big')}"
    if family == AF_INET6 and len(data) >= 22:
        return f"[{ipaddress.IPv6Address(data[6:22])}]:{int.from_bytes(data[:2], 'big')}"
    if family == AF_UNIX and data.strip(b"\0"):
        return "@" + quoted(data[1:]) if data.startswith(b"\0") else quoted(data.partition(b"\0")[0])
    return ""


def port(address: bytes | None) -> int | None:
    """The port of an internet address."""
    if address is None or len(address) < 4 or int.from_bytes(address[:2], "little") not in (AF_INET, AF_INET6):
        return None
    return int.from_bytes(address[2:4], "big")


def memory(call: Call, address: int, length: int) -> bytes:
    """What lies in the memory of a call, as far as it was captured at its entry or its exit."""
    before, call_chunks = call.entry_chunks, call.chunks
    try:
        for chunks in (before, call.exit_chunks):
            call.chunks = chunks
            data = call.read_some(address, length) if address else b""
            if data:
                return data
    finally:
        call.chunks = call_chunks
    return b""


def socket_address(case: Case, name: str = "addr", length: str = "addrlen") -> bytes | None:
    """The address that a call was given."""
    where, count = case.argument(name), case.argument(length)
    if not where or not count:
        return None
    return memory(case.call, where, min(count & 0xFFFFFFFF, 128)) or None


def written(call: Call) -> bytes:
    """What a call writes, as far as it was captured."""
    chunks = call.entry_chunks or {}
    if call.signature.name == "write":
        return chunks.get(call.args[1], b"")
    return b"".join(data for address, data in chunks.items() if address != call.args[1])
