"""Writes a recording while a trace goes on.

Each batch of the decoding thread becomes a segment at once, so that what is lost when ptracer is killed is
only what no other output would have had either.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from ptracer.capture.protocol import Capture
from ptracer.capture.records import Packed, Record
from ptracer.errors import PtracerError
from ptracer.origin import Origin
from ptracer.recordings import shapes
from ptracer.recordings.format import MAGIC, Packer, Segment
from ptracer.recordings.recent import Recent
from ptracer.render.output import write_all

PORTION = 1 << 18  # bytes of a segment, before it is compressed, where records come fast
LARGE = 1 << 25  # bytes of a segment, before it is compressed, above which it is two
MODE = 0o600  # a recording may hold secrets


def create(path: str) -> int:
    """A new file, for its owner only. PtracerError: it cannot be."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, MODE)
        os.fchmod(descriptor, MODE)  # it may have existed
    except PermissionError:
        pass  # a device, or somebody else's file that we may write to
    except OSError as error:
        raise PtracerError(f"Can't fopen '{path}': {error.strerror}") from None
    return descriptor


class Recorder:
    """Consumes records. ``failed`` is called with the OSError that ended the recording; the trace goes on.

    ``recent`` keeps records in memory instead, until ``save`` is called or the trace ends.
    """

    def __init__(
        self, descriptor: int, origin: Origin, failed: Callable[[OSError], None], recent: Recent | None = None
    ) -> None:
        self.descriptor, self.origin, self.failed = descriptor, origin, failed
        self.packer = Packer()
        self.recent = recent
        self.broken = False
        self.stopped: int | None = None
        self.begun = self.saving = False

    def feed(self, batch: list[Record]) -> None:
        """Take records, in order."""
        if self.stopped is not None:
            batch = [record for record in batch if moment(record) <= self.stopped]
        if self.broken or not batch:
            return
        encoded = shapes.encode(batch)
        if len(encoded) > LARGE and len(batch) > 1:
            middle = len(batch) // 2
            self.feed(batch[:middle])
            self.feed(batch[middle:])
            return
        segment = self.packer.records(encoded, len(batch), moment(batch[0]), moment(batch[-1]))
        if self.recent is not None:
            self.recent.add(segment, batch)
        else:
            self.begin()
            self.write(segment.packed())

    @property
    def take(self) -> Callable[[Capture], Packed | None] | None:
        """Takes from a capture what ``feed_packed`` is to be given, where records need not be looked at."""
        return None if self.recent is not None else lambda capture: capture.take_packed(PORTION, shapes.encode)

    def feed_packed(self, packed: Packed) -> None:
        """Take records that have been encoded where they were captured."""
        if not self.broken:
            self.begin()
            self.write(self.packer.records(*packed[:4]).packed())

    def stop(self, when: int) -> None:
        """Nothing is recorded that happens after that time."""
        self.stopped = when

    def begin(self) -> None:
        """The head, once: it is written with the first records, when the command is known."""
        if not self.begun:
            self.begun = True
            self.write(MAGIC + self.packer.head(self.origin).packed())

    def write(self, data: bytes) -> None:
        """All of it, or never again anything."""
        if self.broken:
            return
        try:
            write_all(self.descriptor, data)
        except OSError as error:
            self.broken = True
            self.failed(error)

    def flush(self) -> None:
        """Nothing waits here."""

    def save(self) -> None:
        """Write what is kept in memory as a whole recording, in place of one that was written before."""
        if self.recent is None or self.saving:
            return
        self.saving = True  # a signal asks for it, and another may come
        try:
            os.ftruncate(self.descriptor, 0)
            os.lseek(self.descriptor, 0, os.SEEK_SET)
        except OSError:
            pass  # a pipe
        self.begun = False
        self.begin()
        for segment in self.kept(self.recent):
            self.write(segment.packed())
        self.write(self.packer.done().packed())
        self.saving = False

    def kept(self, recent: Recent) -> list[Segment]:
        """What happened before, as far as it still matters, and all that is kept."""
        before = recent.before()
        segments = recent.segments()
        if before:
            first = moment(before[0])
            segments.insert(0, self.packer.records(shapes.encode(before), len(before), first, first))
        return segments

    def close(self) -> None:
        """The trace has ended."""
        if self.recent is not None:
            self.save()
        else:
            self.begin()
            self.write(self.packer.done().packed())
        os.close(self.descriptor)


def moment(record: Record) -> int:
    """When it was, or began."""
    return int(record[2])
