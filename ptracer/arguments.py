"""Splitting an argument vector the way getopt_long(3) does, which is how strace's users know it.

argparse cannot: it lets an option with an optional value eat the command (``--stack-trace ls``), takes
options after the command, and words its errors otherwise. Options end at the first operand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ptracer.errors import PtracerError

NONE, REQUIRED, OPTIONAL = range(3)


# Plain classes: named tuples would cost a millisecond at every start.


class Spelling:
    """How an option is written: one letter or none, long names, and whether a value follows."""

    __slots__ = ("short", "long", "value")

    def __init__(self, short: str, long: tuple[str, ...], value: int) -> None:
        self.short, self.long, self.value = short, long, value


class Found:
    """One option on the command line: its place in the list of spellings, its value, and how it was written."""

    __slots__ = ("place", "value", "written")

    def __init__(self, place: int, value: str | None, written: str) -> None:
        self.place, self.value, self.written = place, value, written


class UsageError(PtracerError):
    """The command line makes no sense: the message is followed by a hint at ``-h``."""


def scan(arguments: Sequence[str], spellings: Sequence[Spelling]) -> tuple[list[Found], list[str]]:
    """The options in the order of the command line, and the operands."""
    letters = {spelling.short: index for index, spelling in enumerate(spellings) if spelling.short}
    words = {word: index for index, spelling in enumerate(spellings) for word in spelling.long}
    found: list[Found] = []
    rest = iter(enumerate(arguments))
    for place, argument in rest:
        if argument == "--":
            return found, list(arguments[place + 1 :])
        if argument.startswith("--"):
            found.append(long_option(argument[2:], rest, words, spellings))
        elif argument.startswith("-") and argument != "-":
            found += short_options(argument[1:], rest, letters, spellings)
        else:
            return found, list(arguments[place:])
    return found, []


def long_option(
    text: str, rest: Iterator[tuple[int, str]], words: dict[str, int], spellings: Sequence[Spelling]
) -> Found:
    """``name``, ``name=value`` or ``name`` and the next argument; an unambiguous beginning of a name will do."""
    name, equals, value = text.partition("=")
    index = words.get(name)
    if index is None:
        begin = [word for word in words if word.startswith(name)]
        if not begin:
            raise UsageError(f"unrecognized option '--{name}'" + suggestion(name, words, "--"))
        if len({words[word] for word in begin}) > 1:
            raise UsageError(f"option '--{name}' is ambiguous; possibilities: " + " ".join(f"'--{word}'" for word in begin))
        name, index = begin[0], words[begin[0]]
    kind = spellings[index].value
    if equals and kind == NONE:
        raise UsageError(f"option '--{name}' doesn't allow an argument")
    if not equals and kind == REQUIRED:
        following = next(rest, None)
        if following is None:
            raise UsageError(f"option '--{name}' requires an argument")
        return Found(index, following[1], f"--{name}")
    return Found(index, value if equals else None, f"--{name}")


def short_options(
    text: str, rest: Iterator[tuple[int, str]], letters: dict[str, int], spellings: Sequence[Spelling]
) -> Iterator[Found]:
    """Letters in one argument; one that takes a value takes what follows it, or the next argument."""
    while text:
        letter, text = text[0], text[1:]
        index = letters.get(letter)
        if index is None:
            raise UsageError(f"invalid option -- '{letter}'")
        if spellings[index].value != REQUIRED:
            yield Found(index, None, f"-{letter}")
            continue
        if not text:
            following = next(rest, None)
            if following is None:
                raise UsageError(f"option requires an argument -- '{letter}'")
            text = following[1]
        yield Found(index, text, f"-{letter}")
        return


def suggestion(wrong: str, known: Sequence[str] | dict[str, int] | set[str], prefix: str = "") -> str:
    """``; did you mean 'x'?`` where something known is near, else nothing."""
    import difflib

    near = difflib.get_close_matches(wrong, list(known), 1, 0.7)
    return f"; did you mean '{prefix}{near[0]}'?" if near else ""
