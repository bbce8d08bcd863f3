"""``--diff``: what is left out, what belongs together, and that planted changes are found."""

from __future__ import annotations

import itertools
import json
import os
import struct
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ptracer.capture import records
from ptracer.comparing.alignment import FARTHEST, align
from ptracer.comparing.differences import ANSWER, DATA, OUTCOME, REQUEST, Comparison
from ptracer.comparing.families import Families
from ptracer.comparing.parting import parting
from ptracer.comparing.patterns import Patterns
from ptracer.comparing.report import Report
from ptracer.comparing.side import Book, Side
from ptracer.comparing.unified import unified
from ptracer.options import Options, parse
from ptracer.origin import Origin
from ptracer.regs import X86_64
from ptracer.statistics.text import plain
from tests.decoding import number_of
from tests.running import ptracer

# --- alignment

SEQUENCES = st.lists(st.integers(0, 6), max_size=60)


@settings(deadline=None)
@given(SEQUENCES, SEQUENCES)
def test_pairs_are_the_same_and_rise(a: list[int], b: list[int]) -> None:
    pairs = align(a, b)
    assert all(a[i] == b[j] for i, j in pairs)
    assert all(i < k and j < m for (i, j), (k, m) in itertools.pairwise(pairs))


@settings(deadline=None)
@given(st.lists(st.integers()))
def test_a_sequence_and_itself_have_everything_in_common(a: list[int]) -> None:
    assert align(a, a) == [(place, place) for place in range(len(a))]


@settings(deadline=None)
@given(st.lists(st.integers(0, 50), max_size=80), st.data())
def test_what_was_taken_out_is_all_that_is_missing(a: list[int], data: st.DataObject) -> None:
    if a:
        place = data.draw(st.integers(0, len(a) - 1))
        assert len(align(a, a[:place] + a[place + 1 :])) == len(a) - 1


@settings(deadline=None)
@given(st.lists(st.integers(), unique=True, max_size=80), st.data())
def test_of_what_is_unique_the_longest_common_series_is_found(a: list[int], data: st.DataObject) -> None:
    kept = [one for one in a if data.draw(st.booleans())]
    assert len(align(a, [*kept, object])) == len(kept)  # type: ignore[list-item]


def test_loops_of_different_lengths_and_strangers_take_bounded_time() -> None:
    began = time.monotonic()
    loop = [1, 2, 3] * 20_000
    assert len(align([0, *loop, 9], [0, *loop, *loop[:6000], 9])) == len(loop) + 2
    assert align(list(range(50_000)), list(range(50_000, 100_000))) == []
    backwards = list(range(FARTHEST * 20))
    assert align(backwards, backwards[::-1])
    assert time.monotonic() - began < 20


# --- patterns


@pytest.mark.parametrize(
    "path, pattern",
    [
        (b"/etc/passwd", b"/etc/passwd"),
        (b"/proc/1234/maps", b"/proc/PID/maps"),
        (b"/proc/self/task/77/comm", b"/proc/self/task/PID/comm"),
        (b"/run/server.4711", b"/run/server.PID"),
        (b"/run/server.4712", b"/run/server.4712"),
        (b"/dev/pts/3", b"/dev/pts/NUMBER"),
        (b"/tmp/ccX7yZ2a.s", b"/tmp/ccTEMPORARY.s"),
        (b"/tmp/tmpab12cd_9/a.txt", b"/tmp/tmpTEMPORARY/a.txt"),
        (b"/tmp/tmp.Zx81QpLmNo", b"/tmp/tmp.TEMPORARY"),
        (b"/tmp/z_k3m9p2", b"/tmp/TEMPORARY"),
        (b"/tmp/sort_Qk3m9P", b"/tmp/sort_TEMPORARY"),
        (b"/tmp/settings.conf", b"/tmp/settings.conf"),
        (b"/var/log/2026-11-26.log", b"/var/log/DATE.log"),
        (b"/x/de305d54-75b4-431b-adb2-eb6b9e546014", b"/x/HASH"),
        (b"/g/objects/3b/18e512dba79e4c8300dd08aeb37f8e728b8dad", b"/g/objects/HASH"),
        (b"/lib/python3.11/x.pyc.140234567890", b"/lib/python3.11/x.pyc.NUMBER"),
        (b"/usr/lib/libssl.so.3", b"/usr/lib/libssl.so.3"),
    ],
)
def test_names_that_chance_chose_are_words(path: bytes, pattern: bytes) -> None:
    assert Patterns({4711}).path(path) == pattern


def test_names_that_a_program_made_for_itself_are_temporary_whatever_they_look_like() -> None:
    patterns = Patterns()
    patterns.make(b"/tmp/ccabcdef.o")
    patterns.make(b"/tmp/wwwwwwww")
    assert patterns.path(b"/tmp/ccabcdef.o") == b"/tmp/ccTEMPORARY.o"
    assert patterns.path(b"/tmp/wwwwwwww/inner") == b"/tmp/TEMPORARY/inner"
    assert patterns.path(b"/tmp/ccabcdeg.o") == b"/tmp/ccabcdeg.o"


def test_of_directories_that_differ_paths_begin_where_the_command_ran() -> None:
    patterns = Patterns(directory="/srv/project")
    assert patterns.path(b"/srv/project/src/x.c") == b"$PWD/src/x.c"
    assert patterns.path(b"/srv/projectshop") == b"/srv/projectshop"


def test_dates_times_addresses_and_processes_in_data_are_words() -> None:
    patterns = Patterns({4711})
    assert (
        patterns.data(b"[4711] 2026-11-26 04:05:06.789 at 0x7f0012345678: 22 files\n") == b"[PID] DATE TIME at ADDR: 22 files\n"
    )


@settings(deadline=None)
@given(st.binary(max_size=80))
def test_any_bytes_are_a_path_and_data(data: bytes) -> None:
    patterns = Patterns({1, 22})
    patterns.make(data)
    assert isinstance(patterns.path(data), bytes) and isinstance(patterns.data(data), bytes)


# --- scripted recordings


class Script:
    """A recording that is written down here. Each call takes a microsecond, or what ``takes`` says."""

    def __init__(self, pid: int = 100, base: int = 0x7F0000000000) -> None:
        self.records: list[Any] = [(records.STARTED, pid, 1, 0, records.START_COMMAND, pid)]
        self.pid, self.base, self.now = pid, base, 10
        self.origin = Origin(began=1, directory="/d")
        self.path, self.problem, self.size = f"script {pid}", "", 0

    def call(self, name: str, *arguments: Any, result: int = 0, told: bytes = b"", tid: int = 0, takes: int = 1000) -> Script:
        """A call; text among its arguments lies in memory, and ``told`` is what it writes where ``None`` stands."""
        memory: dict[int, bytes] = {}
        after: dict[int, bytes] = {}
        registers = []
        for place, argument in enumerate(arguments):
            address = self.base + 0x1000 * place
            if isinstance(argument, bytes):
                memory[address] = argument
            elif argument is None:
                after[address] = told
            registers.append(argument & 0xFFFFFFFFFFFFFFFF if isinstance(argument, int) else address)
        registers += [0] * (6 - len(registers))
        began, self.now = self.now, self.now + takes
        self.records.append(
            (records.CALL, tid or self.pid, began, X86_64.audit_arch, number_of(name), tuple(registers), 0, memory, self.now, result,
             -4096 < result < 0, 0, after)
        )  # fmt: skip
        return self

    def open(self, path: bytes, result: int, flags: int = os.O_RDONLY) -> Script:
        return self.call("openat", -100, path + b"\0", flags, result=result)

    def child(self, tid: int, parent: int = -1) -> Script:
        self.records.append((records.STARTED, tid, self.now, self.pid if parent < 0 else parent, records.START_FORK, tid))
        return self

    def exit(self, status: int, tid: int = 0) -> Script:
        self.records.append((records.EXITED, tid or self.pid, self.now, status))
        return self

    def batches(self, tell: Any = None) -> Iterator[list[Any]]:
        yield self.records


def compared(a: Script, b: Script, options: Options | None = None) -> Comparison:
    families = [Families(one) for one in (a, b)]  # type: ignore[arg-type]
    book = Book()
    pids = families[0].pids | families[1].pids
    sides = []
    for script, family in zip((a, b), families):
        side = Side(script, family, Patterns(pids), options or Options(), book)  # type: ignore[arg-type]
        side.read()
        sides.append(side)
    return Comparison(sides[0], sides[1], book)


def summary(found: Comparison) -> str:
    return plain(Report(found).lines())


def test_a_recording_and_itself_are_the_same() -> None:
    script = Script().open(b"/etc/passwd", 3).call("read", 3, None, 10, told=b"root", result=4).call("close", 3).exit(0)
    found = compared(script, script)
    assert not found.different
    assert found.same == 4
    assert "No difference." in summary(found)
    assert unified(found) == []


STEPS = st.sampled_from(["open", "missing", "read", "close", "fork", "kill", "poll", "sleep", "map"])


@settings(deadline=None, max_examples=40)
@given(st.lists(STEPS, max_size=60))
def test_whatever_a_program_does_it_is_the_same_with_other_numbers(steps: list[str]) -> None:
    def run(pid: int, base: int, first: int) -> Script:
        made = Script(pid, base)
        for place, step in enumerate(steps):
            match step:
                case "open":
                    made.open(b"/etc/f%d" % (place % 3), first)
                case "missing":
                    made.open(b"/proc/%d/x" % pid, -2)
                case "read":
                    made.call("read", first, None, 9, told=b"%d\n" % pid, result=len(b"%d" % pid) + 1 if first < 0 else 5)
                case "close":
                    made.call("close", first)
                case "fork":
                    made.child(pid + place + 1).call("fork", result=pid + place + 1).exit(0, pid + place + 1)
                case "kill":
                    made.call("kill", pid, 15)
                case "poll":
                    made.call("poll", struct.pack("ihh", 0, 1, 0), 1, 50)
                case "sleep":
                    made.call("nanosleep", struct.pack("qq", 0, 1_234_567 + pid), 0, takes=pid)
                case "map":
                    made.call("mmap", base, 4096, 1, 2, -1, 0, result=base)
        return made

    found = compared(run(1000, 0x7F0000000000, 3), run(7000, 0x55AA00000000, 3))
    assert not found.different, summary(found)


@pytest.mark.parametrize("argument", [0, 1, 0x7FFFFFFFFFFF, (1 << 64) - 1])
def test_every_call_can_be_compared(argument: int) -> None:
    script = Script()
    for name in X86_64.names:
        if name not in ("execve", "execveat"):
            script.call(name, *[argument] * 6, result=argument if argument < 2 else -14)
    found = compared(script, script)
    assert not found.different
    assert found.same > 350


def test_process_ids_descriptors_addresses_and_temporary_names_make_no_difference() -> None:
    def run(pid: int, base: int, first: int, name: bytes) -> Script:
        made = Script(pid, base).call("getpid", result=pid).call("brk", 0, result=base + 0x9000)
        made.open(b"/tmp/" + name, first, os.O_CREAT | os.O_EXCL | os.O_RDWR)
        made.call("write", first, b"hello", 5, result=5).call("close", first).call("unlink", b"/tmp/" + name + b"\0")
        made.call("kill", pid, 0).call("mmap", 0, 4096, 3, 0x22, -1, 0, result=base)
        made.call("nanosleep", struct.pack("qq", 1, 500_000_000), 0)
        return made.exit(0)

    found = compared(run(100, 0x7F0000000000, 3, b"tmpa1b2c3"), run(23456, 0x7FAA00000000, 7, b"tmpzzzzzz"))
    assert not found.different, summary(found)


def test_an_error_where_there_was_none_is_the_first_thing_that_is_said() -> None:
    found = compared(Script().open(b"/etc/x", 3).call("close", 3).exit(0), Script().open(b"/etc/x", -2).exit(1))
    assert [(str(one.before), str(one.after)) for one in found.changed(OUTCOME)][0] == (
        'openat(AT_FDCWD, "/etc/x", O_RDONLY) = </etc/x>',
        'openat(AT_FDCWD, "/etc/x", O_RDONLY) = -1 ENOENT (No such file or directory)',
    )
    assert [one.name for one in found.only(False)] == ["close"]
    assert "2 calls ended differently:" in summary(found).split("\n\n")[2]


def test_flags_sizes_and_data_are_changes_of_different_importance() -> None:
    def run(flags: int, size: int, data: bytes) -> Script:
        made = Script().open(b"/x", 3, flags).call("lseek", 3, 0, 2, result=size)
        return made.call("read", 3, None, 100, told=data, result=len(data))

    found = compared(run(os.O_RDONLY, 7, b"one"), run(os.O_RDONLY | os.O_NOATIME, 8, b"two"))
    assert [len(found.changed(kind)) for kind in (OUTCOME, REQUEST, ANSWER, DATA)] == [0, 1, 1, 1]


def test_calls_that_came_are_grouped_by_what_they_are_about() -> None:
    more = Script()
    for number in range(6):
        more.open(b"/usr/lib/x/m%d.py" % number, 3).call("close", 3)
    text = summary(compared(Script(), more))
    assert "12 calls only in B:" in text
    assert "+ openat ×6, close ×6  6 things below /usr/lib/x/" in text


def test_a_loop_that_runs_longer_is_one_line() -> None:
    def run(times: int) -> Script:
        made = Script()
        for _ in range(times):
            made.call("read", 0, None, 1, told=b"x", result=1)
        return made

    found = compared(run(10), run(500))
    assert "read  0: 10 -> 500" in summary(found)
    assert len(unified(found)) < 12


def test_another_order_is_no_difference() -> None:
    a, b = Script(), Script()
    names = [b"/a", b"/b", b"/c", b"/d"]
    for first, second in zip(names, names[::-1]):
        a.call("access", first + b"\0", 4)
        b.call("access", second + b"\0", 4)
    found = compared(a, b)
    assert not found.different
    assert found.moved


def test_where_they_part_is_the_first_call_in_time_that_is_different() -> None:
    def run(first: int, second: int) -> Script:
        made = Script().open(b"/same", 3)
        made.child(200).call("access", b"/second\0", 4, result=second, tid=200)
        return made.call("access", b"/first\0", 4, result=first).call("access", b"/third\0", 4, result=second)

    found = parting(compared(run(0, 0), run(0, -2)))
    assert found is not None
    assert (found.last, str(found.before)) == (None, 'access("/second", R_OK) = 0')
    assert found.when == 2009
    assert parting(compared(run(0, 0), run(0, 0))) is None
    assert "They part here:  (after 2.01us)" in summary(compared(run(0, 0), run(0, -2)))


def test_children_belong_together_by_what_they_run() -> None:
    def run(*programs: bytes) -> Script:
        made = Script()
        for place, program in enumerate(programs):
            tid = 200 + 10 * place + len(programs)
            made.call("vfork", result=tid).child(tid)
            made.call("execve", program + b"\0", 0, 0, tid=tid).exit(0, tid)
        return made

    found = compared(run(b"/bin/a", b"/bin/c"), run(b"/bin/a", b"/bin/b", b"/bin/c"))
    assert [one.label for one in found.appeared] == ["/bin/b"]
    assert found.vanished == []
    assert "+ /bin/b" in summary(found)


def test_a_child_that_was_seen_before_its_parent_was_known_finds_it() -> None:
    early = Script().open(b"/log", 3).child(300, parent=0).call("write", 3, b"x", 1, result=1, tid=300).call("fork", result=300)
    late = Script().open(b"/log", 3).call("fork", result=300).child(300).call("write", 3, b"x", 1, result=1, tid=300)
    found = compared(early, late)
    assert not found.different, summary(found)
    assert len(found.a.roots) == 1


def test_a_call_that_was_interrupted_and_went_on_is_one() -> None:
    sleep = struct.pack("qq", 5, 0)
    broken = Script().call("nanosleep", sleep, 0, result=-516).call("restart_syscall")
    found = compared(Script().call("nanosleep", sleep, 0), broken)
    assert not found.different, summary(found)


def test_whether_a_child_had_ended_when_it_was_waited_for_is_chance() -> None:
    def run(early: bool) -> Script:
        made = Script().call("fork", result=200).child(200).exit(0, 200)
        if early:
            return made.call("wait4", -1, None, os.WNOHANG, 0, told=bytes(4), result=200)
        made.call("wait4", -1, 0, os.WNOHANG, 0)
        return made.call("wait4", -1, None, 0, 0, told=bytes(4), result=200)

    found = compared(run(True), run(False))
    assert not found.different, summary(found)
    assert parting(found) is None
    assert compared(run(True), run(False).exit(1)).different


def test_a_deep_line_of_descent_is_no_trouble() -> None:
    deep = Script()
    for tid in range(200, 3000):
        deep.child(tid, tid - 1 if tid > 200 else 100).call("fork", result=tid, tid=tid - 1 if tid > 200 else 100)
    found = compared(Script(), deep)
    assert found.appeared[0].size() == 2799
    assert "2799 calls, with 1 child" in summary(found)


def test_what_became_slower_is_said_and_makes_no_difference() -> None:
    def run(long: int) -> Script:
        made = Script()
        for number in range(30):
            made.call("access", b"/a%d\0" % number, 4, takes=20_000)
        return made.call("fsync", 3, takes=long)

    found = compared(run(100_000), run(900_000_000))
    assert [(found.book.topics[one.topic][0], one.b) for one, _ in found.timing.slower()] == [("fsync", 900_000_000)]
    assert not found.different
    assert found.timing.slower() and not compared(run(100_000), run(200_000)).timing.slower()


def test_only_calls_that_are_asked_for_are_compared_and_descriptors_are_known_all_the_same() -> None:
    options = parse(["-e", "trace=read", "--diff", "a", "b"])
    a = Script().open(b"/x", 3).call("read", 3, None, 1, told=b"a", result=1)
    b = Script().open(b"/y", 4).call("read", 4, None, 1, told=b"a", result=1)
    found = compared(a, b, options)
    assert {(one.name, one.subject) for one in found.topics.values()} == {("read", "</x>"), ("read", "</y>")}


def test_two_recordings_have_to_be_named() -> None:
    result = ptracer("--diff", "one")
    assert result.returncode == 2
    assert "two recordings" in result.stderr


def test_what_is_no_recording_is_trouble(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("nothing")
    result = ptracer("--diff", str(tmp_path / "a"), str(tmp_path / "missing"))
    assert result.returncode == 2
    assert "not a recording" in result.stderr


# --- real programs


def test_an_underscore_among_random_letters_is_one_of_them() -> None:
    patterns = Patterns()
    for path in (b"/tmp/tmpx_ab1cd2", b"/tmp/tmp_bcd1ef2", b"/tmp/tmpabcde_f2"):
        patterns.make(path)
        assert patterns.path(path) == b"/tmp/tmpTEMPORARY"


def record(path: Path, *command: str, cwd: Path | None = None) -> str:
    ptracer("--record", str(path), "-f", *command, cwd=cwd)
    return str(path)


@pytest.mark.parametrize(
    "command",
    [
        ["ls", "-l", "/"],
        ["sh", "-c", "ls / | wc -l; (cd /; cat /etc/passwd >/dev/null)"],
        [sys.executable, "-c", "import tempfile; open(tempfile.mkdtemp() + '/a', 'w').close()"],
    ],
)
def test_two_runs_of_the_same_command_have_no_difference(tmp_path: Path, command: list[str]) -> None:
    work = tmp_path / "work"
    work.mkdir()
    a, b = (record(tmp_path / name, *command, cwd=work) for name in "ab")
    result = ptracer("--diff", a, b)
    assert result.returncode == 0, result.stdout
    assert "No difference." in result.stdout


def test_planted_changes_are_found(tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    (work / "conf").write_text("1\n")
    (work / "mode").write_text("1\n")
    script = work / "run.sh"
    script.write_text("cat conf; ls -l mode; . ./step.sh; true\n")
    (work / "step.sh").write_text("sleep 0.01\n")
    a = record(tmp_path / "a", "sh", "./run.sh", cwd=work)
    (work / "conf").unlink()
    (work / "mode").chmod(0o700)
    (work / "step.sh").write_text("sleep 0.21\nuname\n")
    b = record(tmp_path / "b", "sh", "./run.sh", cwd=work)
    result = ptracer("--diff", "--format=json", a, b)
    assert result.returncode == 1
    found = json.loads(result.stdout)
    changed = {(one["kind"], one["call"], one["about"]) for one in found["changed"]}
    assert ("outcome", "openat", "conf") in changed
    assert any(kind == "answer" and "stat" in call and about == "mode" for kind, call, about in changed)
    assert any(kind == "request" and call == "clock_nanosleep" for kind, call, _ in changed)
    assert (found["parting"]["process"], found["parting"]["a"]) == ("cat conf", 'openat(AT_FDCWD, "conf", O_RDONLY) = <conf>')
    assert [one["runs"] for one in found["processes"]["b"]] == ["uname"]
    assert "clock_nanosleep" in {one["call"] for one in found["slower"]}
    text = ptracer("--diff", "-v", a, b).stdout
    assert '- openat(AT_FDCWD, "conf", O_RDONLY) = <conf>' in text
    assert "+++ uname [" in text


def test_the_report_goes_to_a_file_in_colours_if_asked_for(tmp_path: Path) -> None:
    a, b = record(tmp_path / "a", "true"), record(tmp_path / "b", "false")
    result = ptracer("--color=always", "-o", str(tmp_path / "out"), "--diff", a, b)
    assert (result.returncode, result.stdout) == (1, "")
    assert "\x1b[" in (tmp_path / "out").read_text()
