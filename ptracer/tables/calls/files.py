"""System calls on files, directories and descriptors."""

from __future__ import annotations

from ptracer.decode.expressions import this
from ptracer.decode.types import Bytes, Fd, Out, SSize, Size


def read(fd: Fd, buf: Out[Bytes[this.ret]], count: Size) -> SSize: ...
def write(fd: Fd, buf: Bytes[this.count], count: Size) -> SSize: ...
def close(fd: Fd): ...
