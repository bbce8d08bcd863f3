"""Which processes and threads of two recordings belong together: from the root down, by what they run, and in doubt by what
they do."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Protocol, TypeVar

from ptracer.comparing.side import Program, Thread

MOST = 40  # of the same name, of which each is compared with each
LEAST = 0.3  # of what two do, that has to be the same where their names are not


class Alike(Protocol):
    """What can be paired."""

    @property
    def label(self) -> str: ...
    def profile(self) -> Counter[int]: ...


T = TypeVar("T", bound=Alike)
Pairs = list[tuple[T | None, T | None]]  # None: the other has no counterpart


class Pairing:
    """All pairs of processes and of threads."""

    def __init__(self, a: Sequence[Program], b: Sequence[Program]) -> None:
        self.programs: Pairs[Program] = []
        self.threads: list[tuple[Program, Thread | None, Thread | None]] = []
        roots: Pairs[Program] = [(a[0], b[0])] if len(a) == len(b) == 1 else paired(a, b)
        waiting = roots[::-1]
        while waiting:
            left, right = waiting.pop()
            self.programs.append((left, right))
            if left is not None and right is not None:
                first = [(left.threads[0], right.threads[0])] if left.threads and right.threads else []
                rest = paired(left.threads[len(first) :], right.threads[len(first) :])
                self.threads += [(right if thread is None else left, thread, other) for thread, other in [*first, *rest]]
                waiting += paired(left.children, right.children)[::-1]


def paired(a: Sequence[T], b: Sequence[T]) -> Pairs[T]:
    """Those of one parent: first by name, then by what they do; in the order of the first, then what only the second has."""
    partner: dict[int, T] = {}
    others: dict[str, list[T]] = defaultdict(list)
    for one in b:
        others[one.label].append(one)
    groups: dict[str, list[T]] = defaultdict(list)
    for one in a:
        groups[one.label].append(one)
    taken: set[int] = set()
    for label, group in groups.items():
        match(group, others[label], partner, taken, 0.0)
    left, right = [one for one in a if id(one) not in partner], [one for one in b if id(one) not in taken]
    for key in (first_word, lambda label: ""):
        rest: dict[str, list[T]] = defaultdict(list)
        for one in right:
            rest[key(one.label)].append(one)
        kinds: dict[str, list[T]] = defaultdict(list)
        for one in left:
            kinds[key(one.label)].append(one)
        for kind, group in kinds.items():
            match(group, rest[kind], partner, taken, LEAST)
        left, right = [one for one in left if id(one) not in partner], [one for one in right if id(one) not in taken]
    return [*((one, partner.get(id(one))) for one in a), *((None, one) for one in b if id(one) not in taken)]


def first_word(label: str) -> str:
    """The program of a command line."""
    return label.split(" ", 1)[0]


def match(a: list[T], b: list[T], partner: dict[int, T], taken: set[int], least: float) -> None:
    """Pair what is alike; what is most alike first, and in their order where it makes no difference."""
    if not a or not b:
        return
    if not least and len(a) == len(b) or len(a) * len(b) > MOST * MOST:
        pairs = list(zip(a, b))
    else:
        profiles, opposite = [one.profile() for one in a], [one.profile() for one in b]
        scores = [
            (-similarity(profile, other), abs(place - against), place, against)
            for place, profile in enumerate(profiles)
            for against, other in enumerate(opposite)
        ]
        pairs = []
        used: set[int] = set()
        used_other: set[int] = set()
        for score, _, place, against in sorted(scores):
            if -score >= least and place not in used and against not in used_other:
                used.add(place)
                used_other.add(against)
                pairs.append((a[place], b[against]))
    for one, other in pairs:
        partner[id(one)] = other
        taken.add(id(other))


def similarity(a: Counter[int], b: Counter[int]) -> float:
    """How much of what two do is the same: 0 to 1."""
    if not a and not b:
        return 1.0
    common = sum(min(count, b[topic]) for topic, count in a.items() if topic in b)
    return 2 * common / (sum(a.values()) + sum(b.values()))
