"""Looks through /proc for somebody else, in the decoding thread, while the tracees live.

Only what does not change from one moment to the next may be asked for: who listens, who executes a file, who has it open. Nothing
found means that nobody is known, for we may not look into everybody. Sources: proc_pid_net(5), proc_pid_fd(5), unix(7).
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator

LONGEST = 0.05  # seconds that one search may take
ENOUGH = 1 << 22  # bytes of a table of sockets
LISTEN, TIME_WAIT, CLOSED = 0x0A, 0x06, 0x07
PROTOCOLS = {"tcp": LISTEN, "tcp6": LISTEN, "udp": CLOSED, "udp6": CLOSED}
LISTENS = 0x10000  # __SO_ACCEPTCON among the flags in /proc/net/unix


class Socket:
    """A line of /proc/TID/net: whose port, in what state."""

    __slots__ = ("address", "port", "state", "inode", "protocol")

    def __init__(self, address: str, port: int, state: int, inode: int, protocol: str) -> None:
        self.address, self.port, self.state, self.inode, self.protocol = address, port, state, inode, protocol

    @property
    def name(self) -> str:
        """``127.0.0.1:80``, ``[::]:80``."""
        return f"[{self.address}]:{self.port}" if ":" in self.address else f"{self.address}:{self.port}"


def text_of(place: str) -> str:
    """A file in /proc; empty: it cannot be read."""
    try:
        with open(place, errors="backslashreplace") as file:
            return file.read(ENOUGH)
    except OSError:
        return ""


def at_port(tid: int, port: int, protocols: tuple[str, ...]) -> list[Socket]:
    """The sockets that have a port, in the network namespace of a thread."""
    found = []
    wanted = f":{port:04X}"
    for protocol in protocols:
        for line in text_of(f"/proc/{tid}/net/{protocol}").splitlines()[1:]:
            words = line.split()
            if len(words) > 9 and words[1].endswith(wanted):
                found.append(Socket(address(words[1].partition(":")[0]), port, int(words[3], 16), int(words[9]), protocol))
    return found


def address(digits: str) -> str:
    """An address as these tables have it: words of the machine, which is little-endian."""
    data = b"".join(bytes.fromhex(digits[place : place + 8])[::-1] for place in range(0, len(digits), 8))
    return socket.inet_ntop(socket.AF_INET if len(data) == 4 else socket.AF_INET6, data)


def unix_at(tid: int, name: bytes) -> list[tuple[int, bool]]:
    """The UNIX sockets with a name (with ``@`` for the NUL of an abstract one): inode, and whether it listens."""
    found = []
    for line in text_of(f"/proc/{tid}/net/unix").splitlines()[1:]:
        words = line.split(None, 7)
        if len(words) == 8 and os.fsencode(words[7]) == name:
            found.append((int(words[6]), bool(int(words[3], 16) & LISTENS)))
    return found


def processes() -> Iterator[int]:
    """All that we see, as long as a search may take."""
    end = time.monotonic() + LONGEST
    for name in os.listdir("/proc"):
        if name.isdecimal():
            yield int(name)
            if time.monotonic() > end:
                return


def holder(inode: int) -> int | None:
    """A process that has a socket open."""
    wanted = f"socket:[{inode}]"
    for pid in processes():
        try:
            for number in os.listdir(f"/proc/{pid}/fd"):
                if os.readlink(f"/proc/{pid}/fd/{number}") == wanted:
                    return pid
        except OSError:
            continue
    return None


def executing(device: int, inode: int) -> int | None:
    """A process that executes a file."""
    for pid in processes():
        try:
            about = os.stat(f"/proc/{pid}/exe")
        except OSError:
            continue
        if (about.st_dev, about.st_ino) == (device, inode):
            return pid
    return None


def writing(device: int, inode: int) -> tuple[int, int] | None:
    """A process that has a file open for writing, and its descriptor."""
    for pid in processes():
        try:
            for number in os.listdir(f"/proc/{pid}/fd"):
                about = os.stat(f"/proc/{pid}/fd/{number}")
                if (about.st_dev, about.st_ino) == (device, inode) and flags(pid, number) & 3:
                    return pid, int(number)
        except OSError:
            continue
    return None


def flags(pid: int, number: str) -> int:
    """How a descriptor was opened."""
    with open(f"/proc/{pid}/fdinfo/{number}") as file:
        return next((int(line[6:], 8) for line in file if line.startswith("flags:")), 0)


def called(pid: int) -> str:
    """What a process is called."""
    name = text_of(f"/proc/{pid}/comm").rstrip("\n")
    shown = "".join(char if char.isprintable() else "?" for char in name)
    return f"process {pid} ({shown})" if shown else f"process {pid}"
