"""The frames of stacks, taken from the lines that ``-k`` shows."""

from __future__ import annotations

import os
import re

import msgspec

LINE = re.compile(r"(?P<file>.*)\((?:(?P<function>.*)\+(?P<offset>0x[0-9a-f]+))?\) \[(?P<address>0x[0-9a-f]+)\](?P<source>.*)")
REMEMBERED = 4096  # frames


class Frame(msgspec.Struct, omit_defaults=True, kw_only=True):
    """One frame of a stack. ``address`` is that in the file, ``offset`` the distance from the beginning of the function."""

    file: str = ""
    function: str = ""
    offset: int = 0
    address: int = 0
    source: str = ""

    @property
    def name(self) -> str:
        """What it is called in a picture: the function, or the file where no function is known."""
        return self.function or f"[{os.path.basename(self.file)}]"


class Frames:
    """Frames of lines, remembered: a program is at the same places again and again."""

    def __init__(self) -> None:
        self.known: dict[str, Frame] = {}

    def of(self, text: str) -> list[Frame]:
        """Those of a stack, the innermost first."""
        return [self.known.get(line) or self.parsed(line) for line in text.splitlines()]

    def parsed(self, line: str) -> Frame:
        """The frame of a line; what is no frame is all in ``file``."""
        text = line.removeprefix(" > ")
        found = LINE.fullmatch(text)
        frame = Frame(file=text)
        if found is not None:
            frame = Frame(
                file=found["file"],
                function=found["function"] or "",
                offset=int(found["offset"] or "0", 16),
                address=int(found["address"], 16),
                source=found["source"].strip(),
            )
        if len(self.known) >= REMEMBERED:
            self.known.clear()
        self.known[line] = frame
        return frame
