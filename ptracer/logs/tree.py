"""The processes of a log as a tree: number, commands, how long it was seen, how it ended."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator, Sequence
from itertools import groupby

from ptracer.logs.lines import SECOND
from ptracer.logs.processes import Process, processes

LINES = ("├─ ", "└─ ", "│  ", "   ")
PLAIN_LINES = ("|- ", "`- ", "|  ", "   ")  # where the output cannot have the others


def tree(names: Sequence[str]) -> Iterator[bytes]:
    """Lines of text."""
    encoding = sys.stdout.encoding or "ascii"
    lines = LINES
    try:
        "".join(LINES).encode(encoding)
    except UnicodeEncodeError:
        lines = PLAIN_LINES
    for process in processes(names):
        for line in branch(process, "", "", lines):
            yield f"{line}\n".encode(encoding, "surrogateescape")


def branch(top: Process, first: str, rest: str, lines: Sequence[str]) -> Iterator[str]:
    """A process and below it its children; ``first`` stands before itself and ``rest`` before these."""
    # A stack of our own: a chain of processes may be longer than Python's.
    waiting = [(describe(top), top.children, first, rest)]
    while waiting:
        text, children, first, rest = waiting.pop()
        yield first + text
        entries = list(grouped(children))
        below = []
        for place, (text, grandchildren) in enumerate(entries):
            last = place == len(entries) - 1
            below.append((text, grandchildren, rest + lines[last], rest + lines[2 + last]))
        waiting += reversed(below)


def grouped(children: list[Process]) -> Iterator[tuple[str, list[Process]]]:
    """What stands below a process: neighbouring threads that started nothing are counted, everybody else has a line."""
    for quiet, group in groupby(children, lambda child: child.thread and not child.children and not child.commands):
        threads = list(group)
        if quiet and len(threads) > 1:
            yield f"{len(threads)} threads", []
        else:
            for child in threads:
                yield describe(child), child.children


def describe(process: Process) -> str:
    """One process on one line."""
    commands = [written(command) for command in process.commands]
    if not commands:
        inherited = written([word.rpartition(b"/")[2] for word in process.inherited[:1]])
        commands = ["thread" if process.thread else f"(fork of {inherited})" if inherited else "(command unknown)"]
    facts = []
    if process.first is not None and process.last is not None:
        facts.append(duration(process.last - process.first))
    if process.end and process.end != b"exited with 0":
        facts.append(process.end.decode())
    remark = f"  [{', '.join(facts)}]" if facts else ""
    return f"{process.pid or '?'} {' => '.join(commands)}{remark}"


def written(command: list[bytes]) -> str:
    """An argument vector as it would be typed."""
    words = [word.decode("utf-8", "surrogateescape") for word in command]
    return " ".join(typed(word) for word in words)


def typed(word: str) -> str:
    """One argument, quoted as shells understand it."""
    if word.isprintable():
        return word if word == "..." else shlex.quote(word)
    return "$'" + "".join(character if plain(character) else escaped(character) for character in word) + "'"


def plain(character: str) -> bool:
    """Whether it may stand between ``$'`` and ``'`` as it is."""
    return character.isprintable() and character not in "'\\"


def escaped(character: str) -> str:
    """With a backslash: a byte that is no text has been kept as a lone surrogate."""
    if character in "'\\":
        return "\\" + character
    return "".join(f"\\x{byte:02x}" for byte in character.encode("utf-8", "surrogateescape")).replace("\\x0a", "\\n")


def duration(nanoseconds: int) -> str:
    """A time in the unit that people would use."""
    seconds = nanoseconds / SECOND
    if seconds < 100:
        return f"{seconds:.3f} s"
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {seconds} s"
