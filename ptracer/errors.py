"""The errors of ptracer, each with one catcher.

That a tracee is gone is Python's own ProcessLookupError, caught in the tracer.
"""

from __future__ import annotations


class Fault(Exception):
    """Memory of the tracee cannot be read at ``address``.

    Caught where a pointer is decoded: the bare address is shown instead.
    """

    def __init__(self, address: int) -> None:
        super().__init__(f"cannot read memory at {address:#x}")
        self.address = address


class PtracerError(Exception):
    """Something the user must be told, with the exit status that goes with it.

    Caught once, in ``cli.main``.
    """

    def __init__(self, message: str, status: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
