"""Calls inside calls: i386 has two that carry others, which their first argument chooses. Source: socketcall(2), ipc(2)."""

from __future__ import annotations

from typing import NamedTuple

from ptracer.tables.constants.i386 import ipc_calls, socket_calls


class Carrier(NamedTuple):
    """What one call may carry: the part of its first argument that chooses, and the name for each choice."""

    mask: int
    names: dict[int, str]


CARRIERS: dict[str, dict[str, Carrier]] = {
    "i386": {
        "socketcall": Carrier(0xFFFFFFFF, {number: name.removeprefix("SYS_").lower() for name, number in socket_calls.items()}),
        # The upper half is the version of the interface.
        "ipc": Carrier(0xFFFF, {number: name.lower() for name, number in ipc_calls.items()}),
    }
}
