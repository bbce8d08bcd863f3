"""What can be done with traces that exist: merging those of several processes, and their tree.

Nothing here is imported unless it is asked for.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence

from ptracer import own_signals as signal
from ptracer.errors import PtracerError
from ptracer.hints import TYPE_CHECKING

if TYPE_CHECKING:
    from ptracer.options import Options


def run(options: Options) -> int:
    """The companion that was asked for, on standard output or to the file of ``-o``; the exit status."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `ptracer --merge ... | head` ends silently
    produce = companion(options.companion)
    names = files(options.command)
    if options.output is None:
        write(produce(names), sys.stdout.fileno())
        return 0
    flags = os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | (os.O_APPEND if options.append else os.O_TRUNC)
    try:
        if any(os.path.exists(options.output) and os.path.samefile(options.output, name) for name in names if name != "-"):
            raise PtracerError(f"{options.output}: would be read and written at once")
        descriptor = os.open(options.output, flags, 0o666)
    except OSError as error:
        raise PtracerError(f"Can't fopen '{options.output}': {error.strerror}") from None
    write(produce(names), descriptor)
    return 0


def companion(name: str) -> Callable[[Sequence[str]], Iterator[bytes]]:
    """A function from the names of logs to lines."""
    if name == "merge":
        from ptracer.logs.merge import merge

        return merge
    from ptracer.logs.tree import tree

    return tree


def write(lines: Iterator[bytes], descriptor: int) -> None:
    """All lines, in large portions."""
    with open(descriptor, "wb", closefd=False) as stream:
        stream.writelines(lines)


def files(names: Sequence[str]) -> list[str]:
    """The logs that are meant: a name that is none itself may be what was given to ``-ff -o``."""
    found: list[str] = []
    for name in names:
        if name == "-" or os.path.exists(name):
            found.append(name)
            continue
        directory, base = os.path.split(name)
        pattern = re.compile(re.escape(base) + r"\.(\d+)")
        try:
            logs = [match for entry in os.listdir(directory or ".") if (match := pattern.fullmatch(entry))]
        except OSError:
            logs = []
        if not logs:
            raise PtracerError(f"{name}: no such file, nor any {name}.PID")
        found += [os.path.join(directory, log[0]) for log in sorted(logs, key=lambda log: int(log[1]))]
    return found
