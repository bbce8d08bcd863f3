"""Where text goes: a file descriptor, a file for each process, or a command's standard input."""

from __future__ import annotations

import os
from collections.abc import Callable


class Output:
    """Collects text and writes it when told to; a failure is reported once and does not end the trace.

    ``failed`` is called with the OSError of the first write that did not succeed; from then on text is
    dropped, for there is nowhere to put it.
    """

    def __init__(self, descriptor: int, failed: Callable[[OSError], None]) -> None:
        self.descriptor = descriptor
        self.parts: list[str] = []
        self.write = self.parts.append
        self.failed = failed
        self.broken = False

    def flush(self) -> None:
        """Hand everything to the kernel."""
        if not self.parts:
            return
        data = "".join(self.parts).encode("utf-8", "surrogateescape")
        self.parts.clear()
        view = memoryview(data)
        while view and not self.broken:
            try:
                view = view[os.write(self.descriptor, view) :]
            except OSError as error:
                self.broken = True
                self.failed(error)

    def close(self) -> None:
        """Flush, and give the descriptor back."""
        self.flush()
