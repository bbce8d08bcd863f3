"""What is taken down at the stop of a call that failed, before the tracee goes on.

Each module has functions marked with ``witness(errno, ...)``, or for single calls ``witness(EAGAIN, call="fork clone")``: called
with a ``Stop`` they return facts, a dict that MessagePack can hold, or None. They only look, never longer than a fraction of a
millisecond: no directory is listed that is large, no file read that is not in /proc or the beginning of a program. What they
return stands in the record of the call, at ``EVIDENCE``.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from typing import Any

import msgspec

from ptracer.decode.call import LiveCall

EVIDENCE = 0xFFFF_CC00_0000_0000  # where it stands among the chunks of a call: an address that no tracee has

Facts = dict[str, Any]


class Stop:
    """A thread at the exit of a call that failed. ``call`` reads the tracee's memory through its types; ``error`` is positive."""

    __slots__ = ("tid", "call", "error")

    def __init__(self, tid: int, call: LiveCall, error: int) -> None:
        self.tid, self.call, self.error = tid, call, error


Witness = Callable[[Stop], Facts | None]
WITNESSES: dict[tuple[int, str], list[Witness]] = {}


def witness(*errors: int, call: str = "") -> Callable[[Witness], Witness]:
    """Marks a function that is asked when a call, or one of some calls, fails with one of some errnos."""

    def mark(function: Witness) -> Witness:
        for error in errors:
            for name in call.split() or [""]:
                WITNESSES.setdefault((error, name), []).append(function)
        return function

    return mark


def prepare() -> None:
    """Import all modules."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")


def wanted(name: str) -> tuple[int, int]:
    """The errnos of a call that anybody wants to see, as ``Plan.live_errors``."""
    mask = sum(1 << error for error in {error for error, call in WITNESSES if call in ("", name)})
    return mask & (1 << 64) - 1, mask >> 64


def gather(stop: Stop) -> bytes:
    """All facts; empty: there are none."""
    facts: Facts = {}
    for ask in (*WITNESSES.get((stop.error, stop.call.signature.name), ()), *WITNESSES.get((stop.error, ""), ())):
        try:
            facts.update(ask(stop) or {})
        except OSError:
            pass  # it has died, or does not let us look
    try:
        return msgspec.msgpack.encode(facts) if facts else b""
    except OverflowError:  # a program has made up numbers that no record can hold
        return b""


def facts_in(chunks: dict[int, bytes] | None) -> Facts:
    """What was taken down of a call. Recordings may hold anything: what is no evidence is none."""
    data = chunks.get(EVIDENCE) if chunks else None
    if not data:
        return {}
    try:
        return msgspec.msgpack.decode(data, type=dict[str, Any])
    except (msgspec.MsgspecError, ValueError):
        return {}
