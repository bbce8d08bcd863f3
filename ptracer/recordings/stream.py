"""Reads a recording while it is being written, through a pipe."""

from __future__ import annotations

import os
import select
from collections.abc import Callable, Iterator

from ptracer.capture.records import Record
from ptracer.errors import PtracerError
from ptracer.origin import Origin
from ptracer.recordings import format as layout
from ptracer.recordings import shapes
from ptracer.recordings.recording import origin_in

INTERVAL = 50  # milliseconds between two looks at whether the writer still lives


class Stream:
    """``descriptor`` is the reading end, not blocking, of a pipe that nobody may have opened for writing yet; ``lives`` says
    whether somebody still may. ``origin`` is known when the first batch is."""

    def __init__(self, descriptor: int, lives: Callable[[], bool]) -> None:
        self.descriptor, self.lives = descriptor, lives
        self.origin = Origin()

    def batches(self) -> Iterator[list[Record]]:
        """All records, as they come. PtracerError: something else came, or the end before the end of the recording."""
        if self.read(len(layout.MAGIC)) != layout.MAGIC:
            raise PtracerError("the tracer has ended before it began to trace")
        while (segment := self.segment()).kind != layout.DONE:
            if segment.kind == layout.HEAD:
                self.origin = origin_in(segment)
            elif segment.kind == layout.RECORDS:
                yield shapes.decode(segment.content())

    def segment(self) -> layout.Segment:
        """The next one."""
        head = self.read(layout.FRAME.size)
        if len(head) == layout.FRAME.size:
            size = layout.FRAME.unpack(head)[1]
            body = self.read(size)
            if len(body) == size:
                return layout.segment_at(memoryview(head + body), 0)[0]
        raise PtracerError("the tracer has ended before the trace did")

    def read(self, size: int) -> bytes:
        """So many bytes; fewer: that was all."""
        parts = []
        while size:
            try:
                data = os.read(self.descriptor, size)
            except BlockingIOError:
                select.select([self.descriptor], [], [], INTERVAL / 1000)
                continue
            if not data:  # the end, or nobody has opened it yet
                if not self.lives():
                    data = self.rest(size)
                    parts.append(data)
                    break
                select.select([], [], [], INTERVAL / 1000)
                continue
            parts.append(data)
            size -= len(data)
        return b"".join(parts)

    def rest(self, size: int) -> bytes:
        """What was written before the writer ended."""
        try:
            return os.read(self.descriptor, size)
        except BlockingIOError:
            return b""
