"""Plans: what memory to copy at a stop, said so that a C loop can do it.

A plan is a tuple of steps; a step is a tuple of six integers
``(operation, argument, length_kind, length_argument, scale, limit)``. Decoding finds what was
copied by its address, so a step need not say what it is for.
"""

from __future__ import annotations

from typing import NamedTuple

# Operations
STRING = 1  # bytes at the argument up to and including a NUL, at most `limit`
BYTES = 2  # `length * scale` bytes at the argument, at most `limit`
IOVEC = 3  # `length` struct iovec at the argument, then what each points to, at most `limit` bytes each
STRINGS = 4  # NULL-terminated array of pointers at the argument; each string at most `limit`, `length` of them
POINTERS = 5  # NULL-terminated array of pointers at the argument, at most `limit` of them

# Where a length comes from
CONSTANT = 0  # `length_argument` itself
ARGUMENT = 1  # the argument with that index
RESULT = 2  # the result of the call
TARGET = 3  # the 32-bit integer that the argument with that index points to


class Step(NamedTuple):
    """One piece of memory to copy."""

    operation: int
    argument: int
    length_kind: int = CONSTANT
    length_argument: int = 0
    scale: int = 1
    limit: int = 1 << 30


class Plan(NamedTuple):
    """What the capture does for one system call.

    ``entry`` and ``exit`` are steps; ``exit_on_error`` says that the exit steps run for a failed call
    too. ``live_entry`` and ``live_exit`` ask for a stop in Python, where the types themselves fetch.
    """

    entry: tuple[Step, ...] = ()
    exit: tuple[Step, ...] = ()
    live_entry: bool = False
    live_exit: bool = False
