"""What is different between two recordings, by importance."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from ptracer.comparing.alignment import Pair, align, align_block
from ptracer.comparing.normal import EXECUTING, NO_RESULT, Line
from ptracer.comparing.pairing import Pairing
from ptracer.comparing.side import Book, Program, Side, Thread
from ptracer.comparing.timing import Timing

QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"(?:\.\.\.)?')
DATA_AND_SIZE = re.compile(QUOTED.pattern + r"(?:, \d+)?")

# How threads and signals happened to come: calls that say nothing else; of waiting for children what depends on when they end.
BY_CHANCE = frozenset(("futex", "sched_yield", "madvise", "rseq", "membarrier", "rt_sigreturn", "sigreturn", "restart_syscall"))
WAITING = frozenset(("wait4", "waitpid", "waitid"))
ENDING = frozenset(("exit", "exit_group"))
NOT_YET = ("0", "-1 ECHILD (No child processes)")
CHILD_ENDED = "--- SIGCHLD ---"

OUTCOME, REQUEST, ANSWER, DATA = range(4)  # kinds of changes, by importance


class Changed:
    """Calls that belong together and are not the same: the two lines, how often, and where first."""

    __slots__ = ("kind", "before", "after", "count", "program")

    def __init__(self, kind: int, before: Line, after: Line, program: Program) -> None:
        self.kind, self.before, self.after, self.program = kind, before, after, program
        self.count = 0


class Topic:
    """Calls of one name about one thing that only one side has, or more of."""

    __slots__ = ("name", "subject", "line", "a", "b", "surplus", "duration", "program")

    def __init__(self, topic: tuple[str, str], line: Line, program: Program) -> None:
        (self.name, self.subject), self.line, self.program = topic, line, program
        self.a = self.b = 0  # how often there are such calls in the processes where they differ
        self.surplus = 0  # how many more the second has
        self.duration = 0  # of those that have no counterpart


class Comparison:
    """Compares; everything that is found is an attribute."""

    def __init__(self, a: Side, b: Side, book: Book) -> None:
        self.a, self.b, self.book = a, b, book
        self.pairing = Pairing(a.roots, b.roots)
        self.vanished = [left for left, right in self.pairing.programs if left is not None and right is None]
        self.appeared = [right for left, right in self.pairing.programs if left is None and right is not None]
        self.changes: dict[tuple[int, int], Changed] = {}
        self.topics: dict[tuple[int, int], Topic] = {}  # by process and topic
        self.chance: Counter[str] = Counter()  # calls that come and go as threads happen to run
        self.moved_lines: dict[int, frozenset[int]] = {}  # by process
        self.moved = 0  # calls that both have, in another order
        self.same = 0
        self.aligned: list[tuple[Program, Thread | None, Thread | None, list[Pair]]] = []
        self.timing = Timing()
        by_program: dict[int, list[int]] = defaultdict(list)
        for program, left, right in self.pairing.threads:
            pairs = aligned(left, right) if left is not None and right is not None else []
            by_program[id(program)].append(len(self.aligned))
            self.aligned.append((program, left, right, pairs))
        for places in by_program.values():
            self.compare([self.aligned[place] for place in places])

    @property
    def different(self) -> bool:
        """Whether anything is."""
        return bool(self.changes or self.topics or self.vanished or self.appeared)

    def changed(self, kind: int) -> list[Changed]:
        """The changes of a kind: the most frequent last where several are about the same."""
        return [one for one in self.changes.values() if one.kind == kind]

    def only(self, second: bool) -> list[Topic]:
        """What only one side has."""
        return [one for one in self.topics.values() if (one.b if second else one.a) and not (one.a if second else one.b)]

    def more_often(self) -> list[Topic]:
        """What both have, one of them more often."""
        return [one for one in self.topics.values() if one.a and one.b]

    def commanded(self, program: Program, i: int, j: int) -> bool:
        """Whether calls are the beginning of two commands that are said to be different, and so need not be shown again."""
        return i == j == 0 and program.parent is None and self.a.origin.command != self.b.origin.command

    # --- one process

    def compare(self, threads: list[tuple[Program, Thread | None, Thread | None, list[Pair]]]) -> None:
        """The threads of one process, of which one may do what on the other side another did."""
        program = threads[0][0]
        left: dict[int, list[int]] = defaultdict(list)  # durations of what has no counterpart, by line
        right: dict[int, list[int]] = defaultdict(list)
        order: list[int] = []
        unequal: list[Pair] = []  # lines about the same thing that are not the same
        counts, others = Counter[int](), Counter[int]()
        for _, one, other, pairs in threads:
            used, opposite = {i for i, _ in pairs}, {j for _, j in pairs}
            for i, j in pairs:
                assert one is not None and other is not None
                if one.lines[i] == other.lines[j] or self.commanded(program, i, j):
                    self.same += 1
                else:
                    unequal.append((one.lines[i], other.lines[j]))
                self.timing.add(program, one.topics[i], one.durations[i], other.durations[j])
            for thread, taken, rest, count in ((one, used, left, counts), (other, opposite, right, others)):
                if thread is not None:
                    count.update(thread.topics)
                    for place, number in enumerate(thread.lines):
                        if place not in taken:
                            rest[number].append(thread.durations[place])
                            order.append(number)
        spare, others_spare = Counter(before for before, _ in unequal), Counter(after for _, after in unequal)
        spare.update({number: len(durations) for number, durations in left.items()})
        others_spare.update({number: len(durations) for number, durations in right.items()})
        moved = spare & others_spare
        self.moved += moved.total()
        self.moved_lines[id(program)] = frozenset(moved)
        budget, others_budget = moved.copy(), moved.copy()
        for number in moved:
            del (
                left[number][: take(budget, number, len(left[number]))],
                right[number][: take(others_budget, number, len(right[number]))],
            )
        for before, after in unequal:
            mine, theirs = take(budget, before, 1), take(others_budget, after, 1)
            if not mine and not theirs and self.by_chance_alone(before, after, program):
                left[before].append(0)
                right[after].append(0)
                order += [before, after]
            elif not mine and not theirs:
                self.pair(program, before, after)
            elif not mine:
                left[before].append(0)
                order.append(before)
            elif not theirs:
                right[after].append(0)
                order.append(after)
        self.leftover(program, left, right, order, counts, others)

    def leftover(
        self, program: Program, left: dict[int, list[int]], right: dict[int, list[int]], order: list[int],
        counts: Counter[int], others: Counter[int],
    ) -> None:  # fmt: skip
        """What has no counterpart: calls about the same thing are changes; the others came, or went."""
        book = self.book
        by_topic: dict[int, tuple[list[int], list[int]]] = {}
        for number in dict.fromkeys(order):
            mine, theirs = by_topic.setdefault(book.topic_of[number], ([], []))
            mine += [number] * len(left.get(number, ()))
            theirs += [number] * len(right.get(number, ()))
        for topic, (mine, theirs) in by_topic.items():
            mine, theirs = self.by_intent(mine, program), self.by_intent(theirs, program)
            for before, after in zip(mine, theirs):
                self.pair(program, before, after)
            surplus = len(theirs) - len(mine)
            if not surplus:
                continue
            rest, durations = (theirs[len(mine) :], right) if surplus > 0 else (mine[len(theirs) :], left)
            key = id(program), topic
            found = self.topics.get(key)
            if found is None:
                found = self.topics[key] = Topic(book.topics[topic], book.lines[rest[0]], program)
            found.a += counts[topic]
            found.b += others[topic]
            found.surplus += surplus
            found.duration += sum(sum(durations[number]) for number in set(rest))

    def by_chance_alone(self, before: int, after: int, program: Program) -> bool:
        """Whether one of two lines came by chance and the other did not, so that they do not belong together."""
        return by_chance(self.book.lines[before], program) != by_chance(self.book.lines[after], program)

    def by_intent(self, numbers: list[int], program: Program) -> list[int]:
        """Those of some lines that did not come by chance."""
        left = [number for number in numbers if not by_chance(self.book.lines[number], program)]
        if len(left) < len(numbers):
            self.chance[self.book.lines[numbers[0]].name] += len(numbers) - len(left)
        return left

    def pair(self, program: Program, before: int, after: int) -> None:
        """Two calls that belong together and are different."""
        lines = self.book.lines
        change = self.changes.get((before, after))
        if change is None:
            if by_chance(lines[before], program) or by_chance(lines[after], program):
                self.chance[lines[before].name] += 1
                return
            if lines[before].name in WAITING and unhurried(lines[before]) == unhurried(lines[after]):
                self.chance[lines[before].name] += 1
                return
            kind = kind_of(lines[before], lines[after])
            change = self.changes[before, after] = Changed(kind, lines[before], lines[after], program)
        change.count += 1


def take(counts: Counter[int], number: int, most: int) -> int:
    """Of a count so many at most: how many."""
    taken = min(counts[number], most)
    counts[number] -= taken
    return taken


def by_chance(line: Line, program: Program) -> bool:
    """Whether a line depends on how threads happened to run. Where the memory of a thread lies decides how it is cut to size."""
    if line.name == "munmap":
        return len(program.threads) > 1
    return line.name in BY_CHANCE or line.asked == CHILD_ENDED or line.name in WAITING and line.result in NOT_YET


def unhurried(line: Line) -> tuple[str, str, str]:
    """What is compared of waiting for a child: not whether it had ended by then."""
    return line.asked, line.told.replace("WNOHANG", "0"), line.result


def kind_of(before: Line, after: Line) -> int:
    """What is different between two lines about the same thing."""
    if (before.failed or after.failed) and before.result != after.result or not before.result:
        return OUTCOME
    if NO_RESULT in (before.result, after.result) or before.name in ENDING:
        return OUTCOME
    if before.name in WAITING and unhurried(before) != unhurried(after):
        return OUTCOME
    if before.name in EXECUTING:
        return REQUEST
    if DATA_AND_SIZE.sub('""', before.asked) != DATA_AND_SIZE.sub('""', after.asked):
        return REQUEST
    if before.asked != after.asked:
        return DATA  # of another size, which is what the result says
    return ANSWER if before.result != after.result or QUOTED.sub('""', before.told) != QUOTED.sub('""', after.told) else DATA


def aligned(a: Thread, b: Thread) -> list[Pair]:
    """The calls of two threads that belong together: first those that are equal, between them those about the same thing."""
    pairs = align(a.lines, b.lines)
    found: list[Pair] = []
    for block in gaps(pairs, len(a.lines), len(b.lines)):
        found += align_block(a.topics, b.topics, block)
    return sorted(pairs + found)


def gaps(pairs: list[Pair], length: int, other: int) -> Iterator[tuple[int, int, int, int]]:
    """What lies between pairs, on both sides."""
    start = opposite = 0
    for i, j in (*pairs, (length, other)):
        if i > start and j > opposite:
            yield start, i, opposite, j
        start, opposite = i + 1, j + 1
