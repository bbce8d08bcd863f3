"""Universally unique identifiers. Source: RFC 9562."""

from __future__ import annotations

from ptracer.decode.types import Layout, Loader, Target_
from ptracer.decode.values import Symbol, Value
from ptracer.hints import Any
from ptracer.regs import ABI


class UniqueIdentifier(Target_):
    """Sixteen bytes, shown as ``01020304-0506-0708-090a-0b0c0d0e0f10``."""

    pure = True

    def size(self, abi: ABI) -> int:
        return 16

    def alignment(self, abi: ABI) -> int:
        return 1

    def loader(self, layout: Layout) -> Loader:
        def load(scope: Any, data: bytes, offset: int) -> Value:
            digits = data[offset : offset + 16].hex()
            text = "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
            return Symbol(int(digits, 16), text, text)

        return load


Uuid = UniqueIdentifier()
