"""System calls: network."""

from __future__ import annotations

from ptracer.decode.expressions import this
from ptracer.decode.types import Fd, Int
from ptracer.tables.structs.sockaddr import SocketAddress
from ptracer.tables.words import network as words


def bind(sockfd: Fd, addr: SocketAddress[this.addrlen], addrlen: Int): ...
def connect(sockfd: Fd, addr: SocketAddress[this.addrlen], addrlen: Int): ...
def listen(sockfd: Fd, backlog: Int): ...
def shutdown(sockfd: Fd, how: words.Shutdown): ...
