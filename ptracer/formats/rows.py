"""Calls and processes as rows: the columns that csv, sqlite and parquet share, which are those of ``--sql``.

The types are such that DuckDB, ClickHouse, Spark and Polars all read them from Parquet: microseconds in ``ts``, for Spark refuses
nanoseconds; those are in ``ts_ns``.
"""

from __future__ import annotations

import struct
import time

from ptracer.decode.call import Call
from ptracer.formats.gathering import Gathering, Setting
from ptracer.formats.processes import Process, readable
from ptracer.hints import Any
from ptracer.plans import LINKS, place

VERSION = 1  # of the schema; it may gain columns, never lose or change one

# Column -> type, in DuckDB's words.
CALLS = {
    "ts": "TIMESTAMPTZ",  # when it began
    "ts_ns": "BIGINT",  # the same in nanoseconds since 1970
    "dur_ns": "BIGINT",  # nothing: it did not return
    "cpu_ns": "BIGINT",  # nothing: not measured
    "host": "VARCHAR",
    "pid": "INTEGER",
    "tid": "INTEGER",
    "command": "VARCHAR",
    "syscall": "VARCHAR",
    "abi": "VARCHAR",
    "args": "BIGINT[]",  # registers
    "arguments": "VARCHAR",  # as strace writes them
    "result": "BIGINT",  # a negative errno if it failed
    "errno": "VARCHAR",  # its name; nothing: it did not fail
    "path": "VARCHAR",  # the file it touches, where that is known
    "fd": "INTEGER",
    "stack": "VARCHAR[]",  # functions, the innermost first
}
PROCESSES = {
    "ts": "TIMESTAMPTZ",  # since when it is traced
    "ts_ns": "BIGINT",
    "end_ns": "BIGINT",  # nothing: it outlived the trace
    "host": "VARCHAR",
    "pid": "INTEGER",
    "parent": "INTEGER",
    "command": "VARCHAR",
    "program": "VARCHAR",
    "arguments": "VARCHAR[]",
    "directory": "VARCHAR",
    "calls": "BIGINT",
    "status": "INTEGER",
    "signal": "VARCHAR",  # that killed it
}

WORDS = struct.Struct("<7Q"), struct.Struct("<7q")


class Rows(Gathering):
    """Makes rows, each a tuple in the order of columns, with lists as JSON text; hands them to ``add`` and ``add_process``."""

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        self.host = setting.origin.host
        self.second, self.text = -1, ""

    def moment(self, nanoseconds: int) -> str:
        """``2026-11-26 04:18:04.123456+00``."""
        second, rest = divmod(nanoseconds, 1_000_000_000)
        if second != self.second:
            self.second, self.text = second, time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(second))
        return f"{self.text}.{rest // 1000:06d}+00"

    def whole(self, call: Call, process: Process) -> None:
        signature, start = call.signature, call.start + self.offset
        path, descriptor = self.touched(call)
        returned = call.end and (signature.result_of is not None or call.error)
        stack = None
        if self.setting.stacks and call.tid in self.stacks:
            stack = listed([frame.name for frame in self.frames.of(self.stacks[call.tid])])
        self.add((
            self.moment(start),
            start,
            call.end - call.start if call.end else None,
            call.cpu or None,
            self.host,
            process.pid,
            call.tid,
            process.command,
            signature.name,
            signature.abi.name,
            str(self.registers(call)),
            self.arguments(call),
            call.result if returned else None,
            self.error(call.error) if call.error else None,
            path,
            descriptor,
            stack,
        ))  # fmt: skip

    def touched(self, call: Call) -> tuple[str | None, int | None]:
        """The file and the descriptor that it touches, each None where there is none or nobody knows."""
        touch = self.world.touching.of(call)
        path = touch.path
        if path is None and touch.descriptor is not None and call.entry_chunks:
            path = call.entry_chunks.get(place(LINKS, touch.descriptor))
        if path is None and touch.entry is not None:
            path = touch.entry.description.name
        return readable(path) if path else None, touch.descriptor

    @staticmethod
    def registers(call: Call) -> list[int]:
        """The registers that mean something, signed."""
        args = call.args
        if max(args) >> 63:
            unsigned, signed = WORDS
            args = signed.unpack(unsigned.pack(*args, *(0,) * (7 - len(args))))
        return list(args[: call.signature.registers])

    def ended(self, process: Process) -> None:
        if not process.start:
            return  # nothing is known of it
        start = process.start + self.offset
        self.add_process((
            self.moment(start),
            start,
            process.end + self.offset if process.end else None,
            self.host,
            process.pid,
            process.parent or None,
            process.command,
            process.program,
            listed(process.arguments),
            process.directory,
            process.calls,
            process.status,
            process.signal or None,
        ))  # fmt: skip

    def add(self, row: tuple[Any, ...]) -> None:
        """A call."""

    def add_process(self, row: tuple[Any, ...]) -> None:
        """A process."""


def listed(words: list[str]) -> str:
    """A list of texts as JSON."""
    import msgspec

    return msgspec.json.encode(words).decode()


# --- the same in SQL, for whoever reads rows that were written as comma-separated values


def literal(text: str) -> str:
    """Text in SQL."""
    return "'" + text.replace("'", "''") + "'"


def columns_of(columns: dict[str, str]) -> str:
    """Columns with their types, as DuckDB's readers take them."""
    return "{" + ", ".join(f"{literal(name)}: {literal(kind)}" for name, kind in columns.items()) + "}"


def read_rows(paths: list[str], columns: dict[str, str], header: bool = False, without: tuple[str, ...] = ()) -> str:
    """A query that gives the rows of files; lists are JSON there, and what is empty is missing, unless somebody must know."""
    files = "[" + ", ".join(map(literal, paths)) + "]"
    read = {name: "VARCHAR" if kind == "VARCHAR[]" else kind for name, kind in columns.items()}
    shown = {
        name: f"from_json({name}, '[\"VARCHAR\"]')" if kind == "VARCHAR[]"
        else f"coalesce({name}, '')" if name in ("arguments", "command", "program", "directory")
        else name
        for name, kind in columns.items() if name not in without
    }  # fmt: skip
    listed = ", ".join(f"{expression} AS {name}" for name, expression in shown.items())
    return (
        f"SELECT {listed} FROM read_csv({files}, header = {str(header).lower()}, auto_detect = false,"
        f" columns = {columns_of(read)}, delim = ',', quote = '\"', escape = '\"', new_line = '\\n', parallel = false)"
    )
