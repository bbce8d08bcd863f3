"""Calls recorded inside the traced program: the same trace as by stops, and a program that notices nothing. See docs/inside.md."""

from __future__ import annotations

import re
import struct
import subprocess
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from programs.build import SOURCES, CannotBuild, build, compiler
from running import PTRACER, ptracer, until

from ptracer.capture import inside, seccomp
from ptracer.regs import I386, X86_64

pytestmark = [pytest.mark.ptrace, pytest.mark.timeout(110)]

INSIDE = ("--capture=inside", "-f")
STOPS = ("--capture=stops", "-f")
# Words that are other ones in each run: addresses, ids, times, and what comes by chance.
CHANCE = re.compile(r"0x[0-9a-f]{3,}|\b\d{4,}\b|tv_n?sec=\d+|si_[us]time=\d+( /\*.*?\*/)?|getrandom\(\".*?\"(\.\.\.)?|\b(?:loads|procs)=[^,]*")
SAME = (
    "files", "ipc", "strings", "memory_faults", "poll_select", "sockets", "signals", "restart", "times", "vfork", "thread_exec",
    "processes", "descriptors", "group_stop", "exit_in_threads", "clone3", "int80", "odd_clones", "touch", "own_base", "sites",
    "calls_files", "calls_time", "calls_memory", "calls_ipc", "calls_signals",
)  # fmt: skip


def program(name: str, architecture: str = "native") -> str:
    try:
        return str(build(name, architecture))
    except CannotBuild as problem:
        pytest.skip(str(problem))


@pytest.fixture(scope="module", autouse=True)
def possible(tmp_path_factory: pytest.TempPathFactory) -> None:
    done = ptracer(*INSIDE, "-o", str(tmp_path_factory.mktemp("inside") / "trace"), "true")
    if done.returncode:
        pytest.skip(done.stderr)


def traced(directory: Path, *arguments: str) -> tuple[int, str, list[str]]:
    """Exit status, what was said, and the lines of a trace."""
    command = [*PTRACER, "-o", str(directory / "trace"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=90, cwd=directory)
    return done.returncode, done.stdout, (directory / "trace").read_text(errors="replace").splitlines()


def whole(lines: list[str]) -> list[list[str]]:
    """What each thread did, the halves of its calls joined; what comes by chance taken out."""
    begun: dict[str, str] = {}
    did: dict[str, list[str]] = defaultdict(list)
    for line in lines:
        tid, _, text = line.partition(" ")
        text = text.strip()
        calls = did[tid]
        if text.endswith(" <unfinished ...>"):
            begun[tid] = text.removesuffix(" <unfinished ...>")
            continue
        if text.startswith("<... ") and tid in begun:
            text = begun.pop(tid) + text.partition(" resumed>")[2]
        calls.append(re.sub(r"\)\s+= ", ") = ", CHANCE.sub("#", text)))
    return list(did.values())


@pytest.mark.parametrize("name", SAME)
def test_the_trace_is_the_same(tmp_path: Path, name: str) -> None:
    expected, found = (traced(tmp_path, *how, program(name)) for how in (STOPS, INSIDE))
    if expected[0] == 77:
        pytest.skip("the program cannot do its work here")
    assert found[:2] == expected[:2]
    threads = [Counter(line for thread in whole(lines) for line in thread) for lines in (expected[2], found[2])]
    missing, more = threads[0] - threads[1], threads[1] - threads[0]
    # What comes between threads and signals by chance is little.
    assert (missing.total() + more.total()) <= threads[0].total() * 0.02 + 4, (missing, more)


@pytest.mark.parametrize("name", ["files", "strings", "memory_faults", "poll_select", "calls_memory"])
def test_line_by_line(tmp_path: Path, name: str) -> None:
    expected, found = (whole(traced(tmp_path, *how, program(name))[2]) for how in (STOPS, INSIDE))
    assert found == expected


@pytest.mark.parametrize("name", ["interrupted", "sites", "own_base"])
def test_the_program_does_what_it_does_alone(tmp_path: Path, name: str) -> None:
    alone = subprocess.run([program(name)], capture_output=True, text=True, timeout=60)
    assert traced(tmp_path, *INSIDE, program(name))[:2] == (alone.returncode, alone.stdout)


def test_a_program_that_checks_itself(tmp_path: Path) -> None:
    assert traced(tmp_path, *INSIDE, program("steady"), "1")[:2] == (0, "steady\n")


@pytest.mark.parametrize("round", range(3))
def test_threads_that_an_exec_ends_in_the_middle(tmp_path: Path, round: int) -> None:
    counts = tmp_path / "counts"
    status, _, lines = traced(tmp_path, *INSIDE, program("counting"), str(counts), "3", "/bin/true")
    counted = sum(struct.unpack("<512Q", counts.read_bytes()))
    seen = sum(" gettid(" in line for line in lines)
    assert status == 0
    assert 0 <= seen - counted <= 3  # a thread may have ended between its call and its count


def test_most_calls_do_not_stop(tmp_path: Path) -> None:
    from ptracer.capture._capture import TRUSTED

    status, _, lines = traced(tmp_path, *INSIDE, "-e", "trace=read,write", program("storm"), "2000")
    assert status == 0 and len([line for line in lines if " write(" in line]) == 2000
    assert all(place < 1 << 31 for place in TRUSTED)
    done = ptracer(*INSIDE, "-c", "-o", str(tmp_path / "counts"), program("storm"), "2000")
    assert done.returncode == 0
    assert re.search(r" 2000 +write$", (tmp_path / "counts").read_text(), re.M)


def test_where_a_call_is_made_is_said_as_by_stops(tmp_path: Path) -> None:
    """Not where the block is that makes it."""
    _, _, lines = traced(tmp_path, *INSIDE, "-i", program("storm"), "100")
    places = {line.split()[1] for line in lines if " write(" in line}
    assert len(places) == 1
    assert not any(place.startswith("[000000006f") for place in places)


def test_times_are_those_of_the_calls(tmp_path: Path) -> None:
    _, _, lines = traced(tmp_path, *INSIDE, "-ttt", "-T", "sleep", "0.3")
    stamps = [float(line.split()[1]) for line in lines]
    assert stamps == sorted(stamps)
    slept = next(line for line in lines if "nanosleep" in line)
    assert 0.29 < float(slept.rsplit("<", 1)[1].rstrip(">")) < 5


def test_an_output_that_is_slow_holds_the_program_up_and_loses_nothing(tmp_path: Path) -> None:
    slow = f"|sleep 1; cat >{tmp_path / 'all'}"
    done = ptracer(*INSIDE, "-o", slow, program("storm"), "30000")
    assert done.returncode == 0
    lines = (tmp_path / "all").read_text().splitlines()
    assert sum(" write(" in line for line in lines) == 30000


def test_a_blocked_call_is_seen_while_it_blocks(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    process = subprocess.Popen([*PTRACER, *INSIDE, "-o", str(trace), "sleep", "60"])
    try:
        until(lambda: trace.exists() and "nanosleep" in trace.read_text(), "the call is shown")
        assert "nanosleep" in trace.read_text().splitlines()[-1]
    finally:
        process.kill()  # which ends the command as well
        process.wait(20)


def test_a_recording_made_inside_replays(tmp_path: Path) -> None:
    recording = tmp_path / "recording"
    traced(tmp_path, *INSIDE, "--record", str(recording), program("files"))
    lines = (tmp_path / "trace").read_text()
    ptracer("--replay", str(recording), "-f", "-o", str(tmp_path / "replayed"))
    assert (tmp_path / "replayed").read_text() == lines


@pytest.mark.parametrize("kind", ["i386", "static"])
def test_other_programs(tmp_path: Path, kind: str) -> None:
    if kind == "static":
        name = str(tmp_path / "storm")
        made = subprocess.run([*compiler("native"), "-static", "-O2", "-o", name, str(SOURCES / "storm.c")], capture_output=True)
        if made.returncode:
            pytest.skip("no static C library")
    else:
        name = program("storm", kind)
    expected, found = (whole(traced(tmp_path, *how, name, "50")[2]) for how in (STOPS, INSIDE))
    assert found == expected


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("-p", "1"), "only a command that ptracer starts"),
        (("-k", "true"), "stack traces"),
        (("--explain", "true"), "explanations"),
        (("-e", "inject=getpid:error=EPERM", "true"), "what changes calls"),
        (("-b", "execve", "true"), "-b"),
    ],
)
def test_what_cannot_be_done_inside_is_said(arguments: tuple[str, ...], why: str) -> None:
    done = ptracer("--capture=inside", *arguments)
    assert done.returncode == 1
    assert "--capture=inside" in done.stderr and why in done.stderr


def test_automatically_means_by_stops_where_it_must(tmp_path: Path) -> None:
    status, _, lines = traced(tmp_path, "--capture=auto", "-k", "true")
    assert status == 0 and any(line.startswith(" > ") for line in lines)


def test_the_filter_lets_the_block_pass_and_nothing_else() -> None:
    from ptracer.capture._capture import READY, TRUSTED

    code = inside.program(None)
    numbers = {name: number for number, name in X86_64.numbers.items()}
    for place in TRUSTED:
        assert seccomp.decide(code, X86_64.audit_arch, 1, place) == seccomp.ALLOW
        assert seccomp.decide(code, X86_64.audit_arch, 1, place + (1 << 32)) == seccomp.TRACE
        assert seccomp.decide(code, I386.audit_arch, 1, place) == seccomp.TRACE
    assert seccomp.decide(code, X86_64.audit_arch, 1, 0x401000) == seccomp.TRACE
    some = inside.program(lambda name, abi: name == "openat")
    assert seccomp.decide(some, X86_64.audit_arch, numbers["getpid"], READY) == seccomp.TRACE
    assert seccomp.decide(some, X86_64.audit_arch, numbers["getpid"], 0x401000) == seccomp.ALLOW
    assert seccomp.decide(some, X86_64.audit_arch, numbers["openat"], 0x401000) == seccomp.TRACE
