"""Rules that the arguments of system calls must keep, beside the signatures: what the ERRORS of the manual pages say.

Each module has ``RULES``: names of calls, and for them rows of ``rule(kind, broken, sentence)``. ``broken`` is asked with the
arguments, by the names of the signature, and says whether they break the rule; the sentence may have them in braces. A row
explains the error it names, EINVAL if it names none; it is asked only about calls that failed with that error, so it may rely
on it. Every row is tested against the running kernel (tests/test_rules.py).
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from errno import EINVAL

from ptracer.hints import Any

# Kinds.
FLAGS = "argument.flags"  # flags that exclude, or need, each other
UNKNOWN = "argument.unknown_flags"
VALUE = "argument.unknown_value"  # none of the values that an argument may have
RANGE = "argument.range"
SIZE = "argument.size"
ALIGNMENT = "argument.alignment"
RESERVED = "argument.reserved"  # not zero, although it must be
KIND = "argument.kind"  # something of another kind is needed: a descriptor, a file, an address
STATE = "argument.state"  # right at another time
SUPPORT = "feature.not_supported"  # by the file system, the device, the protocol, of this file

PAGE = 4096
INT_MAX, SIZE_MAX = (1 << 31) - 1, (1 << 63) - 1
NANOSECONDS = 1_000_000_000
MICROSECONDS = 1_000_000

Test = Callable[[Any], Any]


class Rule:
    """One row. ``ordinary``: well-behaved programs break it too, to see what there is."""

    __slots__ = ("kind", "broken", "sentence", "advice", "error", "ordinary")

    def __init__(self, kind: str, broken: Test, sentence: str, advice: str, error: int, ordinary: bool) -> None:
        self.kind, self.broken, self.sentence = kind, broken, sentence
        self.advice, self.error, self.ordinary = advice, error, ordinary

    def text(self, arguments: Any) -> str:
        """The sentence of a call."""
        return self.sentence.format_map(arguments)


class Bits(Rule):
    """The argument ``name`` has only bits of a set; of its value ``part`` counts. No set: those that have names."""

    __slots__ = ("name", "allowed", "part")

    def __init__(self, name: str, allowed: int | None, part: int, error: int, ordinary: bool) -> None:
        self.name, self.allowed, self.part = name, allowed, part
        super().__init__(UNKNOWN, self.extra, "", "Leave them out, or see which kernel knows them.", error, ordinary)

    def extra(self, arguments: Any) -> int:
        """The bits too much."""
        value = arguments[self.name]
        return int(value.nameless if self.allowed is None else value & ~self.allowed & self.part)

    def text(self, arguments: Any) -> str:
        bits = self.extra(arguments)
        extra = f"{bits:#x}" if self.allowed is None else arguments[self.name].spelled(bits)
        return f"{self.name} has {extra}, which {arguments.call} does not know"


def rule(kind: str, broken: Test, sentence: str, advice: str = "", error: int = EINVAL, ordinary: bool = False) -> Rule:
    """A row: what is wrong if ``broken``."""
    return Rule(kind, broken, sentence, advice, error, ordinary)


def only(name: str, *allowed: int, error: int = EINVAL, part: int = 0xFFFFFFFF, ordinary: bool = False) -> Rule:
    """A row: an argument may have only these bits."""
    return Bits(name, sum(allowed), part, error, ordinary)


def named(name: str, error: int = EINVAL, ordinary: bool = False) -> Rule:
    """A row: an argument may have only bits that have a name."""
    return Bits(name, None, 0, error, ordinary)


def choice(name: str, error: int = EINVAL, ordinary: bool = False) -> Rule:
    """A row: an argument has one of the values that have a name."""
    sentence = f"{name} is {{{name}:d}}, which is none of the values that {{call}} knows"
    return Rule(VALUE, lambda a: a[name].unknown, sentence, "", error, ordinary)


def zero(name: str, error: int = EINVAL) -> Rule:
    """A row: an argument has no meaning yet."""
    return Rule(RESERVED, lambda a: a[name], f"{name} is {{{name}:#x}}, and must be 0", "Pass 0.", error, False)


def aligned(name: str, unit: int = PAGE, error: int = EINVAL) -> Rule:
    """A row: an argument is a multiple of the size of a page, or of something else."""
    what = f"the size of a page, {unit}" if unit == PAGE else str(unit)
    return Rule(ALIGNMENT, lambda a: a[name] % unit, f"{name} is {{{name}:#x}}, which is no multiple of {what}", "", error, False)


def positive(name: str, what: str = "") -> Rule:
    """A row: an argument is not negative."""
    return Rule(RANGE, lambda a: a[name] < 0, f"{what or name} is negative: {{{name}:d}}", "", EINVAL, False)


def seconds(name: str, *exceptions: int, negative: bool = False) -> tuple[Rule, ...]:
    """Rows: a struct timespec is in the range that it must be in."""

    def nanoseconds(a: Any) -> bool:
        return bool(a[name]) and not 0 <= a[name].tv_nsec < NANOSECONDS and a[name].tv_nsec not in exceptions

    text = f"tv_nsec of {name} is {{{name}.tv_nsec:d}}, and must be from 0 to 999999999"
    rows = (Rule(RANGE, nanoseconds, text, "Carry over whole seconds into tv_sec.", EINVAL, False),)
    if negative:
        return rows
    return *rows, Rule(
        RANGE, lambda a: a[name] and a[name].tv_sec < 0, f"tv_sec of {name} is negative: {{{name}.tv_sec:d}}", "", EINVAL, False
    )  # fmt: skip


RULES: dict[str, list[Rule]] = {}


def rules_of(call: str) -> list[Rule]:
    """The rules for a call, in order."""
    if not RULES:
        for module in pkgutil.iter_modules(__path__):
            for names, rows in importlib.import_module(f"{__name__}.{module.name}").RULES.items():
                for name in names.split():
                    RULES.setdefault(name, []).extend(flat(rows))
    return RULES.get(call) or RULES.get(plain(call), [])


def plain(call: str) -> str:
    """What a call of a 32-bit ABI is called on others: ``fcntl64`` and ``clock_nanosleep_time64`` have the rules of those."""
    call = call.removeprefix("_new")
    for end in ("_time64", "_64", "64", "32"):
        if call.endswith(end):
            return call.removesuffix(end)
    return call


def flat(rows: Any) -> list[Rule]:
    """Rows and tuples of rows, one after the other."""
    return [rows] if isinstance(rows, Rule) else [one for part in rows for one in flat(part)]
