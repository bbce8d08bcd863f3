"""How a recording is laid out in its file.

::

    magic    12 bytes   89 'ptracer' 0d 0a 1a 0a    (what a transfer as text would spoil comes first)
    segment  kind       4 bytes: 'HEAD', 'RECS' or 'DONE'
             size       uint32, of the body as it stands in the file
             checksum   uint32, CRC-32 of kind, the fields after this one, and the body
             count      uint32, of records
             first      int64, nanoseconds of CLOCK_MONOTONIC of the first and of the last record
             last       int64
             body       a Zstandard frame of MessagePack
    segment  ...

All numbers are little-endian. HEAD is the first segment: a map with ``version``, that of this layout, and ``origin``. A RECS
holds records in the order in which they happened, a DONE nothing: it says that tracing ended and was not cut off. A segment
of another kind is passed over. Each stands for itself, so that what lies before and behind a damaged one can be read.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import Any

import msgspec
import zstandard

from ptracer.origin import Origin

MAGIC = b"\x89ptracer\r\n\x1a\n"
VERSION = 1
HEAD, RECORDS, DONE = b"HEAD", b"RECS", b"DONE"
FRAME = struct.Struct("<4sIIIqq")
MOST = 1 << 28  # bytes of a body; more is not believed
LEVEL = -2  # of compression: the first takes half as long again and makes it no more than a tenth smaller


class Head(msgspec.Struct):
    """The body of the first segment."""

    version: int
    origin: Origin


class Newer(msgspec.Struct):
    """Of a head that a newer ptracer wrote, only what will not change."""

    version: int


class Segment:
    """One segment: its kind, how many records it holds from when to when, and its body as it stands in the file."""

    __slots__ = ("kind", "count", "first", "last", "body")

    def __init__(self, kind: bytes, body: bytes, count: int = 0, first: int = 0, last: int = 0) -> None:
        self.kind, self.body, self.count, self.first, self.last = kind, body, count, first, last

    def packed(self) -> bytes:
        """As it stands in a file."""
        about = FRAME.pack(self.kind, len(self.body), 0, self.count, self.first, self.last)
        return FRAME.pack(self.kind, len(self.body), checksum(about, self.body), self.count, self.first, self.last) + self.body

    def content(self) -> bytes:
        """The body as it was before it was compressed. ValueError: it is damaged, or absurdly large."""
        try:
            if zstandard.frame_content_size(self.body) > MOST:
                raise ValueError("it says that it is larger than any segment")
            return zstandard.ZstdDecompressor().decompress(self.body, max_output_size=MOST)
        except zstandard.ZstdError as error:
            raise ValueError(str(error)) from None


def checksum(about: bytes, body: bytes) -> int:
    """Of a segment."""
    return zlib.crc32(body, zlib.crc32(about[12:], zlib.crc32(about[:8])))


class Packer:
    """Makes segments. One compressor is kept, for making one costs more than compressing a few records."""

    def __init__(self) -> None:
        self.compress = zstandard.ZstdCompressor(level=LEVEL).compress

    def head(self, origin: Origin) -> Segment:
        """The first one."""
        return Segment(HEAD, self.compress(msgspec.msgpack.encode(Head(VERSION, origin))))

    def records(self, encoded: bytes, count: int, first: int, last: int) -> Segment:
        """One with records, which are encoded already."""
        return Segment(RECORDS, self.compress(encoded), count, first, last)

    def done(self) -> Segment:
        """The last one."""
        return Segment(DONE, self.compress(b""))


class Damaged(ValueError):
    """What stands at a place of a file is no whole segment. ``end`` says that the file just ends there."""

    def __init__(self, what: str, end: bool) -> None:
        super().__init__(what)
        self.end = end


def segment_at(data: memoryview, place: int) -> tuple[Segment, int]:
    """The segment there, and the place behind it. Damaged: there is none."""
    if place + FRAME.size > len(data):
        raise Damaged("it ends in the middle of a segment", True)
    kind, size, check, count, first, last = FRAME.unpack_from(data, place)
    begin = place + FRAME.size
    if size > MOST or not kind.isalnum():
        raise Damaged("it is damaged", False)
    if begin + size > len(data):
        raise Damaged("it ends in the middle of a segment", True)
    body = bytes(data[begin : begin + size])
    if checksum(bytes(data[place:begin]), body) != check:
        raise Damaged("it is damaged", False)
    return Segment(kind, body, count, first, last), begin + size


def places_behind(data: memoryview, place: int) -> Iterator[int]:
    """Where, after a damaged place, the next segments with records may begin."""
    whole: Any = data.obj  # bytes or a mapped file
    while (place := whole.find(RECORDS, place + 1)) >= 0:
        yield place
