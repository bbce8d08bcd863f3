"""Addresses of sockets as text. Sources: ip(7), ipv6(7), unix(7)."""

from __future__ import annotations

import socket


def spelled(address: bytes) -> bytes:
    """``127.0.0.1:80``, ``[::1]:80``, ``/run/socket``, ``@abstract``, of a struct sockaddr. Empty: it is of another family, has
    no name, or is cut off."""
    family = int.from_bytes(address[:2], "little")
    port = int.from_bytes(address[2:4], "big")
    if family == socket.AF_INET and len(address) >= 8:
        return f"{socket.inet_ntop(socket.AF_INET, address[4:8])}:{port}".encode()
    if family == socket.AF_INET6 and len(address) >= 24:
        return f"[{socket.inet_ntop(socket.AF_INET6, address[8:24])}]:{port}".encode()
    if family == socket.AF_UNIX and len(address) > 2:
        name = address[2:]
        return b"@" + name[1:].rstrip(b"\0") if name.startswith(b"\0") else name.partition(b"\0")[0]
    return b""
