"""Ask a C compiler what the Linux UAPI headers say.

The ``ziglang`` wheel carries the headers of Linux 7.2 for every architecture and a compiler for
each of them, so every machine generates the same tables.  Nothing is run: a name becomes an
initialiser, the initialiser ends up in an object file, and pyelftools reads it out.
"""

import importlib.util
import re
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

# The compiler's name for each ABI.  With glibc some kernel headers leave out what they think libc
# has; but musl's time_t has 64 bits everywhere, and so changes the numbers of i386's ioctls.
TARGETS = {
    "x86_64": "x86_64-linux-musl",
    "i386": "x86-linux-gnu",
    "x32": "x86_64-linux-gnux32",
}

SIGN_BIT_OF_INT = 0xFFFFFFFF80000000  # what `1 << 31` becomes in 64 bits


class HeaderError(Exception):
    """The compiler could not make sense of a header."""


def available() -> bool:
    """Whether the compiler and the reader of object files are installed."""
    return all(importlib.util.find_spec(name) for name in ("ziglang", "elftools"))


def preamble(headers: Iterable[str]) -> str:
    """The lines that include the headers, after what some of them take for granted."""
    return "".join(f"#include <{header}>\n" for header in ("stddef.h", "stdint.h", *headers))


def _compiler(abi: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ziglang", "cc", "-target", TARGETS[abi]]
    command += ["-fno-sanitize=undefined", "-ferror-limit=0", "-Wno-everything", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def names(headers: Sequence[str], abi: str = "x86_64") -> list[str]:
    """Object-like macros and enumerators of the headers, in the order they are declared.

    Neither the compiler's own macros nor those that are text.
    """
    with tempfile.TemporaryDirectory() as directory:
        source = Path(directory, "names.c")
        source.write_text(preamble(headers))
        result = _compiler(abi, "-E", "-dD", str(source))
    if result.returncode:
        raise HeaderError(_complaint(headers, result.stderr))
    last_declared = dict.fromkeys(reversed(list(_scan(result.stdout))))
    return list(reversed(last_declared))


_MARKER = re.compile(r'# \d+ "([^"]*)"')
_DEFINE = re.compile(r"#define (\w+)(?: (.*))?$")
_TOKEN = re.compile(r"[A-Za-z_]\w*|[{}(),=;]")


def _scan(text: str) -> Iterator[str]:
    """Names in preprocessed text, which keeps its ``#define`` lines and its line markers."""
    header = ""
    enumeration = _Enumeration()
    for line in text.splitlines():
        if marker := _MARKER.match(line):
            header = marker[1]
        elif definition := _DEFINE.match(line):
            name, body = definition.groups()
            if body and header[:1] != "<" and '"' not in body:
                yield name
        elif not line.startswith("#"):
            yield from enumeration.feed(line)


class _Enumeration:
    """Follows C declarations just far enough to see the enumerators."""

    def __init__(self) -> None:
        self.waiting = False  # after `enum`, before its brace
        self.inside = False
        self.expecting = False  # the next identifier is an enumerator
        self.depth = 0

    def feed(self, line: str) -> Iterator[str]:
        for token in _TOKEN.findall(line):
            if not self.inside:
                if token == "{" and self.waiting:
                    self.inside, self.expecting, self.depth = True, True, 0
                self.waiting = token == "enum" or (self.waiting and token[0] not in "{;(),=}")
            elif token == "}":
                self.inside = False
            elif token in "()":
                self.depth += 1 if token == "(" else -1
            elif token == ",":
                self.expecting = self.depth == 0
            elif self.expecting:
                self.expecting = False
                yield token


def values(headers: Sequence[str], wanted: Sequence[str], abi: str = "x86_64") -> dict[str, int]:
    """What each expression is worth; those that are not integer constants are left out.

    A negative constant is negative, except one that is only the sign bit of an int (``1 << 31``).
    """
    remaining = list(wanted)
    while remaining:
        result = _compile(headers, remaining, abi)
        if isinstance(result, bytes):
            return dict(zip(remaining, _unpack(result), strict=True))
        remaining = [name for position, name in enumerate(remaining) if position not in result]
    return {}


# One variable for each constant, so that the compiler complains about each that is none.
_DECLARATION = """\
struct constant { unsigned long long position, value, negative; };
#define C(p, x) static const struct constant constant_##p \\
    __attribute__((used, section(".constants"))) = { p, (x), (x) < 0 };
"""


@cache
def constants(headers: tuple[str, ...], abi: str = "x86_64") -> dict[str, int]:
    """Every constant that a set of headers declares, in order, with its value."""
    return values(headers, names(headers, abi), abi) if headers else {}


def _compile(headers: Sequence[str], wanted: Sequence[str], abi: str) -> bytes | set[int]:
    """The constants as an object file lays them out, or the positions that do not compile."""
    start = preamble(headers) + _DECLARATION
    entries = "".join(f"C({position}, ({name}))\n" for position, name in enumerate(wanted))
    with tempfile.TemporaryDirectory() as directory:
        source, target = Path(directory, "values.c"), Path(directory, "values.o")
        source.write_text(start + entries)
        result = _compiler(abi, "-c", str(source), "-o", str(target))
        if not result.returncode:
            return _section(target)
        first = start.count("\n") + 1
        lines = re.findall(r"values\.c:(\d+):\d+: (?:fatal )?error", result.stderr)
        bad = {int(line) - first for line in lines}
    if not bad or min(bad) < 0:
        raise HeaderError(_complaint(headers, result.stderr))
    return bad


def _complaint(headers: Sequence[str], message: str) -> str:
    """The first few errors in one line each."""
    errors = [line for line in message.splitlines() if "error" in line]
    return "\n".join([f"cannot compile {' '.join(headers)}", *errors[:3]])


def _section(path: Path) -> bytes:
    from elftools.elf.elffile import ELFFile

    with path.open("rb") as stream:
        section = ELFFile(stream).get_section_by_name(".constants")
        if section is None:
            raise HeaderError("the compiler left no constants")
        return bytes(section.data())


def _unpack(data: bytes) -> list[int]:
    """The values in the order of their positions."""
    found = {}
    for position, value, negative in struct.iter_unpack("<QQQ", data):
        if negative and value == SIGN_BIT_OF_INT:
            value &= 0xFFFFFFFF
        elif negative:
            value -= 1 << 64
        found[position] = value
    return [found[position] for position in range(len(found))]


def expanding(
    headers: Sequence[str], wanted: Sequence[str], macro: str, abi: str = "x86_64"
) -> set[str]:
    """Which of some macros are written with a function-like macro, such as ``_IOC``."""
    with tempfile.TemporaryDirectory() as directory:
        source = Path(directory, "expanding.c")
        lines = [f"@{position}@ {name}\n" for position, name in enumerate(wanted)]
        redefine = f"#undef {macro}\n#define {macro}(...) @found@\n"
        source.write_text(preamble(headers) + redefine + "".join(lines))
        result = _compiler(abi, "-E", "-P", str(source))
    if result.returncode:
        raise HeaderError(_complaint(headers, result.stderr))
    found = re.findall(r"^@(\d+)@.*@found@", result.stdout, re.MULTILINE)
    return {wanted[int(position)] for position in found}
