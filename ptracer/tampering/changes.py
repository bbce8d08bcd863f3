"""Decides at the stops of a call what rules do to it, and does it.

Each rule counts, for each thread and each call by name, the invocations it could apply to. All that apply to an invocation
are put together, in the order in which they were given.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from ptracer.capture import records
from ptracer.capture.protocol import Capture
from ptracer.hints import TYPE_CHECKING, Protocol
from ptracer.regs import ABI
from ptracer.tampering.delays import Delays
from ptracer.tampering.rules import Effects, Rule

if TYPE_CHECKING:
    from ptracer.decode.call import Call

SKIP = -1  # the number of no call at all
HALF = 1 << 32
Read = Callable[[int, int], bytes]
Key = tuple[Rule, str, str]  # the rule, and the call by its ABI and its name


class Known(Protocol):
    """What decoding knows of calls."""

    def name(self, arch: int, number: int, args: tuple[int, ...]) -> tuple[str, ABI]:
        """The name of a call, of what it carries if it does, and its ABI."""

    def entered(self, arch: int, number: int, args: tuple[int, ...], read: Read) -> Call:
        """The call as it is known at its entry."""

    def arguments(self, arch: int, number: int, args: tuple[int, ...], read: Read) -> tuple[int, ...]:
        """The arguments of a call, as many as it has; of a call that is carried its own."""


class Change:
    """What happens to one invocation of a call, and what has been done of it so far."""

    __slots__ = ("effects", "name", "abi", "arguments", "done")

    def __init__(self, effects: Effects, name: str, abi: ABI, arguments: tuple[int, ...]) -> None:
        self.effects, self.name, self.abi, self.arguments = effects, name, abi, arguments
        self.done = 0  # a set of the TAMPERED_* of records


class Tampering:
    """The rules at work. ``chosen`` says of a call as it is known at its entry whether rules may apply to it at all."""

    def __init__(
        self,
        rules: Sequence[Rule],
        known: Known,
        capture: Capture,
        resume: Callable[[int, int], None],
        ring: Callable[[], None],
        chosen: Callable[[Call], bool] | None = None,
    ) -> None:
        self.rules, self.known, self.capture, self.chosen = rules, known, capture, chosen
        self.delays = Delays(resume, ring)
        self.resume = resume
        self.counts: dict[int, Counter[Key]] = {}  # by thread
        self.changes: dict[int, Change] = {}  # of threads in a call
        self.waits: dict[int, tuple[int, int | None]] = {}  # of a stopped thread: signal and delay

    # --- the stops of a call

    def enter(self, tid: int, arch: int, number: int, args: tuple[int, ...], read: Read) -> None:
        """A call begins; its memory is decoded after this."""
        name, abi = self.known.name(arch, number, args)
        effects = self.effects(tid, name, abi, lambda: self.known.entered(arch, number, args, read))
        if not effects.any:
            return
        pokes = effects.enter or effects.leave
        arguments = self.known.arguments(arch, number, args, read) if pokes else ()
        change = self.changes[tid] = Change(effects, name, abi, arguments)
        try:
            self.poke(tid, change, effects.enter)
            if effects.value is not None:
                self.capture.set_number(tid, self.number(effects.replacement, abi))
        except ProcessLookupError:
            pass  # it was killed: the notice of its death comes next
        self.waits[tid] = effects.signal, effects.delay_enter

    def leave(self, tid: int, result: int, failed: bool) -> tuple[int, bool]:
        """A call ends: its result as the caller will see it. Its memory is decoded after this."""
        change = self.changes.pop(tid, None)
        if change is None:
            return result, failed
        effects = change.effects
        try:
            if effects.value is not None:
                result, failed = self.result(effects, change.abi), effects.failed
                self.capture.set_result(tid, result)
                change.done |= records.TAMPERED_RESULT
            self.poke(tid, change, effects.leave)
        except ProcessLookupError:
            pass
        if effects.delay_enter is not None or effects.delay_exit is not None:
            change.done |= records.TAMPERED_TIME
        if change.done:
            self.capture.append((records.TAMPERED, tid, time.monotonic_ns(), change.done))
        self.waits[tid] = 0, effects.delay_exit
        return result, failed

    def finish(self, tid: int) -> None:
        """A thread is let go at the end of a call: that it was not made must not show otherwise than the rule says."""
        change = self.changes.pop(tid, None)
        if change is not None and change.effects.value is not None:
            self.capture.set_result(tid, self.result(change.effects, change.abi))

    def go_on(self, tid: int) -> None:
        """Resume a thread from the stop of a call, or let it wait."""
        signal, delay = self.waits.pop(tid, (0, None))
        if delay:
            self.delays.hold(tid, signal, delay)
        else:
            self.resume(tid, signal)

    # --- deciding

    def concerns(self, name: str, abi: ABI) -> bool:
        """Whether any rule may apply to a call."""
        return any(rule.calls.has(name, abi) for rule in self.rules)

    def effects(self, tid: int, name: str, abi: ABI, entered: Callable[[], Call]) -> Effects:
        """Count an invocation, and put together what the rules do to it."""
        effects = Effects()
        rules = [rule for rule in self.rules if rule.calls.has(name, abi)]
        conditional = self.chosen is not None or any(rule.condition is not None for rule in rules)
        call = entered() if rules and conditional else None
        if call is not None and self.chosen is not None and not self.chosen(call):
            return effects
        counts = self.counts.setdefault(tid, Counter())
        for rule in rules:
            if rule.condition is not None and call is not None and not rule.condition(call):
                continue
            key = rule, abi.name, name
            counts[key] += 1
            if counts[key] in rule.occasions:
                effects.add(rule.effects)
        return effects

    # --- doing

    @staticmethod
    def number(replacement: str | None, abi: ABI) -> int:
        """Of the call that is made instead."""
        numbers = (number for number, name in abi.numbers.items() if name == replacement)
        place = next(numbers, SKIP)
        return place if place == SKIP else place | abi.bit

    @staticmethod
    def result(effects: Effects, abi: ABI) -> int:
        """As a signed register; a 32-bit caller sees no more than its half."""
        value = effects.value or 0
        if effects.failed:
            return value
        if abi.register_size == 4:
            return value % HALF
        return value - (1 << 64) if value >= 1 << 63 else value

    def poke(self, tid: int, change: Change, pokes: Mapping[int, bytes]) -> None:
        """Write to what arguments point to; say what cannot be written."""
        for place, data in pokes.items():
            if place >= len(change.arguments):
                self.warn(
                    tid,
                    f"requested to tamper with argument #{place + 1}, but system call '{change.name}' "
                    f"has only {len(change.arguments)} arguments",
                )
            elif self.capture.write(tid, change.arguments[place], data) < len(data):
                self.warn(tid, "couldn't poke")
            else:
                change.done |= records.TAMPERED_MEMORY

    def warn(self, tid: int, text: str) -> None:
        """Tell the user in the place among the calls where it happened."""
        text = f"poke_tcb: Failed to tamper with process {tid}: {text}"
        self.capture.append((records.WARNING, tid, time.monotonic_ns(), text))

    # --- threads

    def rename(self, former: int, tid: int) -> None:
        """Thread ``former`` has become ``tid`` by exec."""
        self.forget(tid)
        if former in self.counts:
            self.counts[tid] = self.counts.pop(former)
        if former in self.changes:
            self.changes[tid] = self.changes.pop(former)

    def forget(self, tid: int) -> None:
        """A thread is traced no more."""
        self.counts.pop(tid, None)
        self.changes.pop(tid, None)
        self.waits.pop(tid, None)
        self.delays.forget(tid)
