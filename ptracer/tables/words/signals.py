"""Words of signals: their numbers, sets, handlers, and where they come from. Source: signal(7), sigaction(2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

from ptracer.decode.expressions import bind
from ptracer.decode.types import Integer, Layout, Length, Target_, length_source, pointer_value
from ptracer.decode.values import Address, Sequence, Symbol, Value
from ptracer.decode.words import Constants, Enum, Flags
from ptracer.hints import Any
from ptracer.plans import BYTES, CONSTANT, Step
from ptracer.regs import ABI

REAL_TIME_MINIMUM = 32  # to the kernel; C libraries keep a few of the first for themselves
HIGHEST_SIGNAL = 64
REMEMBERED = 256  # signal sets
SET_SIZE = 8  # of the kernel's sigset_t in bytes, on all ABIs


class SignalWord(Enum):
    """The number of a signal; the real-time ones are counted from the kernel's SIGRTMIN."""

    def __init__(self, width: int = 4, signed: bool = True) -> None:
        super().__init__("signals.signals", width=width, signed=signed, decimal=True)

    @property
    def constants(self) -> Constants:
        real_time = {f"SIGRT_{number - REAL_TIME_MINIMUM}": number for number in range(REAL_TIME_MINIMUM + 1, HIGHEST_SIGNAL + 1)}
        return {**super().constants, "SIGRTMIN": REAL_TIME_MINIMUM, **real_time}


SignalNumber = SignalWord()
LongSignal = SignalWord(8, signed=False)
WordSignal = SignalWord(0, signed=False)
MaskOperation = Enum("signals.signal_mask_operations", "SIG_???")
ActionFlags = Flags("signals.signal_action_flags", "SA_???", width=0)
StackFlags = Flags("signals.signal_stack_flags", "SS_???")
EventNotification = Enum("signals.signal_event_notifications", "SIGEV_???")


class HandlerWord(Integer):
    """What happens on a signal: SIG_DFL, SIG_IGN, or the address of a function."""

    def __init__(self) -> None:
        super().__init__(0)

    def value(self, layout: Layout) -> Callable[[int], Value]:
        last = (1 << 64) - 1  # no 32-bit number is SIG_ERR
        names = {0: Symbol(0, "SIG_DFL", "0"), 1: Symbol(1, "SIG_IGN", "0x1"), last: Symbol(last, "SIG_ERR", f"{last:#x}")}
        return lambda number: names.get(number) or Address(number)


SignalHandler = HandlerWord()


@lru_cache(REMEMBERED)
def signals_of(mask: bytes) -> Sequence:
    """The members of a signal set; when they are more than two thirds of all, what is missing."""
    present = int.from_bytes(mask, "little")
    everything = 8 * len(mask)
    complement = present.bit_count() > everything * 2 // 3
    if complement:
        present ^= (1 << everything) - 1
    spell = SignalNumber.spell
    numbers = [number for number in range(1, everything + 1) if present >> number - 1 & 1]
    names = [Symbol(number, spell(number).text.removeprefix("SIG"), str(number)) for number in numbers]
    return Sequence(names, separator=" ", complement=complement)


class SignalSet(Target_):
    """``SignalSet[this.sigsetsize]``: a set of signals, looked into when it has at least a word, at most the kernel's size.

    Where the kernel accepts fewer bytes (sigpending), ``SignalSet(this.sigsetsize, shorter=True)``.
    """

    pure = True

    def __init__(self, length: Length = SET_SIZE, shorter: bool = False) -> None:
        self.length, self.shorter = length, shorter

    def __class_getitem__(cls, length: Length) -> SignalSet:
        return cls(length)

    def size(self, abi: ABI) -> int:
        return SET_SIZE

    def alignment(self, abi: ABI) -> int:
        return abi.word_size

    def loader(self, layout: Layout) -> Callable[[Any, bytes, int], Value]:
        return lambda scope, data, offset: signals_of(data[offset : offset + SET_SIZE])

    def fetcher(self, layout: Layout) -> Callable[[Any, int], Value]:
        length, least = bind(self.length, layout.names), 1 if self.shorter else layout.abi.word_size

        def fetch(scope: Any, address: int) -> Value:
            size = length(scope)
            if not least <= size <= SET_SIZE:
                return pointer_value(address)
            return signals_of(scope.read(address, size))

        return fetch

    def steps(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        source = length_source(self.length, positions)
        if not self.shorter or source is None:
            return [Step(BYTES, argument, CONSTANT, SET_SIZE)]
        return [Step(BYTES, argument, *source, 1, SET_SIZE)]
