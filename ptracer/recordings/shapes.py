"""What records look like in a file: one shape a kind, checked when they are read, for a file may hold anything.

The order of fields is that of ``capture.records``, where each is explained. A field added later stands at the end and has a
default, so that older recordings go on being read.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from ptracer.capture import records
from ptracer.capture.records import Record

Chunks = dict[int, bytes]
Registers = tuple[int, int, int, int, int, int, int]
Tid = Annotated[int, Meta(ge=0, lt=1 << 31)]
Arch = Annotated[int, Meta(ge=0, lt=1 << 32)]
Small = Annotated[int, Meta(ge=-(1 << 31), lt=1 << 32)]
Time = int


class Call(Struct, array_like=True, tag=records.CALL):
    tid: Tid
    start: Time
    arch: Arch
    number: int
    args: Registers
    pointer: int
    chunks: Chunks | None
    end: Time
    result: int
    failed: bool
    cpu: int
    exit_chunks: Chunks | None


class Entry(Struct, array_like=True, tag=records.ENTRY):
    tid: Tid
    start: Time
    arch: Arch
    number: int
    args: Registers
    pointer: int
    chunks: Chunks | None


class Exit(Struct, array_like=True, tag=records.EXIT):
    tid: Tid
    end: Time
    result: int
    failed: bool
    cpu: int
    exit_chunks: Chunks | None


class Signal(Struct, array_like=True, tag=records.SIGNAL):
    tid: Tid
    when: Time
    signal: Small
    siginfo: bytes | None
    sender: tuple[bytes, bytes] | None = None
    pointer: int = 0


class Stopped(Struct, array_like=True, tag=records.STOPPED):
    tid: Tid
    when: Time
    signal: Small


class Leaving(Struct, array_like=True, tag=records.LEAVING):
    tid: Tid
    when: Time
    status: int


class Exited(Struct, array_like=True, tag=records.EXITED):
    tid: Tid
    when: Time
    status: int


class Killed(Struct, array_like=True, tag=records.KILLED):
    tid: Tid
    when: Time
    signal: Small
    core: bool


class Execed(Struct, array_like=True, tag=records.EXECED):
    tid: Tid
    when: Time
    former: Tid


class Started(Struct, array_like=True, tag=records.STARTED):
    tid: Tid
    when: Time
    parent: Tid
    how: Small
    process: Tid


class Detached(Struct, array_like=True, tag=records.DETACHED):
    tid: Tid
    when: Time


class Inside(Struct, array_like=True, tag=records.INSIDE):
    tid: Tid
    when: Time
    arch: Arch
    number: int


class Tampered(Struct, array_like=True, tag=records.TAMPERED):
    tid: Tid
    when: Time
    what: Small


class Warning(Struct, array_like=True, tag=records.WARNING):
    tid: Tid
    when: Time
    text: str


class Stack(Struct, array_like=True, tag=records.STACK):
    tid: Tid
    when: Time
    data: bytes


class Space(Struct, array_like=True, tag=records.SPACE):
    tid: Tid
    when: Time
    process: Tid
    maps: bytes
    vdso: bytes


class Holds(Struct, array_like=True, tag=records.HOLDS):
    tid: Tid
    when: Time
    facts: dict[str, Any]


Shape = (
    Call | Entry | Exit | Signal | Stopped | Leaving | Exited | Killed | Execed | Started | Detached | Inside | Tampered
    | Warning | Stack | Space | Holds
)  # fmt: skip

KINDS: dict[type[Any], Any] = {shape: shape.__struct_config__.tag for shape in Shape.__args__}

encode = msgspec.msgpack.Encoder().encode  # list[Record] -> bytes
decode_all = msgspec.msgpack.Decoder(list[Shape]).decode


def decode(data: bytes) -> list[Record]:
    """The records in what ``encode`` made. ValueError: it holds something else."""
    kinds, astuple = KINDS, msgspec.structs.astuple
    return [(kinds[type(shape)], *astuple(shape)) for shape in decode_all(data)]
