"""A database of SQLite with the tables ``calls``, ``processes`` and ``trace``."""

from __future__ import annotations

import sqlite3

import msgspec

from ptracer.formats.gathering import Setting
from ptracer.formats.rows import CALLS, PROCESSES, VERSION, Rows
from ptracer.hints import Any

MANY = 10_000  # rows that are written in one go
INTEGERS = {"BIGINT", "INTEGER"}


class SQLite(Rows):
    """Writes rows in portions; what is in the file is whole at any time."""

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        self.calls: list[tuple[Any, ...]] = []
        self.ended_processes: list[tuple[Any, ...]] = []
        self.broken = False
        # Made by one thread, filled by another, closed by the first.
        self.database = sqlite3.connect(setting.path, check_same_thread=False)
        self.add_call = self.calls.append
        self.run(self.create)

    def create(self) -> None:
        self.database.execute("PRAGMA synchronous = OFF")
        for table, columns in (("calls", CALLS), ("processes", PROCESSES)):
            listed = ", ".join(f"{name} {'INTEGER' if kind in INTEGERS else 'TEXT'}" for name, kind in columns.items())
            self.database.execute(f"CREATE TABLE IF NOT EXISTS {table} ({listed})")
        self.database.execute("CREATE TABLE IF NOT EXISTS trace (version INTEGER, origin TEXT)")
        self.database.commit()

    def run(self, action: Any) -> None:
        """Do something with the database, unless it has failed before."""
        if not self.broken:
            try:
                action()
            except sqlite3.Error as error:
                self.broken = True
                self.setting.failed(OSError(0, str(error)))

    def add(self, row: tuple[Any, ...]) -> None:
        self.add_call(row)

    def add_process(self, row: tuple[Any, ...]) -> None:
        self.ended_processes.append(row)

    def flush(self) -> None:
        if len(self.calls) >= MANY:
            self.run(self.store)

    def store(self) -> None:
        """All that waits."""
        for table, columns, rows in (("calls", CALLS, self.calls), ("processes", PROCESSES, self.ended_processes)):
            self.database.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(columns))})", rows)
            rows.clear()
        self.database.commit()

    def finish(self) -> None:
        self.run(self.complete)
        self.database.close()

    def complete(self) -> None:
        """The rest, and what helps to find things."""
        self.store()
        origin = msgspec.json.encode(self.origin).decode()
        self.database.execute("INSERT INTO trace VALUES (?, ?)", (VERSION, origin))
        for column in ("ts_ns", "syscall", "path"):
            self.database.execute(f"CREATE INDEX IF NOT EXISTS calls_by_{column} ON calls ({column})")
        self.database.commit()
