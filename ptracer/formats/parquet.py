"""A dataset of Parquet files, partitioned as Hive does: ``calls/date=2026-11-26/host=web1/part-*.parquet``, ``processes/...``.

Rows wait in a file of comma-separated values, of which DuckDB makes a part when there are many of them, or they are old.
A part appears under its name when it is whole.
"""

from __future__ import annotations

import csv
import os
import time
from urllib.parse import quote

from ptracer.formats.gathering import Setting
from ptracer.formats.rows import CALLS, PROCESSES, VERSION, Rows, literal, read_rows
from ptracer.hints import Any

MANY = 1_000_000  # rows of a part
OLD = 600  # seconds that rows wait, at most
LONG = 1 << 20  # characters of arguments; DuckDB refuses lines that are longer than twice that
ARGUMENTS = list(CALLS).index("arguments")
LEVEL = 3  # of Zstandard
MEMORY = "512MB"  # that DuckDB may take for its work

MANNER = (
    "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL {level}, KV_METADATA {{ptracer_schema: '{version}', ptracer: '{by}'}}"
)


class Spool:
    """Rows of one table that are to become a part."""

    def __init__(self, directory: str, name: str, table: str, columns: dict[str, str]) -> None:
        self.directory, self.name, self.table, self.columns = directory, name, table, columns
        self.path = os.path.join(directory, f".{table}-{name}.csv")
        self.parts = 0
        self.open()

    def open(self) -> None:
        """Begin anew."""
        self.file = open(self.path, "w", encoding="utf-8", newline="", errors="backslashreplace")
        self.write = csv.writer(self.file, lineterminator="\n").writerow
        self.count, self.since = 0, time.monotonic()

    def add(self, row: tuple[Any, ...]) -> None:
        self.write(row)
        self.count += 1

    @property
    def due(self) -> bool:
        """Whether it is time for a part."""
        return self.count >= MANY or bool(self.count) and time.monotonic() - self.since > OLD

    def close(self) -> None:
        """What is in the file is all."""
        self.file.close()

    def remove(self) -> None:
        """The file is of no use any more."""
        self.file.close()
        try:
            os.unlink(self.path)
        except OSError:
            pass


class Parquet(Rows):
    """Writes the dataset, part by part, in memory that does not grow."""

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        import duckdb

        self.failures = duckdb.Error
        self.database = duckdb.connect()
        aside = literal(os.path.join(setting.path, ".duckdb"))
        self.database.execute(f"SET memory_limit = '{MEMORY}'; SET TimeZone = 'UTC'; SET temp_directory = {aside}")
        self.broken = False
        origin = setting.origin
        name = f"{origin.boot[:8] or 'boot'}-{origin.began:x}-{os.getpid()}"  # no other trace of this host has it
        self.calls = Spool(setting.path, name, "calls", CALLS)
        self.ended_processes = Spool(setting.path, name, "processes", PROCESSES)
        self.add_process = self.ended_processes.add  # type: ignore[method-assign]

    def add(self, row: tuple[Any, ...]) -> None:
        if len(row[ARGUMENTS]) > LONG:
            row = (*row[:ARGUMENTS], row[ARGUMENTS][:LONG] + "...", *row[ARGUMENTS + 1 :])
        self.calls.add(row)

    def flush(self) -> None:
        for spool in (self.calls, self.ended_processes):
            if spool.due:
                self.part(spool)

    def finish(self) -> None:
        for spool in (self.calls, self.ended_processes):
            if spool.count:
                self.part(spool)
            spool.remove()
        self.database.close()

    def part(self, spool: Spool) -> None:
        """Make files of what is gathered, one for each day."""
        spool.close()
        if not self.broken:
            try:
                rows = read_rows([spool.path], spool.columns, without=("host",))  # which is in the name of the directory
                self.database.execute(f"CREATE OR REPLACE TEMP VIEW spooled AS {rows}")
                days = self.database.execute("SELECT DISTINCT CAST(ts AS DATE) FROM spooled").fetchall()
                for (day,) in days:
                    self.write(spool, str(day))
            except (OSError, self.failures) as error:
                self.broken = True
                self.setting.failed(error if isinstance(error, OSError) else OSError(0, str(error)))
        spool.parts += 1
        spool.open()

    def write(self, spool: Spool, day: str) -> None:
        """One file."""
        host = quote(self.host or "unknown", safe="-_.")
        directory = os.path.join(spool.directory, spool.table, f"date={day}", f"host={host}")
        os.makedirs(directory, exist_ok=True)
        name = f"part-{spool.name}-{spool.parts:05}.parquet"
        unfinished, whole = os.path.join(directory, f".{name}.unfinished"), os.path.join(directory, name)
        manner = MANNER.format(level=LEVEL, version=VERSION, by=self.origin.ptracer)
        which = f"SELECT * FROM spooled WHERE CAST(ts AS DATE) = DATE {literal(day)}"
        self.database.execute(f"COPY ({which}) TO {literal(unfinished)} ({manner})")
        os.rename(unfinished, whole)
