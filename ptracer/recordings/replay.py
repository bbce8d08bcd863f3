"""Feeds a recording to what a trace would have been fed to."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from ptracer import messages
from ptracer import own_signals as signal
from ptracer.arguments import Found, scan
from ptracer.capture import records
from ptracer.capture.records import Record
from ptracer.options import Options
from ptracer.outputs import open_destination
from ptracer.recordings.recording import Recording
from ptracer.regs import abi_of

LONG = 1 << 20  # bytes of a file that takes long enough for somebody to want to see how far we are


def run(options: Options) -> int:
    """Show a recording as the options say, which lie over those it was made with; the exit status."""
    from ptracer.rendering import Feed

    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `ptracer --replay ... | head` ends silently
    recording = options.recording
    assert recording is not None
    pointed_out(options, recording)
    destination = open_destination(options)
    feed = Feed(options, destination, recording.origin)
    sieve = Sieve(options)
    with progress(recording.size, options) as tell:
        for batch in recording.batches(tell):
            feed.feed(sieve.sift(batch) if sieve.needed else batch)
            feed.flush()
            if sieve.enough:
                break
    feed.close()
    if recording.problem:
        messages.say(f"{recording.path}: {recording.problem}")
    return 1 if recording.problem or destination.failed else 0


def lay_beneath(options: Options, found: Sequence[Found]) -> None:
    """Open the recording; of the options it was made with those that say what is shown count wherever none of ours says it."""
    from ptracer.option_table import OPTIONS, SELECT, TEXT, TIME
    from ptracer.presets import PRESETS, underlay

    spellings = [option.spelling for option in OPTIONS]
    recording = options.recording = Recording(options.replay)
    beneath: list[Found] = []
    for one in scan(recording.origin.options, spellings)[0]:
        option = OPTIONS[one.place]
        if "preset" in option.spelling.long and one.value in PRESETS:
            beneath[:0] = scan(PRESETS[one.value].split(), spellings)[0]
        elif option.group in (SELECT, TEXT, TIME) or "follow-forks" in option.spelling.long:
            beneath.append(one)
    underlay(options, found, beneath)
    options.rules.clear()  # nothing can be changed any more
    if "follow-forks" not in options.given:
        options.follow = min(options.follow, 1)  # a file for each process is what the recording was not


def pointed_out(options: Options, recording: Recording) -> None:
    """Say what is asked for and cannot be in the recording."""
    limit = recording.origin.string_limit
    if options.string_limit > limit:
        messages.say(f"the recording holds {limit} bytes of a string at most; record with -s {options.string_limit} for more")


class Sieve:
    """Leaves out the calls that are not asked for, as a capture would have."""

    def __init__(self, options: Options) -> None:
        self.shows = options.trace.shows
        self.needed = not options.trace.is_all
        self.enough = False
        self.hidden: set[int] = set()  # threads in a call that is left out
        self.known: dict[tuple[int, ...], bool] = {}

    def sift(self, batch: list[Record]) -> list[Record]:
        """What remains of a batch."""
        return [record for record in batch if self.passes(record)]

    def passes(self, record: Record) -> bool:
        kind = record[0]
        if kind in (records.CALL, records.ENTRY):
            wanted = self.wanted(*record[3:6])
            if kind == records.ENTRY and not wanted:
                self.hidden.add(record[1])
            return wanted
        if kind == records.EXIT and record[1] in self.hidden:
            self.hidden.discard(record[1])
            return False
        if kind == records.EXECED and record[3] in self.hidden:
            self.hidden.discard(record[3])
            self.hidden.add(record[1])
        return True

    def wanted(self, arch: int, number: int, args: tuple[int, ...]) -> bool:
        """Whether a call is asked for."""
        abi, plain = abi_of(arch, number)
        carrier = abi.carriers.get(abi.name_of(plain))
        key = (arch, number) if carrier is None else (arch, number, args[0] & carrier.mask)
        known = self.known.get(key)
        if known is None:
            known = self.known[key] = self.shows(abi.name_of(plain, args), abi)
        return known


@contextmanager
def progress(size: int, options: Options) -> Iterator[Callable[[int], None] | None]:
    """A bar on the terminal, while what is written goes elsewhere and it takes long."""
    silent = size < LONG or not sys.stderr.isatty() or (options.output is None and sys.stdout.isatty())
    if silent:
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task("reading the recording", total=size)
        yield lambda position: shown.update(task, completed=position)
