"""Examples for the rules: what the kernel refuses, and the same put right (None: that cannot be shown in a test)."""

from __future__ import annotations

import ctypes
import mmap
import os
import socket
import struct
import tempfile
import time
from typing import Any

from rules_kernel import BOUND, SCRATCH, SEEN, buffer

PAGE = 4096
ANONYMOUS = 0x22


def file(data: bytes = b"x" * 8192, flags: int = os.O_RDWR) -> int:
    """A file that nobody sees."""
    fd, path = tempfile.mkstemp(dir=SCRATCH)
    os.write(fd, data)
    other = os.open(path, flags)
    os.unlink(path)
    return other


def mapped(pages: int = 4, flags: int = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) -> int:
    """Memory, aligned."""
    libc = ctypes.CDLL(None)
    libc.mmap.restype = ctypes.c_long
    libc.mmap.argtypes = [ctypes.c_long] * 6
    return int(libc.mmap(0, pages * PAGE, 3, flags, -1, 0))


def words(*numbers: int) -> bytes:
    """Integers of eight bytes."""
    return b"".join(struct.pack("<Q", number & (1 << 64) - 1) for number in numbers)


Example = tuple[Any, Any]
EXAMPLES: dict[str, list[Example]] = {}


def examples(calls: str, *pairs: Example) -> None:
    """Pairs of wrong and right arguments."""
    for call in calls.split():
        EXAMPLES.setdefault(call, []).extend(pairs)


# --- memory

MMAP = (0, PAGE, 3, ANONYMOUS, -1, 0)
examples(
    "mmap",
    ((0, 0, 3, ANONYMOUS, -1, 0), MMAP),
    ((0, PAGE, 3, 0x20, -1, 0), MMAP),
    ((0, PAGE, 3, 0x2C, -1, 0), MMAP),
    ((0x100001, PAGE, 3, ANONYMOUS | 0x10, -1, 0), (0x100000, PAGE, 3, ANONYMOUS | 0x10, -1, 0)),
    ((0, PAGE, 3, 0x121, -1, 0), (0, PAGE, 3, 0x122, -1, 0)),
    (lambda: (0, PAGE, 3, 8, file(), 0), (0, PAGE, 3, 0x28, -1, 0)),
    (lambda: (0, PAGE, 3, 0x80003, file(), 0), lambda: (0, PAGE, 3, 3, file(), 0)),
    (lambda: (0, PAGE, 3, 0x800003, file(), 0), lambda: (0, PAGE, 3, 3, file(), 0)),
    (lambda: (0, PAGE, 3, 2, file(), 1), lambda: (0, PAGE, 3, 2, file(), PAGE)),
    (lambda: (0, PAGE * 2, 3, 2, file(), -PAGE), None),
)
examples("munmap", (lambda: (mapped() + 1, PAGE), lambda: (mapped(), PAGE)), (lambda: (mapped(), 0), lambda: (mapped(), PAGE)), (lambda: (mapped(), 1 << 60), lambda: (mapped(), PAGE)))
examples(
    "mprotect pkey_mprotect",
    (lambda: (mapped() + 1, PAGE, 1, -1), lambda: (mapped(), PAGE, 1, -1)),
    (lambda: (mapped(), PAGE, 0x03000001, -1), lambda: (mapped(), PAGE, 1, -1)),
    (lambda: (mapped(), PAGE, 0x101, -1), lambda: (mapped(), PAGE, 1, -1)),
    (lambda: (mapped(), PAGE, 0x01000001, -1), lambda: (mapped(), PAGE, 1, -1)),
)
examples(
    "mremap",
    (lambda: (mapped(), PAGE, PAGE, 8, 0), lambda: (mapped(), PAGE, PAGE, 1, 0)),
    (lambda: (mapped() + 1, PAGE, PAGE, 1, 0), lambda: (mapped(), PAGE, PAGE, 1, 0)),
    (lambda: (mapped(), PAGE, 0, 1, 0), lambda: (mapped(), PAGE, PAGE, 1, 0)),
    (lambda: (mapped(), PAGE, PAGE, 2, mapped()), lambda: (mapped(), PAGE, PAGE, 3, mapped())),
    (lambda: (mapped(), PAGE, PAGE, 4, 0), lambda: (mapped(), PAGE, PAGE, 5, 0)),
    (lambda: (mapped(), PAGE, 2 * PAGE, 5, 0), lambda: (mapped(), PAGE, PAGE, 5, 0)),
    (lambda: (mapped(), PAGE, PAGE, 3, mapped() + 1), lambda: (mapped(), PAGE, PAGE, 3, mapped())),
    (lambda: (one := mapped(), PAGE * 2, PAGE * 2, 3, one + PAGE), lambda: (mapped(), PAGE, PAGE, 3, mapped())),
    (lambda: (mapped(), 0, PAGE, 1, 0), lambda: (mapped(4, 0x21), 0, PAGE, 1, 0)),
)
examples(
    "madvise",
    (lambda: (mapped() + 1, PAGE, 4), lambda: (mapped(), PAGE, 4)),
    (lambda: (mapped(), PAGE, 999), lambda: (mapped(), PAGE, 4)),
    (lambda: (mapped(), -1, 4), lambda: (mapped(), PAGE, 4)),
    (lambda: (mapped(4, 0x21), PAGE, 8), lambda: (mapped(), PAGE, 8)),
    (lambda: (mapped(), PAGE, 9), lambda: (mapped(4, 0x21), PAGE, 9)),
)
examples("msync", (lambda: (mapped() + 1, PAGE, 4), lambda: (mapped(), PAGE, 4)), (lambda: (mapped(), PAGE, 8), lambda: (mapped(), PAGE, 4)), (lambda: (mapped(), PAGE, 5), lambda: (mapped(), PAGE, 4)))
examples("mlock munlock mlock2", (lambda: (mapped(), -1 & ~0xFFFF, 0), lambda: (mapped(), PAGE, 0)))
examples("mlock2", (lambda: (mapped(), PAGE, 2), lambda: (mapped(), PAGE, 0)))
examples("mlockall", ((8,), (2,)), ((0,), (2,)), ((4,), (6,)))
examples("mincore", (lambda: (mapped() + 1, PAGE, bytes(8)), lambda: (mapped(), PAGE, bytes(8))))
examples(
    "mbind",
    (lambda: (mapped(), PAGE, 0, 0, 0, 0x100), lambda: (mapped(), PAGE, 0, 0, 0, 0)),
    (lambda: (mapped() + 1, PAGE, 0, 0, 0, 0), lambda: (mapped(), PAGE, 0, 0, 0, 0)),
    (lambda: (mapped(), PAGE, 99, 0, 0, 0), lambda: (mapped(), PAGE, 0, 0, 0, 0)),
    (lambda: (mapped(), PAGE, 2, 0, 0, 0), lambda: (mapped(), PAGE, 2, words(1), 64, 0)),
)
examples("set_mempolicy", ((99, 0, 0), (0, 0, 0)), ((2, 0, 0), (2, words(1), 64)))
examples("get_mempolicy", ((bytes(4), 0, 0, 0, 0x100), (bytes(4), 0, 0, 0, 0)))
examples("mseal", (lambda: (mapped(), PAGE, 1), lambda: (mapped(), PAGE, 0)), (lambda: (mapped() + 1, PAGE, 0), lambda: (mapped(), PAGE, 0)))
examples("remap_file_pages", (lambda: (mapped(4, 0x21), PAGE, 1, 0, 0), lambda: (mapped(4, 0x21), PAGE, 0, 0, 0)))
examples("pkey_alloc", ((1, 0), None), ((0, 4), None))
examples("pkey_free", ((9,), None))
examples("process_madvise", (lambda: (os.pidfd_open(os.getpid()), words(mapped(), PAGE), 1, 4, 1), lambda: (os.pidfd_open(os.getpid()), words(mapped(), PAGE), 1, 20, 0)))
examples("process_mrelease", (lambda: (os.pidfd_open(os.getpid()), 1), None))
VECTOR = lambda count, flags: lambda: (os.getpid(), words(mapped(), 8), count[0], words(mapped(), 8), count[1], flags)  # noqa: E731
examples("process_vm_readv process_vm_writev", (VECTOR((1, 1), 1), VECTOR((1, 1), 0)), (VECTOR((1025, 1), 0), VECTOR((1, 1), 0)), (VECTOR((1, 1025), 0), VECTOR((1, 1), 0)))
examples("membarrier", ((3, 0), (0, 0)), ((0, 2), (0, 0)))
examples("memfd_create", ((b"x\0", 21 << 26), (b"x\0", 0)), ((b"x\0", 0x40), (b"x\0", 0)), ((b"x" * 250 + b"\0", 0), (b"x" * 249 + b"\0", 0)), ((b"x\0", 0x18), (b"x\0", 8)))
examples("memfd_secret", ((1,), (0,)))
examples("userfaultfd", ((2,), (1,)))
examples("set_robust_list", ((words(0, 0, 0), 8), (words(0, 0, 0), 24)))

# --- files

CWD = -100
TMP = b"/tmp\0"


def there(data: bytes = b"x") -> bytes:
    """The path of a file, which goes when the machine does."""
    fd, path = tempfile.mkstemp(prefix="rules", dir=SCRATCH)
    os.write(fd, data)
    os.close(fd)
    return path.encode() + b"\0"


def fresh() -> bytes:
    """A path of nothing."""
    return tempfile.mktemp(prefix="rules", dir=SCRATCH).encode() + b"\0"


def directory() -> bytes:
    """The path of a directory."""
    return tempfile.mkdtemp(prefix="rules", dir=SCRATCH).encode() + b"\0"


def link() -> bytes:
    """The path of a symbolic link."""
    path = fresh()
    os.symlink(b"x", path[:-1])
    return path


def pipe(end: int = 0) -> int:
    """A pipe, with something to read."""
    both = os.pipe()
    os.write(both[1], b"x" * 100)
    return both[end]


for dirfd in ((), (CWD,)):
    examples(
        "openat" if dirfd else "open",
        ((*dirfd, TMP, 0o20200000, 0o600), (*dirfd, TMP, 0o20200002, 0o600)),
        ((*dirfd, TMP, 0o20000002, 0o600), (*dirfd, TMP, 0o20200002, 0o600)),
        ((*dirfd, TMP, 0o200100, 0o600), (*dirfd, TMP, 0o200000, 0)),
        ((*dirfd, b"/proc/self/status\0", os.O_DIRECT, 0), (*dirfd, b"/proc/self/status\0", 0, 0)),
        ((*dirfd, b"/proc\0", 0o20200002, 0o600), (*dirfd, TMP, 0o20200002, 0o600)),
    )
HOW = (CWD, TMP, words(0, 0, 0), 24)
examples(
    "openat2",
    ((CWD, TMP, words(0, 0, 0), 16), HOW),
    ((CWD, TMP, words(0, 0, 0, 1), 32), HOW),
    ((CWD, TMP, words(1 << 40, 0, 0), 24), HOW),
    ((CWD, TMP, words(0, 0, 1 << 20), 24), HOW),
    ((CWD, TMP, words(0, 0o600, 0), 24), HOW),
    ((CWD, TMP, words(0o20200002, 0o10600, 0), 24), (CWD, TMP, words(0o20200002, 0o600, 0), 24)),
    ((CWD, TMP, words(0, 0, 0x18), 24), (CWD, TMP, words(0, 0, 0x10), 24)),
    ((CWD, TMP, words(0o10000002, 0, 0), 24), (CWD, TMP, words(0o10000000, 0, 0), 24)),
    ((CWD, TMP, words(0o20200000, 0o600, 0), 24), (CWD, TMP, words(0o20200002, 0o600, 0), 24)),
)
examples("lseek", (lambda: (file(), 2, 9), lambda: (file(), 9, 2)), (lambda: (file(), 50, 9), lambda: (file(), 0, 0)), (lambda: (file(), -1, 0), lambda: (file(), 1, 0)), (lambda: (file(), -10000, 2), lambda: (file(), -10, 2)), (lambda: (file(), 1 << 62, 0), lambda: (file(), 1, 0)))


def kind(name: str) -> int:
    """A descriptor of some kind."""
    if name == "epoll":
        return ctypes.CDLL(None).epoll_create1(0)
    if name == "timerfd":
        return ctypes.CDLL(None).timerfd_create(1, 0)
    if name == "eventfd":
        return os.eventfd(1)
    if name == "inotify":
        return ctypes.CDLL(None).inotify_init1(0)
    raise KeyError(name)


def opened(path: bytes, flags: int) -> Any:
    """A descriptor of which the trace has seen how it was opened: see ``rules_kernel.made``."""
    fd = os.open(path, flags)
    SEEN[fd] = flags
    return fd


examples("read", (lambda: (opened(there(b"x" * 8192)[:-1], os.O_DIRECT), mapped(), 100), lambda: (opened(there(b"x" * 8192)[:-1], os.O_DIRECT), mapped(), 4096)), (lambda: (kind("eventfd"), bytes(8), 4), lambda: (kind("eventfd"), bytes(8), 8)), (lambda: (kind("epoll"), bytes(8), 8), lambda: (file(), bytes(8), 8)))
examples(
    "write",
    (lambda: (opened(there(b"x" * 8192)[:-1], os.O_DIRECT | os.O_RDWR), mapped(), 100), lambda: (opened(there(b"x" * 8192)[:-1], os.O_DIRECT | os.O_RDWR), mapped(), 4096)),
    (lambda: (kind("eventfd"), bytes(8), 4), lambda: (kind("eventfd"), bytes(8), 8)),
    (lambda: (kind("epoll"), bytes(8), 8), lambda: (file(), bytes(8), 8)),
)
examples("pread64 pwrite64", (lambda: (file(), bytes(8), 8, -1), lambda: (file(), bytes(8), 8, 0)))
examples("preadv pwritev", (lambda: (file(), words(mapped(), 8), 1, -1, -1), lambda: (file(), words(mapped(), 8), 1, 0, 0)))
for call, two in (("readv writev", ()), ("preadv pwritev preadv2 pwritev2", (0, 0, 0))):
    examples(call, (lambda two=two: (file(), words(*(mapped(), 8) * 1025), 1025, *two), lambda two=two: (file(), words(*(mapped(), 8) * 2), 2, *two)), (lambda two=two: (file(), words(mapped(), -1), 1, *two), lambda two=two: (file(), words(mapped(), 8), 1, *two)))
examples("preadv2 pwritev2", (lambda: (file(), words(mapped(), 8), 1, 0, 0, 0x8000), lambda: (file(), words(mapped(), 8), 1, 0, 0, 0)), (lambda: (file(), words(mapped(), 8), 1, 0, 0, 0x30), lambda: (file(), words(mapped(), 8), 1, 0, 0, 0)), (lambda: (os.memfd_create("x"), words(mapped(), 8), 1, 0, 0, 0x80), None))
examples(
    "vmsplice",
    (lambda: (os.pipe()[1], words(*(mapped(), 8) * 1025), 1025, 0), lambda: (os.pipe()[1], words(mapped(), 8), 1, 0)),
    (lambda: (os.pipe()[1], words(mapped(), -1), 1, 0), lambda: (os.pipe()[1], words(mapped(), 8), 1, 0)),
    (lambda: (os.pipe()[1], words(mapped(), 8), 1, 0x100), lambda: (os.pipe()[1], words(mapped(), 8), 1, 0)),
)
examples("truncate", (lambda: (there(), -1), lambda: (there(), 1)))
examples("ftruncate", (lambda: (file(), -1), lambda: (file(), 1)), (lambda: (opened(there()[:-1], os.O_RDONLY), 1), lambda: (opened(there()[:-1], os.O_RDWR), 1)), (lambda: (pipe(1), 1), lambda: (file(), 1)))
examples(
    "fallocate",
    (lambda: (file(), 0, -1, 1), lambda: (file(), 0, 0, 1)),
    (lambda: (file(), 0, 0, 0), lambda: (file(), 0, 0, 1)),
    (lambda: (file(), 0x1000, 0, 1), lambda: (file(), 0, 0, 1)),
    (lambda: (file(), 2, 0, 4096), lambda: (file(), 3, 0, 4096)),
    (lambda: (file(), 0x18, 0, 4096), lambda: (file(), 0x11, 0, 4096)),
    (lambda: (os.memfd_create("x"), 8, 0, 4096), lambda: (os.memfd_create("x"), 0, 0, 4096)),
)
examples("fadvise64", (lambda: (file(), 0, 0, 9), lambda: (file(), 0, 0, 0)), (lambda: (file(), 0, -1, 0), lambda: (file(), 0, 1, 0)))
examples("sync_file_range", (lambda: (file(), 0, 0, 8), lambda: (file(), 0, 0, 0)), (lambda: (file(), -1, 0, 0), lambda: (file(), 0, 0, 0)), (lambda: (file(), 0, -1, 0), lambda: (file(), 0, 0, 0)))
examples("fsync fdatasync", (lambda: (pipe(1),), lambda: (file(),)))
examples("close_range", ((1000, 1001, 8), (1000, 1001, 0)), ((1001, 1000, 0), (1000, 1001, 0)))
examples("flock", (lambda: (file(), 16), lambda: (file(), 1)))
examples("readlink", (lambda: (link(), bytes(8), 0), lambda: (link(), bytes(8), 8)), (lambda: (there(), bytes(8), 8), lambda: (link(), bytes(8), 8)))
examples("readlinkat", (lambda: (CWD, link(), bytes(8), 0), lambda: (CWD, link(), bytes(8), 8)), (lambda: (CWD, there(), bytes(8), 8), lambda: (CWD, link(), bytes(8), 8)))


def inside() -> tuple[bytes, bytes]:
    """A directory and a name in it."""
    path = directory()
    return path, path[:-1] + b"/x\0"


examples("rename", (lambda: inside(), lambda: (directory(), fresh())))
examples("renameat", (lambda: (CWD, (two := inside())[0], CWD, two[1]), lambda: (CWD, directory(), CWD, fresh())))
examples("renameat2", (lambda: (CWD, (two := inside())[0], CWD, two[1], 0), lambda: (CWD, directory(), CWD, fresh(), 0)), (lambda: (CWD, there(), CWD, fresh(), 8), lambda: (CWD, there(), CWD, fresh(), 1)), (lambda: (CWD, there(), CWD, there(), 3), lambda: (CWD, there(), CWD, there(), 2)))
examples("unlinkat", (lambda: (CWD, there(), 0x100), lambda: (CWD, there(), 0)))
examples("linkat", (lambda: (CWD, there(), CWD, fresh(), 0x100), lambda: (CWD, there(), CWD, fresh(), 0)))
examples("newfstatat", ((CWD, TMP, bytes(256), 0x400), (CWD, TMP, bytes(256), 0)))
examples("statx", ((CWD, TMP, 0x400, 0x7FF, bytes(256)), (CWD, TMP, 0, 0x7FF, bytes(256))), ((CWD, TMP, 0x6000, 0x7FF, bytes(256)), (CWD, TMP, 0, 0x7FF, bytes(256))), ((CWD, TMP, 0, 0x80000000, bytes(256)), (CWD, TMP, 0, 0x7FF, bytes(256))))
examples("fchownat", (lambda: (CWD, there(), -1, -1, 0x400), lambda: (CWD, there(), -1, -1, 0)))
examples("fchmodat2", (lambda: (CWD, there(), 0o600, 0x400), lambda: (CWD, there(), 0o600, 0)))
examples("access", ((TMP, 8), (TMP, 7)))
examples("faccessat", ((CWD, TMP, 8), (CWD, TMP, 7)))
examples("faccessat2", ((CWD, TMP, 8, 0), (CWD, TMP, 7, 0)), ((CWD, TMP, 7, 0x400), (CWD, TMP, 7, 0)))
examples("name_to_handle_at", ((CWD, TMP, struct.pack("<II128x", 128, 0), bytes(8), 0x100), (CWD, TMP, struct.pack("<II128x", 128, 0), bytes(8), 0)))
examples("utimensat", (lambda: (CWD, there(), words(0, 0, 0, 0), 0x400), lambda: (CWD, there(), words(0, 0, 0, 0), 0)), (lambda: (CWD, there(), words(0, 2000000000, 0, 0), 0), lambda: (CWD, there(), words(0, 0, 0, 0), 0)))
examples("utimes", (lambda: (there(), words(0, 2000000, 0, 0)), lambda: (there(), words(0, 0, 0, 0))))
examples("futimesat", (lambda: (CWD, there(), words(0, 2000000, 0, 0)), lambda: (CWD, there(), words(0, 0, 0, 0))))
examples("rmdir", (lambda: (directory()[:-1] + b"/.\0",), lambda: (directory(),)))
examples("mknod", (lambda: (fresh(), 0o120600, 0), lambda: (fresh(), 0o100600, 0)))
examples("mknodat", (lambda: (CWD, fresh(), 0o120600, 0), lambda: (CWD, fresh(), 0o100600, 0)))
examples("getcwd", ((bytes(1), 1), (bytes(4096), 4096)))
examples("getdents getdents64", (lambda: (os.open("/", os.O_RDONLY), bytes(8), 8), lambda: (os.open("/", os.O_RDONLY), bytes(4096), 4096)))
examples("copy_file_range", (lambda: (file(), 0, file(), 0, 10, 1), lambda: (file(), 0, file(), 0, 10, 0)), (lambda: (pipe(), 0, file(), 0, 10, 0), lambda: (file(), 0, file(), 0, 10, 0)), (lambda: (one := file(), words(0), one, words(5), 10, 0), lambda: (one := file(), words(0), one, words(50), 10, 0)))
examples(
    "splice",
    (lambda: (pipe(), 0, file(), 0, 10, 16), lambda: (pipe(), 0, file(), 0, 10, 0)),
    (lambda: (file(), 0, file(), 0, 10, 0), lambda: (pipe(), 0, file(), 0, 10, 0)),
    (lambda: (pipe(), 0, opened(there()[:-1], os.O_WRONLY | os.O_APPEND), 0, 10, 0), lambda: (pipe(), 0, opened(there()[:-1], os.O_WRONLY), 0, 10, 0)),
    (lambda: ((two := os.pipe())[0], 0, two[1], 0, 10, 0), lambda: (pipe(), 0, os.pipe()[1], 0, 10, 0)),
)
examples("tee", (lambda: (pipe(), os.pipe()[1], 10, 16), lambda: (pipe(), os.pipe()[1], 10, 0)), (lambda: (pipe(), file(), 10, 0), lambda: (pipe(), os.pipe()[1], 10, 0)), (lambda: ((two := os.pipe())[0], two[1], 10, 0), lambda: (pipe(), os.pipe()[1], 10, 0)))
examples(
    "sendfile",
    (lambda: (file(), socket.socketpair()[0].detach(), 0, 10), lambda: (file(), file(), 0, 10)),
    (lambda: (opened(there()[:-1], os.O_WRONLY | os.O_APPEND), file(), 0, 10), lambda: (opened(there()[:-1], os.O_WRONLY), file(), 0, 10)),
    (lambda: (file(), file(), words(-1), 10), lambda: (file(), file(), words(0), 10)),
)
examples("pipe2", ((bytes(8), 2), (bytes(8), 0)))
examples("dup3", ((0, 100, 0o4000), (0, 100, 0)), ((1, 1, 0), (1, 100, 0)))
NAME, LONG = b"user.x\0", b"user." + b"x" * 251 + b"\0"
for call, place in (("setxattr lsetxattr", there), ("fsetxattr", file)):
    examples(
        call,
        (lambda place=place: (place(), NAME, b"x", 1, 4), lambda place=place: (place(), NAME, b"x", 1, 0)),
        (lambda place=place: (place(), NAME, b"x", 65537, 0), lambda place=place: (place(), NAME, b"x", 1, 0)),
        (lambda place=place: (place(), b"\0", b"x", 1, 0), lambda place=place: (place(), NAME, b"x", 1, 0)),
        (lambda place=place: (place(), LONG, b"x", 1, 0), lambda place=place: (place(), NAME, b"x", 1, 0)),
        (lambda place=place: (place(), b"no.x\0", b"x", 1, 0), lambda place=place: (place(), NAME, b"x", 1, 0)),
        ((b"/proc/self/status\0", NAME, b"x", 1, 0) if place is there else lambda: (os.open("/proc/self/status", 0), NAME, b"x", 1, 0), None),
    )
for call, place in (("getxattr lgetxattr removexattr lremovexattr", there), ("fgetxattr fremovexattr", file)):
    examples(
        call,
        (lambda place=place: (place(), b"\0", bytes(9), 9), lambda place=place: (place(), NAME, bytes(9), 9)),
        (lambda place=place: (place(), LONG, 0, 0), lambda place=place: (place(), NAME, 0, 0)),
        (lambda place=place: (place(), b"no.x\0", bytes(9), 9), lambda place=place: (place(), NAME, bytes(9), 9)),
        ((b"/proc/self/status\0", NAME, bytes(9), 9) if place is there else lambda: (os.open("/proc/self/status", 0), NAME, bytes(9), 9), None),
    )


def attributed() -> bytes:
    """The path of a file with an attribute."""
    path = there()
    os.setxattr(path[:-1], "user.x", b"12345678")
    return path


examples("getxattr lgetxattr", (lambda: (attributed(), NAME, bytes(1), 1), lambda: (attributed(), NAME, bytes(9), 9)))
examples("fgetxattr", (lambda: (os.open(attributed()[:-1], 0), NAME, bytes(1), 1), lambda: (os.open(attributed()[:-1], 0), NAME, bytes(9), 9)))
examples("listxattr llistxattr", (lambda: (attributed(), bytes(1), 1), lambda: (attributed(), bytes(99), 99)))
examples("flistxattr", (lambda: (os.open(attributed()[:-1], 0), bytes(1), 1), lambda: (os.open(attributed()[:-1], 0), bytes(99), 99)))
examples("cachestat", (lambda: (file(), words(0, 0), bytes(40), 1), lambda: (file(), words(0, 0), bytes(40), 0)))


def region(type: int, whence: int, start: int, length: int, pid: int = 0) -> bytes:
    """A struct flock."""
    return struct.pack("<hhiqqii", type, whence, 0, start, length, pid, 0)


LOCK = lambda: (file(), 6, region(1, 0, 0, 0))  # noqa: E731
examples(
    "fcntl",
    (lambda: (file(), 9999, 0), lambda: (file(), 3, 0)),
    (lambda: (file(), 0, -1), lambda: (file(), 0, 0)),
    (lambda: (pipe(), 1031, 0xFFFFFFFF), lambda: (pipe(), 1031, 65536)),
    (lambda: (file(), 10, 99), lambda: (file(), 10, 9)),
    (lambda: (os.memfd_create("x", 2), 1033, 0x100), lambda: (os.memfd_create("x", 2), 1033, 1)),
    (lambda: (pipe(), 1034, 0), lambda: (os.memfd_create("x", 2), 1034, 0)),
    (lambda: (file(), 6, region(9, 0, 0, 0)), LOCK),
    (lambda: (file(), 6, region(1, 9, 0, 0)), LOCK),
    (lambda: (file(), 6, region(1, 0, -5, 0)), LOCK),
    (lambda: (file(), 15, struct.pack("<ii", 9, 0)), lambda: (file(), 15, struct.pack("<ii", 1, 0))),
    (lambda: (file(b"x", os.O_RDONLY), 1024, 9), lambda: (file(b"x", os.O_RDONLY), 1024, 2)),
    (lambda: (pipe(), 1024, 0), lambda: (file(b"x", os.O_RDONLY), 1024, 0)),
    (lambda: (os.open("/proc/self/status", 0), 4, os.O_DIRECT), lambda: (os.open("/proc/self/status", 0), 4, 0)),
)

# --- signals and times

SELF = lambda *more: lambda: (os.getpid(), *more)  # noqa: E731
examples("kill tkill", (SELF(99), SELF(0)))
examples("tkill", ((-5, 0), SELF(0)))
examples("tgkill", (lambda: (os.getpid(), os.getpid(), 99), lambda: (os.getpid(), os.getpid(), 0)), ((-5, -5, 0), lambda: (os.getpid(), os.getpid(), 0)))
PIDFD = lambda *more: lambda: (os.pidfd_open(os.getpid()), *more)  # noqa: E731
examples("pidfd_send_signal", (PIDFD(0, 0, 64), PIDFD(0, 0, 0)), (PIDFD(99, 0, 0), PIDFD(0, 0, 0)))
examples("pidfd_open", (SELF(1), SELF(0)), ((0, 0), SELF(0)))
examples("pidfd_getfd", (PIDFD(0, 1), PIDFD(0, 0)))
examples("rt_sigaction", ((10, words(0, 0, 0, 0), 0, 4), (10, words(0, 0, 0, 0), 0, 8)), ((9, words(1, 0, 0, 0), 0, 8), (10, words(0, 0, 0, 0), 0, 8)), ((65, 0, 0, 8), (64, 0, 0, 8)))
examples("rt_sigprocmask", ((0, words(0), 0, 4), (0, words(0), 0, 8)), ((9, words(0), 0, 8), (0, words(0), 0, 8)))
examples("rt_sigpending", ((bytes(16), 16), (bytes(8), 8)))
examples("rt_sigsuspend", ((bytes(16), 16), None))
examples("rt_sigtimedwait", ((words(512), 0, words(0, 0), 4), (words(512), 0, words(0, 0), 8)), ((words(512), 0, words(0, 2000000000), 8), (words(512), 0, words(0, 0), 8)), ((words(512), 0, words(-1, 0), 8), (words(512), 0, words(0, 0), 8)))
examples("sigaltstack", (lambda: (struct.pack("<QiiQ", mapped(4), 7, 0, 16384), 0), lambda: (struct.pack("<QiiQ", mapped(4), 0, 0, 16384), 0)))
BAD = (words(0, 1000000000), words(0, -1))
examples("nanosleep", *(((one, 0), (words(0, 1), 0)) for one in (*BAD, words(-1, 0))))
examples("clock_nanosleep", *(((1, 0, one, 0), (1, 0, words(0, 1), 0)) for one in (*BAD, words(-1, 0))), ((3, 0, words(0, 1), 0), (1, 0, words(0, 1), 0)), ((99, 0, words(0, 1), 0), (1, 0, words(0, 1), 0)), ((4, 0, words(0, 1), 0), (1, 0, words(0, 1), 0)))
examples("clock_gettime clock_getres", ((99, bytes(16)), (1, bytes(16))))
examples("clock_settime", ((99, words(1, 0)), None), ((1, words(1, 0)), None), ((0, BAD[0]), None), ((0, words(-1, 0)), None))
examples("settimeofday", ((words(1, 1000000), 0), None))
examples("getitimer", ((9, bytes(32)), (0, bytes(32))))
examples("setitimer", ((9, bytes(32), 0), (0, bytes(32), 0)), ((1, words(0, 0, 0, 1000000), 0), (1, bytes(32), 0)), ((1, words(0, 1000000, 0, 0), 0), (1, bytes(32), 0)))
EVENT = lambda signo, notify: struct.pack("<Qii48x", 0, signo, notify)  # noqa: E731
examples("timer_create", ((99, 0, bytes(4)), (1, 0, bytes(4))), ((1, EVENT(10, 9), bytes(4)), (1, EVENT(10, 1), bytes(4))), ((1, EVENT(99, 0), bytes(4)), (1, EVENT(10, 0), bytes(4))))


def timer() -> int:
    """A timer."""
    number = ctypes.c_int()
    ctypes.CDLL(None).syscall(222, 1, 0, ctypes.byref(number))
    return number.value


examples("timer_settime", (lambda: (timer(), 0, words(0, 0, 0, 1000000000), 0), lambda: (timer(), 0, words(0, 0, 0, 0), 0)), (lambda: (timer(), 0, words(0, -1, 1, 0), 0), lambda: (timer(), 0, words(0, 0, 0, 0), 0)), ((77, 0, bytes(32), 0), lambda: (timer(), 0, words(0, 0, 0, 0), 0)))
examples("timer_gettime timer_getoverrun timer_delete", ((77, bytes(32)), lambda: (timer(), bytes(32))))
examples("timerfd_create", ((1, 1), (1, 0)), ((2, 0), (1, 0)))
examples("timerfd_gettime", (lambda: (file(), bytes(32)), lambda: (kind("timerfd"), bytes(32))))
TIMER = lambda: (kind("timerfd"), 0, words(0, 0, 0, 0), 0)  # noqa: E731
examples("timerfd_settime", (lambda: (file(), 0, bytes(32), 0), TIMER), (lambda: (kind("timerfd"), 8, bytes(32), 0), TIMER), (lambda: (kind("timerfd"), 0, words(0, 0, 0, 1000000000), 0), TIMER), (lambda: (kind("timerfd"), 0, words(0, -1, 1, 0), 0), TIMER))
examples("signalfd signalfd4", ((-1, bytes(8), 4, 0), (-1, bytes(8), 8, 0)), (lambda: (file(), bytes(8), 8, 0), (-1, bytes(8), 8, 0)))
examples("signalfd4", ((-1, bytes(8), 8, 1), (-1, bytes(8), 8, 0)))

# --- events

EXAMPLES["poll"] = [((bytes(8), 1 << 30, 0), (bytes(8), 1, 0))]
EXAMPLES["ppoll"] = [((bytes(8), 1 << 30, words(0, 0), 0, 8), (bytes(8), 1, words(0, 0), 0, 8))]
examples("ppoll", ((bytes(8), 1, words(0, 0), words(0), 4), (bytes(8), 1, words(0, 0), words(0), 8)), ((bytes(8), 1, BAD[0], 0, 8), (bytes(8), 1, words(0, 0), 0, 8)), ((bytes(8), 1, words(-1, 0), 0, 8), (bytes(8), 1, words(0, 0), 0, 8)))
examples("select", ((-1, 0, 0, 0, words(0, 0)), (0, 0, 0, 0, words(0, 0))), ((0, 0, 0, 0, words(-1, 0)), (0, 0, 0, 0, words(0, 0))))
examples("pselect6", ((-1, 0, 0, 0, words(0, 0), 0), (0, 0, 0, 0, words(0, 0), 0)), ((0, 0, 0, 0, BAD[0], 0), (0, 0, 0, 0, words(0, 0), 0)), ((0, 0, 0, 0, words(-1, 0), 0), (0, 0, 0, 0, words(0, 0), 0)))
examples("epoll_create", ((0,), (1,)))
examples("epoll_create1", ((1,), (0,)))
ADD = lambda: (kind("epoll"), 1, os.pipe()[0], struct.pack("<IQ", 1, 0))  # noqa: E731


def watching(events: int) -> tuple[int, int]:
    """An epoll descriptor and what it watches."""
    libc, epoll, fd = ctypes.CDLL(None), kind("epoll"), os.pipe()[0]
    libc.epoll_ctl(epoll, 1, fd, struct.pack("<IQ", events, 0))
    return epoll, fd


examples(
    "epoll_ctl",
    (lambda: (os.pipe()[0], 1, os.pipe()[0], struct.pack("<IQ", 1, 0)), ADD),
    (lambda: (kind("epoll"), 9, os.pipe()[0], struct.pack("<IQ", 1, 0)), ADD),
    (lambda: (one := kind("epoll"), 1, one, struct.pack("<IQ", 1, 0)), ADD),
    (lambda: ((two := watching(1))[0], 3, two[1], struct.pack("<IQ", 1 | 1 << 28, 0)), ADD),
    (lambda: (kind("epoll"), 1, os.pipe()[0], struct.pack("<IQ", 2 | 1 << 28, 0)), ADD),
    (lambda: ((two := watching(1 | 1 << 28))[0], 3, two[1], struct.pack("<IQ", 1, 0)), ADD),
)
examples(
    "epoll_wait epoll_pwait",
    (lambda: (kind("epoll"), bytes(12), 0, 0, 0, 8), lambda: (kind("epoll"), bytes(12), 1, 0, 0, 8)),
    (lambda: (kind("epoll"), bytes(12), 0x7FFFFFFF, 0, 0, 8), lambda: (kind("epoll"), bytes(12), 1, 0, 0, 8)),
    (lambda: (os.pipe()[0], bytes(12), 1, 0, 0, 8), lambda: (kind("epoll"), bytes(12), 1, 0, 0, 8)),
)
WAIT = lambda: (kind("epoll"), bytes(12), 1, words(0, 0), 0, 8)  # noqa: E731
examples("epoll_pwait2", (lambda: (kind("epoll"), bytes(12), 0, words(0, 0), 0, 8), WAIT), (lambda: (kind("epoll"), bytes(12), 0x7FFFFFFF, words(0, 0), 0, 8), WAIT), (lambda: (os.pipe()[0], bytes(12), 1, words(0, 0), 0, 8), WAIT), (lambda: (kind("epoll"), bytes(12), 1, words(0, 0), words(0), 4), WAIT))
examples("epoll_pwait", (lambda: (kind("epoll"), bytes(12), 1, 0, words(0), 4), lambda: (kind("epoll"), bytes(12), 1, 0, words(0), 8)))
examples("eventfd2", ((0, 2), (0, 1)))
examples("inotify_init1", ((1,), (0,)))
WATCH = lambda: (kind("inotify"), TMP, 2)  # noqa: E731
examples("inotify_add_watch", (lambda: (kind("inotify"), TMP, 0), WATCH), (lambda: (kind("inotify"), TMP, 0x1000), WATCH), (lambda: (kind("inotify"), TMP, 0x30000002), WATCH), (lambda: (os.pipe()[0], TMP, 2), WATCH))
examples("inotify_rm_watch", (lambda: (os.pipe()[0], 1), None), (lambda: (kind("inotify"), 99), None))
examples("fanotify_init", ((1 << 30, 0), (0, 0)), ((0, 1 << 30), (0, 0)))


def fanotify() -> int:
    """A fanotify descriptor."""
    return int(ctypes.CDLL(None).fanotify_init(0, 0))


MARK = lambda: (fanotify(), 1, 1, CWD, TMP)  # noqa: E731
examples("fanotify_mark", (lambda: (fanotify(), 1 | 1 << 30, 1, CWD, TMP), MARK), (lambda: (os.pipe()[0], 1, 1, CWD, TMP), MARK), (lambda: (fanotify(), 1, 0, CWD, TMP), MARK), (lambda: (fanotify(), 3, 1, CWD, TMP), MARK))
examples("io_setup", ((0, bytes(8)), (1, bytes(8))))


def context() -> int:
    """A context of asynchronous input and output."""
    number = ctypes.c_ulong()
    ctypes.CDLL(None).syscall(206, 4, ctypes.byref(number))
    return number.value


examples("io_destroy", ((1,), lambda: (context(),)))
examples("io_submit", ((1, 0, 0), lambda: (context(), 0, 0)), (lambda: (context(), -1, 0), lambda: (context(), 0, 0)))
examples("io_cancel", ((1, bytes(64), bytes(32)), None))
examples("io_getevents", ((1, 0, 0, 0, 0), lambda: (context(), 0, 0, 0, 0)), (lambda: (context(), 2, 1, bytes(64), 0), lambda: (context(), 0, 1, bytes(64), 0)))
RING = (4, bytes(120))
RINGS = lambda flags, entries=0: (4, struct.pack("<III108x", 0, entries, flags))  # noqa: E731
examples(
    "io_uring_setup",
    ((0, bytes(120)), RING), ((1 << 20, bytes(120)), RING), (RINGS(1 << 30), RING), (RINGS(4), RING), (RINGS(0x2000), RINGS(0x3000)),
)  # fmt: skip


def ring() -> int:
    """A ring."""
    return int(ctypes.CDLL(None).syscall(425, 4, bytes(120)))


examples("io_uring_enter", (lambda: (ring(), 0, 0, 1 << 30, 0, 0), lambda: (ring(), 0, 0, 0, 0, 0)))
examples("io_uring_register", (lambda: (ring(), 999, 0, 0), lambda: (ring(), 8, bytes(4096), 16)))
examples("getrandom", ((bytes(8), 8, 8), (bytes(8), 8, 0)), ((bytes(8), 8, 6), (bytes(8), 8, 2)))

# --- sockets

INET, INET6 = ((lambda port=0: struct.pack("<HHI8x", 2, port, 0x0100007F)), (lambda: struct.pack("<HHI16sI", 10, 0, 0, bytes(15) + b"\1", 0)))


def sock(family: int = socket.AF_INET, type: int = socket.SOCK_STREAM) -> int:
    """A socket."""
    return socket.socket(family, type).detach()


def bound() -> int:
    """A socket with an address, that a trace has seen it get."""
    one = socket.socket()
    one.bind(("127.0.0.1", 0))
    BOUND.append(one.fileno())
    return one.detach()


def listening() -> int:
    """A socket that listens, and has been called."""
    one = socket.socket()
    one.listen()
    HELD.append(socket.create_connection(one.getsockname()))
    return one.detach()


HELD: list[socket.socket] = []
examples(
    "socket",
    ((99, 1, 0), (2, 1, 0)), ((2, 11, 0), (2, 1, 0)), ((2, 1 | 1 << 20, 0), (2, 1, 0)), ((2, 1, 17), (2, 1, 6)), ((2, 4, 0), (2, 1, 0)), ((16, 3, 99), (16, 3, 0)), ((1, 3, 99), (1, 3, 0)), ((2, 3, 0), None),
)  # fmt: skip
examples("socketpair", ((99, 1, 0, bytes(8)), (1, 1, 0, bytes(8))), ((1, 11, 0, bytes(8)), (1, 1, 0, bytes(8))), ((1, 1, 17, bytes(8)), (1, 1, 0, bytes(8))), ((1, 4, 0, bytes(8)), (1, 1, 0, bytes(8))), ((2, 1, 0, bytes(8)), (1, 1, 0, bytes(8))))
examples("bind connect", (lambda: (sock(), INET(), -1), lambda: (sock(), INET(), 16)), (lambda: (sock(), INET(), 8), lambda: (sock(), INET(), 16)), (lambda: (sock(), INET(), 1), lambda: (sock(), INET(), 16)), (lambda: (sock(), INET6(), 28), lambda: (sock(), INET(), 16)))
examples("bind", (lambda: (bound(), INET(), 16), lambda: (sock(), INET(), 16)))
UDP = lambda: sock(socket.AF_INET, socket.SOCK_DGRAM)  # noqa: E731
examples(
    "sendto",
    (lambda: (UDP(), b"x", 1, 0, INET(9), 200), lambda: (UDP(), b"x", 1, 0, INET(9), 16)),
    (lambda: (UDP(), b"x", 1, 0, INET(9), 8), lambda: (UDP(), b"x", 1, 0, INET(9), 16)),
    (lambda: (UDP(), b"x", 1, 0, INET6(), 28), lambda: (UDP(), b"x", 1, 0, INET(9), 16)),
    (lambda: (UDP(), b"x", 1, 1, INET(9), 16), lambda: (UDP(), b"x", 1, 0, INET(9), 16)),
)


def paired() -> int:
    """A socket with something to read."""
    one, two = socket.socketpair(type=socket.SOCK_DGRAM)
    two.send(b"x")
    HELD.append(two)
    return one.detach()


def called() -> int:
    """A TCP connection, with something to read."""
    one = socket.socket()
    one.listen()
    two = socket.create_connection(one.getsockname())
    two.send(b"x")
    HELD.append(two)
    return one.accept()[0].detach()


MESSAGE = lambda: words(0, 0, mapped(), 1, 0, 0, 0)  # noqa: E731
examples("recvfrom", (lambda: (paired(), bytes(8), 8, 1, 0, 0), lambda: (paired(), bytes(8), 8, 0, 0, 0)), (lambda: (called(), bytes(8), 8, 1, 0, 0), lambda: (called(), bytes(8), 8, 0, 0, 0)))
examples("sendmsg recvmsg", (lambda: (paired(), MESSAGE(), 1), lambda: (paired(), MESSAGE(), 0)))
examples("listen", (lambda: (UDP(), 1), lambda: (sock(), 1)), (lambda: (sock(socket.AF_UNIX), 1), lambda: (sock(), 1)))
examples("accept4", (lambda: (listening(), 0, 0, 1), lambda: (listening(), 0, 0, 0)))
examples("accept accept4", (lambda: (UDP(), 0, 0, 0), lambda: (listening(), 0, 0, 0)), (lambda: (sock(), 0, 0, 0), lambda: (listening(), 0, 0, 0)), (lambda: (listening(), bytes(16), struct.pack("<i", -1), 0), lambda: (listening(), bytes(16), struct.pack("<i", 16), 0)))
examples("getsockname", (lambda: (sock(), bytes(16), struct.pack("<i", -1)), lambda: (sock(), bytes(16), struct.pack("<i", 16))))
examples("shutdown", (lambda: (called(), 9), lambda: (called(), 1)))
ON = struct.pack("<i", 1)
examples(
    "setsockopt",
    (lambda: (sock(), 1, 2, ON, -1), lambda: (sock(), 1, 2, ON, 4)),
    (lambda: (sock(), 1, 2, ON, 1), lambda: (sock(), 1, 2, ON, 4)),
    (lambda: (sock(), 1, 13, words(0), 4), lambda: (sock(), 1, 13, words(0), 8)),
    (lambda: (sock(), 1, 20, ON, 4), lambda: (sock(), 1, 20, words(0, 0), 16)),
    (lambda: (sock(), 6, 1, ON, 1), lambda: (sock(), 6, 1, ON, 4)),
    (lambda: (sock(), 1, 20, words(0, 1000000), 16), lambda: (sock(), 1, 20, words(0, 0), 16)),
    (lambda: (sock(), 6, 999, ON, 4), lambda: (sock(), 6, 1, ON, 4)),
    (lambda: (sock(socket.AF_UNIX), 6, 1, ON, 4), lambda: (sock(), 6, 1, ON, 4)),
)
examples(
    "getsockopt",
    (lambda: (sock(), 1, 2, bytes(4), struct.pack("<i", -1)), lambda: (sock(), 1, 2, bytes(4), struct.pack("<i", 4))),
    (lambda: (sock(), 6, 999, bytes(4), struct.pack("<i", 4)), lambda: (sock(), 6, 1, bytes(4), struct.pack("<i", 4))),
    (lambda: (sock(socket.AF_UNIX), 6, 1, bytes(4), struct.pack("<i", 4)), lambda: (sock(), 6, 1, bytes(4), struct.pack("<i", 4))),
)

# --- processes


def clone3(flags: int = 0, exit_signal: int = 17, stack: int = 0, size: int = 0, length: int = 88, more: bytes = b"") -> tuple[bytes, int]:
    """Arguments that begin no process, since their last one is not allowed."""
    return words(flags, 0, 0, 0, exit_signal, stack, size, 0, 0, 0, 0) + more, length


for flags in (0x800, 0x10100, 0x20200, 0x10000200, 0x20010900, 0x08040000):
    examples("clone", ((flags & ~0xFF, 0, 0, 0, 0), None))
    examples("clone3", (clone3(flags, 0), None))
examples("clone", ((0x101000, 0, bytes(4), 0, 0), None))
examples(
    "clone3",
    (clone3(length=56), None), (clone3(length=96, more=words(1)), None), (clone3(1 << 60), None), (clone3(0, 99), None), (clone3(0x10900, 17), None), (clone3(0x400000), None), (lambda: clone3(0, 17, mapped()), None), (clone3(0x100000900, 17), None),
)  # fmt: skip


def threaded(*arguments: int) -> tuple[int, ...]:
    """In a process with two threads."""
    import threading

    THREADS.append(threading.Thread(target=threading.Event().wait, args=(3,), daemon=True))
    THREADS[-1].start()
    return arguments


THREADS: list[Any] = []
examples("unshare", ((1,), (0,)), (lambda: threaded(0x10000000), None))
examples("setns", (lambda: (file(), 0), lambda: (os.open("/proc/self/ns/uts", 0), 0)))
examples("wait4", ((-1, 0, 4, 0), (-1, 0, 1, 0)))
examples("waitid", ((0, 0, 0, 0x100, 0), (0, 0, 0, 5, 0)), ((0, 0, 0, 1, 0), (0, 0, 0, 5, 0)), ((9, 0, 0, 5, 0), (0, 0, 0, 5, 0)), ((1, 0, 0, 5, 0), (0, 0, 0, 5, 0)))
examples("setpgid", ((0, -1), (0, 0)))
examples("getpriority setpriority", ((9, 0, 0), (0, 0, 0)))
examples("setuid setgid", ((-1,), (0,)))
examples("setgroups", ((65537, 0), (0, 0)))


def grouped() -> tuple[int, bytes]:
    """A process with several groups."""
    os.setgroups([1, 2, 3])
    return 1, bytes(4)


examples("getgroups", (grouped, (64, bytes(256))))
examples("getrlimit setrlimit", ((99, words(1, 1)), (7, words(100, 100))))
examples("setrlimit", ((7, words(100, 50)), (7, words(50, 100))))
examples("prlimit64", ((0, 99, 0, bytes(16)), (0, 7, 0, bytes(16))), ((0, 7, words(100, 50), 0), (0, 7, words(50, 100), 0)))
examples("getrusage", ((9, bytes(144)), (0, bytes(144))))
examples("sethostname setdomainname", ((b"x" * 65, 65), None))
PRIORITY = lambda number: struct.pack("<i", number)  # noqa: E731
examples(
    "sched_setscheduler",
    ((-1, 0, PRIORITY(0)), (0, 0, PRIORITY(0))), ((0, 99, PRIORITY(0)), (0, 0, PRIORITY(0))), ((0, 6, PRIORITY(0)), (0, 0, PRIORITY(0))), ((0, 0, PRIORITY(5)), (0, 0, PRIORITY(0))),
)  # fmt: skip
examples("sched_setparam", ((-1, PRIORITY(0)), (0, PRIORITY(0))), ((0, PRIORITY(5)), (0, PRIORITY(0))))
examples("sched_getparam sched_getscheduler sched_rr_get_interval", ((-1, bytes(16)), (0, bytes(16))))
examples("sched_get_priority_max sched_get_priority_min", ((99,), (0,)))
examples("sched_setaffinity", ((0, 8, words(0)), (0, 8, words(1))))
examples("sched_getaffinity", ((0, 9, bytes(16)), (0, 128, bytes(128))), ((0, 0, bytes(16)), (0, 128, bytes(128))))
ATTRIBUTES = struct.pack("<IIQiI24x", 48, 0, 0, 0, 0)
examples("sched_setattr", ((0, ATTRIBUTES, 1), (0, ATTRIBUTES, 0)), ((-1, ATTRIBUTES, 0), (0, ATTRIBUTES, 0)))
examples("sched_getattr", ((0, bytes(48), 48, 1), (0, bytes(48), 48, 0)), ((-1, bytes(48), 48, 0), (0, bytes(48), 48, 0)), ((0, bytes(48), 8, 0), (0, bytes(48), 48, 0)))
examples("ioprio_get ioprio_set", ((9, 0, 0), (1, 0, 0)))
examples("ioprio_set", ((1, 0, 7 << 13), (1, 0, 0)))
examples("kcmp", (lambda: (os.getpid(), os.getpid(), 99, 0, 0), lambda: (os.getpid(), os.getpid(), 1, 0, 0)))
examples("capget", ((struct.pack("<Ii", 1, 0), bytes(24)), (struct.pack("<Ii", 0x20080522, 0), bytes(24))))
examples("capset", ((struct.pack("<Ii", 1, 0), bytes(24)), None))
examples("arch_prctl", ((0x9999, 0), (0x1003, bytes(8))))
examples("rseq", ((bytes(32), 16, 0, 0), None))
examples(
    "prctl",
    ((9999, 0, 0, 0, 0), (3, 0, 0, 0, 0)), ((1, 99, 0, 0, 0), (1, 9, 0, 0, 0)), ((4, 9, 0, 0, 0), (4, 1, 0, 0, 0)), ((8, 9, 0, 0, 0), (8, 1, 0, 0, 0)), ((23, 99, 0, 0, 0), (23, 1, 0, 0, 0)),
    ((38, 0, 0, 0, 0), (38, 1, 0, 0, 0)), ((38, 1, 1, 0, 0), (38, 1, 0, 0, 0)), ((0x53564D41, 0, 0, 0, 0), None),
)  # fmt: skip
examples(
    "futex",
    ((bytes(8), 99, 0, 0, 0, 0), (bytes(8), 1, 0, 0, 0, 0)), (lambda: (mapped() + 1, 1, 0, 0, 0, 0), (bytes(8), 1, 0, 0, 0, 0)), ((bytes(8), 10, 0, 0, 0, 0), (bytes(8), 10, 0, 0, 0, 1)),
    ((bytes(8), 0, 0, BAD[0], 0, 0), (bytes(8), 0, 1, words(0, 0), 0, 0)), ((bytes(8), 0, 0, words(-1, 0), 0, 0), (bytes(8), 0, 1, words(0, 0), 0, 0)),
)  # fmt: skip
examples("execveat", ((CWD, b"/bin/true\0", 0, 0, 1), None))
examples("syslog", ((99, 0, 0), (10, 0, 0)))
examples("reboot", ((1, 2, 3), None), ((0xFEE1DEAD, 2, 3), None), ((0xFEE1DEAD, 672274793, 3), None))

# --- everything else


def with_key(make: str, *arguments: int) -> int:
    """A key that has an object, which goes a little later."""
    libc, key = ctypes.CDLL(None), os.getpid() + 0x10000000
    number = int(getattr(libc, make)(key, *arguments))
    if not os.fork():
        os.closerange(3, 1024)
        time.sleep(0.5)
        libc.shmctl(number, 0, 0) if make == "shmget" else libc.semctl(number, 0, 0, 0)
        os._exit(0)
    return key


examples("shmget", ((0, 0, 0o1600), None), ((0, 1 << 63, 0o1600), None), (lambda: (with_key("shmget", PAGE, 0o1600), 1 << 20, 0o600), lambda: (with_key("shmget", PAGE, 0o1600), PAGE, 0o600)))
examples("shmat", ((0, 1, 0), None), ((0, 0, 0o40000), None), ((0x7FFFFFF0, 0, 0), None))
examples("shmdt", ((0x1000,), None))
examples("semget", ((0, -1, 0o1600), None), ((0, 0, 0o1600), None), (lambda: (with_key("semget", 1, 0o1600), 5, 0o600), lambda: (with_key("semget", 1, 0o1600), 1, 0o600)))
examples("semop semtimedop", ((0, bytes(8), 0, 0), None), ((0x7FFFFFF0, bytes(8), 1, 0), None))
examples("semctl", ((0, 0, 9999, 0), (0, 0, 3, bytes(256))))
examples("shmctl msgctl", ((0, 9999, 0), (0, 3, bytes(256))))
examples("msgsnd", ((0, words(1, 1), 1 << 20, 0), None), ((0, words(0, 1), 8, 0), None), ((0x7FFFFFF0, words(1, 1), 8, 0), None))
examples("mq_open", ((b"rules-none\0", 0o102, 0o600, words(0, 0, 0, 0)), None))


def queue() -> int:
    """A queue of POSIX messages."""
    libc = ctypes.CDLL(None)
    number = int(libc.syscall(240, b"rules-queue", 0o102, 0o600, 0))
    libc.syscall(241, b"rules-queue")
    return number


examples(
    "mq_timedsend",
    (lambda: (queue(), b"x", 1, 40000, 0), lambda: (queue(), b"x", 1, 1, 0)), (lambda: (queue(), b"x", 1, 1, BAD[0]), lambda: (queue(), b"x", 1, 1, words(0, 0))), (lambda: (queue(), b"x", 1, 1, words(-1, 0)), lambda: (queue(), b"x", 1, 1, words(0, 0))),
)  # fmt: skip
examples("umount2", (lambda: (directory(), 64), None), (lambda: (directory(), 5), None), (lambda: (directory(), 0), None))
examples("mount", (lambda: (0, directory(), 0, 0x40000 | 0x100000, 0), None), (lambda: (0, directory(), 0, 0x40000, 0), None))
examples("fsopen", ((b"tmpfs\0", 2), (b"tmpfs\0", 1)))
examples("fsmount", ((-1, 2, 0), None), ((-1, 0, 1 << 30), None))
examples("fspick", ((CWD, TMP, 64), None))
examples("open_tree", ((CWD, TMP, 2), (CWD, TMP, 0)), ((CWD, TMP, 0x8000), (CWD, TMP, 0)))
examples("move_mount", ((CWD, TMP, CWD, TMP, 1 << 30), None))
examples("mount_setattr", ((CWD, TMP, 2, words(0, 0, 0, 0), 32), (CWD, TMP, 0, words(0, 0, 0, 0), 32)), ((CWD, TMP, 0, words(0, 0, 0, 0), 8), (CWD, TMP, 0, words(0, 0, 0, 0), 32)))


def context_of_mount() -> int:
    """What fsopen gives."""
    return int(ctypes.CDLL(None).syscall(430, b"tmpfs", 1))


examples("fsconfig", (lambda: (context_of_mount(), 99, 0, 0, 0), lambda: (context_of_mount(), 6, 0, 0, 0)))
examples("swapon", ((b"/none\0", 1 << 25), (b"/none\0", 0)))
PROGRAM = words(0, 0)
ALLOW = struct.pack("<HBBI", 6, 0, 0, 0x7FFF0000)
examples(
    "seccomp",
    ((99, 0, 0), (2, 0, struct.pack("<I", 0x7FFF0000))), ((2, 1, struct.pack("<I", 0x7FFF0000)), (2, 0, struct.pack("<I", 0x7FFF0000))), (lambda: (1, 1 << 20, words(1, buffer(ALLOW))), lambda: (1, 0, words(1, buffer(ALLOW)))),
    (lambda: (1, 0, words(0, buffer(ALLOW))), lambda: (1, 0, words(1, buffer(ALLOW)))), (lambda: (1, 0, words(1, buffer(bytes(8)))), lambda: (1, 0, words(1, buffer(ALLOW)))),
)  # fmt: skip
examples("bpf", ((9999, bytes(144), 144), (0, struct.pack("<IIII", 2, 4, 4, 1) + bytes(128), 72)), ((0, bytes(290) + b"x" + bytes(9), 300), (0, struct.pack("<IIII", 2, 4, 4, 1) + bytes(128), 72)))


def event(size: int = 112) -> bytes:
    """A struct perf_event_attr that counts page faults of the program."""
    return struct.pack("<IIQQQQQ", 1, size, 2, 0, 0, 0, 0x60) + bytes(128)


examples("perf_event_open", ((event(), 0, -1, -1, 64), (event(), 0, -1, -1, 0)), ((event(8), 0, -1, -1, 0), (event(), 0, -1, -1, 0)), ((event(), -1, -1, -1, 0), (event(), 0, -1, -1, 0)))
examples("keyctl", ((9999, 0, 0, 0, 0), (0, -3, 0, 0, 0)))
examples("landlock_create_ruleset", ((words(1), 4, 0), (words(1), 8, 0)))
QUEUED = struct.pack("<iii116x", 0, 0, -1)
examples("rt_sigqueueinfo", (lambda: (os.getpid(), 99, QUEUED), lambda: (os.getpid(), 0, QUEUED)))
examples("rt_tgsigqueueinfo", (lambda: (os.getpid(), os.getpid(), 99, QUEUED), lambda: (os.getpid(), os.getpid(), 0, QUEUED)))
examples("clock_adjtime", ((99, bytes(208)), (0, bytes(208))))
examples("process_madvise", (lambda: (os.pidfd_open(os.getpid()), words(mapped(), PAGE), 1, 999, 0), lambda: (os.pidfd_open(os.getpid()), words(mapped(), PAGE), 1, 20, 0)))
examples("move_pages", (lambda: (0, 1, words(mapped()), 0, bytes(8), 8), lambda: (0, 1, words(mapped()), 0, bytes(8), 2)))
examples("setns", (lambda: (os.open("/proc/self/ns/uts", 0), 1), lambda: (os.open("/proc/self/ns/uts", 0), 0)))
examples("futex_wake", ((bytes(8), 1, 1, 0x100), (bytes(8), 1, 1, 2)))
examples("futex_wait", ((bytes(8), 1, 1, 0x102, 0, 0), (bytes(8), 1, 1, 2, 0, 0)))
WAITERS = (lambda: words(1, mapped(), 2))  # noqa: E731
examples("futex_requeue", ((bytes(48), 1, 0, 0), None))
examples(
    "futex_waitv",
    (lambda: (WAITERS(), 1, 1, 0, 0), lambda: (WAITERS(), 1, 0, 0, 0)), (lambda: (WAITERS(), 0, 0, 0, 0), lambda: (WAITERS(), 1, 0, 0, 0)), (lambda: (WAITERS(), 1, 0, words(0, 0), 99), lambda: (WAITERS(), 1, 0, words(0, 0), 1)),
)  # fmt: skip
examples("open_tree_attr", ((CWD, TMP, 2, words(0, 0, 0, 0), 32), (CWD, TMP, 1, words(0, 0, 0, 0), 32)))
MOUNTS = struct.pack("<IIQQQ", 32, 0, (1 << 64) - 1, 0, 0)
examples("statmount listmount", ((MOUNTS, bytes(64), 8, 1 << 20), (MOUNTS, bytes(64), 8, 0)))
examples("setxattrat", (lambda: (CWD, there(), 0x400, NAME, words(buffer(b"x"), 1), 16), lambda: (CWD, there(), 0, NAME, words(buffer(b"x"), 1), 16)))
examples("getxattrat", (lambda: (CWD, attributed(), 0x400, NAME, words(mapped(), 64), 16), lambda: (CWD, attributed(), 0, NAME, words(mapped(), 64), 16)))
examples("listxattrat", (lambda: (CWD, there(), 0x400, bytes(64), 64), lambda: (CWD, there(), 0, bytes(64), 64)))
examples("removexattrat", (lambda: (CWD, attributed(), 0x400, NAME), lambda: (CWD, attributed(), 0, NAME)))
examples("file_getattr", (lambda: (CWD, there(), bytes(24), 24, 0x400), lambda: (CWD, there(), bytes(24), 24, 0)))
examples("file_setattr", (lambda: (CWD, there(), bytes(24), 24, 0x400), lambda: (CWD, there(), bytes(24), 24, 0)))


def ruleset() -> int:
    """A set of rules of Landlock."""
    return int(ctypes.CDLL(None).syscall(444, words(1), 8, 0))


examples("landlock_add_rule", ((-1, 1, bytes(16), 1), None), (lambda: (ruleset(), 99, bytes(16), 0), None))
examples("landlock_restrict_self", ((-1, 64), (-1, 0)))
