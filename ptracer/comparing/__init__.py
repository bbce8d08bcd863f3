"""``--diff A B``: what is different between two recordings, though process ids, descriptors, addresses and times all are.

patterns     paths and data -> the same without temporary names, process ids, hashes, dates
families     what has to be known of a recording before it is read
roles        descriptors and process ids -> words that are the same in every run
normal       calls -> the lines that are compared
side         a recording -> its processes, their threads, and the lines of each
pairing      which processes and threads belong together
alignment    which lines of two threads belong together
differences  what changed, came, went
parting      where it began
timing       what became slower
origins      how the runs were made differently
report       all that as text: a summary; ``unified``: every line
plain        the same as JSON

Nothing here is imported unless it is asked for. The exit status is that of diff(1): 0 the same, 1 different, 2 trouble.
"""

from __future__ import annotations

import os

from ptracer import own_signals as signal
from ptracer.errors import PtracerError
from ptracer.hints import TYPE_CHECKING

if TYPE_CHECKING:
    from ptracer.comparing.differences import Comparison
    from ptracer.options import Options
    from ptracer.statistics.text import Line

SAME, DIFFERENT, TROUBLE = 0, 1, 2


def run(options: Options) -> int:
    """Compare two recordings; the exit status."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `ptracer --diff ... | head` ends silently
    try:
        found = compare(options)
        write(options, found)
    except PtracerError as error:
        error.status = TROUBLE
        raise
    return DIFFERENT if found.different else SAME


def compare(options: Options) -> Comparison:
    """Read both, and compare. PtracerError: one cannot be read."""
    import gc

    from ptracer.comparing.differences import Comparison
    from ptracer.comparing.families import Families
    from ptracer.comparing.patterns import Patterns
    from ptracer.comparing.side import Book, Side
    from ptracer.recordings.recording import Recording
    from ptracer.recordings.replay import progress

    gc.disable()  # hardly anything that is made here refers to itself, and there is much of it
    known = [Families(Recording(name)) for name in options.command]
    recordings = [Recording(name) for name in options.command]
    pids = known[0].pids | known[1].pids
    elsewhere = recordings[0].origin.directory != recordings[1].origin.directory
    book, sides = Book(), []
    for recording, families in zip(recordings, known):
        patterns = Patterns(pids, recording.origin.directory if elsewhere else "")
        side = Side(recording, families, patterns, options, book)
        with progress(recording.size, options) as tell:
            side.read(tell)
        sides.append(side)
    return Comparison(sides[0], sides[1], book)


def write(options: Options, found: Comparison) -> None:
    """What was found, as the options say, on standard output or to the file of ``-o``."""
    from ptracer.render import separate, terminal
    from ptracer.statistics.text import painted, plain

    if options.format == "json":
        from ptracer.comparing.plain import document

        text = document(found)
    else:
        lines = lines_of(options, found)
        text = painted(lines) if terminal.wanted(options.color, 1, options.output is not None) else plain(lines)
    descriptor = 1 if options.output is None else separate.open_file(options.output, options.append)
    with open(descriptor, "wb", closefd=False) as stream:
        stream.write(text.encode("utf-8", "surrogateescape"))
    if descriptor != 1:
        os.close(descriptor)


def lines_of(options: Options, found: Comparison) -> list[Line]:
    """The summary, and all of it with ``-v``."""
    from ptracer.comparing.report import MOST, Report
    from ptracer.comparing.unified import unified

    whole = "no-abbrev" in options.given
    lines = Report(found, None if whole else MOST).lines()
    return lines + unified(found) if whole else lines
