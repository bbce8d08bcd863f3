"""The errors of ptracer, each with one catcher.

That a tracee is gone is Python's own ProcessLookupError, caught in the tracer.
"""

from __future__ import annotations

from collections.abc import Sequence


class Fault(Exception):
    """Memory of the tracee cannot be read at ``address``.

    Caught where a pointer is decoded: the bare address is shown instead.
    """

    def __init__(self, address: int) -> None:
        super().__init__(f"cannot read memory at {address:#x}")
        self.address = address


class PtracerError(Exception):
    """Something the user must be told, perhaps in several lines, with the exit status that goes with it.

    What the user or a program has called something may have line ends in it: they begin no line of ours, only ``more`` does.
    Caught once, in ``cli.main``.
    """

    def __init__(self, message: str, status: int = 1, more: Sequence[str] = ()) -> None:
        self.lines = [message, *more] if message else []
        self.message = "\n".join(self.lines)
        self.status = status
        super().__init__(self.message)
