"""Write ``ptracer/tables/constants/``: the named constants of the Linux headers.

Run as ``python tools/constants.py``; ``--check`` compares instead of writing.

What to write is in ``tools/lists/``: ``files.list`` makes ``constants/files.py``.  The first comment of
a list becomes the module's docstring.  A list is made of groups, and a group of words; lines that
begin with a space continue the group above.

    lease_types: asm/fcntl.h  F_RDLCK F_WRLCK F_UNLCK

``name:``
    begins a group; the module gets ``name: dict[str, int]``, from a constant's name to its value.
``linux/fcntl.h``
    a header to include, here or in another word; a word may also be ``include:a.h,b.h``.
``MADV_*``
    every constant that matches, in the order of the headers.
``-MADV_SOFT*``
    a pattern does not mean these, and ``-other_group:`` the group has none of an earlier group of the list.
``F_RDLCK``
    one constant.  It is an error when no header has it.
``NAME=0x10``
    a constant that no header has (only libc, or only the kernel's own code), with its value.
``first:O_SYNC,O_TMPFILE``
    names that are to come before the others: a flag made of several bits before its parts.
``last:FASYNC``
    and after the others.
``sorted``
    order by value instead.
``flags``
    the values are bits, so they are written in hexadecimal.
``aliases``
    keep every name of a value; otherwise the first one is kept, for it is the one to print.
``abi:i386``
    ask the compiler for another ABI than x86_64.

So the order of a group is the order in which flags are printed and aliases are chosen.  Values
come from a compiler with Linux 7.2's headers (`tools/headers.py`), never from reading the text.
"""

import os
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if __name__ == "__main__":
    sys.path[0] = str(ROOT)  # this directory has a module named like the library's `numbers`

from tools import generated, headers  # noqa: E402

DIRECTORY = ROOT / "ptracer" / "tables" / "constants"
LISTS = ROOT / "tools" / "lists"


class ListError(Exception):
    """A list asks for something that cannot be."""


@dataclass
class Group:
    """One dictionary to write, as its list describes it."""

    name: str
    headers: list[str] = field(default_factory=list)
    wanted: list[str] = field(default_factory=list)  # names and patterns
    dropped: list[str] = field(default_factory=list)  # names and patterns
    without: list[str] = field(default_factory=list)  # other groups
    literals: dict[str, int] = field(default_factory=dict)
    first: list[str] = field(default_factory=list)
    last: list[str] = field(default_factory=list)
    options: set[str] = field(default_factory=set)
    abi: str = "x86_64"


OPTIONS = {"sorted", "flags", "aliases"}


def parse(text: str) -> tuple[str, list[Group]]:
    """A list's summary and its groups."""
    groups: list[Group] = []
    summary = ""
    for line in text.splitlines():
        content, _, comment = line.partition("#")
        summary = summary or comment.strip()
        words = content.split()
        if words and not line.startswith(" "):
            groups.append(Group(words.pop(0).removesuffix(":")))
        for word in words:
            _add(groups[-1], word)
    return summary, groups


def _add(group: Group, word: str) -> None:
    """Give one word of a list its meaning."""
    key, _, rest = word.partition(":")
    if word in OPTIONS:
        group.options.add(word)
    elif key == "first":
        group.first += rest.split(",")
    elif key == "last":
        group.last += rest.split(",")
    elif key == "include":
        group.headers += rest.split(",")
    elif key == "abi":
        group.abi = rest
    elif word.endswith(".h"):
        group.headers.append(word)
    elif word.startswith("-") and word.endswith(":"):
        group.without.append(word[1:-1])
    elif word.startswith("-"):
        group.dropped.append(word[1:])
    elif "=" in word:
        name, _, value = word.partition("=")
        group.literals[name] = int(value, 0)
        group.wanted.append(name)
    else:
        group.wanted.append(word)


def resolve(group: Group) -> dict[str, int]:
    """The constants of a group with their values, in its order."""
    known = headers.constants(tuple(group.headers), group.abi) | group.literals
    constants = {name: known[name] for name in expand(group, known)}
    if "sorted" in group.options:
        constants = dict(sorted(constants.items(), key=lambda item: item[1]))
    constants = {name: constants[name] for name in group.first} | constants
    for name in group.last:
        constants[name] = constants.pop(name)
    return constants if "aliases" in group.options else dict(_unique(constants))


def _is_pattern(word: str) -> bool:
    return any(character in word for character in "*?[")


def expand(group: Group, known: Iterable[str]) -> Iterator[str]:
    """The names that a group's words stand for, each once."""
    seen: set[str] = set()
    for word in group.wanted:
        matching = [name for name in known if fnmatchcase(name, word)] if _is_pattern(word) else [word]
        if not matching or matching[0] not in known:
            raise ListError(f"{group.name}: no header has {word}")
        for name in matching:
            refused = _is_pattern(word) and any(fnmatchcase(name, drop) for drop in group.dropped)
            if name not in seen and not refused:
                seen.add(name)
                yield name


def _unique(constants: dict[str, int]) -> Iterator[tuple[str, int]]:
    """Only the first name of each value."""
    seen: set[int] = set()
    for name, value in constants.items():
        if value not in seen:
            seen.add(value)
            yield name, value


def resolve_all(groups: Iterable[Group]) -> dict[str, dict[str, int]]:
    """Every group of a list with its constants."""
    resolved: dict[str, dict[str, int]] = {}
    problems = []
    for group in groups:
        try:
            resolved[group.name] = resolve(group)
        except ListError as problem:
            problems.append(str(problem))
            continue
        for other in group.without:
            for name in resolved[other]:
                resolved[group.name].pop(name, None)
    if problems:
        raise ListError("\n".join(problems))
    return resolved


def topic(path: Path) -> str:
    """The module that a list makes."""
    summary, groups = parse(path.read_text())
    resolved = resolve_all(groups)
    parts = {}
    for group in groups:
        show = hex if "flags" in group.options else str
        rows = ((f'"{name}"', show(value)) for name, value in resolved[group.name].items())
        parts[group.name] = generated.dictionary(f"{group.name}: dict[str, int]", rows)
    tool = f"tools/constants.py from tools/lists/{path.name}"
    return generated.module(summary, tool, parts)


def errors() -> str:
    """The module of error numbers: each has a name and the text that C's `strerror` has for it."""
    messages: dict[str, str] = {}
    literals: dict[str, int] = {}
    for line in (LISTS / "errors.txt").read_text().splitlines():
        name, _, message = line.partition(" ")
        if name and not name.startswith("#"):
            name, _, literal = name.partition("=")
            messages[name] = message
            if literal:
                literals[name] = int(literal)
    known = headers.values(["asm/errno.h"], [name for name in messages if name not in literals])
    numbers = {number: name for name, number in reversed((known | literals).items())}
    rows = ((n, f'("{numbers[n]}", "{messages[numbers[n]]}")') for n in sorted(numbers))
    table = generated.dictionary("ERRNO: dict[int, tuple[str, str]]", rows)
    summary = "Error numbers: the name and the message of each, in the C locale."
    return generated.module(summary, "tools/constants.py from tools/lists/errors.txt", {"": table})


def modules() -> dict[Path, str]:
    """Every file this tool writes, and what must be in it."""
    lists = sorted(LISTS.glob("*.list"))
    _compile_all(group for path in lists for group in parse(path.read_text())[1])
    written = {DIRECTORY / f"{path.stem}.py": topic(path) for path in lists}
    return written | {DIRECTORY / "errors.py": errors()}


def _compile_all(groups: Iterable[Group]) -> None:
    """Fill the cache of `headers.constants`, with as many compilers at a time as there are processors."""
    wanted = {(tuple(group.headers), group.abi): None for group in groups if group.headers}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for future in [pool.submit(headers.constants, *one) for one in wanted]:
            future.result()


if __name__ == "__main__":
    try:
        sys.exit(generated.main(modules))
    except (ListError, headers.HeaderError) as problem:
        sys.exit(str(problem))
