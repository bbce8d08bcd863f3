"""Error numbers as values."""

from __future__ import annotations

from collections.abc import Callable

from ptracer.decode.types import Integer, Layout
from ptracer.decode.values import Symbol, Value


class ErrorNumberType(Integer):
    """An errno by name; a number that is none stays one. ``negative`` when it is stored as ``-errno``."""

    def __init__(self, negative: bool = False) -> None:
        super().__init__(4, signed=True)
        self.negative = negative

    def value(self, layout: Layout) -> Callable[[int], Value]:
        from ptracer.tables.constants.errors import ERRNO

        sign, prefix = (-1, "-") if self.negative else (1, "")

        def shape(number: int) -> Value:
            known = ERRNO.get(sign * number)
            return Symbol(number, prefix + known[0], str(number)) if known else number

        return shape


ErrorNumber = ErrorNumberType()
NegativeErrorNumber = ErrorNumberType(negative=True)
