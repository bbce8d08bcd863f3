"""``SET[:error=E][:retval=V][:signal=S][:syscall=NAME][:delay_enter=T][:delay_exit=T][:poke_enter=...][:poke_exit=...][:when=W]``

``W`` is ``F[..L][+[S]]``; pokes are ``@argN=HEX`` with commas. ``fault`` knows only ``error`` (ENOSYS unless given), ``when``
and ``syscall``. strace(1), "Tampering". What strace does not have is ``:if=CONDITION``, which stands last: all that follows is
part of the condition.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ptracer.arguments import suggestion
from ptracer.durations import nanoseconds
from ptracer.errors import PtracerError
from ptracer.filters import LAST_SIGNAL, parse_syscalls, signals_by_name
from ptracer.hints import TYPE_CHECKING
from ptracer.regs import X86_64
from ptracer.tampering.rules import MAX_ERRNO, Effects, Occasions, Rule

if TYPE_CHECKING:
    from ptracer.decode.call import Call

ENOSYS = 38
MOST_INVOCATIONS = 65535
POKED_ARGUMENTS = 7
WORD, HALF = 1 << 64, 1 << 32
NUMBER = re.compile(r"\s*\+?[0-9]+", re.ASCII)
INVOCATIONS = re.compile(rf"({NUMBER.pattern})(?:\.\.({NUMBER.pattern}))?(\+({NUMBER.pattern})?)?", re.ASCII)
RESULT = re.compile(r"\s*([+-]?)(?:0x([0-9a-f]+)|0b([01]+)|(0[0-7]*)|([1-9][0-9]*))", re.ASCII | re.IGNORECASE)
BASES = (16, 2, 8, 10)
POKE = re.compile(r"@arg([0-9])=(.*)", re.DOTALL)


class Wrong(Exception):
    """What is wrong with one word of a rule."""


class Draft:
    """A rule in the making."""

    def __init__(self) -> None:
        self.effects = Effects()
        self.occasions = Occasions()


def parse(text: str, kind: str, warn: Callable[[str], None]) -> Rule:
    """The rule of ``-e inject=text`` or, where that is the kind, ``-e fault=text``. PtracerError: it makes no sense."""
    written, conditional, asked = text.partition(":if=")
    calls, *words = written.split(":")
    draft, seen = Draft(), set[str]()
    if not calls:
        parse_syscalls(calls)  # which says so
    try:
        for word in filter(None, words):
            key, equals, value = word.partition("=")
            if key not in KEYS or (kind == "fault" and key not in KEYS_OF_FAULTS):
                raise Wrong(f"there is no '{key}' in it{suggestion(key, list(KEYS))}")
            if not equals:
                raise Wrong(f"'{key}' has no value")
            if key in seen and key != "when":
                raise Wrong(f"'{key}' is given twice")
            seen.add(key)
            KEYS[key](draft, value)
        if {"error", "retval"} <= seen:
            raise Wrong("it can fail or return, not both")
        if kind == "fault" and draft.effects.value is None:
            draft.effects.value, draft.effects.failed = -ENOSYS, True
        if not draft.effects.any:
            raise Wrong("it changes nothing")
    except Wrong as wrong:
        raise PtracerError(f"invalid {kind} argument '{text}': {wrong}") from None
    holds = condition(asked) if conditional else None
    rule = Rule(parse_syscalls(calls), draft.effects, draft.occasions, holds)
    if "retval" in seen:
        warn_of_result(draft.effects.value or 0, warn)
    return rule


def number(text: str, least: int, most: int, what: str) -> int:
    """A decimal number within limits."""
    if not NUMBER.fullmatch(text) or not least <= int(text) <= most:
        raise Wrong(f"'{text}' is no {what}, which is {least} to {most}")
    return int(text)


def error(draft: Draft, text: str) -> None:
    """By name, in upper or lower case, or by number."""
    from ptracer.tables.constants.errors import ERRNO

    names = {name: value for value, (name, _) in ERRNO.items()}
    known = names.get(text.upper())
    if known is None and not NUMBER.fullmatch(text):
        raise Wrong(f"'{text}' is no error{suggestion(text.upper(), names)}")
    draft.effects.value = -(known or number(text, 1, MAX_ERRNO, "error"))
    draft.effects.failed = True


def result(draft: Draft, text: str) -> None:
    """Any 64 bits: decimal, hexadecimal (0x), octal (0), binary (0b)."""
    found = RESULT.fullmatch(text)
    sign, *digits = found.groups() if found is not None else ("",)
    value = next((int(sign + some, base) for some, base in zip(digits, BASES) if some), WORD)
    if not -WORD < value < WORD:
        raise Wrong(f"'{text}' is no number of 64 bits")
    draft.effects.value = value % WORD


def signal(draft: Draft, text: str) -> None:
    """By name, with or without SIG, or by number."""
    names = signals_by_name()
    known = names.get(text.upper().removeprefix("SIG"))
    if known is None and not NUMBER.fullmatch(text):
        raise Wrong(f"'{text}' is no signal{suggestion(text.upper().removeprefix('SIG'), names)}")
    draft.effects.signal = known or number(text, 1, LAST_SIGNAL, "signal")


def replacement(draft: Draft, text: str) -> None:
    """A call without arguments and effects."""
    from ptracer.tables.classes import CLASSES

    pure = [name for name in CLASSES["pure"] if name in X86_64.names]
    if text not in pure:
        raise Wrong(f"'{text}' is none of {', '.join(pure)}")
    draft.effects.replacement = text


def delay(attribute: str) -> Callable[[Draft, str], None]:
    """A time at the entry or at the exit."""

    def apply(draft: Draft, text: str) -> None:
        time = nanoseconds(text)
        if time is None:
            raise Wrong(f"'{text}' is no time, which is a number and s, ms, us or ns")
        setattr(draft.effects, attribute, time)

    return apply


def poke(attribute: str) -> Callable[[Draft, str], None]:
    """Bytes for memory that arguments point to."""

    def apply(draft: Draft, text: str) -> None:
        pokes: dict[int, bytes] = {}
        for word in filter(None, text.split(",")):
            found = POKE.fullmatch(word)
            if found is None:
                raise Wrong(f"'{word}' is not @argN=HEX")
            place = number(found[1], 1, POKED_ARGUMENTS, "argument") - 1
            if place in pokes:
                raise Wrong(f"argument {place + 1} is given twice")
            if not re.fullmatch("([0-9a-fA-F]{2})+", found[2]):
                raise Wrong(f"'{found[2]}' is not an even number of hexadecimal digits")
            pokes[place] = bytes.fromhex(found[2])
        if not pokes:
            raise Wrong(f"'{text}' pokes nothing")
        setattr(draft.effects, attribute, pokes)

    return apply


def when(draft: Draft, text: str) -> None:
    """``F``: that one only; ``F+``: it and all later ones; ``F+S``: every S; ``F..L``: none after L."""
    found = INVOCATIONS.fullmatch(text)
    if found is None:
        raise Wrong(f"'{text}' is not F[..L][+[S]]")
    begin, end, every, step = found.groups()
    first = number(begin, 1, MOST_INVOCATIONS, "invocation")
    last = first if not every else None
    if end:
        last = number(end, first, MOST_INVOCATIONS - 1, "last invocation")
    draft.occasions = Occasions(first, last, number(step, 1, MOST_INVOCATIONS, "step") if step else 1)


def condition(text: str) -> Callable[[Call], bool]:
    """Whether a rule applies to a call, which must be known when that begins."""
    from ptracer.conditions.meaning import Condition

    condition = Condition(text)
    if not condition.at_entry:
        raise PtracerError(f"the condition of a rule must be known when a call begins, and '{text}' asks how it ends")
    return condition.holds


KEYS: dict[str, Callable[[Draft, str], None]] = {
    "error": error,
    "retval": result,
    "signal": signal,
    "syscall": replacement,
    "delay_enter": delay("delay_enter"),
    "delay_exit": delay("delay_exit"),
    "poke_enter": poke("enter"),
    "poke_exit": poke("leave"),
    "when": when,
}
KEYS_OF_FAULTS = ("error", "syscall", "when")


def warn_of_result(value: int, warn: Callable[[str], None]) -> None:
    """A result may not be what it seems: an error, or too large for a 32-bit program."""
    low = value % HALF
    if value >= WORD - MAX_ERRNO:
        warn(f"Inadvertent injection of error {WORD - value} is possible for retval={value}")
    elif low >= HALF - MAX_ERRNO:
        warn(f"Inadvertent injection of error {HALF - low} is possible in compat personality for retval={value}")
    elif low != value:
        warn(f"Injected return value {value} will be clipped to {low} in compat personality")
