"""What was found, as lines of text: a summary by importance."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from ptracer.comparing import origins
from ptracer.comparing.differences import ANSWER, DATA, OUTCOME, REQUEST, Changed, Comparison, Topic
from ptracer.comparing.parting import parting
from ptracer.comparing.side import Program, Side
from ptracer.statistics.text import Line, duration, shortened

WIDEST = 90  # characters of a command line
MOST = 10  # rows of a section
TOGETHER = 4  # things below one directory that are shown as one
NOTABLE = 1_000_000  # nanoseconds

BEFORE, AFTER, HEADING, ASIDE = "red", "green", "bold", "dim"
CHANGES = (
    (OUTCOME, "ended differently"),
    (REQUEST, "asked differently"),
    (ANSWER, "answered differently"),
    (DATA, "with other data"),
)


class Report:
    """The summary; ``most`` rows of each section, None is all."""

    def __init__(self, found: Comparison, most: int | None = MOST) -> None:
        self.found, self.most = found, most
        self.several = len(found.pairing.programs) > 1
        self.made: list[Line] = []

    def lines(self) -> list[Line]:
        """All of it."""
        found = self.found
        self.made = [side_line("A", found.a), side_line("B", found.b)]
        self.rows("Made differently:", [self.origin(*one) for one in origins.differences(found.a, found.b)])
        if found.different:
            self.parting()
        for kind, what in CHANGES[:1]:
            self.changes(kind, what)
        self.processes()
        for kind, what in CHANGES[1:2]:
            self.changes(kind, what)
        self.topics("only in B", found.only(True), AFTER, "+")
        self.topics("only in A", found.only(False), BEFORE, "-")
        for kind, what in CHANGES[2:]:
            self.changes(kind, what)
        self.often()
        self.slower()
        self.end()
        return self.made

    # --- sections

    def rows(self, title: str, rows: Sequence[Sequence[Line]], remark: str = "") -> None:
        """A section, if there is anything in it; each row may be several lines."""
        if not rows:
            return
        self.made += [[], [(title, HEADING), (f"  {remark}" if remark else "", ASIDE)]]
        former: Line = []
        for row in rows[: self.most]:
            whose = row[0] if len(row) > 1 and row[0][0][1] == ASIDE else []
            self.made += [[("  ", ""), *line] for line in (row[1:] if whose and whose == former else row)]
            former = whose
        if self.most is not None and len(rows) > self.most:
            self.made.append([(f"  ... and {len(rows) - self.most} more: -v shows them", ASIDE)])

    @staticmethod
    def origin(name: str, before: str, after: str) -> list[Line]:
        if name == "environment":
            cells = [(f"only in A: {before}", BEFORE)] if before else []
            cells += [("  " if cells else "", ""), (f"only in B: {after}", AFTER)] if after else []
            return [[(f"{name}: ", ""), *cells]]
        return [grown(name, before or "(none)", after or "(none)")]

    def parting(self) -> None:
        """Where the two begin to be different."""
        found = parting(self.found)
        if found is None:
            return
        rows: list[Line] = [[(f"  {found.last}", ASIDE)]] if found.last is not None else []
        if found.before is not None:
            rows.append([(f"- {found.before}", BEFORE)])
        if found.after is not None:
            rows.append([(f"+ {found.after}", AFTER)])
        self.rows("They part here:", [[*self.where(found.program), *rows]], f"(after {duration(max(found.when, 0))})")

    def changes(self, kind: int, what: str) -> None:
        """Calls that belong together and are different."""
        changed = self.found.changed(kind)
        rows = [[*self.where(one.program, times(one.count)), *both(one)] for one in changed]
        total = sum(one.count for one in changed)
        self.rows(f"{total} call{'s' * (total != 1)} {what}:", rows)

    def processes(self) -> None:
        """Processes without a counterpart."""
        for programs, where, style, sign in (
            (self.found.vanished, "only in A", BEFORE, "-"), (self.found.appeared, "only in B", AFTER, "+"),
        ):  # fmt: skip
            rows = [
                [[(f"{sign} {shortened(one.label, WIDEST)}", style), (f"  {one.size()} calls{below(one)}", ASIDE)]]
                for one in programs
            ]
            self.rows(f"{len(rows)} process{'es' * (len(rows) != 1)} {where}:", rows)

    def topics(self, where: str, topics: list[Topic], style: str, sign: str) -> None:
        """Calls that only one side has, together where they are about the same thing, or about things in one directory."""
        rows = [self.topic(topics, style, sign) for topics in together(topics)]
        total = sum(abs(one.surplus) for one in topics)
        self.rows(f"{total} call{'s' * (total != 1)} {where}:", rows)

    def topic(self, topics: list[Topic], style: str, sign: str) -> list[Line]:
        first = topics[0]
        count = sum(abs(one.surplus) for one in topics)
        took = sum(one.duration for one in topics)
        remark = f"  {duration(took)}" if took >= NOTABLE else ""
        if count == 1:
            text = str(first.line)
        else:
            names = Counter[str]()
            for one in topics:
                names[one.name] += abs(one.surplus)
            subjects = list(dict.fromkeys(bare(one.subject) for one in topics))
            what = subjects[0] if len(subjects) == 1 else f"{len(subjects)} things below {common(subjects)}/"
            calls = ", ".join(f"{name} ×{number}" if number > 1 else name for name, number in names.most_common())
            text = f"{calls}  {what}" if what else calls
        return [*self.where(first.program), [(f"{sign} {text}", style), (remark, ASIDE)]]

    def often(self) -> None:
        """Calls that one side has more often."""
        rows = []
        for one in sorted(self.found.more_often(), key=lambda one: -abs(one.surplus)):
            what = f"{one.name}  {bare(one.subject)}".rstrip()
            took = f"  {duration(one.duration)} in those" if one.duration >= NOTABLE else ""
            rows.append([*self.where(one.program), [*grown(what, f"{one.a}", f"{one.b}"), (took, ASIDE)]])
        self.rows("More often, or less often:", rows)

    def slower(self) -> None:
        """What took longer."""
        timing = self.found.timing
        usual, factor = timing.noise()
        rows = []
        for one, _ in timing.slower():
            name, subject = self.found.book.topics[one.topic]
            what = f"{name}  {bare(subject)}".rstrip() + (f" ×{one.count}" if one.count > 1 else "")
            rows.append([*self.where(one.program), grown(what, duration(one.a), duration(one.b))])
        floor = duration(timing.floor())
        self.rows(
            "Slower:", rows, f"(for most B took {usual:.2f} times as long; above that, {factor:.1f} times and {floor} are noise)"
        )

    def end(self) -> None:
        """What was left out, and what is the same."""
        found = self.found
        remarks = [f"{found.same} calls are the same"]
        if found.moved:
            remarks.append(f"{found.moved} more in another order")
        if chance := sum(found.chance.values()):
            names = ", ".join(name for name, _ in found.chance.most_common(3))
            remarks.append(f"{chance} differ by chance ({names})")
        self.made += [[], [("; ".join(remarks) + ".", ASIDE if found.different else HEADING)]]
        if not found.different:
            self.made.append([("No difference.", HEADING)])

    # --- parts of rows

    def where(self, program: Program, remark: str = "") -> list[Line]:
        """In which process, if there are several."""
        if not self.several:
            return [[(remark, ASIDE)]] if remark else []
        return [[(f"{shortened(program.label, WIDEST)}{'  ' + remark if remark else ''}", ASIDE)]]


def side_line(name: str, side: Side) -> Line:
    """Which recording it is."""
    took = duration(max(side.latest - side.origin.began, 0)) if side.latest and side.origin.began else ""
    cut = f"; {side.recording.problem}" if side.recording.problem else ""
    style = BEFORE if name == "A" else AFTER
    return [(name, style), (f"  {side.recording.path}", HEADING), (f"  {side.calls} calls in {took}{cut}", ASIDE)]


def both(one: Changed) -> list[Line]:
    """The two lines."""
    return [[(f"- {one.before}", BEFORE)], [(f"+ {one.after}", AFTER)]]


def grown(what: str, before: str, after: str) -> Line:
    """``what: before -> after``."""
    return [(f"{what}: ", ""), (before, BEFORE), (" -> ", ASIDE), (after, AFTER)]


def times(count: int) -> str:
    return f"{count} times:" if count > 1 else ""


def below(program: Program) -> str:
    """How many children it has."""
    count = len(program.children)
    return f", with {count} child{'ren' * (count != 1)}" if count else ""


def bare(subject: str) -> str:
    """What a call is about, without what holds it."""
    return subject.strip('<>"')


def together(topics: Iterable[Topic]) -> list[list[Topic]]:
    """By what they are about; many things in one directory are one."""
    by_subject: dict[tuple[int, str], list[Topic]] = defaultdict(list)
    for one in topics:
        subject = bare(one.subject)
        by_subject[id(one.program), subject if "/" in subject else f"{one.name} {subject}"].append(one)
    by_directory: dict[tuple[int, str], list[list[Topic]]] = defaultdict(list)
    for (program, subject), group in by_subject.items():
        by_directory[program, os.path.dirname(subject) if subject.count("/") > 1 else subject].append(group)
    made: list[list[Topic]] = []
    for groups in by_directory.values():
        made += [[one for group in groups for one in group]] if len(groups) >= TOGETHER else groups
    return made


def common(subjects: Sequence[str]) -> str:
    """The directory that all have in common."""
    return os.path.commonpath(subjects) if all(one.startswith("/") for one in subjects) else os.path.dirname(subjects[0])
