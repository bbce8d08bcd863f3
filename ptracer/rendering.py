"""From options to what consumes records: decoder and renderers, the summary, or both."""

from __future__ import annotations

import os
from collections.abc import Callable

from ptracer import messages
from ptracer.capture import records
from ptracer.capture.records import Chunks, Record
from ptracer.decode.call import Call
from ptracer.decode.decoder import Decoder, Renderer
from ptracer.decode.detail import Detail
from ptracer.decode.notices import Detached, Started
from ptracer.decode.registry import Signatures
from ptracer.hints import TYPE_CHECKING, Any
from ptracer.options import DESCRIPTORS, PROCESSES, Options
from ptracer.outputs import Destination
from ptracer.pipeline import ALIVE, Calls
from ptracer.plans import Plan
from ptracer.regs import abi_of
from ptracer.render.clock import Clock
from ptracer.render.spelling import Spelling
from ptracer.render.text import Layout, TextRenderer

if TYPE_CHECKING:
    from ptracer.render.summary import Summary


class CountedCalls(Calls):
    """For ``-c``: no memory is needed, and no table."""

    def plan(self, arch: int, number: int, args: tuple[int, ...]) -> tuple[int, int, int, Plan | None]:
        if self.wanted is None and self.changing is None:
            return -1, 0, 0, Plan()
        abi, plain = abi_of(arch, number)
        plan = Plan() if self.wanted is None or self.wanted(abi.name_of(plain, args), abi) else None
        if plan is not None and self.comes_alive(arch, number, args):
            plan = ALIVE
        carrier = abi.carriers.get(abi.name_of(plain))
        return (-1, 0, 0, plan) if carrier is None else (0, carrier.mask, args[0] & carrier.mask, plan)

    def fetch_entry(self, *call: Any) -> Chunks:
        return {}

    def fetch_exit(self, *call: Any) -> Chunks:
        return {}


class Feed:
    """Hands records to whoever the options name. Called by the decoding thread."""

    def __init__(self, options: Options, destination: Destination) -> None:
        self.options, self.destination = options, destination
        wanted = None if options.trace.is_all else options.trace.shows
        signatures = Signatures(detail(options))
        # Where calls are chosen by what they touch, or by how many they are, only decoded ones can be counted.
        touched = options.paths or options.trace_descriptors
        self.chooses = bool(touched or options.limit or options.conditions or (options.stacks and wanted))
        only_counts = options.summary == "only" and not self.chooses
        self.calls = CountedCalls(signatures, wanted) if only_counts else calls(options)(signatures, wanted)
        self.summary = self.make_summary() if options.summary else None
        self.text: TextRenderer | None = None
        self.limit_reached: Callable[[], None] | None = None
        self.touches: Callable[[Call], bool] | None = None  # of a call at its entry, whether it is shown, where that is chosen so
        if only_counts:
            self.feed = self.count
            return
        self.text = TextRenderer(spelling(options), layout(options), clock(options), destination.output_of)
        self.decoder = Decoder(signatures, self.chain(self.text))
        self.feed = self.both if self.summary is not None and not self.chooses else self.decoder.feed

    def chain(self, renderer: Renderer) -> Renderer:
        """Put what leaves things out before the one that writes."""
        from ptracer.render import selective

        options, separate = self.options, self.destination.separate
        if options.summary == "only":
            renderer = selective.Silent()
        if options.stacks:
            from ptracer.render.stacks import Showing, Stacks
            from ptracer.stacks.spaces import Spaces

            stacks = Stacks(Spaces(options.stack_limit, options.stacks == "source"))
            renderer = Showing(renderer, stacks, self.write_below)
        if dumps(options):
            from ptracer.render.dump import Dumping

            reads, writes = options.dump_reads.__contains__, options.dump_writes.__contains__
            renderer = Dumping(renderer, self.destination.output_of, reads, writes)
        if "comm" in options.processes:
            assert self.text is not None
            renderer = selective.Naming(renderer, self.text.commands, self.text.spelling.name)
        if separate is not None:
            renderer = selective.Finishing(renderer, self.finished)
        if not options.signals.is_all:
            renderer = selective.BySignal(renderer, options.signals.__contains__)
        if not options.statuses.is_all:
            renderer = selective.ByStatus(renderer, options.statuses.__contains__)
        if self.chooses and self.summary is not None:
            renderer = selective.Counting(renderer, self.summary.feed)
        if options.limit:
            renderer = selective.Limiting(renderer, options.limit, self.reached)
        if options.paths or options.trace_descriptors:
            holds = options.trace_descriptors.__contains__ if options.trace_descriptors else None
            touching = selective.Touching(resolved(options), holds)
            renderer = selective.Chosen(renderer, touching)
            self.touches = touching.holds
        for condition in options.conditions:
            renderer = selective.Chosen(renderer, condition)
        if "attach" not in options.quiet:
            renderer = selective.Announcing(renderer, self.flush, messages.say)
        if options.rules:
            renderer = selective.Warning(renderer, self.flush, messages.say)
        if options.stacks:
            from ptracer.render.stacks import Noting

            shows = options.trace.shows
            renderer = Noting(renderer, stacks, lambda call: shows(call.signature.name, call.signature.abi))
        return renderer

    def write_below(self, tid: int, when: int, text: str) -> None:
        """Write whole lines below the latest of a thread."""
        if text and self.text is not None:
            output = self.destination.output_of(tid)
            line = self.text.lines.get(output)
            if line is not None and line.tid:
                self.text.begin(output, tid, when)
            output.write(text)

    def reached(self) -> None:
        """As many calls were shown as were asked for."""
        self.flush()
        if "attach" not in self.options.quiet:
            messages.say("System call limit has been reached, detaching tracees")
        if self.limit_reached is not None:
            self.limit_reached()

    def make_summary(self) -> Summary:
        """The table to be filled."""
        from ptracer.render.summary import Summary

        options, statuses = self.options, self.options.statuses
        counted = None if statuses.is_all else lambda failed: ("failed" if failed else "successful") in statuses
        return Summary(options.summary_columns, options.summary_sort, options.wall_clock, options.overhead, counted)

    def count(self, batch: list[Record]) -> None:
        """Only count."""
        assert self.summary is not None
        self.summary.feed(batch)
        if "attach" not in self.options.quiet or self.options.rules:
            for record in batch:
                if record[0] in (records.STARTED, records.DETACHED) and "attach" not in self.options.quiet:
                    self.announce(record)
                elif record[0] == records.WARNING:
                    messages.say(record[3])

    @staticmethod
    def announce(record: Record) -> None:
        """Say whom the trace gains and loses."""
        from ptracer.render.selective import announcement

        text = announcement(Started(*record[1:]) if record[0] == records.STARTED else Detached(*record[1:]))
        if text is not None:
            messages.say(text)

    def both(self, batch: list[Record]) -> None:
        """Write and count."""
        assert self.summary is not None
        self.decoder.feed(batch)
        self.summary.feed(batch)

    def finished(self, tid: int) -> None:
        """No line of this thread will follow."""
        separate = self.destination.separate
        if separate is not None and self.text is not None:
            output = separate.outputs.get(tid)
            separate.finished(tid)
            if output is not None:
                self.text.lines.pop(output, None)

    def flush(self) -> None:
        """Write what has been gathered."""
        if self.text is not None:
            self.text.flush()

    def close(self) -> None:
        """After the last record."""
        if self.text is not None:
            self.text.close()
        if self.summary is not None:
            self.destination.shared.write(self.summary.table())
        self.destination.close()


def calls(options: Options) -> type[Calls]:
    """What the capture is asked for."""
    if not options.stacks:
        return Calls
    from ptracer.stacks.asking import StackedCalls

    return StackedCalls


def detail(options: Options) -> Detail:
    """How much of a call is decoded."""
    descriptors, processes = (
        frozenset(word for word in words if word in chosen)
        for words, chosen in ((DESCRIPTORS, options.descriptors), (PROCESSES, options.processes))
    )
    links = bool(options.paths or options.trace_descriptors)
    return Detail(
        options.string_limit,
        options.abbreviate,
        options.verbose,
        options.raw,
        descriptors,
        processes,
        links,
        dumps(options),
        namespaces=options.namespaces,
        virtual_processors=options.virtual_processors,
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


def clock(options: Options) -> Clock | None:
    """Time stamps, if any were asked for."""
    if options.absolute_format is None and options.relative is None:
        return None
    return Clock(options.absolute_format, options.absolute_precision, options.relative is not None, options.relative or "us")
