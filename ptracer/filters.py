"""Sets of system calls, of signals and of words, as ``-e`` and its friends write them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ptracer.arguments import UsageError, suggestion
from ptracer.errors import PtracerError
from ptracer.regs import ABI, I386, SYSTEM_CALL_ABIS, X32, X86_64

PERSONALITIES = {"64": X86_64, "32": I386, "x32": X32}
# Classes that older versions of strace knew without the percent sign.
BARE_CLASSES = frozenset(("file", "process", "network", "signal", "ipc", "desc", "memory"))
CLASS_ALIASES = {"net": "network"}

Matches = Callable[[ABI], frozenset[str]]


class SyscallSet:
    """Which system calls somebody asked for: terms that each give names for an ABI, or all but those."""

    def __init__(self, terms: Sequence[Matches], complement: bool = False, every: frozenset[str] = frozenset()) -> None:
        self.terms = terms
        self.complement = complement
        self.every = every  # the ABIs of which all calls are meant, unknown ones too
        self.found: dict[str, frozenset[str]] = {}

    def names(self, abi: ABI) -> frozenset[str]:
        """The names that the terms give for an ABI, before complementing."""
        known = self.found.get(abi.name)
        if known is None:
            known = self.found[abi.name] = frozenset().union(*(term(abi) for term in self.terms))
        return known

    def has(self, name: str, abi: ABI = X86_64) -> bool:
        """Whether a call is in the set."""
        return (abi.name in self.every or name in self.names(abi)) != self.complement

    __call__ = has

    def only(self, calls: frozenset[str]) -> SyscallSet:
        """What it has in common with some calls."""
        return SyscallSet([lambda abi: frozenset(name for name in calls if self.has(name, abi))])

    def shows(self, name: str, abi: ABI = X86_64) -> bool:
        """Whether a trace of the set has a call: calls that nobody knows are in every trace."""
        return name not in abi.names or self.has(name, abi)

    @property
    def is_all(self) -> bool:
        """Whether every call of every ABI is in it."""
        if self.complement:
            return not self.every and not any(self.names(abi) for abi in SYSTEM_CALL_ABIS)
        return len(self.every) == len(SYSTEM_CALL_ABIS)


EVERY = frozenset(abi.name for abi in SYSTEM_CALL_ABIS)
ALL = SyscallSet((), every=EVERY)
NONE = SyscallSet(())


def split(text: str) -> tuple[bool, str, list[str]]:
    """Whether all others are meant (``!``, but not ``!!``), what follows, and its words: the whole text if there are none."""
    rest = text.lstrip("!")
    return (len(text) - len(rest)) % 2 == 1, rest, [word for word in rest.split(",") if word] or [text]


def parse_syscalls(text: str) -> SyscallSet:
    """``[!]name,number,%class,/regex,?name,name@64,all`` or ``none``. PtracerError: no such call."""
    complement, text, items = split(text)
    if text == "none":
        return SyscallSet((), complement)
    terms: list[Matches] = []
    every: set[str] = set()
    for item in items:
        word, at, designator = item.partition("@")
        if at and designator not in PERSONALITIES:
            raise UsageError(f"incorrect personality designator '{designator}' in qualification '{item}'")
        abis = (PERSONALITIES[designator],) if at else SYSTEM_CALL_ABIS
        optional = word.startswith("?")
        word = word.removeprefix("?")
        if word == "all":
            every.update(abi.name for abi in abis)
            continue
        term = restricted(matcher(word), abis)
        if not optional and not any(term(abi) for abi in abis):
            raise PtracerError(f"invalid system call '{item}'{near_syscall(word)}")
        terms.append(term)
    return SyscallSet(terms, complement, frozenset(every))


def restricted(term: Matches, abis: Sequence[ABI]) -> Matches:
    """The same term for some ABIs only."""
    if len(abis) == len(SYSTEM_CALL_ABIS):
        return term
    return lambda abi: term(abi) if abi in abis else frozenset()


def matcher(word: str) -> Matches:
    """What one word of a set means."""
    if word.isascii() and word.isdigit():
        number = int(word)
        return lambda abi: frozenset((abi.numbers[number],)) if number in abi.numbers else frozenset()
    if word.startswith("/"):
        import re
        import warnings

        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # what POSIX means by [[:alpha:]] Python may mean some day
                pattern = re.compile(word[1:])
        except re.error as error:
            raise PtracerError(f"regcomp: {word[1:]}: {error}") from None
        return lambda abi: frozenset(name for name in abi.names if pattern.search(name))
    if word.startswith("%") or word in BARE_CLASSES:
        return class_matcher(word.removeprefix("%"))
    return lambda abi: frozenset((word,)) if word in abi.names else frozenset()


def class_matcher(name: str) -> Matches:
    """A class; one that does not exist has no calls."""
    from ptracer.tables.classes import CLASSES

    calls = frozenset(CLASSES.get(CLASS_ALIASES.get(name, name), ()))
    return lambda abi: calls & abi.names


def near_syscall(word: str) -> str:
    """What somebody who wrote ``word`` may have meant."""
    if word.startswith("%"):
        from ptracer.tables.classes import CLASSES

        return suggestion(word[1:], list(CLASSES), "%")
    return suggestion(word, set(X86_64.numbers.values()))


# --- signals, statuses, kinds of messages


class NumberSet:
    """A set of small numbers or words, or all others."""

    def __init__(self, members: frozenset[int | str], complement: bool = False) -> None:
        self.members = members
        self.complement = complement

    def __contains__(self, member: int | str) -> bool:
        return (member in self.members) != self.complement

    def with_members(self, *members: int | str) -> NumberSet:
        """The same set with some more."""
        if self.complement:
            return NumberSet(self.members - set(members), True)
        return NumberSet(self.members | set(members))

    @property
    def is_all(self) -> bool:
        """Whether nothing is left out."""
        return self.complement and not self.members


def parse_members(text: str, kind: str, resolve: Callable[[str], int | str | None], known: Sequence[str]) -> NumberSet:
    """``[!]word,...``, ``all`` or ``none``; ``resolve`` gives the member a word means. PtracerError: none."""
    complement, text, words = split(text)
    if text in ("all", "none"):
        return NumberSet(frozenset(), complement != (text == "all"))
    members = set()
    for word in words:
        if word == "all":
            return NumberSet(frozenset(), not complement)
        member = resolve(word)
        if member is None:
            raise PtracerError(f"invalid {kind} '{word}'{suggestion(word, known)}")
        members.add(member)
    return NumberSet(frozenset(members), complement)


def parse_words(text: str, kind: str, words: dict[str, str]) -> NumberSet:
    """A set of a fixed vocabulary; ``words`` maps what may be written to what it means."""
    return parse_members(text, kind, words.get, list(words))


def parse_descriptors(text: str) -> NumberSet:
    """A set of file descriptors."""

    def number(word: str) -> int | None:
        return int(word) if word.isascii() and word.isdigit() and int(word) < 1 << 31 else None

    return parse_members(text, "descriptor", number, ())


FIRST_REALTIME, LAST_SIGNAL = 32, 64


def signals_by_name() -> dict[str, int]:
    """Signals by the names that a trace shows, without ``SIG``."""
    from ptracer.tables.constants.signals import signals

    names = {name.removeprefix("SIG"): number for name, number in signals.items()}
    names["RTMIN"] = FIRST_REALTIME
    names.update({f"RT_{number - FIRST_REALTIME}": number for number in range(FIRST_REALTIME + 1, LAST_SIGNAL + 1)})
    return names


def parse_signals(text: str) -> NumberSet:
    """Signals by number or name, with or without ``SIG``, in upper or lower case."""
    names = signals_by_name()

    def resolve(word: str) -> int | None:
        if word.isascii() and word.isdigit():
            return int(word) if int(word) <= 255 else None
        return names.get(word.upper().removeprefix("SIG"))

    return parse_members(text, "signal", resolve, [*names, *(f"SIG{name}" for name in names)])
