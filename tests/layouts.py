"""Structures of the tables beside those of the Linux headers, as a compiler lays them out."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from ptracer.decode.structs import Struct, StructType
from ptracer.decode.types import as_type
from ptracer.regs import SYSTEM_CALL_ABIS
from tools import headers

ABIS = {abi.name: abi for abi in SYSTEM_CALL_ABIS}


def disagreements(table: type[Struct], name: str, include: Sequence[str], abi: str = "x86_64", size: bool = True) -> list[str]:
    """Where a structure of the tables is not laid out like C's ``name``: its size, and each field that is shown.

    ``size=False`` is for tables that leave out the end of a structure.
    """
    if not headers.available():
        pytest.skip("the packages ziglang and pyelftools, which know the layouts, are not installed")
    kind = as_type(table)
    assert isinstance(kind, StructType)
    offsets, whole, _ = kind.place(ABIS[abi])
    ours = {f"offsetof({name}, {field})": offset for field, offset in offsets.items() if not field.startswith("_")}
    if size:
        ours[f"sizeof({name})"] = whole
    theirs = headers.values(include, list(ours), abi)
    return [f"{what}: {there}, not {ours[what]}" for what, there in theirs.items() if there != ours[what]] + [
        f"{what}: no such thing" for what in ours if what not in theirs
    ]
