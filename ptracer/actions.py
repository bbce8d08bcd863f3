"""What options do with their values: functions ``(options, value, written)``, and makers of them.

``written`` is how the option was spelled, for messages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ptracer.arguments import UsageError
from ptracer.durations import nanoseconds
from ptracer.errors import PtracerError
from ptracer.hints import Any
from ptracer.options import BY, LARGEST_RING, SMALLEST_RING, Options

Apply = Callable[[Options, Any, str], None]

LARGEST = (1 << 31) - 1
PRECISIONS = ("s", "ms", "us", "ns")
MOST_SLOWEST = 100_000
SHORTEST_INTERVAL = 50_000_000  # nanoseconds


def invalid(written: str, value: str | None) -> UsageError:
    """The usual complaint about a value."""
    return UsageError(f"invalid {written} argument: '{value}'")


def set_to(attribute: str, constant: Any = True) -> Apply:
    """An option without a value."""
    return lambda options, value, written: setattr(options, attribute, constant)


def count(attribute: str) -> Apply:
    """An option that means more when given several times."""
    return lambda options, value, written: setattr(options, attribute, getattr(options, attribute) + 1)


def text(attribute: str) -> Apply:
    """Any text."""
    return lambda options, value, written: setattr(options, attribute, value)


def append(attribute: str) -> Apply:
    """Any text, again and again."""
    return lambda options, value, written: getattr(options, attribute).append(value)


def number(attribute: str, largest: int = LARGEST) -> Apply:
    """A decimal number that is not negative."""

    def apply(options: Options, value: str, written: str) -> None:
        digits = value.strip().removeprefix("+")
        if not (digits.isascii() and digits.isdigit() and int(digits) <= largest):
            raise invalid(written, value)
        setattr(options, attribute, int(digits))

    return apply


def choice(attribute: str, choices: Mapping[str, Any] | Sequence[str], default: str | None = None) -> Apply:
    """One word of several; ``default`` is meant where the option stands without a value."""
    meanings = choices if isinstance(choices, Mapping) else {word: word for word in choices}

    def apply(options: Options, value: str | None, written: str) -> None:
        word = default if value is None else value
        if word is None or word not in meanings:
            raise invalid(written, value)
        setattr(options, attribute, meanings[word])

    return apply


# --- values of single options


def attach(options: Options, value: str, written: str) -> None:
    """Process ids with commas or blanks between them."""
    for word in value.replace(",", " ").split():
        if not (word.isascii() and word.isdigit() and int(word)):
            raise PtracerError(f"Invalid process id: '{word}'")
        options.attach.append(int(word))
    if not value.strip(" ,\t\n"):
        raise PtracerError(f"Invalid process id: '{value}'")


def detach_on(options: Options, value: str, written: str) -> None:
    """Only one call can be named."""
    if value != "execve":
        raise PtracerError(f"Syscall '{value}' for -b isn't supported")
    options.detach_on_exec = True


def summarize(how: str) -> Apply:
    """``-c`` and ``-C``."""

    def apply(options: Options, value: None, written: str) -> None:
        if options.summary not in ("", how):
            raise UsageError("-c/--summary-only and -C/--summary are mutually exclusive")
        options.summary = how

    return apply


def deprecated_follow(options: Options, value: None, written: str) -> None:
    """``-F``."""
    options.warnings.append("option -F is deprecated, please use -f/--follow-forks instead")
    options.follow = options.follow or 1


APART = {"grandchild": 1, "pgroup": 2, "pgrp": 2, "session": 3}


def daemonize(options: Options, value: str | None, written: str) -> None:
    """``-D``, up to three times, or with the name of what that means."""
    if value is not None:
        if value not in APART:
            raise invalid(written, value)
        options.apart = APART[value]
        return
    options.apart = options.apart + 1 if written == "-D" else 1
    if options.apart > 3:
        raise UsageError(f"Too many -D's ({options.apart}), maximum supported -D count is 3")


def overhead(options: Options, value: str, written: str) -> None:
    """A time with a unit; microseconds without."""
    time = nanoseconds(value)
    if time is None:
        raise invalid(written, value)
    options.overhead = time


def absolute(options: Options, value: str | None, written: str) -> None:
    """``[format:]none|time|unix`` and ``[precision:]s|ms|us|ns``, with a comma."""
    options.absolute_format = "time"
    for word in (value or "").split(","):
        word = word.removeprefix("format:").removeprefix("precision:")
        if word in ("none", "time", "unix"):
            options.absolute_format = None if word == "none" else word
        elif word in PRECISIONS:
            options.absolute_precision = word
        elif value:
            raise invalid(written, value)


def tips(options: Options, value: str | None, written: str) -> None:
    """Which tip, and how much of it: ``[id:]N|random`` and ``[format:]none|compact|full``, with a comma."""
    if options.tips != "full":
        options.tips = "compact"
    for word in (value or "").lower().split(","):
        which, form = word.removeprefix("id:"), word.removeprefix("format:")
        if form in ("none", "compact", "full"):
            options.tips = form
        elif which == "random":
            options.tip = None
        elif which.strip().removeprefix("+").isdecimal() and int(which) <= LARGEST:
            options.tip = int(which)
        elif word:
            raise invalid(written, value)


def preset(options: Options, value: str, written: str) -> None:
    """The name of a preset."""
    from ptracer.presets import choose

    choose(options, value, written)


def sort_by(options: Options, value: str, written: str) -> None:
    """The column to sort the summary by."""
    from ptracer.render.summary import SORTS

    if value not in SORTS:
        raise UsageError(f"invalid sortby: '{value}'")
    options.summary_sort = SORTS[value]


def columns(options: Options, value: str, written: str) -> None:
    """The columns of the summary."""
    from ptracer.render.summary import COLUMNS

    for word in value.split(","):
        name = COLUMNS.get(word)
        if name is None:
            raise UsageError(f"unknown column name: '{word}'")
        if name in options.summary_columns:
            raise UsageError(f"call summary column has been provided more than once: '{word}' (-U option)")
        options.summary_columns.append(name)


def by(options: Options, value: str | None, written: str) -> None:
    """What calls are put into groups by; several with commas, or several times."""
    for word in (value or "syscall").split(","):
        if word not in BY:
            raise UsageError(f"invalid {written} argument: '{word}' is none of {', '.join(BY)}")
        if word not in options.by:
            options.by.append(word)


def slowest(options: Options, value: str, written: str) -> None:
    """A number of calls."""
    number("slowest", MOST_SLOWEST)(options, value, written)
    if not options.slowest:
        raise invalid(written, value)


def ring(options: Options, value: str, written: str) -> None:
    """A number of mebibytes within bounds."""
    number("ring")(options, value, written)
    if not SMALLEST_RING <= options.ring <= LARGEST_RING:
        raise UsageError(f"invalid {written} argument: '{value}' is not from {SMALLEST_RING} to {LARGEST_RING} (MiB)")


def interval(options: Options, value: str, written: str) -> None:
    """A time; without a unit in seconds."""
    time = nanoseconds(value if value[-1:].isalpha() else f"{value}s")
    if not time or time < SHORTEST_INTERVAL:
        raise invalid(written, value)
    options.interval = time
