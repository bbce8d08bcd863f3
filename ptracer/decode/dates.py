"""Times of day beside the seconds since 1970 that the kernel counts."""

from __future__ import annotations

import time

from ptracer.decode.expressions import Getter, bind
from ptracer.decode.structs import StructType
from ptracer.decode.types import Integer, Layout, Loader, Target_, as_type
from ptracer.decode.values import Annotated, Fields, Value
from ptracer.hints import Any
from ptracer.regs import ABI


def date(seconds: int, fraction: int = 0, digits: int = 9) -> str | None:
    """``2023-11-14T22:13:20.123456789+0000`` in the local time zone; None where no date is worth writing.

    ``fraction`` counts the parts of a second of which there are ten to the power of ``digits``.
    """
    if not seconds and not fraction or not 0 <= fraction < 10**digits:
        return None
    try:
        there = time.localtime(seconds)
        text, zone = time.strftime("%FT%T", there), time.strftime("%z", there)
    except (OverflowError, ValueError, OSError):
        return None
    return f"{text}.{fraction:0{digits}}{zone}" if fraction else text + zone


def dated(value: Value, seconds: int, fraction: int = 0, digits: int = 9) -> Value:
    """The value with its date as a remark."""
    text = date(seconds, fraction, digits)
    return Annotated(value, text) if text else value


class Moment(Integer):
    """``Moment(Long, this.st_atime_nsec)``: seconds since 1970, dated; nanoseconds are in a sibling."""

    pure = False

    def __init__(self, integer: Integer, nanoseconds: Any = 0) -> None:
        super().__init__(integer.width, signed=True)
        self.integer, self.nanoseconds = integer, nanoseconds

    def size(self, abi: ABI) -> int:
        return self.integer.size(abi)

    def loader(self, layout: Layout) -> Loader:
        load, nanoseconds = Integer.loader(self, layout), self.rest(layout)

        def loaded(scope: Any, data: bytes, offset: int) -> Value:
            seconds = load(scope, data, offset)
            return dated(seconds, seconds, nanoseconds(scope))

        return loaded

    def rest(self, layout: Layout) -> Getter:
        return bind(self.nanoseconds, layout.names)


class Dated(Target_):
    """``Dated(timeval, 6)``: a structure of seconds and a fraction with so many digits, dated."""

    def __init__(self, target: Any, digits: int = 9) -> None:
        self.target, self.digits = as_type(target), digits

    def size(self, abi: ABI) -> int:
        return self.target.size(abi)

    def alignment(self, abi: ABI) -> int:
        return self.target.alignment(abi)

    def loader(self, layout: Layout) -> Loader:
        assert isinstance(self.target, StructType)
        load, digits = self.target.loader(layout), self.digits

        def loaded(scope: Any, data: bytes, offset: int) -> Value:
            value = load(scope, data, offset)
            assert isinstance(value, Fields)
            return dated(value, value.pairs[0][1], value.pairs[1][1], digits)

        return loaded
