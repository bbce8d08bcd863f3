"""What happens between calls."""

from __future__ import annotations

from typing import NamedTuple, Union

from ptracer.decode.values import Symbol, Value


class Signal(NamedTuple):
    """A signal is about to be delivered; ``information`` is its siginfo as a value."""

    tid: int
    when: int
    signal: Symbol
    information: Value


class Stopped(NamedTuple):
    """The thread has stopped for job control."""

    tid: int
    when: int
    signal: Symbol


class Exited(NamedTuple):
    """The thread has ended with a status."""

    tid: int
    when: int
    status: int


class Killed(NamedTuple):
    """The thread was killed by a signal."""

    tid: int
    when: int
    signal: Symbol
    core: bool


class Superseded(NamedTuple):
    """Thread ``former`` has executed a program; it is ``tid`` from now on, and the former ``tid`` is gone."""

    tid: int
    when: int
    former: int


class Started(NamedTuple):
    """A thread is traced from now on; ``how`` is a START_* constant of the records."""

    tid: int
    when: int
    parent: int
    how: int


class Detached(NamedTuple):
    """A thread is traced no more, and lives on."""

    tid: int
    when: int


class Mode(NamedTuple):
    """The thread's calls follow another ABI from now on."""

    tid: int
    when: int
    bits: str


Notice = Union[Signal, Stopped, Exited, Killed, Superseded, Started, Detached, Mode]
