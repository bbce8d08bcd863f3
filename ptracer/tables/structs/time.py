"""Structures of time. Source: timespec(3type), timeval(3type), itimerval(3type), adjtimex(2), sigevent(3type)."""

from __future__ import annotations

from ptracer.decode.structs import Struct
from ptracer.decode.types import Int64, Long, UInt64, ULong


class timespec(Struct):
    tv_sec: Long
    tv_nsec: ULong


class timespec64(Struct):
    """What calls with a 64-bit time use on every ABI."""

    tv_sec: Int64
    tv_nsec: UInt64


class timeval(Struct):
    tv_sec: Long
    tv_usec: ULong


class itimerval(Struct):
    it_interval: timeval
    it_value: timeval


class itimerspec(Struct):
    it_interval: timespec
    it_value: timespec
