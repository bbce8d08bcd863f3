"""What ptracer itself says, on standard error: a line that begins with its name."""

from __future__ import annotations

import os
import sys

from ptracer.arguments import UsageError
from ptracer.errors import PtracerError


def program_name() -> str:
    """What we were called: a link named ``strace`` makes us strace."""
    name = os.path.basename(sys.argv[0]) if sys.argv else ""
    return "ptracer" if name in ("", "-c", "__main__.py") else name


def visible(text: str) -> str:
    """Text in which nothing is but what can be seen: names of files may have line ends in them, and commands to terminals."""
    return text if text.isprintable() else "".join(one if one.isprintable() else escape(one) for one in text)


# What commands to terminals begin with, as JSON has it in a string; line ends and tabs are harmless.
COMMANDS = {code: f"\\u{code:04x}" for code in (*range(32), *range(127, 160)) if chr(code) not in "\t\n"}


def tame(text: str) -> str:
    """The text of a format for programs, as it may go to a terminal: JSON remains what it says."""
    return text.translate(COMMANDS)


def escape(character: str) -> str:
    """With a backslash, as C has it; a byte that is no text has been kept as a lone surrogate."""
    if 0xDC80 <= ord(character) <= 0xDCFF:
        return f"\\x{ord(character) - 0xDC00:02x}"
    return character.encode("unicode_escape").decode()


def say(text: str) -> None:
    """One line; nobody can be told when it fails."""
    line = f"{visible(f'{program_name()}: {text}')}\n"
    try:
        os.write(2, line.encode("utf-8", "surrogateescape"))
    except OSError:
        pass


def report(error: PtracerError) -> None:
    """An error, with the hint that goes with a command line that makes no sense; none if all was said before."""
    for line in error.lines:
        say(line)
    if isinstance(error, UsageError):
        try:
            os.write(2, f"Try '{visible(program_name())} -h' for more information.\n".encode())
        except OSError:
            pass
