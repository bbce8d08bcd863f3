"""Structures of the kernel itself. Source: kexec_load(2), sysctl(2)."""

from __future__ import annotations

from ptracer.decode.structs import Struct
from ptracer.decode.types import Int, Pointer, Size


class kexec_segment(Struct):
    buf: Pointer
    bufsz: Size
    mem: Pointer
    memsz: Size


class sysctl_args(Struct):
    """Struct __sysctl_args, for a call that Linux no longer has."""

    name: Pointer
    nlen: Int
    oldval: Pointer
    oldlenp: Pointer
    newval: Pointer
    newlen: Size
