"""What descriptors refer to where nobody asked the kernel: as the calls say that make, copy and close them."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from typing import Any

from ptracer.capture import records
from ptracer.capture.records import Record

F_DUPFD, F_DUPFD_CLOEXEC = 0, 1030  # linux/fcntl.h
MOST = 1 << 16  # descriptors of a process that are known

Table = dict[int, bytes]


class Descriptors:
    """A table for each process: what its descriptors are called. It learns from calls that succeeded, and from notices."""

    def __init__(self) -> None:
        self.tables: dict[int, Table] = {}
        self.directories: dict[int, bytes] = {}
        self.handlers: Mapping[str, Callable[[Table, Any], None]] = {
            "close": lambda table, call: forget(table, call[5][0], call[5][0]),
            "close_range": lambda table, call: None if call[5][2] else forget(table, call[5][0], call[5][1]),
            "dup": copy,
            "dup2": copy,
            "dup3": copy,
            "fcntl": lambda table, call: copy(table, call) if call[5][1] in (F_DUPFD, F_DUPFD_CLOEXEC) else None,
            "fcntl64": lambda table, call: copy(table, call) if call[5][1] in (F_DUPFD, F_DUPFD_CLOEXEC) else None,
            "connect": lambda table, call: connected(table, call, call[5][0], call[7]),
            "accept": lambda table, call: connected(table, call, call[9], call[12]),
            "accept4": lambda table, call: connected(table, call, call[9], call[12]),
            "pipe": lambda table, call: pair(table, call, 0, b"pipe"),
            "pipe2": lambda table, call: pair(table, call, 0, b"pipe"),
            "socketpair": lambda table, call: pair(table, call, 3, b"socket"),
        }

    def behind(self, process: int, number: int) -> bytes:
        """What is known of a descriptor; empty: nothing."""
        table = self.tables.get(process)
        return table.get(number, b"") if table else b""

    def directory(self, process: int) -> bytes:
        """The working directory of a process; empty: nobody knows."""
        return self.directories.get(process, b"")

    def concerns(self, name: str) -> bool:
        """Whether a call of that name changes tables, though its result may be no descriptor."""
        return name in self.handlers or name == "chdir"

    def call(self, process: int, name: str, call: Any, path: bytes) -> None:
        """One that has succeeded, and the path that it names."""
        if name == "chdir":
            if path.startswith(b"/"):
                self.directories[process] = path
            return
        table = self.tables.setdefault(process, {})
        handler = self.handlers.get(name)
        if handler is not None:
            handler(table, call)
        elif len(table) < MOST:
            table[call[9]] = path or (b"socket" if name == "socket" else f"anon_inode:{name}".encode())

    def notice(self, record: Record, processes: Mapping[int, int]) -> None:
        """A record that is no call."""
        kind = record[0]
        if kind == records.STARTED:
            process, parent = record[5], processes.get(record[3], record[3])
            if process == record[1] and process != parent:  # a process gets a copy, a thread shares
                self.tables[process] = dict(self.tables.get(parent, {}))
                self.directories[process] = self.directories.get(parent, b"")
        elif kind == records.HOLDS:
            held, directory = record[3].get("descriptors"), record[3].get("directory")  # of a file, so they may be anything
            links = held.items() if isinstance(held, dict) else ()
            self.tables[record[1]] = {number: link for number, link in links if isinstance(link, bytes)}
            self.directories[record[1]] = directory if isinstance(directory, bytes) else b""
        elif kind in (records.EXITED, records.KILLED):
            self.tables.pop(record[1], None)
            self.directories.pop(record[1], None)


def forget(table: Table, first: int, last: int) -> None:
    """Descriptors are closed."""
    first, last = first & 0xFFFFFFFF, last & 0xFFFFFFFF
    if first == last:
        table.pop(first, None)
        return
    for number in [number for number in table if first <= number <= last]:
        del table[number]


def copy(table: Table, call: Any) -> None:
    """The result is what the first argument is."""
    what = table.get(call[5][0] & 0xFFFFFFFF)
    if what is None:
        table.pop(call[9], None)
    else:
        table[call[9]] = what


def pair(table: Table, call: Any, argument: int, what: bytes) -> None:
    """Two descriptors, which lie in memory when the call has returned."""
    data = (call[12] or {}).get(call[5][argument], b"")
    for start in range(0, min(len(data), 8) - 3, 4):
        table[int.from_bytes(data[start : start + 4], "little")] = what


def connected(table: Table, call: Any, number: int, chunks: Mapping[int, bytes] | None) -> None:
    """A socket that leads to the address in the second argument."""
    address = peer((chunks or {}).get(call[5][1], b""))
    table[number & 0xFFFFFFFF] = b"socket to " + address if address else b"socket"


def peer(data: bytes) -> bytes:
    """The address in a struct sockaddr: ip(7), ipv6(7), unix(7). Empty: it is of another family, or cut off."""
    family = int.from_bytes(data[:2], "little")
    port = int.from_bytes(data[2:4], "big")
    if family == socket.AF_INET and len(data) >= 8:
        return f"{socket.inet_ntop(socket.AF_INET, data[4:8])}:{port}".encode()
    if family == socket.AF_INET6 and len(data) >= 24:
        return f"[{socket.inet_ntop(socket.AF_INET6, data[8:24])}]:{port}".encode()
    if family == socket.AF_UNIX and len(data) > 2:
        name = data[2:]
        return b"@" + name[1:].rstrip(b"\0") if name.startswith(b"\0") else name.partition(b"\0")[0]
    return b""
