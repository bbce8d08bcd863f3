"""Every call of every thread is there once, of programs that are hard to follow; they do what they do alone, and say it themselves."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from programs.build import CannotBuild, build, compiler
from running import PTRACER, ptracer

pytestmark = [pytest.mark.ptrace, pytest.mark.timeout(110)]

CAPTURES = ("native", "pure")
COUNTED = "getppid"


def program(name: str, architecture: str = "native") -> str:
    try:
        return str(build(name, architecture))
    except CannotBuild as problem:
        pytest.skip(str(problem))


@pytest.fixture(params=CAPTURES)
def capture(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("PTRACER_CAPTURE", request.param)
    return str(request.param)


class Trace:
    """What a program said, and what was seen of it."""

    def __init__(self, text: str, said: str) -> None:
        self.lines, self.said = text.splitlines(), said

    def entered(self, call: str = COUNTED) -> int:
        return sum(f" {call}(" in line for line in self.lines)

    def returned(self, call: str = COUNTED) -> int:
        whole = re.compile(rf" (?:{call}\(.*\)|<\.\.\. {call} resumed>.*) += \d+")
        return sum(whole.search(line) is not None for line in self.lines)

    def ended(self) -> int:
        return sum(line.endswith("+++") for line in self.lines)

    @property
    def number(self) -> int:
        """The first number of what the program said."""
        return int(re.findall(r"\d+", self.said)[0])


def traced(directory: Path, *arguments: str, status: int = 0, patience: float = 90) -> Trace:
    """Follow a program to its end. ``arguments`` may begin with options."""
    command = [*PTRACER, "-f", "-o", str(directory / "trace"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=patience)
    if done.returncode == 77:
        pytest.skip("the kernel does not let us")
    assert (done.returncode, done.stderr) == (status, ""), done.stdout
    return Trace((directory / "trace").read_text(errors="surrogateescape"), done.stdout)


FILTERS = {"all": (), "filtered": ("-e", f"trace={COUNTED}")}


@pytest.mark.parametrize("options", FILTERS)
def test_two_hundred_threads(capture: str, tmp_path: Path, options: str) -> None:
    trace = traced(tmp_path, *FILTERS[options], program("threads"), "200", "5")
    assert trace.number == 2000
    assert trace.entered() == trace.returned() == 1000
    assert trace.ended() == 201


@pytest.mark.parametrize("options", FILTERS)
def test_five_hundred_short_processes(capture: str, tmp_path: Path, options: str) -> None:
    """As many as there is time for; tests/soak has a hundred thousand."""
    trace = traced(tmp_path, *FILTERS[options], program("forks"), "500")
    assert trace.said == "500 children\n"
    assert trace.ended() == 501 and len({line.split()[0] for line in trace.lines}) == 501


@pytest.mark.parametrize("options", FILTERS)
def test_a_bomb_of_forks(capture: str, tmp_path: Path, options: str) -> None:
    trace = traced(tmp_path, *FILTERS[options], program("bomb"), "7")
    assert trace.number == 255 == trace.entered() == trace.returned() == trace.ended()


@pytest.mark.parametrize("options", FILTERS)
def test_programs_that_threads_execute_one_after_another(capture: str, tmp_path: Path, options: str) -> None:
    trace = traced(tmp_path, *FILTERS[options], program("exec_loop"), "30")
    assert trace.said == "30 times\n"
    assert trace.entered() == trace.returned() == 30
    assert sum("+++ superseded by execve in pid " in line for line in trace.lines) == 30
    assert trace.lines[-1].endswith("+++ exited with 0 +++")


def test_threads_that_die_in_calls(capture: str, tmp_path: Path) -> None:
    for _ in range(2):
        trace = traced(tmp_path, program("exit_in_threads"), status=5)
        unfinished = sum("<unfinished ...>" in line for line in trace.lines)
        assert trace.ended() == 5 and unfinished >= 4


def test_children_that_share_the_memory_of_their_parent(capture: str, tmp_path: Path) -> None:
    trace = traced(tmp_path, program("vfork"))
    assert trace.said == "3 0 126\n" and trace.ended() == 4


@pytest.mark.parametrize("options", FILTERS)
def test_clones_with_odd_flags(capture: str, tmp_path: Path, options: str) -> None:
    trace = traced(tmp_path, *FILTERS[options], program("odd_clones"))
    assert trace.number == 14 == trace.entered() == trace.returned()
    assert trace.ended() == 16  # with the one between two sisters


@pytest.mark.parametrize("options", [(), *FILTERS.values()])
def test_clones_with_odd_flags_go_on_where_nobody_follows(capture: str, tmp_path: Path, options: tuple[str, ...]) -> None:
    """CLONE_PTRACE gives the child to the tracer of its parent, whoever wants it or not."""
    done = ptracer(*options, "-o", str(tmp_path / "trace"), program("odd_clones"))
    assert (done.returncode, done.stdout, done.stderr) == (0, "14 children\n", "")


@pytest.mark.parametrize("options", [(), ("-f",), *FILTERS.values()])
def test_a_child_of_the_command_that_becomes_ours(capture: str, tmp_path: Path, options: tuple[str, ...]) -> None:
    """CLONE_PARENT makes it a sister of the command; nobody but ptracer can wait for it."""
    done = ptracer(*options, "-o", str(tmp_path / "trace"), program("odd_clones"), "parent")
    assert (done.returncode, done.stderr) == (0, "")
    assert Trace((tmp_path / "trace").read_text(), "").lines[-1].endswith("+++")


@pytest.mark.parametrize("options", FILTERS)
def test_a_storm_of_stops_and_continuations(capture: str, tmp_path: Path, options: str) -> None:
    trace = traced(tmp_path, *FILTERS[options], program("stops"), "80")
    assert trace.number == trace.returned() > 0
    stops = [line for line in trace.lines if line.endswith("--- stopped by SIGSTOP ---")]
    assert len(stops) >= 2 * 10  # both threads, each time that their parent saw it


def test_namespaces(capture: str, tmp_path: Path) -> None:
    """Names of processes are those that the tracer sees, results those that the program gets."""
    trace = traced(tmp_path, program("namespaces"))
    assert trace.said == "2 of 1\n"
    assert trace.entered() == trace.returned() == 3 and trace.ended() == 3
    assert trace.returned("getpid") == 2
    assert len({line.split()[0] for line in trace.lines}) == 3


# --- kinds of executables


def compiled(directory: Path, *flags: str) -> str:
    source = Path(__file__).parent / "programs" / "self_count.c"
    made = directory / "self_count"
    done = subprocess.run([*compiler("native"), *flags, str(source), "-o", str(made)], capture_output=True, text=True)
    if done.returncode:
        pytest.skip(done.stderr[-200:])
    return str(made)


KINDS = {"static": ("-static",), "stripped": ("-s",), "static and stripped": ("-static", "-s"), "at a fixed address": ("-no-pie",)}


@pytest.mark.parametrize("kind", [*KINDS, "32 bits"])
@pytest.mark.parametrize("options", [(), ("-k",), ("-e", "trace=getppid,write,close")], ids=["all", "stacks", "filtered"])
def test_executables(capture: str, tmp_path: Path, kind: str, options: tuple[str, ...]) -> None:
    binary = program("self_count", "i386") if kind == "32 bits" else compiled(tmp_path, *KINDS[kind])
    trace = traced(tmp_path, *options, binary, "50")
    assert trace.said == "150\n"
    assert trace.returned() == trace.entered() == 50
    assert sum(" close(-1) " in line for line in trace.lines) == 50
    assert sum(re.search(r' write\(\d+, "x", 1\) += 1$', line) is not None for line in trace.lines) == 50


# --- programs that trace, themselves

ABOVE = "Operation not permitted"


@pytest.mark.parametrize("tracer", ["strace", "gdb", "ptracer"])
def test_a_tracer_may_be_traced_as_long_as_nobody_follows_its_children(capture: str, tmp_path: Path, tracer: str) -> None:
    commands = {
        "strace": ["strace", "-o", os.devnull, "sh", "-c", "echo well; exit 3"],
        "gdb": ["gdb", "-nx", "-batch", "-ex", "run", "--args", "sh", "-c", "echo well; exit 3"],
        "ptracer": [*PTRACER, "-o", os.devnull, "sh", "-c", "echo well; exit 3"],
    }
    if not shutil.which(commands[tracer][0]):
        pytest.skip(f"{tracer} is not installed")
    done = ptracer("-o", str(tmp_path / "trace"), *commands[tracer])
    assert "well\n" in done.stdout
    assert done.returncode == (0 if tracer == "gdb" else 3)
    assert " ptrace(" in (tmp_path / "trace").read_text().replace("\n", " ") or tracer == "ptracer"


@pytest.mark.parametrize("tracer", ["strace", "gdb", "ptracer"])
def test_with_its_children_followed_a_tracer_is_told_no(capture: str, tmp_path: Path, tracer: str) -> None:
    """It ends, whatever it says of it, and so do we."""
    commands = {
        "strace": ["strace", "-o", os.devnull, "true"],
        "gdb": ["gdb", "-nx", "-batch", "-ex", "run", "true"],
        "ptracer": [*PTRACER, "-o", os.devnull, "true"],
    }
    if not shutil.which(commands[tracer][0]):
        pytest.skip(f"{tracer} is not installed")
    done = ptracer("-f", "-o", str(tmp_path / "trace"), *commands[tracer])
    refused = r"(ptrace\(PTRACE_(TRACEME|SEIZE|ATTACH)|<\.\.\. ptrace resumed>).*= -1 EPERM"  # perhaps resumed
    assert re.search(refused, (tmp_path / "trace").read_text())
    assert ABOVE in done.stdout + done.stderr
