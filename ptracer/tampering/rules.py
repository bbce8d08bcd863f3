"""What a rule says: which calls, which of their invocations, and what happens to these."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ptracer.filters import SyscallSet
from ptracer.hints import TYPE_CHECKING

if TYPE_CHECKING:
    from ptracer.decode.call import Call

MAX_ERRNO = 4095


class Occasions:
    """Which invocations of a call by a thread are meant, counted from one: every ``step`` of them from ``first`` to ``last``."""

    __slots__ = ("first", "last", "step")

    def __init__(self, first: int = 1, last: int | None = None, step: int = 1) -> None:
        self.first, self.last, self.step = first, last, step

    def __contains__(self, count: int) -> bool:
        if count < self.first or (self.last is not None and count > self.last):
            return False
        return (count - self.first) % self.step == 0


ALWAYS = Occasions()


class Effects:
    """What is done to one invocation of a call. None, zero and empty: nothing of that kind.

    ``value`` is the result that the caller sees instead of calling, ``failed`` that it is ``-errno``;
    ``replacement`` names a call to make meanwhile. Delays are nanoseconds. ``enter`` and ``leave`` are bytes by the place
    of the argument, from zero, that points to where they are written before and after the call.
    """

    def __init__(self) -> None:
        self.value: int | None = None
        self.failed = False
        self.replacement: str | None = None
        self.signal = 0
        self.delay_enter: int | None = None
        self.delay_exit: int | None = None
        self.enter: Mapping[int, bytes] = {}
        self.leave: Mapping[int, bytes] = {}

    @property
    def any(self) -> bool:
        """Whether anything is done at all; ``replacement`` alone does nothing."""
        return (
            self.value is not None
            or bool(self.signal or self.enter or self.leave)
            or self.delay_enter is not None
            or self.delay_exit is not None
        )

    def add(self, other: Effects) -> None:
        """Do what another says too; of each kind the last word counts, of memory that for each argument."""
        if other.value is not None:
            self.value, self.failed, self.replacement = other.value, other.failed, other.replacement
        self.signal = other.signal or self.signal
        if other.delay_enter is not None:
            self.delay_enter = other.delay_enter
        if other.delay_exit is not None:
            self.delay_exit = other.delay_exit
        self.enter = {**self.enter, **other.enter}
        self.leave = {**self.leave, **other.leave}


class Rule:
    """``effects`` on the ``occasions`` of the ``calls``.

    ``condition`` looks at a call as it is known at its entry. What it does not hold for is not counted either.
    """

    def __init__(
        self,
        calls: SyscallSet,
        effects: Effects,
        occasions: Occasions = ALWAYS,
        condition: Callable[[Call], bool] | None = None,
    ) -> None:
        self.calls, self.effects, self.occasions, self.condition = calls, effects, occasions, condition
