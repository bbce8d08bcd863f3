"""``-D``: the command is its caller's child, under the pid that ptracer had; the tracer stands beside it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from running import ptracer, start, until

pytestmark = pytest.mark.ptrace


def place_of(pid: int) -> tuple[int, int, int]:
    """Parent, process group and session."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[1]), int(fields[2]), int(fields[3])


def tracer_of(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("TracerPid"))


@pytest.mark.parametrize("option", ["-D", "-DD", "-DDD", "--daemonize=grandchild", "--daemonize=pgroup", "--daemonize=session"])
def test_the_command_stays_the_callers_child_and_the_tracer_stands_aside(tmp_path: Path, option: str) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    command = start(option, "-o", str(tmp_path / "trace"), "sh", "-c", f"read line < {gate}; exit 3")
    until(lambda: Path(f"/proc/{command.pid}/comm").read_text() == "sh\n" and tracer_of(command.pid), "the command")
    tracer = tracer_of(command.pid)
    parent, group, session = place_of(command.pid)
    assert parent == os.getpid()
    assert (group, session) == (os.getpgid(0), os.getsid(0))
    _, tracers_group, tracers_session = place_of(tracer)
    assert (tracers_group == group) == (option in ("-D", "--daemonize=grandchild"))
    assert (tracers_session == session) == (option not in ("-DDD", "--daemonize=session"))
    gate.write_text("go\n")
    assert command.wait(20) == 3
    until(lambda: (tmp_path / "trace").read_text().endswith("+++ exited with 3 +++\n"), "the end of the trace")


def test_a_signal_ends_the_command_as_without_a_tracer(tmp_path: Path) -> None:
    assert ptracer("-D", "-o", str(tmp_path / "trace"), "sh", "-c", "kill -TERM $$").returncode == -15


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("-DDDD", "true"), "Too many -D's (4), maximum supported -D count is 3"),
        (("-D", "-p", "1"), "PROG [ARGS] must be specified with -D/--daemonize"),
        (("--daemonize=far", "true"), "invalid --daemonize argument: 'far'"),
    ],
)
def test_what_makes_no_sense_starts_nothing(arguments: tuple[str, ...], message: str) -> None:
    run = ptracer(*arguments)
    assert run.returncode == 1
    assert message in run.stderr
