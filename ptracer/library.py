"""ptracer as a library: traces and recordings as iterables of calls.

::

    import ptracer

    for call in ptracer.trace(["ls", "/tmp"], trace="%file"):
        if call.errno == "ENOENT":
            print(call.pid, call.name, call.args["pathname"])

    for call in ptracer.replay("build.rec", where="openat && dur > 1ms"):
        print(call)

Tracing is done by a process of its own, the ``ptracer`` command, so that it changes nothing of ours: not our signal handlers,
not our children, and the traced program never waits for what we do with its calls.
"""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any

from ptracer import launch
from ptracer.capture.records import Record
from ptracer.decode.call import Call
from ptracer.decode.decoder import Decoder, Renderer
from ptracer.decode.registry import Signatures
from ptracer.decode.values import Value
from ptracer.errors import PtracerError
from ptracer.formats.gathering import Gathering, Setting
from ptracer.formats.plain import Plainness
from ptracer.formats.processes import Process
from ptracer.listing import detail
from ptracer.listing import spelling as spelling_of
from ptracer.options import Options, parse
from ptracer.origin import Origin
from ptracer.recordings.recording import Recording
from ptracer.recordings.replay import Sieve
from ptracer.recordings.stream import Stream
from ptracer.render.output import Output
from ptracer.render.results import Results
from ptracer.render.selective import Chosen

__all__ = ["TracedCall", "Trace", "trace", "replay"]

PATIENCE = 5.0  # seconds a tracer may take to let go
INTERVAL = 0.02  # seconds between two looks at whether it has


class TracedCall:
    """One system call of a traced thread, complete.

    ``name``, ``number`` and ``abi`` ("x86_64", "i386", "x32") say which; ``pid`` and ``tid`` whose; ``command`` is what the
    process is called. ``start`` is nanoseconds since 1970, ``duration`` nanoseconds, None if it never returned. ``result`` is
    what the kernel returned: a negative errno where it failed, whose name is then ``errno``; None without a result.
    ``str(call)`` is the line that strace would print.
    """

    __slots__ = ("raw", "pid", "command", "start", "_gatherer", "_args", "_end")

    def __init__(self, raw: Call, process: Process, gatherer: Gatherer) -> None:
        self.raw = raw
        self.pid, self.command = process.pid, process.command
        self.start = raw.start + gatherer.offset
        self._gatherer = gatherer
        self._args: dict[str, Any] | None = None
        self._end = raw.end

    @property
    def name(self) -> str:
        """Of the system call."""
        return self.raw.signature.name

    @property
    def tid(self) -> int:
        """The thread."""
        return self.raw.tid

    @property
    def number(self) -> int:
        """Of the system call in its ABI."""
        return self.raw.number

    @property
    def abi(self) -> str:
        """The calling convention."""
        return self.raw.signature.abi.name

    @property
    def duration(self) -> int | None:
        """Nanoseconds from entry to exit."""
        return self.raw.end - self.raw.start if self.raw.end else None

    @property
    def result(self) -> int | None:
        """What the kernel returned."""
        known = self.raw.end and (self.raw.error or self.raw.signature.result_of is not None)
        return self.raw.result if known else None

    @property
    def errno(self) -> str | None:
        """The name of the error."""
        return self._gatherer.error(self.raw.error) if self.raw.error else None

    @property
    def args(self) -> Mapping[str, Any]:
        """The arguments by their names in the manual, as numbers, strings, lists and dicts: as in ``--format=json``."""
        if self._args is None:
            self._args = self._gatherer.plainness.arguments(self.raw)
        return self._args

    @property
    def values(self) -> Sequence[Value]:
        """The arguments as ``ptracer.decode.values``: all that is known of them, in the order of the manual."""
        return [*self.raw.entered, *self.raw.exited]

    def __str__(self) -> str:
        gatherer, raw = self._gatherer, self.raw
        result = gatherer.results.spell(raw) if raw.end else "?"
        return f"{raw.signature.prefix}{gatherer.arguments(raw)}) = {result}"

    def __repr__(self) -> str:
        return f"<{self.pid} {self}>"


Where = Callable[[TracedCall], bool]


class Gatherer(Gathering):
    """Makes calls for whoever iterates."""

    def __init__(self, options: Options, origin: Origin) -> None:
        spelling = spelling_of(options)
        super().__init__(Setting(origin, spelling, no_output))
        self.results, self.plainness = Results(spelling), Plainness(False)
        self.ready: list[TracedCall] = []

    def whole(self, call: Call, process: Process) -> None:
        self.ready.append(TracedCall(call, process, self))


def no_output(tid: int) -> Output:
    raise AssertionError("a library writes nothing")


class Trace:
    """Iterates over the calls of a trace, in the order in which they end. Use it in a ``with`` statement, or to its end, so that
    the tracer is not left behind.

    ``origin`` says where and how the trace was made, when the first call has come. ``status`` is the exit status of the command
    when it has ended. Leaving early ends a command that was started, and lets go of processes that were attached to.
    """

    def __init__(self, options: Options, source: Source, where: Where | None) -> None:
        self._options, self._source, self._where = options, source, where
        self._calls = self._generate()

    @property
    def origin(self) -> Origin:
        """Where and how the trace was made."""
        return self._source.origin

    @property
    def status(self) -> int | None:
        """The exit status of the command."""
        return self._source.status

    @property
    def problem(self) -> str:
        """What is wrong with a recording, when it was read to its end; empty: nothing."""
        return self._source.problem

    def __iter__(self) -> Iterator[TracedCall]:
        return self._calls

    def __next__(self) -> TracedCall:
        return next(self._calls)

    def __enter__(self) -> Trace:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the trace."""
        self._calls.close()
        self._source.close()

    def _generate(self) -> Generator[TracedCall, None, None]:
        options, source, where = self._options, self._source, self._where
        gatherer: Gatherer | None = None
        sieve = Sieve(options)
        try:
            for batch in source.batches():
                if gatherer is None:
                    gatherer = Gatherer(options, source.origin)
                    decoder = Decoder(Signatures(detail(options)), chosen(gatherer, options))
                decoder.feed(sieve.sift(batch) if sieve.needed else batch)
                ready, gatherer.ready = gatherer.ready, []
                yield from ready if where is None else filter(where, ready)
            if gatherer is not None:
                gatherer.close()
                yield from gatherer.ready if where is None else filter(where, gatherer.ready)
        finally:
            source.close()


def chosen(renderer: Renderer, options: Options) -> Renderer:
    """Leaves out the calls that the conditions leave out."""
    for condition in options.conditions:
        renderer = Chosen(renderer, condition)
    return renderer


class Source:
    """Where records come from: here, from nowhere."""

    status: int | None = None
    problem = ""
    origin = Origin()

    def batches(self) -> Iterator[list[Record]]:
        """The records, in order."""
        return iter(())

    def close(self) -> None:
        """No more are wanted."""


class FromFile(Source):
    """A recording."""

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self.origin = recording.origin

    def batches(self) -> Iterator[list[Record]]:
        yield from self.recording.batches()
        self.problem = self.recording.problem


class FromTracer(Source):
    """A tracer of our own, which records into a pipe."""

    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str] | None) -> None:
        self.directory = tempfile.mkdtemp(prefix="ptracer-")
        pipe = os.path.join(self.directory, "records")
        os.mkfifo(pipe, 0o600)
        self.descriptor = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "ptracer", "--record", pipe, "-I", "waiting", *arguments], env=environment
            )
        except BaseException:
            self.tidy()
            raise
        self.stream = Stream(self.descriptor, lambda: self.process.poll() is None)

    def batches(self) -> Iterator[list[Record]]:
        for batch in self.stream.batches():
            self.origin = self.stream.origin
            yield batch
        self.status = self.process.wait()

    def close(self) -> None:
        if self.descriptor < 0:
            return
        if self.process.poll() is None:
            self.process.terminate()
        self.drain(time.monotonic() + PATIENCE)
        self.status = self.process.wait()
        os.close(self.descriptor)
        self.tidy()

    def drain(self, end: float) -> None:
        """Take what still comes, so that the tracer need not wait, until it has ended."""
        while self.process.poll() is None:
            if time.monotonic() > end:
                self.process.kill()
                return
            if select.select([self.descriptor], [], [], INTERVAL)[0] and not os.read(self.descriptor, 1 << 20):
                time.sleep(INTERVAL)

    def tidy(self) -> None:
        """Nothing is left behind."""
        self.descriptor = -1
        shutil.rmtree(self.directory, ignore_errors=True)


def trace(
    command: Sequence[str | os.PathLike[str]] = (),
    *,
    attach: int | Iterable[int] = (),
    follow: bool = True,
    trace: str = "all",
    where: str | Where | None = None,
    options: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
) -> Trace:
    """Run a command, or attach to processes by their ids, and iterate over their system calls.

    ``follow``: their children and threads too. ``trace`` is a set of calls as for ``-e trace=``: all others run at full speed.
    ``where`` is a condition as for ``--filter``, or a function of a TracedCall. ``options`` are more of the command line:
    ``-s``, ``-y``, ``-v``. PtracerError: it cannot be done.
    """
    pids = [attach] if isinstance(attach, int) else [*attach]
    words = ["-f"] * follow + [f"--trace={trace}", *options]
    if isinstance(where, str):
        words += ["--filter", where]
    rest = [option for pid in pids for option in ("-p", str(pid))]
    if command:
        rest += ["--", *(os.fspath(word) for word in command)]
    parsed = parse([*words, *rest])
    if parsed.command:
        launch.command(parsed, None)  # complains if there is none
    source = FromTracer([*words, *rest], environment)
    return Trace(parsed, source, where if callable(where) else None)


def replay(
    path: str | os.PathLike[str], *, trace: str | None = None, where: str | Where | None = None, options: Sequence[str] = ()
) -> Trace:
    """Iterate over the system calls of a recording. PtracerError: it is none."""
    words = [f"--replay={os.fspath(path)}", *options]
    if trace is not None:
        words.append(f"--trace={trace}")
    if isinstance(where, str):
        words += ["--filter", where]
    parsed = parse(words)
    if parsed.recording is None:
        raise PtracerError("an option asked for something else than a replay")
    return Trace(parsed, FromFile(parsed.recording), where if callable(where) else None)
