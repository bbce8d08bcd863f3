"""What lists calls: the decoder, what leaves calls out, and what writes them."""

from __future__ import annotations

import os
from collections.abc import Callable

from ptracer import messages
from ptracer.capture.records import Record
from ptracer.decode.call import Call
from ptracer.decode.decoder import Decoder, Renderer
from ptracer.decode.detail import Detail
from ptracer.decode.registry import Signatures
from ptracer.filters import ALL, NONE
from ptracer.hints import TYPE_CHECKING
from ptracer.options import DESCRIPTORS, PROCESSES, Options
from ptracer.outputs import Destination
from ptracer.render.clock import Clock
from ptracer.render.spelling import Spelling
from ptracer.render.text import Layout, TextRenderer

if TYPE_CHECKING:
    from ptracer.explain.explained import Explained
    from ptracer.explain.waiting.watch import Watch
    from ptracer.formats.gathering import Gathering
    from ptracer.origin import Origin

RECORDED = 256  # bytes of a string that a recording holds at least: what is not recorded can never be shown


class Listing:
    """Consumes records: decodes them and writes the calls that are wanted, in the format that is wanted.

    ``count`` takes the records of those that are shown, where only these are to be counted; ``silent``: nothing is written.
    """

    def __init__(
        self,
        options: Options,
        signatures: Signatures,
        destination: Destination,
        origin: Origin | None,
        count: Callable[[list[Record]], None] | None,
        silent: bool,
    ) -> None:
        self.options, self.destination, self.count = options, destination, count
        self.limit_reached: Callable[[], None] | None = None
        self.ended: Callable[[int], None] | None = None
        self.touches: Callable[[Call], bool] | None = None  # of a call at its entry, whether it is shown, where that is chosen so
        self.spelling = spelling(options)
        self.text: TextRenderer | None = None
        self.other: Gathering | None = None  # what writes another format than text
        writer: Renderer
        if silent:
            from ptracer.render.selective import Silent

            writer = Silent()
        elif options.format != "strace":
            assert origin is not None
            writer = self.other = self.formatting(origin)
        else:
            offset = origin.offset if origin is not None else None
            writer = self.text = text_renderer(options)(
                self.spelling, layout(options), clock(options, offset), destination.output_of
            )  # fmt: skip
        self.writer = writer
        self.commands: dict[int, str] = self.text.commands if self.text is not None else {}
        self.explained = self.explaining(origin) if options.explain else None
        decoder = Decoder(signatures, self.chain(writer))
        self.decode = self.feed = decoder.feed
        self.watch: Watch | None = None
        if self.explained is not None:
            self.feed = self.feed_singly
            if not options.replay and self.explained.engine.chosen.family("wait"):
                self.watch = self.explained.watched(decoder, self.write_at_once)
                self.feed = self.feed_watched

    def explaining(self, origin: Origin | None) -> Explained:
        """What judges calls."""
        from ptracer.explain.explained import Explained

        system = origin.system if origin is not None else ""
        return Explained(self.options.explain, self.spelling, not self.options.replay, system)

    def feed_singly(self, batch: list[Record]) -> None:
        """A record after the other: what is known when a call is judged must not be what came after it."""
        assert self.explained is not None
        world = self.explained.world.feed
        for record in batch:
            one = [record]
            self.decode(one)
            world(one)

    def feed_watched(self, batch: list[Record]) -> None:
        """The same while somebody else looks from time to time at what is known."""
        assert self.watch is not None
        with self.watch.lock:
            self.feed_singly(batch)

    def begin(self) -> None:
        """Tracing begins."""
        if self.watch is not None:
            self.watch.start()

    def rest(self) -> None:
        """It has ended."""
        if self.watch is not None:
            self.watch.end()

    def formatting(self, origin: Origin) -> Gathering:
        """What writes the format that is wanted, which is not text."""
        from ptracer.formats import writer
        from ptracer.formats.gathering import Setting

        options, destination = self.options, self.destination
        return writer(options.format, Setting(
            origin, self.spelling, destination.output_of, options.output or "", destination.fail,
            options.pointer, bool(options.stacks),
        ))  # fmt: skip

    def chain(self, renderer: Renderer) -> Renderer:
        """Put what leaves things out before the one that writes."""
        from ptracer.render import selective

        options, separate = self.options, self.destination.separate
        if self.explained is not None and self.other is None:
            renderer = self.explained.below(renderer, self.write_below)
        if options.stacks:
            from ptracer.render.stacks import Showing, Stacks
            from ptracer.stacks.spaces import Spaces

            stacks = Stacks(Spaces(options.stack_limit, options.stacks == "source"))
            if self.other is not None:
                self.other.stacks = stacks.entered
            else:
                renderer = Showing(renderer, stacks, self.write_below)
        if dumps(options) and self.other is None:
            from ptracer.render.dump import Dumping

            reads, writes = options.dump_reads.__contains__, options.dump_writes.__contains__
            renderer = Dumping(renderer, self.destination.output_of, reads, writes)
        if "comm" in options.processes:
            renderer = selective.Naming(renderer, self.commands, self.spelling.name)
        if separate is not None:
            renderer = selective.Finishing(renderer, self.finished)
        if not options.signals.is_all:
            renderer = selective.BySignal(renderer, options.signals.__contains__)
        if not options.statuses.is_all:
            renderer = selective.ByStatus(renderer, options.statuses.__contains__)
        if self.count is not None:
            renderer = selective.Counting(renderer, self.count)
        if options.limit:
            renderer = selective.Limiting(renderer, options.limit, self.reached)
        if options.paths or options.trace_descriptors:
            holds = options.trace_descriptors.__contains__ if options.trace_descriptors else None
            touching = selective.Touching(resolved(options), holds)
            renderer = selective.Chosen(renderer, touching)
            self.touches = touching.holds
        for condition in options.conditions:
            renderer = selective.Chosen(renderer, condition)
        for condition in options.until:
            renderer = selective.Until(renderer, condition, self.over)
        if "attach" not in options.quiet and not options.replay:
            renderer = selective.Announcing(renderer, self.flush, messages.say)
        if options.rules:
            renderer = selective.Warning(renderer, self.flush, messages.say)
        if options.stacks:
            from ptracer.render.stacks import Noting

            shows = options.trace.shows
            renderer = Noting(renderer, stacks, lambda call: shows(call.signature.name, call.signature.abi))
        if self.explained is not None:
            renderer = self.explained.judging(renderer)
        return renderer

    def write_below(self, tid: int, when: int, text: str) -> None:
        """Write whole lines below the latest of a thread."""
        if text and self.text is not None:
            output = self.destination.output_of(tid)
            line = self.text.lines.get(output)
            if line is not None and line.tid:
                self.text.begin(output, tid, when)
            output.write(text)

    def write_at_once(self, tid: int, when: int, text: str) -> None:
        """The same while nothing else may be to be written for long."""
        self.write_below(tid, when, text)
        self.flush()

    def reached(self) -> None:
        """As many calls were shown as were asked for."""
        self.flush()
        if "attach" not in self.options.quiet:
            messages.say("System call limit has been reached, detaching tracees")
        self.enough()

    def finished(self, tid: int) -> None:
        """No line of this thread will follow."""
        separate = self.destination.separate
        if separate is not None and self.other is not None:
            self.other.finished(tid)
            separate.finished(tid)
        if separate is not None and self.text is not None:
            output = separate.outputs.get(tid)
            separate.finished(tid)
            if output is not None:
                self.text.lines.pop(output, None)

    def over(self, when: int) -> None:
        """A condition that ends the trace holds, since then."""
        self.flush()
        if self.ended is not None:
            self.ended(when)
        self.enough()

    def enough(self) -> None:
        """Nothing more is wanted."""
        if self.limit_reached is not None:
            self.limit_reached()

    def flush(self) -> None:
        """Write what has been gathered."""
        if self.watch is None:
            self.hand_on()
            return
        with self.watch.lock:
            self.hand_on()

    def hand_on(self) -> None:
        """The same for who is alone."""
        if self.text is not None:
            self.text.flush()
        elif self.other is not None:
            self.other.flush()

    def close(self) -> None:
        """After the last record."""
        if self.explained is not None:
            found = self.explained.findings()
            if self.other is not None:
                self.other.found(found)
            else:
                self.destination.shared.write(self.explained.text(found))
        if self.text is not None:
            self.text.close()
        elif self.other is not None:
            self.other.close()


def detail(options: Options, recorded: bool = False, captured: bool = False) -> Detail:
    """How much of a call is decoded; of one that is recorded, how much memory is kept; of one that is captured also for
    what is measured, what must be known of it then."""
    descriptors, processes = (
        frozenset(word for word in words if word in chosen)
        for words, chosen in ((DESCRIPTORS, options.descriptors), (PROCESSES, options.processes))
    )
    if captured:
        descriptors |= options.asked
    links = bool(options.paths or options.trace_descriptors)
    return Detail(
        max(options.string_limit, RECORDED) if recorded else options.string_limit,
        options.abbreviate,
        ALL if recorded else options.verbose,
        NONE if recorded else options.raw,
        descriptors,
        processes,
        links,
        dumps(options),
        namespaces=options.namespaces,
        virtual_processors=options.virtual_processors,
        redacted=options.redacted,
    )


def dumps(options: Options) -> frozenset[bool]:
    """Whether data is dumped that is read (False), or written (True)."""
    chosen = {False: options.dump_reads, True: options.dump_writes}
    return frozenset(written for written, members in chosen.items() if members.complement or members.members)


def resolved(options: Options) -> frozenset[bytes]:
    """The paths of ``-P`` as they were written, and what they are in truth."""
    paths = set()
    for path in options.paths:
        paths.add(path)
        true = os.path.realpath(path) if os.path.exists(path) else path
        if true != path and "path-resolution" not in options.quiet:
            messages.say(f'Requested path "{path}" resolved into "{true}"')
        paths.add(true)
    return frozenset(map(os.fsencode, paths))


def spelling(options: Options) -> Spelling:
    """How values are written."""
    return Spelling(options.strings, options.constants)


def text_renderer(options: Options) -> type[TextRenderer]:
    """What writes calls as text."""
    if not options.registers:
        return TextRenderer
    from ptracer.render.registers import RegisterRenderer

    return RegisterRenderer


def layout(options: Options) -> Layout:
    """What stands around a call."""
    quiet = options.quiet
    return Layout(
        column=options.column,
        pid=pid_prefix(options),
        duration=options.duration,
        pointer=options.pointer,
        number=options.number,
        names=options.names,
        exits="exit" not in quiet,
        personality="personality" not in quiet,
        superseded="thread-execve" not in quiet,
    )


def pid_prefix(options: Options) -> str:
    """Whether lines begin with a process id, and how."""
    if options.always_pid:
        return "file"
    several = options.follow or len(options.attach) + bool(options.command) > 1
    if options.output is None:
        return "terminal" if several else ""
    return "file" if several and not options.separately else ""


def clock(options: Options, offset: int | None) -> Clock | None:
    """Time stamps, if any were asked for."""
    if options.absolute_format is None and options.relative is None:
        return None
    relative = options.relative is not None
    return Clock(options.absolute_format, options.absolute_precision, relative, options.relative or "us", offset)
