"""Calls inside calls: i386 has two that carry others, which their first argument chooses. Source: socketcall(2), ipc(2)."""

from __future__ import annotations

from typing import NamedTuple

from ptracer.tables.numbers.i386 import IPC, SOCKETCALL


class Carrier(NamedTuple):
    """What one call may carry: the part of its first argument that chooses, and the name for each choice."""

    mask: int
    names: dict[int, str]


CARRIERS: dict[str, dict[str, Carrier]] = {
    "i386": {
        "socketcall": Carrier(0xFFFFFFFF, SOCKETCALL),
        # The upper half is the version of the interface.
        "ipc": Carrier(0xFFFF, IPC),
    }
}
