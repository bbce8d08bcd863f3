"""Answers: a table on a terminal; elsewhere lines of values with tabs between them, or csv or json if that is asked for."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from ptracer.errors import PtracerError
from ptracer.hints import Any
from ptracer.messages import tame, visible

SHOWN = 1000  # rows of a table that anybody looks at
PORTION = 10_000  # rows that are fetched in one go


def show(result: Any, output: str | None, manner: str, color: str) -> None:
    """Write the answer."""
    if result.description is None:
        return
    names = [column[0] for column in result.description]
    with opened(output) as file:
        stream: TextIO | Tame = Tame(file) if output is None and file.isatty() else file
        if manner == "csv":
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(names)
            writer.writerows(rows(result))
        elif manner == "json":
            import msgspec

            for row in rows(result):
                stream.write(msgspec.json.encode(dict(zip(names, row)), enc_hook=str).decode() + "\n")
        elif output is None and stream.isatty():
            table(result, names, color)
        else:
            stream.write("\t".join(names) + "\n")
            for row in rows(result):
                stream.write("\t".join(map(field, row)) + "\n")


class Tame:
    """A terminal that is sent nothing it would obey."""

    def __init__(self, stream: TextIO) -> None:
        self.stream, self.isatty = stream, stream.isatty

    def write(self, text: str) -> int:
        """Write it, tamed."""
        return self.stream.write(tame(text))


@contextmanager
def opened(output: str | None) -> Iterator[TextIO]:
    """Where it goes."""
    if output is None:
        yield sys.stdout
        sys.stdout.flush()
        return
    try:
        file = open(output, "w", encoding="utf-8")
    except OSError as error:
        raise PtracerError(f"Can't fopen '{output}': {error.strerror}") from None
    with file:
        yield file


def rows(result: Any) -> Iterator[tuple[Any, ...]]:
    """All rows, in portions."""
    while portion := result.fetchmany(PORTION):
        yield from portion


def text(value: Any) -> str:
    """A value as text; what is not known is empty."""
    if value is None:
        return ""
    return ", ".join(map(text, value)) if isinstance(value, list) else str(value)


def field(value: Any) -> str:
    """The same between tabs."""
    return visible(text(value).replace("\\", "\\\\"))


def table(result: Any, names: list[str], color: str) -> None:
    """A table for people."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    made = Table(box=SIMPLE_HEAD, pad_edge=False)
    found = result.fetchmany(SHOWN)
    for place, name in enumerate(names):
        numbers = any(isinstance(row[place], (int, float)) for row in found)
        made.add_column(name, justify="right" if numbers else "left", overflow="fold", no_wrap=numbers)
    for row in found:
        made.add_row(*(Text(visible(text(value))) for value in row))
    console = Console(no_color=color == "never" or None, highlight=False)
    console.print(made)
    if result.fetchone() is not None:
        console.print(f"... and more: these are {SHOWN}; add LIMIT, or write them with -o FILE")
