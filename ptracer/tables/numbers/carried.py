"""Calls inside calls: i386 has two that carry others, which their first argument chooses. Source: socketcall(2), ipc(2)."""

from __future__ import annotations


class Carrier:
    """What one call may carry: the part of its first argument that chooses, and the name for each choice."""

    __slots__ = ("mask", "names")

    def __init__(self, mask: int, names: dict[int, str]) -> None:
        self.mask = mask
        self.names = names


def carriers_of(abi: str) -> dict[str, Carrier]:
    """The calls of an ABI that carry others, by name."""
    if abi != "i386":
        return {}
    from ptracer.tables.numbers.i386 import IPC, SOCKETCALL

    # The upper half of what chooses in ipc(2) is the version of the interface.
    return {"socketcall": Carrier(0xFFFFFFFF, SOCKETCALL), "ipc": Carrier(0xFFFF, IPC)}
