"""How much of a call is decoded: the options that types ask about."""

from __future__ import annotations

from collections.abc import Callable

PATH_MAX = 4096


def always(name: str) -> bool:
    """For every system call."""
    return True


def never(name: str) -> bool:
    """For no system call."""
    return False


class Detail:
    """What the user asked to see, for all calls; ``Signature`` asks once for each call's name.

    ``string_limit`` bytes of a string, and elements of an array where ``abbreviate`` holds for the
    call, are shown. ``verbose`` says whether structures are looked into, ``raw`` whether arguments
    stay undecoded numbers. ``descriptors`` and ``processes`` name what is shown behind such numbers
    (the words of ``--decode-fds`` and ``--decode-pids``).
    """

    def __init__(
        self,
        string_limit: int = 32,
        abbreviate: Callable[[str], bool] = always,
        verbose: Callable[[str], bool] = always,
        raw: Callable[[str], bool] = never,
        descriptors: frozenset[str] = frozenset(),
        processes: frozenset[str] = frozenset(),
    ) -> None:
        self.string_limit = string_limit
        self.abbreviate = abbreviate
        self.verbose = verbose
        self.raw = raw
        self.descriptors = descriptors
        self.processes = processes
