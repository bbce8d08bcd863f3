"""A thread in a call, with its arguments and its memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ptracer.regs import ABI

if TYPE_CHECKING:
    from ptracer.explain.waiting.sight import Sight


class Blocked:
    """A thread that is blocked in a call. ``began`` is when it began (nanoseconds of CLOCK_MONOTONIC), where that is known."""

    __slots__ = ("tid", "name", "args", "abi", "began", "sight")

    def __init__(self, tid: int, name: str, args: tuple[int, ...], abi: ABI, began: int | None, sight: Sight) -> None:
        self.tid, self.name, self.args, self.abi, self.began, self.sight = tid, name, args, abi, began, sight

    @property
    def pid(self) -> int:
        """Its process."""
        return self.sight.process(self.tid)

    @property
    def long(self) -> int:
        """sizeof(long)."""
        return self.abi.word_size

    def number(self, place: int) -> int:
        """An argument that is an int."""
        return (self.args[place] & 0xFFFFFFFF ^ 1 << 31) - (1 << 31)

    def read(self, address: int, size: int) -> bytes:
        """Its memory, as much as there is."""
        return self.sight.memory(self.tid, address, size) if address else b""

    def word(self, address: int, size: int = 4) -> int | None:
        """A number in its memory."""
        data = self.read(address, size)
        return int.from_bytes(data, "little") if len(data) == size else None

    def words(self, address: int, count: int, size: int) -> list[int]:
        """Numbers in its memory."""
        data = self.read(address, count * size)
        return [int.from_bytes(data[place : place + size], "little") for place in range(0, len(data) - size + 1, size)]

    def string(self, address: int) -> bytes | None:
        """A string in its memory; None: there is none."""
        data, end, _ = self.read(address, 4096).partition(b"\0")
        return data if end else None

    def link(self, fd: int) -> str:
        """What a descriptor refers to; empty: nobody knows."""
        return self.sight.link(self.tid, fd)


def several(names: list[str], most: int = 4) -> str:
    """``a, b and c``."""
    shown = names if len(names) <= most else [*names[: most - 1], f"{len(names) - most + 1} more"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}" if shown else "nobody"
