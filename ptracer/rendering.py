"""From options to what consumes records: the listing, the summary, the recording, or several of them."""

from __future__ import annotations

from collections.abc import Callable

from ptracer import messages
from ptracer.capture import records
from ptracer.capture.protocol import Capture
from ptracer.capture.records import Chunks, Packed, Record
from ptracer.decode.notices import Detached, Started
from ptracer.decode.registry import Signatures
from ptracer.hints import TYPE_CHECKING, Any, Protocol
from ptracer.listing import Listing, detail
from ptracer.options import Options
from ptracer.outputs import Destination
from ptracer.pipeline import ALIVE, Calls, take_records
from ptracer.plans import Plan
from ptracer.regs import SYSTEM_CALL_ABIS, abi_of

if TYPE_CHECKING:
    from ptracer.measuring import Beside, Measuring
    from ptracer.origin import Origin
    from ptracer.recordings.recorder import Recorder
    from ptracer.render.summary import Summary

SUMMED = 16384  # records between two looks at their sums


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


class Part(Protocol):
    """What takes records, in order."""

    def feed(self, batch: list[Record]) -> None:
        """Take them."""

    def flush(self) -> None:
        """Hand on what has been gathered."""

    def close(self) -> None:
        """There are no more."""


class Feed:
    """Hands records to whoever the options name. Called by the decoding thread."""

    def __init__(self, options: Options, destination: Destination, origin: Origin | None = None) -> None:
        self.options, self.destination = options, destination
        wanted = None if options.trace.is_all else options.trace.shows
        # Where calls are chosen by what they touch, or by how many they are, only decoded ones can be counted.
        touched = options.paths or options.trace_descriptors
        chooses = bool(touched or options.ends_early or options.conditions or (options.stacks and wanted))
        self.summary = self.make_summary() if options.summary else None
        self.measuring = self.make_measuring(chooses) if options.measures else None
        self.listing: Listing | None = None
        self.recorder: Recorder | None = None
        self.counting: Counting | None = None
        self.parts: list[Part] = []
        signatures = Signatures(detail(options))
        if options.lists or chooses or options.explain:
            count = self.count if chooses and (self.summary is not None or self.measuring is not None) else None
            self.listing = Listing(options, signatures, destination, origin, count, not options.lists)
            self.parts.append(self.listing)
        if self.summary is not None and not chooses:
            self.counting = Counting(self.summary)
            self.parts.append(self.counting)
        if self.measuring is not None:
            self.parts.append(self.measuring)
        if options.record is not None:
            assert origin is not None
            self.recorder = self.make_recorder(origin)
            self.parts.append(self.recorder)
            if self.listing is not None:
                self.listing.ended = self.recorder.stop
        if self.recorder is not None or options.asked or options.explain:
            more = self.recorder is not None or bool(options.explain)
            signatures = Signatures(detail(options, more, captured=True))
        if self.listing is None and (not options.replay):
            self.parts.append(Telling(options))
        numbers_suffice = self.measuring is None or self.measuring.numbers_suffice
        only_counts = self.listing is None and self.recorder is None and numbers_suffice
        self.calls = CountedCalls(signatures, wanted) if only_counts else calls(options)(signatures, wanted)
        self.take: Callable[[Capture], Any] = take_records
        self.feed: Callable[[Any], None] = self.parts[0].feed if len(self.parts) == 1 else self.feed_all
        if self.listing is None and self.measuring is None and not options.replay:
            self.take_less()
        self.beside: Beside | None = self.make_beside() if options.interval or options.top else None

    def take_less(self) -> None:
        """Where only the summary or only the recording is fed, it need not be single records that are taken."""
        if self.recorder is None and self.counting is not None and not self.counting.summary.distributed:
            self.take = self.counting.take
        elif self.counting is None and self.recorder is not None and self.recorder.take is not None:
            self.take, self.feed = self.recorder.take, self.feed_packed

    def make_summary(self) -> Summary:
        """The table to be filled."""
        from ptracer.render.summary import Summary

        options, statuses = self.options, self.options.statuses
        counted = None if statuses.is_all else lambda failed: ("failed" if failed else "successful") in statuses
        return Summary(options.summary_columns, options.summary_sort, options.wall_clock, options.overhead, counted)

    def make_measuring(self, chooses: bool) -> Measuring:
        """What measures where the time goes."""
        from ptracer.measuring import Measuring

        return Measuring(self.options, chooses)

    def make_beside(self) -> Beside:
        """What shows, while calls come, how it stands; it gets them first."""
        from ptracer.measuring import make_beside

        beside = make_beside(self.options, self.measuring, self.feed, self.write_so_far)
        self.feed = beside.feed
        return beside

    def count(self, calls: list[Record]) -> None:
        """These calls are shown, so they count."""
        if self.summary is not None:
            self.summary.feed(calls)
        if self.measuring is not None:
            self.measuring.choose(calls)

    def begin(self, enough: Callable[[], None]) -> None:
        """Tracing begins; ``enough`` ends it."""
        if self.beside is not None:
            self.beside.begin(enough)
        if self.listing is not None:
            self.listing.begin()

    def rest(self) -> None:
        """It has ended, in whatever way: nothing is shown any more beside what is written."""
        if self.beside is not None:
            self.beside.end()
        if self.listing is not None:
            self.listing.rest()

    def make_recorder(self, origin: Origin) -> Recorder:
        """What writes the recording."""
        from ptracer.recordings.recent import parse
        from ptracer.recordings.recorder import Recorder

        recent, destination = self.options.recent, self.destination
        return Recorder(destination.recording, origin, destination.fail_recording, parse(recent) if recent else None)

    def feed_all(self, batch: list[Record]) -> None:
        """To each part in turn."""
        for part in self.parts:
            part.feed(batch)

    def feed_packed(self, packed: Packed) -> None:
        """To the recording; to others what is no call."""
        for part in self.parts:
            if part is self.recorder:
                self.recorder.feed_packed(packed)
            else:
                part.feed(packed[4])

    def flush(self) -> None:
        """Write what has been gathered."""
        for part in self.parts:
            part.flush()

    def close(self) -> None:
        """After the last record."""
        self.rest()
        for part in self.parts:
            part.close()
        self.write_tables()
        if self.measuring is not None:
            self.measuring.write_slowest(self.destination.shared)
        self.destination.close()

    def write_so_far(self, passed: int) -> None:
        """What has been counted in the first so many nanoseconds, at once."""
        self.destination.shared.write(f"After {passed / 1_000_000_000:.1f} seconds:\n")
        self.write_tables()
        self.destination.shared.write("\n")
        self.destination.shared.flush()

    def write_tables(self) -> None:
        """What has been counted so far."""
        if self.summary is not None:
            self.destination.shared.write(self.summary.table())
        if self.measuring is not None:
            self.measuring.write(self.destination.shared)


class Counting:
    """Only counts."""

    def __init__(self, summary: Summary) -> None:
        self.summary, self.feed = summary, summary.feed
        self.carriers: tuple[tuple[int, int, int], ...] | None = None

    def take(self, capture: Capture) -> list[Record] | None:
        """From a capture sums of calls. They do not say how long each single one took."""
        if self.carriers is None:
            self.carriers = carriers()
        return capture.take_sums(SUMMED, self.summary.overhead, self.carriers)

    def flush(self) -> None: ...
    def close(self) -> None: ...


def carriers() -> tuple[tuple[int, int, int], ...]:
    """The calls that carry others: architecture, number, and the part of the first argument that chooses."""
    return tuple(
        (abi.audit_arch, number | abi.bit, abi.carriers[name].mask)
        for abi in SYSTEM_CALL_ABIS
        if abi.carriers
        for number, name in abi.numbers.items()
        if name in abi.carriers
    )


class Telling:
    """Says on standard error whom the trace gains and loses, and what could not be done, where nothing else does."""

    def __init__(self, options: Options) -> None:
        self.kinds = {records.WARNING}
        if "attach" not in options.quiet:
            self.kinds |= {records.STARTED, records.DETACHED}

    def feed(self, batch: list[Record]) -> None:
        kinds = self.kinds
        for record in batch:
            if record[0] in kinds:
                self.tell(record)

    @staticmethod
    def tell(record: Record) -> None:
        """What one record has to say."""
        from ptracer.render.selective import announcement

        if record[0] == records.WARNING:
            messages.say(record[3])
            return
        text = announcement(Started(*record[1:]) if record[0] == records.STARTED else Detached(*record[1:]))
        if text is not None:
            messages.say(text)

    def flush(self) -> None: ...
    def close(self) -> None: ...


def calls(options: Options) -> type[Calls]:
    """What the capture is asked for."""
    base = Calls
    if options.stacks:
        from ptracer.stacks.asking import StackedCalls

        base = StackedCalls
    if not options.explain or options.replay:
        return base
    from ptracer.explain.asking import Asking

    return type("ExplainedCalls", (Asking, base), {})
