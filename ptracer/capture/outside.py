"""What lies outside a tracee's memory: what its descriptors refer to, and the names of processes.

A plan's steps LINK and COMMAND put it among the chunks at addresses no tracee has, and whoever decodes at a stop
reads it there: ``read(tid, place(LINKS, fd))`` and so on. Sources: proc(5), sock_diag(7), pidfd_getfd(2), linux/unix_diag.h.

``DETAILS`` of a device is ``char 1:3``; of a virtual processor the address where it is mapped, in decimal digits; of another
anonymous inode its fdinfo; of a socket, separated by NUL, the kernel's name
of its protocol, its inode, and

* TCP, UDP and their like: the local and the remote address, ``127.0.0.1:80`` or ``[::1]:80``, each perhaps empty;
* UNIX: the inode of the peer, 0 where there is none, and the name, which may have any bytes;
* NETLINK: the number of the protocol and the port, once it has one.

At ``SOCKETS + fd`` stands the protocol of a netlink socket in four bytes.
"""

from __future__ import annotations

import ctypes
import os
import socket
import stat
import struct

from ptracer.plans import (
    APART,
    APART_OF_NAMES,
    COMMANDS,
    DETAILS,
    LINKS,
    NAMESPACE_NAMES,
    NAMESPACES,
    SOCKETS,
    TRANSLATIONS,
)

REGION = 1 << 32 + APART
AT_FDCWD = -100
PIDFD_OPEN, PIDFD_GETFD = 434, 438  # asm/unistd_64.h
PIDFD_THREAD = os.O_EXCL  # linux/pidfd.h
INTERNET = (b"TCP", b"TCPv6", b"UDP", b"UDPv6", b"UDP-Lite", b"UDPLITEv6", b"RAW", b"RAWv6", b"PING", b"PINGv6")

NETLINK_SOCK_DIAG, SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST = 4, 20, 1
NLM_F_DUMP, INET_DIAG_REQUEST = 0x300, "=BBBBI48s"
TCP_SYN_SENT, TCP_CLOSE, TCP_BOUND_INACTIVE = 2, 7, 13  # net/tcp_states.h
MASTER = os.makedev(5, 2)  # /dev/ptmx: the side of a pseudo-terminal that plays the terminal
NS_GET_PARENT = 0xB702  # linux/nsfs.h
UDIAG_SHOW_NAME, UDIAG_SHOW_PEER = 1, 4
UNIX_DIAG_NAME, UNIX_DIAG_PEER = 0, 2

_syscall = ctypes.CDLL(None, use_errno=True).syscall


def read(tid: int, address: int) -> bytes:
    """What stands at an address outside memory; nothing where there is nothing to be known."""
    number = address % REGION >> APART
    signed = number - (1 << 32) if number >> 31 else number
    try:
        match address - address % REGION:
            case base if base == LINKS:
                return link(tid, signed)
            case base if base == DETAILS:
                return details(tid, signed)
            case base if base == COMMANDS:
                return command(translated(tid, signed) or signed if number else tid)
            case base if base == TRANSLATIONS:
                known = translated(tid, signed)
                return b"%d" % known if known and known != signed else b""
            case base if base == NAMESPACES:
                name = NAMESPACE_NAMES[address % (1 << APART) >> APART_OF_NAMES]
                return os.readlink(f"/proc/{signed if number else tid}/ns/{name}".encode())
            case base if base == SOCKETS:
                return netlink_protocol(tid, address - base)
    except (OSError, IndexError):
        pass
    return b""


def path_of(tid: int, fd: int) -> str:
    """The file in /proc that stands for a descriptor. FileNotFoundError: none does."""
    if fd == AT_FDCWD:
        return f"/proc/{tid}/cwd"
    if fd < 0:
        raise FileNotFoundError
    return f"/proc/{tid}/fd/{fd}"


def link(tid: int, fd: int) -> bytes:
    """What a descriptor refers to. OSError: it is not open."""
    return os.readlink(os.fsencode(path_of(tid, fd)))


def command(pid: int) -> bytes:
    """The name of a process. OSError: it is gone."""
    if pid <= 0:
        return b""
    with open(f"/proc/{pid}/comm", "rb") as file:
        return file.read().removesuffix(b"\n")


def foreign(tid: int) -> bool:
    """Whether a thread lives in another pid namespace than we do."""
    try:
        return not os.path.samefile("/proc/self/ns/pid", f"/proc/{tid}/ns/pid")
    except OSError:
        return False


def identities(pid: int) -> list[int]:
    """The ids of a process in the pid namespaces that it is in, ours first."""
    with open(f"/proc/{pid}/status") as file:
        return next(([int(word) for word in line.split()[1:]] for line in file if line.startswith("NSpid:")), [])


known_processes: dict[tuple[int, int], int] = {}  # by pid namespace and id there: the id here


def translated(tid: int, pid: int) -> int:
    """The id that a process has for us, of whom a thread speaks by the id it has there; 0: nobody has it."""
    if pid <= 0 or not foreign(tid):
        return max(pid, 0)
    namespace = os.stat(f"/proc/{tid}/ns/pid").st_ino
    level = len(identities(tid)) - 1
    known = known_processes.get((namespace, pid), 0)
    for process in (known, *map(int, filter(str.isdecimal, os.listdir("/proc")))):
        try:
            ids = identities(process)
            if len(ids) > level and ids[level] == pid and within(process, namespace, len(ids) - 1 - level):
                known_processes[namespace, pid] = process
                return process
        except OSError:
            pass
    return 0


def within(process: int, namespace: int, deeper: int) -> bool:
    """Whether a process is in a pid namespace, or in one that many levels deeper inside of it."""
    if not deeper:
        return os.stat(f"/proc/{process}/ns/pid").st_ino == namespace
    import fcntl

    descriptor = os.open(f"/proc/{process}/ns/pid", os.O_RDONLY)
    try:
        for _ in range(deeper):
            parent = fcntl.ioctl(descriptor, NS_GET_PARENT)
            os.close(descriptor)
            descriptor = parent
        return os.fstat(descriptor).st_ino == namespace
    finally:
        os.close(descriptor)


def details(tid: int, fd: int) -> bytes:
    """What else is known of what a descriptor refers to."""
    text = link(tid, fd)
    if text.startswith(b"/"):
        about = os.stat(path_of(tid, fd))
        return device(about) + (other_side(tid, fd) if about.st_rdev == MASTER else b"")
    if text.startswith(b"anon_inode:kvm-vcpu"):
        return mapping(tid, text)
    if text.startswith(b"anon_inode:"):
        with open(f"/proc/{tid}/fdinfo/{fd}", "rb") as file:
            return file.read()
    if text.startswith(b"socket:["):
        return endpoint(tid, fd, int(text[8:-1]))
    return b""


def mapping(tid: int, name: bytes) -> bytes:
    """The address, in decimal digits, at which something is mapped; nothing if it is not."""
    with open(f"/proc/{tid}/maps", "rb") as file:
        for line in file:
            if line.rstrip(b"\n").endswith(b" " + name):
                return b"%d" % int(line.partition(b"-")[0], 16)
    return b""


def other_side(tid: int, fd: int) -> bytes:
    """Where the other side of a pseudo-terminal is, behind its master's numbers; nothing if that is not known."""
    with open(f"/proc/{tid}/fdinfo/{fd}", "rb") as file:
        for line in file:
            if line.startswith(b"tty-index:"):
                return b" @/dev/pts/%d" % int(line.partition(b":")[2])
    return b""


def device(about: os.stat_result) -> bytes:
    """Kind and numbers of a device; nothing of other files."""
    if stat.S_ISCHR(about.st_mode):
        kind = "char"
    elif stat.S_ISBLK(about.st_mode):
        kind = "block"
    else:
        return b""
    return f"{kind} {os.major(about.st_rdev)}:{os.minor(about.st_rdev)}".encode()


def own_call(number: int, *arguments: int) -> int:
    """A system call of ours. OSError: it failed."""
    result: int = _syscall(number, *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def duplicate(tid: int, fd: int) -> socket.socket:
    """A tracee's socket, as one of ours. OSError: it cannot be had."""
    try:
        pidfd = own_call(PIDFD_OPEN, tid, PIDFD_THREAD)
    except OSError:
        pidfd = own_call(PIDFD_OPEN, tid, 0)
    try:
        return socket.socket(fileno=own_call(PIDFD_GETFD, pidfd, fd, 0))
    finally:
        os.close(pidfd)


def protocol_of(tid: int, fd: int) -> bytes:
    """The kernel's name of a socket's protocol. OSError: it is none."""
    return os.getxattr(path_of(tid, fd), "system.sockprotoname").rstrip(b"\0")


def endpoint(tid: int, fd: int, inode: int) -> bytes:
    """Where a socket leads."""
    protocol = protocol_of(tid, fd)
    if protocol in INTERNET:
        with duplicate(tid, fd) as own:
            return b"\0".join((protocol, b"%d" % inode, *internet(own, inode)))
    if protocol.startswith(b"UNIX"):
        return b"\0".join((protocol, b"%d" % inode, *unix(inode)))
    if protocol == b"NETLINK":
        with duplicate(tid, fd) as own:
            port, _ = own.getsockname()
            return b"\0".join((protocol, b"%d" % inode, *((b"%d" % own.proto, b"%d" % port) if port else ())))
    return b""


def netlink_protocol(tid: int, fd: int) -> bytes:
    """The protocol of a netlink socket, -1 while it has no address; nothing of other descriptors."""
    if protocol_of(tid, fd) != b"NETLINK":
        return b""
    with duplicate(tid, fd) as own:
        port, _ = own.getsockname()
        return (own.proto if port else 0xFFFFFFFF).to_bytes(4, "little")


def internet(own: socket.socket, inode: int) -> tuple[bytes, bytes]:
    """The local and the remote address, as far as there are any."""
    local = own.getsockname()
    if not local[1]:
        return b"", b""
    if own.type == socket.SOCK_RAW and not local[0].strip("0.:"):
        return b"", b""
    try:
        return address(local), address(own.getpeername())
    except OSError:
        pass
    if own.type != socket.SOCK_STREAM:
        return address(local), b""
    state = own.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]
    if state == TCP_CLOSE and listed(own, inode, TCP_BOUND_INACTIVE) is None:
        return b"", b""  # a connection that has ended: the address is only a memory
    return address(local), listed(own, inode, TCP_SYN_SENT) or b""


def address(name: tuple[str, int]) -> bytes:
    """``127.0.0.1:80`` or ``[::1]:80``."""
    host, port = name[0].partition("%")[0], name[1]
    return (f"[{host}]:{port}" if ":" in host else f"{host}:{port}").encode()


def ask(body: bytes, flags: int = 0) -> list[bytes]:
    """The messages that sock_diag(7) answers to a request, all without their headers."""
    request = struct.pack("=IHHII", 16 + len(body), SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST | flags, 0, 0) + body
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_SOCK_DIAG) as kernel:
        kernel.settimeout(1)
        kernel.send(request)
        answers = []
        several = True
        while several:
            data = kernel.recv(1 << 16)
            several = bool(flags & NLM_F_DUMP)
            while len(data) >= 16:
                size, kind = struct.unpack_from("=IH", data)
                if kind == SOCK_DIAG_BY_FAMILY:
                    answers.append(data[16:size])
                several = several and kind == SOCK_DIAG_BY_FAMILY
                data = data[max(size + 3 & ~3, 16) :]
        return answers


def listed(own: socket.socket, inode: int, state: int) -> bytes | None:
    """The remote address of a TCP socket in a state in which it does not tell one by itself; None: it is in another."""
    body = struct.pack(INET_DIAG_REQUEST, own.family, socket.IPPROTO_TCP, 0, 0, 1 << state, b"\0" * 40 + b"\xff" * 8)
    for answer in ask(body, NLM_F_DUMP):
        if len(answer) >= 72 and struct.unpack_from("=I", answer, 68)[0] == inode:
            host = socket.inet_ntop(own.family, answer[24 : 40 if own.family == socket.AF_INET6 else 28])
            return address((host, struct.unpack_from(">H", answer, 6)[0]))
    return None


def unix(inode: int) -> tuple[bytes, bytes]:
    """The inode of the peer, and the name."""
    show = UDIAG_SHOW_NAME | UDIAG_SHOW_PEER
    body = struct.pack("=BBHIIIII", socket.AF_UNIX, 0, 0, 0xFFFFFFFF, inode, show, 0xFFFFFFFF, 0xFFFFFFFF)
    peer, name = 0, b""
    for answer in ask(body):
        place = 16
        while place + 4 <= len(answer):
            size, kind = struct.unpack_from("=HH", answer, place)
            data = answer[place + 4 : place + size]
            if kind == UNIX_DIAG_NAME:
                name = data
            elif kind == UNIX_DIAG_PEER and len(data) == 4:
                [peer] = struct.unpack("=I", data)
            place += max(size + 3 & ~3, 4)
    return b"%d" % peer, name
