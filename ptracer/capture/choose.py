"""Which capture this process uses: the C loop, or its twin in Python.

``PTRACER_CAPTURE`` is ``native`` or ``pure``; otherwise the C loop where it was built and the kernel
has what it needs. ``inside`` is ``native`` with ``--capture=auto`` where no ``--capture`` is given.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from ptracer.capture.protocol import Capture
from ptracer.errors import PtracerError

VARIABLE = "PTRACER_CAPTURE"
NATIVE, PURE, INSIDE = "native", "pure", "inside"
FIRST_KERNEL = (5, 3)  # with PTRACE_GET_SYSCALL_INFO, which is all that the C loop knows

NOT_BUILT = f"""\
{VARIABLE}={NATIVE}, but the C capture was not built when ptracer was installed.
It needs a C compiler and Python's headers. On Debian and Ubuntu: apt install gcc python3-dev
Then install again: pip install --force-reinstall --no-cache-dir --no-binary ptracer-cli ptracer-cli
(or, in a checkout: pip install --force-reinstall .)"""


def inside_by_default() -> bool:
    """Whether calls are recorded inside of programs, where that gives the same trace, though nobody says so."""
    return os.environ.get(VARIABLE) == INSIDE


def make(ring_size: int, *, say: Callable[[str], None] | None = None) -> Capture:
    """A capture whose ring holds ``ring_size`` bytes; with ``say`` one that tells what it does.

    PtracerError: the one that was asked for cannot be had.
    """
    if say is not None:
        from ptracer.capture.talking import Capture as Talking

        return Talking(ring_size, say)
    wanted = os.environ.get(VARIABLE, "")
    if wanted not in ("", NATIVE, PURE, INSIDE):
        raise PtracerError(f"{VARIABLE}={wanted}: it can be {NATIVE}, {PURE} or {INSIDE}")
    if wanted in (NATIVE, INSIDE):
        return _demanded(ring_size)
    if wanted != PURE and _kernel_suffices():
        native = _native(ring_size)
        if native is not None:
            return native
    return _pure(ring_size)


def _demanded(ring_size: int) -> Capture:
    if not _kernel_suffices():
        raise PtracerError(f"{VARIABLE}={NATIVE} needs Linux 5.3 or newer; this is {os.uname().release}")
    native = _native(ring_size)
    if native is None:
        raise PtracerError(NOT_BUILT)
    return native


def why_not_native() -> str:
    """Why the C loop is not used; empty: it is."""
    if os.environ.get(VARIABLE) == PURE:
        return f"{VARIABLE} is {PURE}"
    if not _kernel_suffices():
        return "the kernel is older than 5.3"
    return "" if _native(0) is not None else "the C capture was not built"


def _native(ring_size: int) -> Capture | None:
    """The C loop, or None where it was not built."""
    try:
        from ptracer.capture._capture import Capture as Native
    except ImportError:
        return None
    return Native(ring_size)


def _pure(ring_size: int) -> Capture:
    from ptracer.capture.pure import Capture as Pure

    return Pure(ring_size)


def _kernel_suffices() -> bool:
    numbers = os.uname().release.split(".")[:2]
    return not all(map(str.isdecimal, numbers)) or tuple(map(int, numbers)) >= FIRST_KERNEL
