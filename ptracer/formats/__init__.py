"""Formats: the trace as something other than lines of text. A format is a module here and a row in ``FORMATS``.

plain        values -> what JSON can hold
processes    what the model knows of processes -> text
gathering    the base of all formats: each call once, whole, when it has ended
objects      the types of the objects of JSON Lines, from which the published schema is made
rows         the columns of a call and of a process, which all tables share

Nothing here is imported unless it is asked for.
"""

from __future__ import annotations

import importlib
import importlib.util
import os

from ptracer.errors import PtracerError
from ptracer.hints import TYPE_CHECKING

if TYPE_CHECKING:
    from ptracer.formats.gathering import Gathering, Setting

FORMATS = {
    "json": "jsonl.JSONLines",
    "chrome": "chrome.Chrome",
    "collapsed": "stacked.Collapsed",
    "speedscope": "stacked.Speedscope",
    "csv": "comma.CommaSeparated",
    "sqlite": "sqlite.SQLite",
    "parquet": "parquet.Parquet",
}


def writer(name: str, setting: Setting) -> Gathering:
    """What writes a format."""
    module, kind = FORMATS[name].split(".")
    made: Gathering = getattr(importlib.import_module(f"ptracer.formats.{module}"), kind)(setting)
    return made


def prepare(name: str, path: str, append: bool) -> None:
    """Before anything is started: see that a format which opens its own files can do so. PtracerError: it cannot."""
    if name == "parquet" and importlib.util.find_spec("duckdb") is None:
        raise PtracerError("--format=parquet needs duckdb: pip install 'ptracer-cli[sql]'")
    try:
        if name == "parquet":
            os.makedirs(path, exist_ok=True)
        elif not append and os.path.isfile(path):
            os.truncate(path, 0)
        else:
            open(path, "ab").close()
    except OSError as error:
        raise PtracerError(f"Can't fopen '{path}': {error.strerror}") from None
