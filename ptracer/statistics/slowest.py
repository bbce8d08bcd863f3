"""The calls that took longest: their records are kept, and decoded when it is known that they are shown."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Any

from ptracer.capture import records
from ptracer.capture.records import Record
from ptracer.decode.decoder import Decoder, Renderer
from ptracer.decode.registry import Signatures

Kept = tuple[int, int, list[Record]]  # a duration, what makes it unlike all others, and the records of the call


class Lines:
    """An output that keeps what is written to it."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> None:
        self.text += text


class Slowest:
    """Keeps so many calls."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.kept: list[Kept] = []
        self.seen = 0

    def keep(self, duration: int, call: list[Record]) -> None:
        """A call, if it is slow enough."""
        self.seen += 1
        kept = (duration, -self.seen, call)
        if len(self.kept) < self.most:
            heapq.heappush(self.kept, kept)
        elif kept > self.kept[0]:
            heapq.heapreplace(self.kept, kept)

    def call(self, call: Any) -> None:
        """One that has returned."""
        self.keep(max(call[8] - call[2], 0), [(records.CALL, *call[1:])])

    def cut(self, call: Any, end: Record) -> None:
        """One that never returns, and the record that says so."""
        self.keep(max(end[2] - call[2], 0), [call, end])

    @property
    def threads(self) -> int:
        """How many threads made the calls that are kept."""
        return len({call[0][1] for _, _, call in self.kept})

    def text(self, signatures: Signatures, renderer: Callable[[Lines], Renderer]) -> str:
        """A line for each, the slowest first; ``renderer`` is made for an output, and writes no durations."""
        texts = []
        for duration, _, call in sorted(self.kept, reverse=True):
            lines = Lines()
            # A decoder for each: none of them has seen the calls between.
            Decoder(signatures, renderer(lines)).feed(call)
            texts.append(f"{lines.text.rstrip()} <{duration // 1_000_000_000}.{duration // 1000 % 1_000_000:06}>\n")
        return "".join(texts)
