"""Sockets: who is at the other end. Sources: proc_pid_net(5), tcp(7), unix(7), sock_diag(7)."""

from __future__ import annotations

import socket

from ptracer.capture import outside
from ptracer.explain.saying import quoted
from ptracer.explain.searching import address, text_of
from ptracer.explain.waiting import Wait
from ptracer.explain.waiting.blocked import Blocked
from ptracer.explain.waiting.sight import Sight

SO_RCVTIMEO, SO_SNDTIMEO = 20, 21  # asm-generic/socket.h
LISTEN, SYN_SENT = 0x0A, 0x02  # net/tcp_states.h
STREAMS, DATAGRAMS = ("tcp", "tcp6"), ("udp", "udp6", "udplite", "udplite6", "raw", "raw6")
MAPPED = "::ffff:"


class Line:
    """A socket as /proc/TID/net has it."""

    __slots__ = ("local", "remote", "state", "inode")

    def __init__(self, words: list[str]) -> None:
        self.local, self.remote = words[1], words[2]
        self.state, self.inode = int(words[3], 16), int(words[9])


def on_socket(blocked: Blocked, fd: int, inode: int, writes: bool) -> Wait | None:
    """What a socket waits for."""
    wait = internet(blocked, fd, inode, writes) or unix(blocked, fd, inode, writes)
    if wait is not None and wait.wakers is not None and limited(blocked, fd, writes):
        wait.ends = True
    return wait


def spelled(place: str) -> str:
    """``127.0.0.1:80``."""
    digits, _, port = place.partition(":")
    host = address(digits).removeprefix(MAPPED)
    return f"[{host}]:{int(port, 16)}" if ":" in host else f"{host}:{int(port, 16)}"


def table(tid: int, protocols: tuple[str, ...]) -> list[Line]:
    """The sockets of a network namespace."""
    found = []
    for protocol in protocols:
        for line in text_of(f"/proc/{tid}/net/{protocol}").splitlines()[1:]:
            words = line.split()
            if len(words) > 9:
                found.append(Line(words))
    return found


def internet(blocked: Blocked, fd: int, inode: int, writes: bool) -> Wait | None:
    """TCP, UDP and raw sockets; None: it is another one."""
    lines = table(blocked.tid, STREAMS)
    own = next((line for line in lines if line.inode == inode), None)
    if own is None:
        own = next((line for line in table(blocked.tid, DATAGRAMS) if line.inode == inode), None)
        if own is None:
            return None
        return Wait("socket", f"{'room for' if writes else 'a datagram at'} descriptor {fd} (a socket at {spelled(own.local)})")
    if own.state == LISTEN:
        return Wait("socket", f"a connection to {spelled(own.local)} (descriptor {fd})")
    if own.state == SYN_SENT:
        return Wait("socket", f"an answer of {spelled(own.remote)}, to which descriptor {fd} is to be connected", ends=True)
    begin = f"{'room in' if writes else 'something to read from'} descriptor {fd} (a connection to {spelled(own.remote)})"
    ends = spelled(own.remote), spelled(own.local)
    other = next((line for line in lines if (spelled(line.local), spelled(line.remote)) == ends), None)
    if other is None:
        return Wait("socket", begin)
    if not other.inode:
        return Wait("socket", f"{begin}, which nobody there has accepted yet, or which is closed there")
    return peer(blocked, begin, other.inode)


def peer(blocked: Blocked, begin: str, inode: int) -> Wait:
    """Who has the socket at the other end."""
    sight = blocked.sight
    others = sight.holders(f"socket:[{inode}]")
    pids = {one.pid for one in others}
    if not pids:
        return Wait("socket", begin)
    handler = blocked.pid in pids and sight.handles(blocked.tid)  # which may use the end of its own process
    wakers = sight.threads_of(pids) - {blocked.tid} if sight.complete and not handler else None
    if len(pids) > 1:
        return Wait("socket", f"{begin}, whose other end {sight.everybody(pids, blocked.tid)} have open", wakers=wakers)
    [pid] = pids
    if pid == blocked.pid:
        thing = f"{begin}, whose other end this process itself has open, as descriptor {others[0].fd}"
        return Wait("socket", thing, wakers=wakers)
    thing = f"{begin}, whose other end {sight.called(pid)} has open as descriptor {others[0].fd}"
    return Wait("socket", thing, wakers=wakers, also=sight.doing(pid))


def limited(blocked: Blocked, fd: int, writes: bool) -> bool:
    """Whether it waits only for a time (SO_RCVTIMEO, SO_SNDTIMEO); so we say where we may not look."""
    try:
        with outside.duplicate(blocked.tid, fd) as own:
            return any(own.getsockopt(socket.SOL_SOCKET, SO_SNDTIMEO if writes else SO_RCVTIMEO, 16))
    except OSError:
        return True


def unix(blocked: Blocked, fd: int, inode: int, writes: bool) -> Wait | None:
    """UNIX sockets: the kernel tells the inode of the other end, and by it who has that."""
    listens, name = named(blocked, inode)
    if listens is None:
        return None
    place = f"a UNIX socket{f' {name}' if name else ''}"
    if listens:
        return Wait("socket", f"a connection to {place} (descriptor {fd})")
    begin = f"{'room in' if writes else 'something to read from'} descriptor {fd} ({place})"
    other = other_end(blocked.sight, inode)
    return peer(blocked, begin, other) if other else Wait("socket", begin)


def named(blocked: Blocked, inode: int) -> tuple[bool | None, str]:
    """Whether a UNIX socket listens (None: it is no UNIX socket), and its name."""
    for line in text_of(f"/proc/{blocked.tid}/net/unix").splitlines()[1:]:
        words = line.split(None, 7)
        if len(words) > 6 and words[6] == str(inode):
            name = quoted(words[7].encode("utf-8", "surrogateescape")) if len(words) > 7 else ""
            return bool(int(words[3], 16) & 0x10000), name
    return None, ""


def other_end(sight: Sight, inode: int) -> int:
    """The inode of the other end; 0: nobody knows."""
    try:
        return int(outside.unix(inode)[0])
    except (OSError, ValueError):
        return 0
