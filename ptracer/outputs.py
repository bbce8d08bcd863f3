"""Where the trace goes, as the options say."""

from __future__ import annotations

import os
from collections.abc import Callable

from ptracer import messages
from ptracer.options import FILES, Options
from ptracer.render.output import Output
from ptracer.render.separate import Pipe, Separate, open_file


class Tame(Output):
    """An output for a terminal, of a format that was made for programs: names stand in it as they are."""

    def flush(self) -> None:
        """Hand it to the kernel with nothing in it that a terminal would obey."""
        if self.parts:
            self.parts[:] = [messages.tame("".join(self.parts))]
        super().flush()


class Destination:
    """Gives each thread its output. ``failed`` says that writing did not succeed; that is reported once."""

    def __init__(self, options: Options) -> None:
        self.name = options.output
        self.failed = False
        self.pipe: Pipe | None = None
        self.separate: Separate | None = None
        path = options.output
        make = maker(options, self.fail)
        self.standard = 1 if options.replay else 2  # a recording is no program that needs standard output for itself
        if path is not None and options.separately:
            self.separate = Separate(path, options.append, self.fail, make)
            self.shared = make(self.standard)
        elif path is not None and options.format in FILES:
            from ptracer.formats import prepare

            prepare(options.format, path, options.append)
            self.shared = make(self.standard)
        else:
            self.shared = make(self.open(path, options.append))
        self.record = options.record
        self.recording = -1
        if options.record is not None:
            from ptracer.recordings.recorder import create

            self.recording = create(options.record)

    def open(self, path: str | None, append: bool) -> int:
        """The one descriptor for all."""
        if path is None:
            return self.standard
        if path[:1] in ("|", "!"):
            self.pipe = Pipe(path[1:])
            return self.pipe.descriptor
        return open_file(path, append)

    def output_of(self, tid: int) -> Output:
        """Where the lines of a thread go."""
        return self.separate(tid) if self.separate is not None else self.shared

    def fail(self, error: OSError) -> None:
        """The tracees go on whatever becomes of their trace."""
        if not self.failed:
            self.failed = True
            messages.say(f"{self.name or ('standard error', 'standard output')[self.standard == 1]}: {error.strerror}")

    def fail_recording(self, error: OSError) -> None:
        """The same of the recording, which ends there."""
        self.failed = True
        messages.say(f"{self.record}: {error.strerror}; the recording ends here")

    def close(self) -> None:
        """Nothing will follow."""
        self.shared.close()
        if self.shared.descriptor != self.standard:
            os.close(self.shared.descriptor)
        if self.pipe is not None:
            self.pipe.wait()


def maker(options: Options, failed: Callable[[OSError], None]) -> Callable[[int], Output]:
    """How an output is made of a descriptor: plain, or with colours."""
    into_file = options.output is not None
    standard = 1 if options.replay else 2
    if options.format != "strace" and not into_file and os.isatty(standard):
        return lambda descriptor: Tame(descriptor, failed)
    never = options.color == "never" or options.format != "strace"
    if never or options.color != "always" and (into_file or not os.isatty(standard)):
        return lambda descriptor: Output(descriptor, failed)
    from ptracer.render import terminal

    if not terminal.wanted(options.color, standard, into_file):
        return lambda descriptor: Output(descriptor, failed)
    painter = terminal.painter()
    return lambda descriptor: terminal.Terminal(descriptor, failed, painter)


def open_destination(options: Options) -> Destination:
    """Open it. PtracerError: that cannot be."""
    return Destination(options)
