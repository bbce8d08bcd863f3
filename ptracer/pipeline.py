"""Capture, tracer, decoding thread and renderer, put together and run."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Callable

from ptracer.capture.protocol import Capture
from ptracer.capture.records import Chunks, Record
from ptracer.decode.call import LiveCall
from ptracer.decode.registry import Signatures
from ptracer.hints import Any, Protocol
from ptracer.plans import Plan
from ptracer.regs import ABI, abi_of

BATCH = 2048  # records decoded between two writes of the output
COLLECTION_THRESHOLD = 50_000  # objects; Python's own is 700
SWITCH_INTERVAL = 0.00002  # seconds a rare event of the tracer may wait for the decoding thread


ALIVE = Plan(live_entry=True, live_exit=True, exit_on_error=True)


class Calls:
    """Answers the tracer's questions about system calls from the tables.

    ``wanted`` says by name and ABI whether anybody asked for a call; None is all. ``changing`` says the same of the calls
    whose results or memory may be changed at their stops, which therefore must come to Python.
    """

    changing: Callable[[str, ABI], bool] | None = None

    def __init__(self, signatures: Signatures, wanted: Callable[[str, ABI], bool] | None = None) -> None:
        self.signatures = signatures
        self.wanted = wanted

    def name(self, arch: int, number: int, args: tuple[int, ...]) -> tuple[str, ABI]:
        """The name of a call, of what it carries if it does, and its ABI."""
        abi, plain = abi_of(arch, number)
        return abi.name_of(plain, args), abi

    def comes_alive(self, arch: int, number: int, args: tuple[int, ...]) -> bool:
        """Whether both stops of a call must come to Python whatever its types need."""
        return self.changing is not None and self.changing(*self.name(arch, number, args))

    def plan(self, arch: int, number: int, args: tuple[int, ...]) -> tuple[int, int, int, Plan | None]:
        selector, mask, key, plan = self.signatures.plan(arch, number, args)
        if self.wanted is not None:
            abi, plain = abi_of(arch, number)
            if not self.wanted(abi.name_of(plain, args), abi):
                # What else such a call may carry, somebody may have asked for.
                return (selector, mask, key, None) if abi.name_of(plain) in abi.carriers else (-1, 0, 0, None)
        return selector, mask, key, ALIVE if self.comes_alive(arch, number, args) else plan

    def live(self, arch: int, number: int, args: tuple[int, ...], read: Callable[[int, int], bytes]) -> LiveCall:
        """A call whose memory comes from the tracee."""
        abi, plain = abi_of(arch, number)
        call = LiveCall(0, self.signatures.find(abi, plain, args), plain, args, 0, {})
        call.fetch = read
        return call

    def fetch_entry(self, arch: int, number: int, args: tuple[int, ...], read: Callable[[int, int], bytes]) -> Chunks:
        call = self.live(arch, number, args, read)
        return self.fetched(call, call.signature.fetch_entry)

    def fetch_exit(
        self, arch: int, number: int, args: tuple[int, ...], result: int, failed: bool, read: Callable[[int, int], bytes]
    ) -> Chunks:
        call = self.live(arch, number, args, read)
        if failed and not call.signature.plan.exit_on_error:
            return {}
        call.result, call.error = result, -result if failed else 0
        return self.fetched(call, call.signature.fetch_exit)

    def entered(self, arch: int, number: int, args: tuple[int, ...], read: Callable[[int, int], bytes]) -> LiveCall:
        """A call as it is known at its entry."""
        call = self.live(arch, number, args, read)
        call.chunks = call.entry_chunks = self.fetched(call, call.signature.fetch_entry)
        call.entered = call.signature.entry(call)
        return call

    def arguments(
        self, arch: int, number: int, args: tuple[int, ...], read: Callable[[int, int], bytes]
    ) -> tuple[int, ...]:
        """The arguments of a call, as many as it has; of one that is carried its own."""
        call = self.live(arch, number, args, read)
        return call.signature.arguments(call)

    def fetched(self, call: LiveCall, fetch: Callable[[LiveCall], None]) -> Chunks:
        """What a phase of the call has read; what it had read where it failed."""
        try:
            fetch(call)
        except Exception as error:
            self.signatures.defect(call.signature.name, error)
        assert call.chunks is not None
        return call.chunks


def take_records(capture: Capture) -> list[Record] | None:
    """The next records, as they are."""
    return capture.take(BATCH)


class Consumer(Protocol):
    """What records are handed to."""

    @property
    def take(self) -> Callable[[Capture], Any]:
        """Takes from a capture what ``feed`` is to be given; None: the end."""

    @property
    def feed(self) -> Callable[[Any], None]:
        """Take records, or what was made of them, in order."""


class DecodingThread(threading.Thread):
    """Drains the ring, in order, in batches. An exception is kept in ``error`` and told to ``failed``, and the ring still
    drained, so that no tracee ever waits for a decoder that is gone."""

    def __init__(
        self, capture: Capture, consumer: Consumer, flush: Callable[[], None], failed: Callable[[], None] = lambda: None
    ) -> None:
        super().__init__(name="decoding")
        self.capture, self.consumer, self.flush, self.failed = capture, consumer, flush, failed
        self.error: BaseException | None = None

    def run(self) -> None:
        take, feed, flush = self.consumer.take, self.consumer.feed, self.flush
        while (batch := take(self.capture)) is not None:
            if self.error is not None:
                continue
            try:
                feed(batch)
                flush()
            except BaseException as error:  # noqa: BLE001 - handed to the main thread, which raises it
                self.error = error
                self.failed()


def prepare_threads() -> None:
    """Make the tracer's thread wait little for the interpreter lock, and neither of them for the collector of cycles.

    Calls and values make none; what little others make is still collected, in larger portions.
    """
    sys.setswitchinterval(SWITCH_INTERVAL)
    gc.freeze()
    gc.set_threshold(COLLECTION_THRESHOLD)
    gc.enable()
