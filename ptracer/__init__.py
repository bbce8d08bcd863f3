"""A system call tracer for Linux that says what a program asks of the kernel.

As a library: ``for call in ptracer.trace(["ls"]): ...`` and ``ptracer.replay(path)``; see ``ptracer.library``.
"""

from __future__ import annotations

__version__ = "0.1.0"
__all__ = ["PtracerError", "Trace", "TracedCall", "replay", "trace"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ptracer.errors import PtracerError
    from ptracer.library import Trace, TracedCall, replay, trace


def __getattr__(name: str) -> object:
    """The library, which the command does without."""
    if name == "PtracerError":
        from ptracer.errors import PtracerError

        return PtracerError
    if name in __all__:
        from ptracer import library

        return getattr(library, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
