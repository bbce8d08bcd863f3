"""Reads a recording."""

from __future__ import annotations

import mmap
import os
from collections.abc import Callable, Iterator

import msgspec

from ptracer.capture.records import Record
from ptracer.errors import PtracerError
from ptracer.origin import Origin
from ptracer.recordings import format as layout
from ptracer.recordings import shapes


class Recording:
    """A file that was recorded. PtracerError: it is none, or none that we can read.

    ``problem`` says, after all batches were read, what is wrong with it; empty: nothing.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.data, self.size = contents(path)
        self.position = 0
        self.problem = ""
        self.done = False
        if bytes(self.data[: len(layout.MAGIC)]) != layout.MAGIC:
            raise PtracerError(f"{path}: this is not a recording of ptracer")
        try:
            head, self.position = layout.segment_at(self.data, len(layout.MAGIC))
            self.origin = origin_in(head)
        except Newest as newest:
            raise PtracerError(
                f"{path}: it was recorded by a newer ptracer (layout {newest.args[0]}; this one reads {layout.VERSION})"
            ) from None
        except (ValueError, msgspec.MsgspecError):
            raise PtracerError(f"{path}: the beginning of the recording is damaged") from None

    def batches(self, progress: Callable[[int], None] | None = None) -> Iterator[list[Record]]:
        """All records that can be read, in order. ``progress`` is told how far in the file (bytes) we are."""
        while self.position < self.size:
            try:
                segment, after = layout.segment_at(self.data, self.position)
                batch = shapes.decode(segment.content()) if segment.kind == layout.RECORDS else []
            except (layout.Damaged, ValueError, msgspec.MsgspecError) as error:
                if not self.skip(isinstance(error, layout.Damaged) and error.end):
                    break
                continue
            self.position = after
            self.done = self.done or segment.kind == layout.DONE
            if progress is not None:
                progress(after)
            if batch:
                yield batch
        if not self.done and not self.problem:
            self.problem = "the recording was cut off: what follows is missing"

    def skip(self, cut: bool) -> bool:
        """Go on behind a damaged place; False: nothing follows it."""
        for place in layout.places_behind(self.data, self.position):
            try:
                layout.segment_at(self.data, place)
            except layout.Damaged:
                continue
            self.problem = f"the recording is damaged: bytes {self.position} to {place} were passed over"
            self.position = place
            return True
        if not cut:
            self.problem = f"the recording is damaged from byte {self.position} on"
        return False


class Newest(Exception):
    """A layout we do not know."""


def origin_in(segment: layout.Segment) -> Origin:
    """What the head says. ValueError: it is none."""
    if segment.kind != layout.HEAD:
        raise ValueError("no head")
    content = segment.content()
    version = msgspec.msgpack.decode(content, type=layout.Newer).version
    if version > layout.VERSION:
        raise Newest(version)
    return msgspec.msgpack.decode(content, type=layout.Head).origin


def contents(path: str) -> tuple[memoryview, int]:
    """A file as memory, and its size. PtracerError: it cannot be read."""
    try:
        with open(path, "rb") as file:
            if os.fstat(file.fileno()).st_size == 0 or not os.path.isfile(path):
                data: bytes | mmap.mmap = file.read()
            else:
                data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except OSError as error:
        raise PtracerError(f"Can't fopen '{path}': {error.strerror}") from None
    return memoryview(data), len(data)
