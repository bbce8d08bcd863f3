"""What is mapped around the addresses that a call was given. Source: proc_pid_maps(5)."""

from __future__ import annotations

import re
import time
from bisect import bisect_right
from errno import EFAULT, ENOMEM

from ptracer.decode.call import LiveCall
from ptracer.decode.expressions import bind
from ptracer.decode.pointers import PointerTo
from ptracer.decode.signature import Parameter
from ptracer.decode.targets import Array, Bytes, String
from ptracer.decode.vectors import IOVectors, Strings
from ptracer.explain.evidence import Facts, Stop, witness
from ptracer.hints import Any

ENOUGH = 1 << 16  # bytes of /proc/TID/maps, some 700 mappings: more would take longer than a tracee may be held
PATIENCE = 500_000  # nanoseconds that reading them may take
PIECE = 1 << 14  # bytes that are read at once: the kernel gives few more than a page of them
MOST_ELEMENTS = 64  # of a vector
LONGEST = 4096  # bytes that are looked through for the end of a string
HIGHEST = 1 << 64
# An argument with such a name, right after a pointer to a buffer, is how long that is.
LENGTHS = frozenset(("count", "len", "length", "size", "addrlen", "optlen", "bufsiz", "buflen", "nbyte", "bufsize", "sigsetsize"))
LINE = re.compile(rb"([0-9a-f]+)-([0-9a-f]+) (....) ([0-9a-f]+) \S+ \d+ *(.*)")
WORKS_ON_RANGE = frozenset(
    ("mprotect", "pkey_mprotect", "madvise", "mlock", "mlock2", "munlock", "msync", "mincore", "mremap", "munmap", "mseal")
)
USES = {"read": (b"r",), "written": (b"w",), "both": (b"r", b"w")}  # the permissions that a use needs

Found = tuple[int, int, bytes, bytes, int]  # start, end, permissions, name, offset
Range = tuple[str, str, int, int, str]  # argument, which part of it, where, how many bytes, what for


class Maps:
    """The mappings of a process, in order. ``whole``: all of them; else there are too many, or the machine is too busy."""

    def __init__(self, tid: int) -> None:
        with open(f"/proc/{tid}/maps", "rb", buffering=0) as file:
            pieces: list[bytes] = []
            left, latest = ENOUGH, time.monotonic_ns() + PATIENCE
            while (piece := file.read(PIECE) or b"") and left > 0 and time.monotonic_ns() < latest:
                pieces.append(piece)
                left -= len(piece)
        self.whole = not piece
        self.found: list[Found] = []
        for match in LINE.finditer(b"".join(pieces)):
            start, end, permissions, offset, name = match.groups()
            self.found.append((int(start, 16), int(end, 16), permissions, name, int(offset, 16)))
        self.starts = [one[0] for one in self.found]

    def place(self, address: int) -> int:
        """The index of the last mapping that begins at or before an address; -1: none does."""
        return bisect_right(self.starts, address) - 1

    def at(self, address: int) -> Found | None:
        """The mapping that covers an address."""
        place = self.place(address)
        return self.found[place] if place >= 0 and address < self.found[place][1] else None

    def first_without(self, address: int, length: int, letter: bytes) -> int | None:
        """The first address of a range that is not mapped, or without a permission (r, w, or empty: any); None: there is none."""
        end = min(address + max(length, 1), HIGHEST)
        while address < end:
            mapping = self.at(address)
            if mapping is None or letter not in mapping[2]:
                return address
            address = mapping[1]
        return None

    def around(self, address: int) -> Facts:
        """The mapping that covers an address, and its neighbours."""
        place = self.place(address)
        here = self.at(address)
        before = self.found[place - (here is not None)] if place - (here is not None) >= 0 else None
        after = self.found[place + 1] if place + 1 < len(self.found) else None
        return {"mapping": here, "before": before, "after": after}


@witness(EFAULT)
def faults(stop: Stop) -> Facts | None:
    """``faults``: each range that the call cannot have used: argument, part, address, size, use (``read``, ``written``), ``at``
    (the first address that cannot be), and the mappings around that."""
    maps = Maps(stop.tid)
    if not maps.whole:
        return None
    found = []
    for argument, part, address, length, use in ranges(stop.call):
        at = None
        for letter in USES[use]:
            at = maps.first_without(address, length, letter) if at is None else at
        if at is None and not stop.call.fetch(address, 1) and length:
            at = address  # it is mapped, but nothing is there: beyond the end of a file
        if at is not None:
            size = min(length, HIGHEST - 1)
            found.append({"argument": argument, "part": part, "address": address, "size": size, "use": use, "at": at,
                          **maps.around(at)})  # fmt: skip
    return {"faults": found[:4]} if found else None


@witness(ENOMEM)
def holes(stop: Stop) -> Facts | None:
    """``hole``: of a call that works on a range of addresses the first of them at which nothing is mapped."""
    call = stop.call
    if call.signature.name not in WORKS_ON_RANGE:
        return None
    maps = Maps(stop.tid)
    at = maps.first_without(call.args[0], call.args[1], b"") if maps.whole else None
    return {"hole": {"at": at, **maps.around(at)}} if at is not None else {"mappings": len(maps.found)} if maps.whole else None


# --- what a call was given


def ranges(call: LiveCall) -> list[Range]:
    """The ranges of memory that a call uses, in the order of its arguments."""
    found: list[Range] = []
    parameters = call.signature.described
    for place, one in enumerate(parameters):
        if not isinstance(one.type, PointerTo) or one.index >= len(call.args):
            continue
        address, target = call.args[one.index] & (HIGHEST - 1), one.type.target
        after = parameters[place + 1] if place + 1 < len(parameters) else None
        use = {"entry": "read", "early": "read", "both": "both"}.get(one.type.when, "written")
        if not address and call.signature.name not in NEEDED.get(one.name, ""):
            continue  # most may be NULL
        if isinstance(target, String):
            found.append((one.name, "", address, string(call, address), "read"))
        elif isinstance(target, Strings):
            found += vector(call, one.name, address)
        elif isinstance(target, IOVectors):
            found += buffers(call, one.name, "", address, length_of(call, target.count), use)
        elif type(target).__name__ in ("Message", "ReceivedMessage"):
            found += message(call, one.name, address, "read" if call.signature.name == "sendmsg" else "written")
        else:
            found.append((one.name, "", address, extent(call, one, after), use))
    return found


# Where NULL is no way to say "nothing": by argument the calls.
NEEDED = {
    "buf": "read write pread64 pwrite64 recvfrom sendto getcwd readlink readlinkat getrandom getdents64",
    "pathname": "open openat openat2 creat stat lstat newfstatat access faccessat faccessat2 unlink unlinkat mkdir mkdirat rmdir "
    "readlink readlinkat chmod chown execve mknod truncate chdir chroot",
    "path": "open stat lstat access chdir chroot mkdir rmdir unlink truncate", "filename": "execve open stat",
    "oldpath": "rename renameat renameat2 link linkat", "newpath": "rename renameat renameat2 link linkat symlink symlinkat",
    "target": "symlink symlinkat", "pipefd": "pipe pipe2", "statbuf": "stat fstat lstat newfstatat", "sv": "socketpair",
    "addr": "bind connect", "addrlen": "getsockname getpeername", "fds": "poll ppoll", "events": "epoll_wait epoll_pwait",
    "iov": "readv writev preadv pwritev", "msg": "sendmsg recvmsg", "event": "epoll_ctl", "rlim": "setrlimit getrlimit",
    "tp": "clock_gettime clock_getres", "req": "nanosleep clock_nanosleep", "optval": "setsockopt getsockopt",
}  # fmt: skip


def length_of(call: LiveCall, length: Any) -> int:
    """A number or what siblings say."""
    value = bind(length, call.signature.getters)(call)
    return value if isinstance(value, int) else 1


def extent(call: LiveCall, one: Parameter, after: Parameter | None) -> int:
    """How many bytes an argument points to, at least."""
    assert isinstance(one.type, PointerTo)
    target, abi = one.type.target, call.abi
    try:
        return target.size(abi)
    except TypeError:
        pass
    if after is not None and after.name in LENGTHS and not isinstance(after.type, PointerTo):
        return call.args[after.index] & 0x7FFFFFFF if after.type.kind == "INTEGER" else 1
    if isinstance(target, Bytes):
        return max(length_of(call, target.length), 1)
    if isinstance(target, Array):
        return max(length_of(call, target.length) * target.element.size(abi), 1)
    return 1


def string(call: LiveCall, address: int) -> int:
    """How many bytes of a string the kernel reads."""
    data = call.fetch(address, LONGEST)
    end = data.find(b"\0")
    return end + 1 if end >= 0 else min(len(data) + 1, LONGEST)


def vector(call: LiveCall, name: str, address: int) -> list[Range]:
    """A NULL-terminated array of pointers to strings."""
    word = call.abi.word_size
    data = call.fetch(address, (MOST_ELEMENTS + 1) * word)
    found: list[Range] = []
    for place in range(len(data) // word):
        pointer = int.from_bytes(data[place * word : (place + 1) * word], "little")
        if not pointer:
            return [(name, "", address, (place + 1) * word, "read"), *found]
        found.append((name, f"[{place}]", pointer, string(call, pointer), "read"))
    return [(name, "", address, len(data) + 1 if len(found) < MOST_ELEMENTS else len(data), "read"), *found]


def buffers(call: LiveCall, name: str, part: str, address: int, count: int, use: str) -> list[Range]:
    """An array of struct iovec, and the buffers it leads to."""
    word = call.abi.word_size
    found: list[Range] = [(name, part, address, max(count * 2 * word, 1), "read")]
    data = call.fetch(address, min(max(count, 0), MOST_ELEMENTS) * 2 * word)
    for place in range(len(data) // (2 * word)):
        at = place * 2 * word
        base, length = (int.from_bytes(data[at + half : at + half + word], "little") for half in (0, word))
        if length:
            found.append((name, f"{part}[{place}].iov_base", base, min(length, 0x7FFFF000), use))
    return found


def message(call: LiveCall, name: str, address: int, use: str) -> list[Range]:
    """struct msghdr."""
    word = call.abi.word_size
    found: list[Range] = [(name, "", address, 7 * word, "read")]
    data = call.fetch(address, 7 * word)
    if len(data) < 7 * word:
        return found
    words = [int.from_bytes(data[at * word : (at + 1) * word], "little") for at in range(7)]
    for part, base, length in ((".msg_name", words[0], words[1] & 0xFFFFFFFF), (".msg_control", words[4], words[5])):
        if base and length:
            found.append((name, part, base, min(length, 1 << 20), use))
    return [*found, *buffers(call, name, ".msg_iov", words[2], words[3], use)] if words[3] else found
