"""What is asked becomes views: ``calls`` and ``processes`` with the columns of ``ptracer.formats.rows``, and ``files``."""

from __future__ import annotations

import glob
import os

from ptracer.errors import PtracerError
from ptracer.formats.rows import CALLS, PROCESSES, columns_of, literal, read_rows
from ptracer.hints import Any

READS = ("read", "pread64", "readv", "preadv", "preadv2", "recvfrom", "recvmsg", "getdents64", "getdents", "getrandom")
WRITES = ("write", "pwrite64", "writev", "pwritev", "pwritev2", "sendto", "sendmsg", "sendfile", "splice", "copy_file_range")

FILES = f"""
    CREATE VIEW files AS SELECT host, path, count(*) AS calls, count(errno) AS errors, sum(dur_ns) AS time_ns,
        max(dur_ns) AS longest_ns,
        coalesce(sum(result) FILTER (syscall IN {READS} AND result > 0), 0) AS bytes_read,
        coalesce(sum(result) FILTER (syscall IN {WRITES} AND result > 0), 0) AS bytes_written,
        min(ts) AS first, max(ts) AS last, min(command) AS command
    FROM calls WHERE path IS NOT NULL GROUP BY host, path
"""
# Where only calls are known.
DERIVED = """
    CREATE VIEW processes AS SELECT min(ts) AS ts, min(ts_ns) AS ts_ns, NULL::BIGINT AS end_ns, host, pid,
        NULL::INTEGER AS parent, arg_max(command, ts_ns) AS command, NULL::VARCHAR AS program,
        NULL::VARCHAR[] AS arguments, NULL::VARCHAR AS directory, count(*) AS calls, NULL::INTEGER AS status,
        NULL::VARCHAR AS signal
    FROM calls GROUP BY host, pid
"""

OBJECTS = {
    "type": "VARCHAR", "time": "VARCHAR", "duration": "BIGINT", "cpu": "BIGINT", "host": "VARCHAR", "pid": "INTEGER",
    "tid": "INTEGER", "command": "VARCHAR", "syscall": "VARCHAR", "abi": "VARCHAR", "args": "JSON", "result": "BIGINT",
    "errno": "VARCHAR", "stack": "JSON",
}  # fmt: skip
OF_OBJECTS = """
    WITH objects AS (SELECT *, left(time, 29)::TIMESTAMP_NS AS moment FROM {read})
    SELECT make_timestamptz(epoch_ns(moment) // 1000) AS ts, epoch_ns(moment) AS ts_ns, duration AS dur_ns, cpu AS cpu_ns,
        (SELECT min(host) FROM objects WHERE type = 'trace') AS host, pid, tid, command, syscall, abi, NULL::BIGINT[] AS args,
        args::VARCHAR AS arguments, result, errno, coalesce(args->>'pathname', args->>'path', args->>'filename') AS path,
        TRY_CAST(args->>'fd' AS INTEGER) AS fd, json_extract_string(stack, '$[*].function') AS stack
    FROM objects WHERE type = 'call'
"""


def views(database: Any, places: list[str]) -> None:
    """Make the views. PtracerError: there is nothing that could be asked."""
    kinds = {kind_of(place) for place in places}
    if len(kinds) > 1:
        raise PtracerError(f"--sql asks one kind of files at a time: {', '.join(sorted(kinds))}")
    kind = kinds.pop()
    if kind == "directory":
        dataset(database, places)
    elif kind == "parquet":
        partitioned(database, "calls", places, CALLS)
        database.execute(DERIVED)
    elif kind == "csv":
        database.execute(f"CREATE VIEW calls AS {read_rows(places, CALLS, header=True)}")
        database.execute(DERIVED)
    else:
        read = f"read_json({names_of(places)}, format = 'newline_delimited', columns = {columns_of(OBJECTS)})"
        database.execute(f"CREATE VIEW calls AS {OF_OBJECTS.format(read=read)}")
        database.execute(DERIVED)
    database.execute(FILES)


def kind_of(place: str) -> str:
    """What a place holds. PtracerError: nothing that can be asked."""
    if os.path.isdir(place):
        return "directory"
    with open(place, "rb") as file:
        start = file.read(16)
    if start.startswith(b"PAR1"):
        return "parquet"
    if start.startswith(b"{"):
        return "json"
    if start.startswith(b"ts,ts_ns,"):
        return "csv"
    if start.startswith(b"SQLite format 3"):
        raise PtracerError(f"{place}: is a database of SQLite: ask it with sqlite3, it has the tables calls and processes")
    raise PtracerError(f"{place}: is no recording, nor anything of --format=parquet, json or csv")


def dataset(database: Any, directories: list[str]) -> None:
    """What ``--format=parquet`` has written to directories."""
    for table, columns in (("calls", CALLS), ("processes", PROCESSES)):
        patterns = [os.path.join(glob.escape(directory), table, "**", "*.parquet") for directory in directories]
        files = [file for pattern in patterns for file in glob.glob(pattern, recursive=True)]
        if files:
            partitioned(database, table, files, columns)
        elif table == "processes":
            database.execute(DERIVED)
        else:
            empty = ", ".join(f"NULL::{kind} AS {name}" for name, kind in columns.items())
            if not any(os.path.isdir(os.path.join(directory, "processes")) for directory in directories):
                raise PtracerError(f"{', '.join(directories)}: there is nothing of --format=parquet")
            database.execute(f"CREATE VIEW {table} AS SELECT {empty} WHERE false")


def partitioned(database: Any, table: str, files: list[str], columns: dict[str, str]) -> None:
    """A view of Parquet files, of which the directories say the day and the host; a column that older ones lack is empty."""
    database.execute(
        f"CREATE VIEW {table} AS SELECT * FROM read_parquet({names_of(files)}, hive_partitioning = true, union_by_name = true)"
    )
    known = {row[0] for row in database.execute(f"DESCRIBE {table}").fetchall()}
    missing = [f"NULL::{kind} AS {name}" for name, kind in columns.items() if name not in known]
    if missing:
        database.execute(f"ALTER VIEW {table} RENAME TO {table}_found")
        database.execute(f"CREATE VIEW {table} AS SELECT *, {', '.join(missing)} FROM {table}_found")


def names_of(files: list[str]) -> str:
    """A list of names in SQL."""
    return "[" + ", ".join(map(literal, files)) + "]"
