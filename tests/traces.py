"""A short trace in records, for what reads whole traces: a shell that starts `ls`, and is killed."""

from __future__ import annotations

import struct
from pathlib import Path

from decoding import number_of

from ptracer.capture import records
from ptracer.capture.records import Record
from ptracer.decode.decoder import Decoder
from ptracer.decode.registry import Signatures
from ptracer.formats import writer
from ptracer.formats.gathering import Setting
from ptracer.listing import detail
from ptracer.options import Options
from ptracer.origin import Origin
from ptracer.recordings.recorder import Recorder, create
from ptracer.regs import AUDIT_ARCH_X86_64
from ptracer.render.output import Output
from ptracer.render.spelling import Spelling

BEGAN, SECOND = 1_000_000_000, 1_000_000_000
OFFSET = 1_795_643_942_000_000_000  # 2026-11-25
SH, LS, THREAD = 100, 101, 102
ORIGIN = Origin(ptracer="0.1.0", command=["sh", "-c", "ls"], host="web1", began=BEGAN, offset=OFFSET, boot="a3e26e6f-1", process=SH)
CWD = -100 & 0xFFFFFFFF


class Kept(Output):
    """An output that keeps what is written to it."""

    def __init__(self) -> None:
        super().__init__(-1, lambda error: None)

    def flush(self) -> None: ...

    @property
    def text(self) -> str:
        return "".join(self.parts)


def call(
    tid: int, start: int, name: str, args: tuple[int, ...], result: int = 0, memory: dict[int, bytes] | None = None,
    after: dict[int, bytes] | None = None, lasted: int = 1000,
) -> Record:  # fmt: skip
    """A call from its entry to its exit; times are nanoseconds since the trace began."""
    registers = (*(arg & (1 << 64) - 1 for arg in args), *(0,) * (6 - len(args)), 0)
    begin = BEGAN + start
    number, failed = number_of(name), -4096 < result < 0
    return (
        records.CALL, tid, begin, AUDIT_ARCH_X86_64, number, registers, 0x400000, memory, begin + lasted, result, failed, 0, after,
    )  # fmt: skip


def entry(tid: int, start: int, name: str, args: tuple[int, ...], memory: dict[int, bytes] | None = None) -> Record:
    """Only its entry."""
    return (records.ENTRY, *call(tid, start, name, args, 0, memory)[1:8])


def leave(tid: int, end: int, result: int) -> Record:
    """Only its exit."""
    return (records.EXIT, tid, BEGAN + end, result, -4096 < result < 0, 0, None)


def openat(tid: int, start: int, path: bytes, result: int, lasted: int = 1000) -> Record:
    return call(tid, start, "openat", (CWD, 0x5000, 0o2000000), result, {0x5000: path + b"\0"}, None, lasted)


def at(kind: int, tid: int, when: int, *rest: object) -> Record:
    return (kind, tid, BEGAN + when, *rest)


HELD = {
    "command": b"sh", "program": b"/bin/dash", "arguments": [b"sh", b"-c", b"ls"], "directory": b"/home",
    "descriptors": {0: b"/dev/null", 1: b"/tmp/out"}, "flags": {0: 0, 1: 0o100001},
}  # fmt: skip
TRACE: list[Record] = [
    at(records.STARTED, SH, 0, 0, records.START_COMMAND, SH),
    at(records.HOLDS, SH, 10, HELD),
    openat(SH, 1000, b"/etc/profile", 3, lasted=5000),
    call(SH, 7000, "read", (3, 0x6000, 4), 4, None, {0x6000: b"a\xff\0b"}),
    call(SH, 9000, "close", (3,)),
    openat(SH, 11000, b"notes", -2),
    entry(SH, 20000, "vfork", ()),
    at(records.STARTED, LS, 21000, SH, records.START_FORK, LS),
    call(LS, 22000, "execve", (0x7000, 0x7100, 0), 0, {0x7000: b"/bin/ls\0", 0x7100: struct.pack("<2Q", 0x7200, 0), 0x7200: b"ls\0"}),
    leave(SH, 24000, LS),
    entry(SH, 25000, "wait4", (LS & 0xFFFFFFFF, 0, 0, 0)),
    at(records.STARTED, THREAD, 26000, LS, records.START_FORK, LS),
    call(THREAD, 27000, "write", (1, 0x8000, 3), 3, {0x8000: b"hi\n"}, None, 2000),
    entry(THREAD, 31000, "exit", (0,)),
    at(records.LEAVING, THREAD, 31500, 0),
    at(records.EXITED, THREAD, 32000, 0),
    entry(LS, 33000, "exit_group", (2,)),
    at(records.LEAVING, LS, 33500, 0x200),
    at(records.EXITED, LS, 34000, 2),
    leave(SH, 35000, LS),
    at(records.SIGNAL, SH, 36000, 17, None),
    entry(SH, 40000, "pause", ()),
    at(records.KILLED, SH, SECOND, 9, False),
]  # fmt: skip


def written(format: str, trace: list[Record] = TRACE, path: str = "", stacks: dict[int, str] | None = None) -> str:
    """The trace in a format; of one that opens its own files the text is empty."""
    output = Kept()
    setting = Setting(ORIGIN, Spelling(), lambda tid: output, path, stacks=stacks is not None)
    made = writer(format, setting)
    if stacks is not None:
        made.stacks = stacks
    Decoder(Signatures(detail(Options())), made).feed(trace)
    made.flush()
    made.close()
    return output.text


def recorded(path: Path, trace: list[Record] = TRACE) -> Path:
    """The trace as a recording."""
    recorder = Recorder(create(str(path)), ORIGIN, lambda error: None)
    recorder.feed(trace)
    recorder.close()
    return path
