"""Questions in SQL to traces: to a recording, to a dataset of ``--format=parquet``, or to files of json or csv.

named    questions that are asked often, by name
sources  what is asked -> the views ``calls``, ``processes`` and ``files``
showing  answers as a table, or as lines for other programs

Nothing here is imported unless it is asked for.
"""

from __future__ import annotations

import importlib.util
import os
import tempfile

from ptracer import own_signals as signal
from ptracer.arguments import UsageError
from ptracer.errors import PtracerError
from ptracer.hints import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ptracer.options import Options

MAGIC = b"\x89ptracer"  # how recordings begin


def prepare(options: Options) -> None:
    """Before options are checked: a recording that is asked is one that is replayed. PtracerError: nobody is asked."""
    from ptracer.questions.named import sql_of

    sql_of(options.question)  # it must be one
    if options.replay:
        return
    if not options.command:
        raise UsageError("--sql needs what it asks: a recording, a directory of --format=parquet, or files")
    recordings = [name for name in options.command if is_recording(name)]
    if recordings and len(options.command) > 1:
        raise UsageError("--sql asks one recording at a time; --replay them with --format=parquet into one directory to ask all")
    if recordings:
        options.replay, options.command = recordings[0], []


def is_recording(path: str) -> bool:
    """Whether a file is one. PtracerError: it cannot be read."""
    try:
        if os.path.isdir(path):
            return False
        with open(path, "rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except OSError as error:
        raise PtracerError(f"{path}: {error.strerror}") from None


def run(options: Options) -> int:
    """Ask, and show the answer; the exit status."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    if importlib.util.find_spec("duckdb") is None:
        raise PtracerError("--sql needs duckdb: pip install 'ptracer-cli[sql]'")
    output, manner = options.output, options.format
    if not options.replay:
        return answer(options.question, options.command, output, manner, options)
    from ptracer.recordings import replay

    with tempfile.TemporaryDirectory(prefix="ptracer-") as directory:
        options.format, options.output, options.summary = "parquet", directory, ""
        status = replay.run(options)
        return answer(options.question, [directory], output, manner, options) or status


def answer(question: str, places: list[str], output: str | None, manner: str, options: Options) -> int:
    """Of places that hold datasets."""
    import duckdb

    from ptracer.questions.named import sql_of
    from ptracer.questions.showing import show
    from ptracer.questions.sources import views

    database: Any = duckdb.connect()
    try:
        database.execute("SET TimeZone = 'UTC'")
        views(database, places)
        show(database.execute(sql_of(question)), output, manner, options.color)
    except duckdb.Error as error:
        raise PtracerError(f"--sql: {error}") from None
    return 0
