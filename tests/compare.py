#!/usr/bin/env python3
"""Runs strace and ptracer on the same command and says how much of their output is the same.

    python tests/compare.py [--options '-f -v'] [--strace PATH] [--ptracer COMMAND] -- command argument...

No two runs of a program print the same text: addresses, times, process ids and random bytes change. Instead of
a list of rules for each of them, strace runs several times, and what differs between two runs of strace itself
is volatile: the candidate must have something of the same shape there. Everything else must be the same, byte
for byte. (The kernel is asked not to randomise addresses, so most of them must be the same, too.) One run of strace
(the control) is judged exactly as ptracer is: its share of identical lines is the baseline, which shows what strace
gets for imitating itself.

Lines are compared for each thread. Threads are matched by their role in the tree of processes (`1` is the
command, `1.2` is the second process or thread it created), never by pid, and their lines are aligned so that
one line too many does not spoil the rest.
"""

from __future__ import annotations

import argparse
import bisect
import collections
import contextlib
import ctypes
import difflib
import fcntl
import functools
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Calls whose number depends on who wins a race, or on random bits, not on what the tracer prints.
CHANCE_CALLS = frozenset({"futex", "sched_yield", "restart_syscall", "getrandom"})
# What other programs do to the machine. Two runs of strace may see the same, and ptracer between them something else.
MACHINE_STATE = re.compile(r"\b(eventfd-id|uptime|freeram|sharedram|bufferram|freeswap|procs|f_bfree|f_bavail|f_ffree)=\d+"
                           r"|\b(loads)=\[\d+, \d+, \d+\]")
ADDR_NO_RANDOMIZE = 0x40000  # include/uapi/linux/personality.h
CLOCK_TICKS = os.sysconf("SC_CLK_TCK")
RETURNS = frozenset({"rt_sigreturn", "sigreturn"})
RESTARTED = " = ? ERESTART"
CREATORS = frozenset({"fork", "vfork", "clone", "clone2", "clone3"})
# Processor time: a fast tracer and a slow one differ where two runs of the same tracer agree.
PROCESSOR_TICKS = re.compile(r"\b((?:si|tms)_c?[us]time)=(\d+)( /\* [\d.]+ s \*/)?")
PROCESSOR_TIMES = re.compile(r"\b(ru_[us]time)=\{tv_sec=\d+, tv_usec=\d+\}")


# ---------------------------------------------------------------------------------------------------------
# Reading a trace: physical lines to calls of threads


STRING = r'"(?:[^"\\]|\\.)*"(?:\.\.\.)?'
PID_PREFIX = re.compile(r"(?P<pid>\d+)(?P<command><[^>]*>)? +")
TIME_PREFIX = re.compile(
    r"(?:(?:\d\d:\d\d:\d\d|\d{9,})(?:\.\d+)?(?: \(\+ +\d+\.\d+\))?| *\d+\.\d+) ")
CALL_NAME = re.compile(r"(?:\[[ \d]+\] |\[[0-9a-f?]{8,16}\] )*(?P<name>[A-Za-z_]\w*)(?P<call>\()?")
NOTICE_NAME = re.compile(r"(?:\[[^\]]*\] )*(?P<name>(?:---|\+\+\+) \S+)")
UNFINISHED = " <unfinished ...>"
RESUMED = re.compile(r"(?:\[[^\]]*\] )*<\.\.\. (?P<name>\S+) resumed>")
SUPERSEDED = re.compile(r"\+\+\+ superseded by execve in pid (\d+)")
LAST_LINE = re.compile(r"(?:\[[^\]]*\] )*\+\+\+ (?:exited|killed)")
DURATION = re.compile(r" <(\d+)(?:\.(\d+))?>$")
RESULT_GAP = re.compile(r"\)( +)= ")
CREATED = re.compile(r"\) = (\d+)(?:<.*>)?(?: .*)?$")
TOKEN = re.compile(STRING + r"|0x[0-9a-f]+|\d+|[A-Za-z_]\w*| +|.", re.DOTALL)
# In the first line of all, execve with the tracer's own memory.
TRACER_ADDRESS = re.compile(r"0x[0-9a-f]{5,}|(?<=^\[)[0-9a-f]{8,16}(?=\])")
LONG_ADDRESS = re.compile(r"0x[0-9a-f]{5,}")


@dataclass(eq=False)
class Line:
    """One call from entry to exit, or one notice, without the prefix that says whose it is."""

    name: str  # of the call; `--- SIGCHLD`, `+++ exited` for notices
    text: str
    is_call: bool

    @functools.cached_property
    def tokens(self) -> list[str]:
        return TOKEN.findall(self.text)


@dataclass(eq=False)
class Thread:
    pid: int
    role: tuple[int, ...] = ()
    lines: list[Line] = field(default_factory=list)

    @property
    def calls(self) -> list[str]:
        return [line.name for line in self.lines if line.is_call]

    @property
    def certain_calls(self) -> list[str]:
        """The calls without those whose number depends on who is faster.

        A call that a signal interrupts and that is restarted counts once; so does one that no signal interrupts. Where
        a handler for dead children runs, and so where it returns, is also a matter of chance.
        """
        chance = CHANCE_CALLS | (RETURNS if any(line.name == "--- SIGCHLD" for line in self.lines) else set())
        return [line.name for line in self.lines
                if line.is_call and line.name not in chance and RESTARTED not in line.text]

    @property
    def command(self) -> str:
        """The base name of the last program this thread executed, if it executed one."""
        for line in reversed(self.lines):
            if line.name == "execve" and line.text.endswith(" = 0") and (path := re.search(STRING, line.text)):
                return path[0].strip('".').rpartition("/")[2]
        return ""


@dataclass(eq=False)
class Trace:
    threads: dict[tuple[int, ...], Thread]
    roles: dict[str, tuple[int, ...]]  # by the number that may stand for the process; also for those not traced
    summary: Summary | None = None

    @functools.cached_property
    def numbers(self) -> dict[tuple[int, ...], str]:
        return {role: number for number, role in self.roles.items()}

    def key(self, line: Line) -> str:
        """The line without what certainly changes from run to run: what lines are aligned by."""
        def role_of(number: re.Match[str]) -> str:
            role = self.roles.get(number[0])
            return number[0] if role is None else f"#{role}"
        return re.sub(r"\b\d+\b", role_of, LONG_ADDRESS.sub("@", line.text))


def shape_of_times(text: str, *, relative_width: int = 6) -> str:
    """Replaces the digits of a time, so that only its format is compared."""
    padded = re.sub(r" *\d+\.", lambda number: f"<{max(len(number[0]) - 1, relative_width)}>.", text)
    return re.sub(r"\d(?![\d]*>)", "9", padded) if ":" not in text else re.sub(r"\d", "9", text)


def mark_odd_padding(text: str, columns: int) -> str:
    """Replaces the spaces before ` = result` by one when they align it correctly, and shows them when not."""
    masked = re.sub(STRING, lambda string: "s" * len(string[0]), text)
    gaps = list(RESULT_GAP.finditer(masked))
    if not gaps:
        return text
    start, end = gaps[-1].span(1)
    aligned = end == columns or (end > columns and end - start == 1)
    return text[:start] + (" " if aligned else f"<result at column {end}>") + text[end:]


def normalise_line(physical: str, pid: int | None, command: str, columns: int) -> tuple[str, str]:
    """Splits one physical line into (what stands before the call, without digits of times; the call)."""
    text = mask_accidents(mark_odd_padding(physical, columns))
    text = DURATION.sub(lambda spent: f" <T.{'9' * len(spent[2] or '')}>", text)
    stamp = command
    if pid is not None:
        prefix = f"{str(pid) + command:<5} "
        if text.startswith(prefix):
            text = text[len(prefix):]
        else:
            stamp, text = f"{command}<odd prefix>", PID_PREFIX.sub("", text, count=1)
    if moment := TIME_PREFIX.match(text):
        stamp += f"{{{shape_of_times(moment[0])}}}"
        text = text[moment.end():]
    if text.startswith(" "):
        stamp, text = f"{stamp}<odd prefix>", text.lstrip()
    return stamp, text


# Behind process ids, the name of the process that traces, which is also the command's before its first exec.
TRACER = re.compile(r"<(?:strace|ptracer|python[\d.]*|ld-linux-[\w-]+)>")


def mask_accidents(text: str) -> str:
    def mask(ticks: re.Match[str]) -> str:
        # strace adds the seconds when there is something to say; anything else stays visible.
        comment = f" /* {int(ticks[2]) / CLOCK_TICKS:.2f} s */" if int(ticks[2]) else ""
        return f"{ticks[1]}=<ticks>" if comment == (ticks[3] or "") else ticks[0]

    text = TRACER.sub("<tracer>", text)
    if "=" not in text:
        return text
    text = MACHINE_STATE.sub(lambda state: f"{state[1] or state[2]}=<state>", text)
    return PROCESSOR_TIMES.sub(r"\1={<time>}", PROCESSOR_TICKS.sub(mask, text))


def make_line(stamp: str, text: str) -> Line:
    if notice := NOTICE_NAME.match(text):
        return Line(notice["name"], stamp + text, False)
    if resumed := RESUMED.match(text):
        return Line(resumed["name"], stamp + text, False)
    if call := CALL_NAME.match(text):
        return Line(call["name"], stamp + text, call["call"] is not None)
    return Line(text.partition(" ")[0], stamp + text, False)


def physical_lines(files: Mapping[int | None, str]) -> Iterator[tuple[int, str, str]]:
    """Yields (pid, command name behind the pid if shown, line) from one file, or from one for each thread."""
    for file_pid, text in files.items():
        last = file_pid or 0  # a trace without pids has one thread
        for line in text.splitlines():
            prefix = None if file_pid is not None else PID_PREFIX.match(line)
            if prefix:
                last = int(prefix["pid"])
                yield last, prefix["command"] or "", line
            else:
                yield last, "", line


def parse_trace(files: Mapping[int | None, str], *, columns: int = 40, joined: bool = True,
                numeric_roots: bool = False) -> Trace:
    """Reads strace's text. `files` has the key None for one file with all threads, else a pid for each file.

    With `joined`, a call that was interrupted by another thread's line is put together again.
    """
    files, summary = take_summary(files)
    with_prefix = None in files and PID_PREFIX.match(files[None]) is not None
    current: dict[int, Thread] = {}
    started: list[Thread] = []
    unfinished: dict[int, Line] = {}
    thread, tracer_name = Thread(0), ""
    for pid, command, physical in physical_lines(files):
        if started and physical.startswith((" > ", " | ")):
            thread.lines.append(Line("stack frame" if physical[1] == ">" else "dump", physical, False))
            continue
        if pid not in current:
            current[pid] = Thread(pid)
            started.append(current[pid])
        thread = current[pid]
        shown_pid = pid if with_prefix else None
        stamp, text = normalise_line(physical, shown_pid, command, columns)
        if not started[0].lines:
            tracer_name = command  # before its first exec the command has the tracer's name
        if tracer_name:
            stamp, text = stamp.replace(tracer_name, "<tracer>"), text.replace(tracer_name, "<tracer>")
        resumed = RESUMED.match(text)
        if joined and resumed and pid in unfinished:
            line = unfinished.pop(pid)
            line.text = line.text.removesuffix(UNFINISHED) + text[resumed.end():]
            continue
        if not started[0].lines:
            text = TRACER_ADDRESS.sub("@", text)
        line = make_line(stamp, text)
        thread.lines.append(line)
        if line.is_call and text.endswith(UNFINISHED):
            unfinished[pid] = line
        if superseded := SUPERSEDED.search(text):
            # The thread that calls execve continues under the leader's pid.
            former = int(superseded[1])
            if former in unfinished:
                unfinished[pid] = unfinished.pop(former)
            current.pop(former, None)
        if LAST_LINE.match(text):
            # The kernel may give the same pid to another process later.
            current.pop(pid, None)
    roles = assign_roles(started, numeric_roots=numeric_roots)
    return Trace({thread.role: thread for thread in sorted(started, key=lambda thread: thread.role)}, roles, summary)


def assign_roles(threads: Sequence[Thread], *, numeric_roots: bool) -> dict[str, tuple[int, ...]]:
    """Numbers the threads by who created whom, in the order of creation; returns the roles of all pids."""
    waiting: dict[int, list[Thread]] = collections.defaultdict(list)
    for thread in threads:
        waiting[thread.pid].append(thread)
    children: dict[Thread, list[Thread]] = {thread: [] for thread in threads}
    for thread in threads:
        for line in thread.lines:
            if line.name in CREATORS and (created := CREATED.search(line.text)):
                candidates = [child for child in waiting[int(created[1])] if child is not thread]
                if candidates:
                    waiting[int(created[1])].remove(candidates[0])
                children[thread].append(candidates[0] if candidates else Thread(int(created[1])))
    roots = [thread for thread in threads if thread in waiting[thread.pid]]
    if numeric_roots:
        roots.sort(key=lambda thread: thread.pid)
    roles: dict[str, tuple[int, ...]] = {}
    pending: list[tuple[Thread, tuple[int, ...]]] = [(root, (number,)) for number, root in enumerate(roots, 1)]
    while pending:
        thread, thread.role = pending.pop()
        if thread.pid:
            roles[str(thread.pid)] = thread.role
        pending += [(child, (*thread.role, number)) for number, child in enumerate(children.get(thread, []), 1)]
    for number, thread in enumerate((thread for thread in threads if not thread.role), len(roots) + 1):
        thread.role = (number,)  # only a damaged trace has threads that are their own ancestors
    return roles


# ---------------------------------------------------------------------------------------------------------
# Summaries (-c)


@dataclass(eq=False)
class Summary:
    """strace's table of calls: for each name the cells of its row, by column title."""

    header: list[str]
    rows: dict[str, dict[str, str]]
    odd_rows: list[str]

    def counts(self, name: str) -> tuple[str, str] | None:
        row = self.rows.get(name)
        return None if row is None else (row.get("calls", ""), row.get("errors", ""))


RULE = re.compile(r"-{3,}(?: -{3,})+$")


def take_summary(files: Mapping[int | None, str]) -> tuple[Mapping[int | None, str], Summary | None]:
    """Separates the summary at the end of a trace from the lines before it."""
    text = files.get(None)
    lines = text.splitlines() if text else []
    rules = [number for number, line in enumerate(lines) if RULE.match(line)]
    if not rules or rules[0] == 0:
        return files, None
    first = rules[0] - 1
    if first and lines[first - 1].startswith("System call usage summary"):
        first -= 1
    body = "".join(line + "\n" for line in lines[:first])
    return {**files, None: body}, parse_summary(lines[first:])


def parse_summary(lines: Sequence[str]) -> Summary:
    """Reads one table or, when the program used several ABIs, several of them."""
    header: list[str] = []
    rows: dict[str, dict[str, str]] = {}
    odd: list[str] = []
    spans: list[tuple[int, int]] = []
    table = ""
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if line.startswith("System call usage summary"):
            table, spans = line.removeprefix("System call usage summary for "), []
            header.append(line)
        elif RULE.match(line):
            header.append(line)
            spans = spans or [found.span() for found in re.finditer(r"-+", line)]
        elif RULE.match(following) and not spans:
            header.append(line)
            titles = [line[start:end].strip() for start, end in (found.span() for found in re.finditer(r"-+", following))]
        elif line and spans:
            # Names are wider than their column, which is the last.
            *numbers, name = [line[start:end].strip() for start, end in [*spans[:-1], (spans[-1][0], len(line))]]
            rows[f"{table} {name}".strip()] = dict(zip(titles, [*numbers, name], strict=True))
            if not all(re.fullmatch(r"[\d.]*", number) for number in numbers):
                odd.append(line)
    return Summary(header, rows, odd)


def judge_summary(references: Sequence[Summary], candidate: Summary | None) -> tuple[int, int, list[Difference]]:
    """Returns (identical rows, rows, differences) of the calls and errors columns."""
    first = references[0]
    if candidate is None:
        return 0, len(first.rows) + 1, [Difference("summary", (), "a summary", None)]
    differences = []
    if candidate.header != first.header:
        differences.append(Difference("header", (), "\n".join(first.header), "\n".join(candidate.header)))
    differences += [Difference("layout", (), None, row) for row in candidate.odd_rows]
    names = dict.fromkeys(name for summary in (*references, candidate) for name in summary.rows)
    identical = 1 - bool(differences)
    for name in names:
        expected = [summary.counts(name) for summary in references]
        found = candidate.counts(name)
        if found in expected or (len(set(expected)) > 1 and name in CHANCE_CALLS):
            identical += 1
        else:
            differences.append(Difference(name, (), counted(name, expected[0]), counted(name, found)))
    return identical, len(names) + 1, differences


def counted(name: str, counts: tuple[str, str] | None) -> str | None:
    return None if counts is None else f"{name}: {counts[0] or 0} calls, {counts[1] or 0} errors"


# ---------------------------------------------------------------------------------------------------------
# Aligning two lists of lines


Pair = tuple[int | None, int | None]


def align(left: Sequence[str], left_names: Sequence[str], right: Sequence[str], right_names: Sequence[str]
          ) -> list[Pair]:
    """Pairs equal keys, and between them lines of the same name; what has no partner is paired with None."""
    pairs: list[Pair] = []
    previous_left = previous_right = 0
    for here_left, here_right in [*anchors(left, right), (len(left), len(right))]:
        pairs.extend(align_gap(left, left_names, right, right_names,
                               (previous_left, here_left), (previous_right, here_right)))
        if here_left < len(left) and here_right < len(right):
            pairs.append((here_left, here_right))
        previous_left, previous_right = here_left + 1, here_right + 1
    return pairs


def anchors(left: Sequence[str], right: Sequence[str]) -> list[tuple[int, int]]:
    """Lines that occur once on either side and in the same order: the skeleton of the alignment (patience)."""
    def unique(keys: Sequence[str]) -> dict[str, int]:
        count = collections.Counter(keys)
        return {key: place for place, key in enumerate(keys) if count[key] == 1}

    unique_left, unique_right = unique(left), unique(right)
    common = [(place, unique_right[key]) for key, place in unique_left.items() if key in unique_right]
    ends: list[int] = []  # the smallest right place that ends an increasing run of each length
    last: list[int] = []
    before: list[int] = []
    for index, (_, place) in enumerate(common):
        length = bisect.bisect_left(ends, place)
        before.append(last[length - 1] if length else -1)
        if length == len(ends):
            ends.append(place)
            last.append(index)
        else:
            ends[length], last[length] = place, index
    chain: list[tuple[int, int]] = []
    index = last[-1] if last else -1
    while index >= 0:
        chain.append(common[index])
        index = before[index]
    return chain[::-1]


def align_gap(left: Sequence[str], left_names: Sequence[str], right: Sequence[str], right_names: Sequence[str],
              left_span: tuple[int, int], right_span: tuple[int, int]) -> list[Pair]:
    (first_left, end_left), (first_right, end_right) = left_span, right_span
    head: list[Pair] = []
    while first_left < end_left and first_right < end_right and left[first_left] == right[first_right]:
        head.append((first_left, first_right))
        first_left, first_right = first_left + 1, first_right + 1
    tail: list[Pair] = []
    while first_left < end_left and first_right < end_right and left[end_left - 1] == right[end_right - 1]:
        end_left, end_right = end_left - 1, end_right - 1
        tail.append((end_left, end_right))
    middle = best_pairs(left, left_names, right, right_names, range(first_left, end_left),
                        range(first_right, end_right))
    return head + middle + tail[::-1]


def best_pairs(left: Sequence[str], left_names: Sequence[str], right: Sequence[str], right_names: Sequence[str],
               rows: range, columns: range) -> list[Pair]:
    """The longest common subsequence, with 3 points for equal lines and 1 for lines of the same name.

    Only a band around the diagonal is looked at, so that long traces cost time in proportion to their length.
    """
    if not rows or not columns:
        return [(row, None) for row in rows] + [(None, column) for column in columns]
    height, width = len(rows), len(columns)
    radius = min(32 + 2 * abs(height - width), max(32, 4_000_000 // height))
    above = dict.fromkeys(range(width + 1), 0)
    moves: list[dict[int, str]] = [{}]
    for row in range(1, height + 1):
        middle = row * width // height
        low, high = max(1, middle - radius), min(width, middle + radius)
        here, move = {low - 1: above.get(low - 1, 0)}, {low - 1: "u"}
        row_key, row_name = left[rows[row - 1]], left_names[rows[row - 1]]
        for column in range(low, high + 1):
            best, step = above.get(column, -1), "u"
            if here[column - 1] > best:
                best, step = here[column - 1], "l"
            gain = 3 if row_key == right[columns[column - 1]] else int(row_name == right_names[columns[column - 1]])
            if gain and column - 1 in above and above[column - 1] + gain > best:
                best, step = above[column - 1] + gain, "d"
            here[column], move[column] = best, step
        above = here
        moves.append(move)
    pairs: list[Pair] = []
    row, column = height, width
    while row or column:
        step = "l" if not row else "u" if not column else moves[row].get(column, "u")
        row, column = row - (step != "l"), column - (step != "u")
        pairs.append((rows[row] if step != "l" else None, columns[column] if step != "u" else None))
    return pairs[::-1]


# ---------------------------------------------------------------------------------------------------------
# Which parts of a line are volatile


def kind_of(token: str) -> str:
    if token[0] == '"':
        return "string"
    if token.startswith("0x"):
        return "address"
    if token.isdigit():
        return "number"
    return "word" if token[0].isalpha() or token[0] == "_" else "punctuation"


def wildcard(token: str, variant: str) -> str:
    """A regular expression for whatever may stand where two runs of strace have these two tokens."""
    kinds = {kind_of(token), kind_of(variant)}
    if kinds == {"string"}:
        both = token.endswith("...") + variant.endswith("...")
        return r'"(?:[^"\\]|\\.)*"' + ("", r"(?:\.\.\.)?", r"\.\.\.")[both]
    if kinds == {"address"}:
        lengths = len(token) - 2, len(variant) - 2
        return f"0x[0-9a-f]{{{min(lengths) - 1},{max(lengths) + 1}}}"
    if kinds == {"number"}:
        return r"\d+"
    if "punctuation" in kinds:
        return r".*"
    return r"[^\s,(){}\[\]]+"


@dataclass(eq=False)
class Reference:
    """The lines of one thread in one run of strace, and what other runs have in their places."""

    trace: Trace
    thread: Thread
    variants: list[list[tuple[Trace, Line]]] = field(init=False)

    def __post_init__(self) -> None:
        self.keys = [self.trace.key(line) for line in self.thread.lines]
        self.names = [line.name for line in self.thread.lines]
        self.variants = [[] for _ in self.thread.lines]

    def aligned_with(self, trace: Trace, thread: Thread) -> list[Pair]:
        return align(self.keys, self.names, [trace.key(line) for line in thread.lines],
                     [line.name for line in thread.lines])

    def learn(self, other: Reference) -> None:
        """Adds another run of strace as a witness of what is volatile."""
        for mine, others in self.aligned_with(other.trace, other.thread):
            if mine is not None and others is not None:
                self.variants[mine].append((other.trace, other.thread.lines[others]))

    def accepts(self, index: int, candidate_trace: Trace, candidate: Line) -> bool:
        mine = self.thread.lines[index]
        return candidate.text == mine.text or (
            self.pattern(index, candidate_trace).fullmatch(candidate.text) is not None)

    def pattern(self, index: int, candidate_trace: Trace) -> re.Pattern[str]:
        line = self.thread.lines[index]
        pieces = [self.literal(token, candidate_trace) for token in line.tokens]
        if not self.variants[index]:
            # Nothing to learn from: the run of strace beside this one has no such line.
            pieces = [r"0x[0-9a-f]{5,}" if LONG_ADDRESS.fullmatch(token) else piece
                      for token, piece in zip(line.tokens, pieces, strict=True)]
        gaps = [""] * (len(pieces) + 1)
        for trace, variant in self.variants[index]:
            self.loosen(pieces, gaps, line.tokens, trace, variant.tokens)
        text = gaps[0] + "".join(piece + gap for piece, gap in zip(pieces, gaps[1:], strict=True))
        return re.compile(re.sub(r"(?:\.\*)+", ".*", text), re.DOTALL)

    def literal(self, token: str, candidate_trace: Trace) -> str:
        role = self.trace.roles.get(token)
        partner = candidate_trace.numbers.get(role) if role else None
        return f"(?:{token}|{partner})" if partner else re.escape(token)

    def loosen(self, pieces: list[str], gaps: list[str], tokens: list[str], trace: Trace, variant: list[str]
               ) -> None:
        for tag, start, end, variant_start, variant_end in token_opcodes(tokens, variant):
            if tag == "replace" and end - start == variant_end - variant_start:
                for place, other in zip(range(start, end), variant[variant_start:variant_end], strict=True):
                    role = self.trace.roles.get(tokens[place])
                    if tokens[place] != other and not (role and role == trace.roles.get(other)):
                        pieces[place] = wildcard(tokens[place], other)
            elif tag != "equal":
                pieces[start:end] = [""] * (end - start)
                gaps[start] = ".*"


def token_opcodes(left: list[str], right: list[str]) -> list[tuple[str, int, int, int, int]]:
    if len(left) == len(right):
        # Lines of one shape differ only in values. (A list may have grown and shrunk: then kinds differ.)
        if all(kind_of(one) == kind_of(other) and (one == other or kind_of(one) != "punctuation")
               for one, other in zip(left, right, strict=True)):
            return [("replace", 0, len(left), 0, len(right))]
    return list(difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes())


# ---------------------------------------------------------------------------------------------------------
# Judging a candidate by several runs of strace


@dataclass(frozen=True)
class Difference:
    """A line that strace printed, and what the candidate printed in its place (None: nothing)."""

    name: str
    role: tuple[int, ...]
    expected: str | None
    found: str | None

    @classmethod
    def between(cls, role: tuple[int, ...], expected: Line | None, found: Line | None) -> Difference:
        named = expected or found
        return cls(named.name if named else "", role, expected.text if expected else None, found.text if found else None)


@dataclass
class ThreadVerdict:
    role: tuple[int, ...]
    command: str
    expected_lines: int
    found_lines: int
    identical: int
    calls: str  # equal, equal but for chance, varies in strace, differs, missing, unexpected
    first_difference: str = ""
    differences: list[Difference] = field(default_factory=list)

    @property
    def total(self) -> int:
        return max(self.expected_lines, self.found_lines)


def judge_thread(references: Sequence[Reference], trace: Trace, thread: Thread, *, varies: bool) -> ThreadVerdict:
    """Compares with each run of strace and keeps the comparison that is kindest to the candidate."""
    best: ThreadVerdict | None = None
    for reference in references:
        expected = reference.thread.lines
        differences = [Difference.between(thread.role, None if left is None else expected[left],
                                          None if right is None else thread.lines[right])
                       for left, right in different_pairs(reference, trace, thread)]
        lost = sum(difference.expected is not None for difference in differences)
        verdict = ThreadVerdict(thread.role, reference.thread.command, len(expected), len(thread.lines),
                                len(expected) - lost, "equal", differences=differences)
        if best is None or verdict.identical / (verdict.total or 1) > best.identical / (best.total or 1):
            best = verdict
    assert best is not None
    best.calls, best.first_difference = judge_calls([reference.thread for reference in references], thread,
                                                    varies=varies)
    return best


def different_pairs(reference: Reference, trace: Trace, thread: Thread) -> list[Pair]:
    """Aligns, and returns what is not the same.

    Lines that only changed places with a signal near them are the same: when it arrives is a matter of chance.
    """
    pairs = reference.aligned_with(trace, thread)
    different = {place: (left, right) for place, (left, right) in enumerate(pairs)
                 if left is None or right is None or not reference.accepts(left, trace, thread.lines[right])}
    signals = [place for place, (_, right) in enumerate(pairs)
               if right is not None and thread.lines[right].name.startswith("--- SIG")]
    for place, (left, right) in list(different.items()):
        if right is not None or left is None or not any(abs(place - signal) <= 6 for signal in signals):
            continue
        for other in range(max(0, place - 6), place + 7):
            nothing, found = different.get(other, (0, None))
            if nothing is None and found is not None and reference.accepts(left, trace, thread.lines[found]):
                del different[place], different[other]
                break
    return list(different.values())


def judge_calls(others: Sequence[Thread], thread: Thread, *, varies: bool) -> tuple[str, str]:
    """Compares the order of calls of one thread with several runs of strace: (verdict, where it first differs)."""
    expected, found = [other.calls for other in others], thread.calls
    if found in expected:
        return "equal", ""
    nearest = max(expected, key=lambda calls: len(os.path.commonprefix([calls, found])))
    place = len(os.path.commonprefix([nearest, found]))
    where = (f"call {place + 1}: strace has {nearest[place] if place < len(nearest) else 'nothing more'}, "
             f"ptracer has {found[place] if place < len(found) else 'nothing more'}")
    if thread.certain_calls in [other.certain_calls for other in others]:
        return "equal but for chance", where
    return ("varies in strace" if varies else "differs"), where


def judge(references: Sequence[Trace], witnesses: Sequence[Trace], candidate: Trace) -> list[ThreadVerdict]:
    """Judges every thread. `witnesses` are all runs of strace: they show which threads vary by themselves."""
    verdicts = []
    for role in sorted({*candidate.threads, *(role for trace in references for role in trace.threads)}):
        learned = [Reference(trace, trace.threads[role]) for trace in references if role in trace.threads]
        for reference in learned:
            for other in learned:
                if other is not reference:
                    reference.learn(other)
        sequences = [trace.threads[role].calls if role in trace.threads else None for trace in witnesses]
        varies = any(sequence != sequences[0] for sequence in sequences)
        thread = candidate.threads.get(role)
        if thread is None:
            lines = learned[0].thread.lines
            verdicts.append(ThreadVerdict(
                role, learned[0].thread.command, len(lines), 0, 0, "varies in strace" if varies else "missing",
                differences=[Difference.between(role, line, None) for line in lines]))
        elif not learned:
            verdicts.append(ThreadVerdict(
                role, thread.command, 0, len(thread.lines), 0, "varies in strace" if varies else "unexpected",
                differences=[Difference.between(role, None, line) for line in thread.lines]))
        else:
            verdicts.append(judge_thread(learned, candidate, thread, varies=varies))
    return verdicts


def percent(verdicts: Iterable[ThreadVerdict]) -> float:
    verdicts = list(verdicts)
    total = sum(verdict.total for verdict in verdicts)
    return 100 * sum(verdict.identical for verdict in verdicts) / total if total else 100.0


@dataclass
class Comparison:
    """What a comparison found. `share` and `baseline` are percentages of identical lines."""

    command: list[str]
    threads: list[ThreadVerdict]
    control: list[ThreadVerdict]
    share: float
    baseline: float
    problems: list[str]  # exit status, standard output, an empty trace
    summary_rows: int
    summary_differences: list[Difference]
    runs: dict[str, Run]

    @property
    def differences(self) -> list[Difference]:
        return [difference for thread in self.threads for difference in thread.differences] + self.summary_differences

    @property
    def calls_equal(self) -> bool:
        return all(thread.calls not in {"differs", "missing", "unexpected"} for thread in self.threads)

    def passed(self, threshold: float = 98.0) -> bool:
        """Enough identical lines (or as many as strace itself gets), equal calls, equal exit and output."""
        return self.share >= min(threshold, self.baseline) and self.calls_equal and not self.problems

    def report(self, limit: int = 40) -> str:
        """The table of threads, then up to `limit` pairs of differing lines, most frequent calls first."""
        baselines = {verdict.role: verdict for verdict in self.control}
        table = [("process", "strace", "ptracer", "identical", "baseline", "calls")]
        for verdict in self.threads if len(self.threads) <= 40 else []:
            name = ".".join(map(str, verdict.role)) + (f" {verdict.command}" if verdict.command else "")
            base = baselines.get(verdict.role)
            table.append((name, str(verdict.expected_lines), str(verdict.found_lines), f"{percent([verdict]):.1f}%",
                          f"{percent([base]):.1f}%" if base else "-", verdict.calls))
        table.append((f"all {len(self.threads)}", str(sum(verdict.expected_lines for verdict in self.threads)),
                      str(sum(verdict.found_lines for verdict in self.threads)), f"{self.share:.2f}%",
                      f"{self.baseline:.2f}%", "equal" if self.calls_equal else "DIFFERENT"))
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        lines = ["  ".join(cell.ljust(width) if place in (0, 5) else cell.rjust(width)
                           for place, (cell, width) in enumerate(zip(row, widths, strict=True))).rstrip()
                 for row in table]
        if self.summary_rows:
            lines += [f"summary: {self.summary_rows} rows, {len(self.summary_differences)} differ in calls or errors"]
        lines += [f"problem: {problem}" for problem in self.problems]
        lines += [f"calls of {'.'.join(map(str, verdict.role))}: {verdict.calls}: {verdict.first_difference}"
                  for verdict in self.threads if verdict.first_difference][:20]
        return "\n".join(lines + self.report_differences(limit))

    def report_differences(self, limit: int) -> list[str]:
        groups: dict[str, list[Difference]] = collections.defaultdict(list)
        for difference in self.differences:
            groups[difference.name].append(difference)
        ordered = sorted(groups.items(), key=lambda group: -len(group[1]))
        if not ordered:
            return []
        lines = ["", "differing lines by call: " + ", ".join(f"{name} {len(group)}" for name, group in ordered)]
        share = max(1, limit // len(ordered))
        for name, group in ordered[:limit]:
            lines += ["", f"{name} ({len(group)})"]
            for difference in group[:share]:
                lines += [f"  -{difference.expected}"] if difference.expected is not None else []
                lines += [f"  +{difference.found}"] if difference.found is not None else []
            if len(group) > share:
                lines.append(f"  ... and {len(group) - share} more")
        return lines


# ---------------------------------------------------------------------------------------------------------
# Running the tracers


@dataclass
class Run:
    files: dict[int | None, str]
    status: int
    output: bytes
    errors: bytes
    seconds: float


def finish(process: subprocess.Popen[bytes], timeout: float, text: bytes | None = None) -> tuple[bytes, bytes]:
    """Waits for a process that leads its own group; ends the whole group when it takes too long."""
    try:
        return process.communicate(text, timeout=timeout)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        output, errors = process.communicate()
        return output, errors + f"\nended after {timeout} seconds\n".encode()


def keep_addresses() -> None:
    """Has the kernel put everything at the same addresses in each run, where that is permitted."""
    ctypes.CDLL(None).personality(ADDR_NO_RANDOMIZE)


def start(arguments: Sequence[str], directory: Path, environment: Mapping[str, str], standard_input: int
          ) -> subprocess.Popen[bytes]:
    # A shell would set PWD, and a tracer may be started by one.
    return subprocess.Popen(arguments, cwd=directory, env={**environment, "PWD": str(directory)}, stdin=standard_input,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
                            preexec_fn=keep_addresses)


def run_traced(tracer: Sequence[str], options: Sequence[str], command: Sequence[str], directory: Path,
               environment: Mapping[str, str], timeout: float, attach: bool) -> Run:
    """Runs the command under a tracer (or attaches the tracer to it) and collects what was written."""
    with tempfile.TemporaryDirectory(prefix="compare-") as scratch:
        trace = Path(scratch, "trace")
        begun = time.monotonic()
        arguments = [*tracer, *options, "-o", str(trace)]
        if attach:
            status, output, errors = run_attached(arguments, command, directory, environment, timeout)
        else:
            process = start([*arguments, "--", *command], directory, environment, subprocess.DEVNULL)
            output, errors = finish(process, timeout)
            status = process.returncode
        files: dict[int | None, str] = {}
        for path in sorted(trace.parent.iterdir(), key=lambda path: (len(path.name), path.name)):
            pid = path.name.removeprefix("trace").removeprefix(".")
            files[int(pid) if pid else None] = path.read_bytes().decode("utf-8", "surrogateescape")
        return Run(files, status, output, errors, time.monotonic() - begun)


def run_attached(tracer: Sequence[str], command: Sequence[str], directory: Path, environment: Mapping[str, str],
                 timeout: float) -> tuple[int, bytes, bytes]:
    """Starts the command, waits until it sleeps, attaches, then gives it one line on its standard input.

    A command that reads a line before it begins (`sh -c 'read line; exec ...'`) is so seen from a known point.
    """
    process = start(command, directory, environment, subprocess.PIPE)
    wait_until(lambda: all(state in "STtZ" for state in thread_states(process.pid)), steady=3)
    follower = start([*tracer, "-p", str(process.pid)], directory, environment, subprocess.DEVNULL)
    wait_until(lambda: follower.poll() is not None or all_traced(process.pid), steady=4)
    output, errors = finish(process, timeout, b"go\n")
    _, tracer_errors = finish(follower, timeout)
    return process.returncode, output, errors + tracer_errors


def thread_states(pid: int) -> list[str]:
    return [status_field(task / "status", "State")[:1] for task in Path(f"/proc/{pid}/task").iterdir()]


def all_traced(pid: int) -> bool:
    return all(status_field(task / "status", "TracerPid") not in {"", "0"}
               for task in Path(f"/proc/{pid}/task").iterdir())


def status_field(path: Path, name: str) -> str:
    with contextlib.suppress(OSError):
        for line in path.read_text().splitlines():
            if line.startswith(name + ":"):
                return line.partition(":")[2].strip()
    return ""


def wait_until(condition: Callable[[], bool], *, steady: int, timeout: float = 20.0) -> None:
    """Waits until the condition held `steady` times in a row, or for `timeout` seconds."""
    held = 0
    deadline = time.monotonic() + timeout
    while held < steady and time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            held = held + 1 if condition() else 0
        time.sleep(0.05)


def option_columns(options: Sequence[str]) -> int:
    """The column of results that -a asks for."""
    for place, option in enumerate(options):
        if option in {"-a", "--columns"} and place + 1 < len(options):
            return int(options[place + 1])
        if given := re.fullmatch(r"(?:-a|--columns=)(\d+)", option):
            return int(given[1])
    return 40


def find_strace() -> str | None:
    """$PTRACER_ORACLE, or the newest strace, fetched into a cache where that is possible, or the system's strace."""
    if named := os.environ.get("PTRACER_ORACLE"):
        return shutil.which(named)
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "ptracer-tests", "strace")
    fetch = ROOT.parent / "shared" / "tools" / "newest-strace"
    if not (cache / "strace").exists() and fetch.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with (cache / "lock").open("w") as lock, contextlib.suppress(subprocess.SubprocessError):
            fcntl.flock(lock, fcntl.LOCK_EX)  # several test processes start at once
            subprocess.run([fetch, cache], check=True, capture_output=True, timeout=200)
    return str(cache / "strace") if (cache / "strace").exists() else shutil.which("strace")


def strace_version(path: str) -> tuple[int, int]:
    text = subprocess.run([path, "-V"], stdin=subprocess.DEVNULL, capture_output=True, text=True).stdout
    version = re.search(r"version (\d+)\.(\d+)", text)
    return (int(version[1]), int(version[2])) if version else (0, 0)


def default_ptracer() -> list[str]:
    # -P: as an installed ptracer, it does not look into the directory it is started in, which the command may see.
    return shlex.split(os.environ.get("PTRACER_COMMAND", "")) or [sys.executable, "-P", "-m", "ptracer"]


def same_environment(oracle: str) -> list[str]:
    """What to put before ptracer's command when strace is started by a shell script.

    The shell changes the order of the environment, and with it the addresses on the command's stack.
    """
    with open(shutil.which(oracle) or os.devnull, "rb") as file:
        first = file.readline()
    return [*first[2:].decode().split(), "-c", 'exec "$@"', "sh"] if first.startswith(b"#!") else []


def compare(command: Sequence[str], options: str = "-f", *, strace: str | Sequence[str] = "strace",
            ptracer: Sequence[str] | None = None, fresh: str | None = None, directory: Path | None = None,
            environment: Mapping[str, str] | None = None, attach: bool = False, joined: bool = True,
            threshold: float = 98.0, extra_runs: int = 3, keep: Path | None = None, timeout: float = 120.0
            ) -> Comparison:
    """Traces one command with strace (three times) and with ptracer (once), and compares.

    fresh: a shell command that fills an empty directory; every run then starts in its own copy, under the same
        path. Without it all runs share `directory`.
    extra_runs: how often strace may run again before a difference counts as ptracer's, since a program may do
        something else at each run. ptracer itself is never given a second try.
    """
    oracle = [strace] if isinstance(strace, str) else list(strace)
    tracers = {"strace": oracle, "ptracer": [*same_environment(oracle[0]), *(ptracer or default_ptracer())]}
    words = shlex.split(options)
    runs: dict[str, Run] = {}

    def trace(name: str) -> Trace:
        tracer = tracers[name.partition("-")[0]]
        with working_directory(fresh, directory) as place:
            run = run_traced(tracer, words, command, place, environment or os.environ, timeout, attach)
        runs[name] = run
        if keep:
            save_run(keep, name, run)
        return parse_trace(run.files, columns=option_columns(words), joined=joined, numeric_roots=attach)

    # Clocks only go forward: what is equal before and after the candidate's run must be equal in it too.
    references = [trace("strace-1")]
    controls = [trace("strace-control")]
    candidate = trace("ptracer")
    references.append(trace("strace-2"))
    result = conclude(command, references, controls, candidate, runs)
    for number in range(extra_runs if candidate.threads or candidate.summary else 0):
        if result.passed(threshold):
            break
        # One more run of strace is first judged like the others, then it teaches what else is volatile.
        another = trace(f"strace-{number + 3}")
        baseline = conclude(command, references, [another], candidate, runs).baseline
        references.append(another)
        result = conclude(command, references, controls, candidate, runs)
        result.baseline = min(result.baseline, baseline)
    return result


def conclude(command: Sequence[str], references: Sequence[Trace], controls: Sequence[Trace], candidate: Trace,
             runs: dict[str, Run]) -> Comparison:
    witnesses = [*references, *controls]
    threads = judge(references, witnesses, candidate)
    control = judge(references, witnesses, controls[0])
    share, rows, differences = overall_share(references, threads, candidate)
    baseline, _, _ = overall_share(references, control, controls[0])
    return Comparison(list(command), threads, control, share, baseline, find_problems(runs), rows, differences, dict(runs))


def overall_share(references: Sequence[Trace], threads: Sequence[ThreadVerdict], candidate: Trace
                  ) -> tuple[float, int, list[Difference]]:
    """The share of identical lines (of the trace or of the summary, whichever is worse) and the summary's details."""
    shares = [percent(threads)] if threads else []
    rows = 0
    differences: list[Difference] = []
    if summaries := [trace.summary for trace in references if trace.summary]:
        identical, rows, differences = judge_summary(summaries, candidate.summary)
        shares.append(100 * identical / rows)
    return min(shares, default=100.0), rows, differences


def find_problems(runs: Mapping[str, Run]) -> list[str]:
    """What went wrong beside the text: the traced command must not notice who traces it."""
    oracle = [run for name, run in runs.items() if name != "ptracer"]
    candidate = runs["ptracer"]
    problems = []
    if not any(any(run.files.values()) for run in oracle):
        problems.append("strace wrote nothing: " + oracle[0].errors.decode(errors="replace").strip()[-500:])
    if not any(candidate.files.values()):
        problems.append("ptracer wrote nothing: " + candidate.errors.decode(errors="replace").strip()[-2000:])
    for what in ("status", "output"):
        values = [getattr(run, what) for run in oracle]
        found = getattr(candidate, what)
        if all(value == values[0] for value in values) and found != values[0]:
            problems.append(f"the command's {what} was {shown(values[0])} under strace, {shown(found)} under ptracer")
    return problems


def shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 300 else f"{text[:150]} ... {text[-150:]}"


@contextlib.contextmanager
def working_directory(fresh: str | None, directory: Path | None) -> Iterator[Path]:
    """A directory for one run. A fresh one has the same path in every run, so that the path is not volatile."""
    if fresh is None:
        yield directory or Path.cwd()
        return
    place = Path(tempfile.gettempdir(), f"compare-{os.getpid()}")
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    try:
        subprocess.run(["sh", "-c", fresh], cwd=place, check=True, stdout=subprocess.DEVNULL)
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def save_run(keep: Path, name: str, run: Run) -> None:
    keep.mkdir(parents=True, exist_ok=True)
    for pid, text in run.files.items():
        path = keep / (name + ("" if pid is None else f".{pid}") + ".txt")
        path.write_bytes(text.encode("utf-8", "surrogateescape"))
    (keep / f"{name}.stdout").write_bytes(run.output)
    (keep / f"{name}.stderr").write_bytes(run.errors)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0],
                                     usage="%(prog)s [options] -- command [argument ...]")
    parser.add_argument("--options", default="-f", help="options for both tracers (default: %(default)s)")
    parser.add_argument("--strace", help="the strace to compare with (default: $PTRACER_ORACLE, else the newest)")
    parser.add_argument("--ptracer", default=None, help="the command that is judged "
                        "(default: $PTRACER_COMMAND, else this Python's -m ptracer)")
    parser.add_argument("--fresh", metavar="SETUP", help="each run starts in a new directory that SETUP filled")
    parser.add_argument("--attach", action="store_true",
                        help="start the command, attach (-p), then send it a line on its standard input")
    parser.add_argument("--unjoined", action="store_true", help="leave unfinished and resumed lines apart")
    parser.add_argument("--threshold", type=float, default=98.0, help="share that is enough (default: %(default)s)")
    parser.add_argument("--extra-runs", type=int, default=3, metavar="N",
                        help="how often strace may run again to explain a difference (default: %(default)s)")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep all traces in DIR")
    parser.add_argument("--show", type=int, default=40, metavar="N", help="differing lines shown (default: %(default)s)")
    parser.add_argument("--timeout", type=float, default=120.0, help="seconds for each run (default: %(default)s)")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    words = list(sys.argv[1:] if arguments is None else arguments)
    for place, word in enumerate(words[:-1]):
        if word == "--options":
            words[place:place + 2] = [f"--options={words[place + 1]}"]  # its value begins with a hyphen
            break
    given = parser.parse_args(words)
    command = given.command[1:] if given.command[:1] == ["--"] else given.command
    strace = shlex.split(given.strace or find_strace() or "")
    if not command or not strace:
        parser.error("there is no strace here" if command else "no command given")
    result = compare(command, given.options, strace=strace,
                     ptracer=shlex.split(given.ptracer) if given.ptracer else None, fresh=given.fresh,
                     attach=given.attach, joined=not given.unjoined, threshold=given.threshold,
                     extra_runs=given.extra_runs, keep=given.keep, timeout=given.timeout)
    print(f"strace {'.'.join(map(str, strace_version(strace[0])))}, options {given.options}")
    print(result.report(given.show))
    return 0 if result.passed(given.threshold) else 1


if __name__ == "__main__":
    sys.exit(main())
