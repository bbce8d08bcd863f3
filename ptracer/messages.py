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


def say(text: str) -> None:
    """One line; nobody can be told when it fails."""
    line = f"{program_name()}: {text}\n"
    try:
        os.write(2, line.encode("utf-8", "surrogateescape"))
    except OSError:
        pass


def report(error: PtracerError) -> None:
    """An error, with the hint that goes with a command line that makes no sense; none if all was said before."""
    for line in error.message.splitlines():
        say(line)
    if isinstance(error, UsageError):
        try:
            os.write(2, f"Try '{program_name()} -h' for more information.\n".encode())
        except OSError:
            pass
