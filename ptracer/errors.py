"""The three errors of ptracer, each with one catcher."""

from __future__ import annotations


class Fault(Exception):
    """Memory of the tracee cannot be read at ``address``.

    Caught where a pointer is decoded: the bare address is shown instead.
    """

    def __init__(self, address: int) -> None:
        super().__init__(f"cannot read memory at {address:#x}")
        self.address = address


class Gone(Exception):
    """The tracee ``tid`` died between its stop and our request.

    Caught in the tracer, which then waits for the notice of its death.
    """

    def __init__(self, tid: int) -> None:
        super().__init__(f"tracee {tid} is gone")
        self.tid = tid


class PtracerError(Exception):
    """Something the user must be told, with the exit status that goes with it.

    Caught once, in ``cli.main``.
    """

    def __init__(self, message: str, status: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
