"""Where text goes: a file descriptor, a file for each process, or a command's standard input."""

from __future__ import annotations

import os
from collections.abc import Callable


def write_all(descriptor: int, data: bytes) -> None:
    """Hand all of it to the kernel, in as many calls as that takes. OSError: something was not written."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


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
        if self.broken:
            return
        try:
            write_all(self.descriptor, data)
        except OSError as error:
            self.broken = True
            self.failed(error)

    def close(self) -> None:
        """Flush, and give the descriptor back."""
        self.flush()
