"""What goes wrong is said clearly, once, and harms nobody."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from running import alive, field, kill, ptracer, start, traced, until

from ptracer import attach

pytestmark = pytest.mark.ptrace


def test_a_command_that_does_not_exist(tmp_path: Path) -> None:
    run = ptracer("no-such-command")
    assert (run.returncode, run.stderr) == (1, "ptracer: Cannot find executable 'no-such-command'\n")
    run = ptracer(str(tmp_path / "nothing"))
    assert (run.returncode, run.stderr) == (1, f"ptracer: Cannot stat '{tmp_path}/nothing': No such file or directory\n")


def test_a_directory(tmp_path: Path) -> None:
    run = ptracer(str(tmp_path))
    assert run.returncode == 1 and "directory" in run.stderr and "exec" not in run.stdout


@pytest.mark.parametrize("options", [[], ["-f"], ["-e", "trace=execve,write"]])
def test_a_program_that_is_none(tmp_path: Path, options: list[str]) -> None:
    script = tmp_path / "script"
    script.write_text("echo hello\n")
    script.chmod(0o755)
    run = ptracer(*options, str(script))
    lines = run.stderr.splitlines()
    assert run.returncode == 1 and not run.stdout
    assert lines[0].startswith("execve(") and lines[0].endswith("= -1 ENOEXEC (Exec format error)")
    assert sorted(lines[1:]) == ["+++ exited with 1 +++", "ptracer: exec: Exec format error"]


def test_a_file_without_permission(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("#!/bin/sh\n")
    run = ptracer("-qq", str(file))
    assert run.returncode == 1
    assert "= -1 EACCES (Permission denied)\n" in run.stderr and "ptracer: exec: Permission denied\n" in run.stderr


def test_what_cannot_be_executed_is_not_hidden_by_a_filter(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    run = ptracer("-e", "trace=write", str(file))
    assert run.returncode == 1 and "ptracer: exec: Permission denied\n" in run.stderr and "write(" not in run.stderr


def test_an_output_that_cannot_be_opened_starts_nothing(tmp_path: Path) -> None:
    run = ptracer("-o", str(tmp_path / "no" / "where"), "touch", str(tmp_path / "started"))
    assert run.returncode == 1
    assert run.stderr == f"ptracer: Can't fopen '{tmp_path}/no/where': No such file or directory\n"
    assert not (tmp_path / "started").exists()


@pytest.mark.parametrize("options", [[], ["-e", "trace=close"], ["-c"]])
@pytest.mark.parametrize("status, expected", [(0, 1), (3, 3)])
def test_a_full_disk_is_reported_once_and_the_command_goes_on(
    tmp_path: Path, options: list[str], status: int, expected: int
) -> None:
    run = ptracer(*options, "-o", "/dev/full", "sh", "-c", f"touch {tmp_path}/done; exit {status}")
    assert (run.returncode, run.stderr) == (expected, "ptracer: /dev/full: No space left on device\n")
    assert (tmp_path / "done").exists()


def test_a_reader_that_goes_away_does_not_end_the_command(tmp_path: Path) -> None:
    run = ptracer("-o", "|exit 0", "sh", "-c", f"sleep 0.3; /bin/true; touch {tmp_path}/done")
    assert run.returncode == 1 and run.stderr == "ptracer: |exit 0: Broken pipe\n"
    assert (tmp_path / "done").exists()


def test_a_process_that_does_not_exist() -> None:
    run = ptracer("-p", "99999999")
    assert (run.returncode, run.stderr) == (1, "ptracer: attach: ptrace(PTRACE_SEIZE, 99999999): No such process\n")


def test_a_process_that_somebody_traces_already() -> None:
    tracee = subprocess.Popen(["sleep", "60"])
    other = start("-q", "-p", str(tracee.pid))
    try:
        until(lambda: traced(tracee.pid))
        run = ptracer("-p", str(tracee.pid))
        assert run.returncode == 1
        assert f"Process {tracee.pid} is already being traced by pid {other.pid} (" in run.stderr
        assert traced(tracee.pid) and alive(tracee.pid)
    finally:
        kill(other.pid, tracee.pid)
        other.wait()
        tracee.wait()


def test_a_command_that_a_tracer_above_us_takes() -> None:
    run = ptracer("-f", "-o", "/dev/null", sys.executable, "-m", "ptracer", "true")
    first, second = run.stderr.splitlines()
    assert run.returncode == 1 and first.startswith("ptracer: attach: ptrace(PTRACE_SEIZE, ")
    assert second.startswith("ptracer: The command has a tracer already: pid ")


def test_a_zombie() -> None:
    zombie = subprocess.Popen(["true"])
    until(lambda: field(zombie.pid, "State").startswith("Z"))
    run = ptracer("-p", str(zombie.pid))
    zombie.wait()
    assert run.returncode == 1 and f"Process {zombie.pid} is a zombie" in run.stderr


def test_a_thread_of_the_kernel() -> None:
    if "Kthread" not in Path("/proc/2/status").read_text():
        pytest.skip("this kernel does not say which processes are its own")
    run = ptracer("-p", "2")
    assert run.returncode == 1 and "kernel" in run.stderr


def test_itself() -> None:
    script = "import os, sys; os.execv(sys.executable, [sys.executable, '-m', 'ptracer', '-p', str(os.getpid())])"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert run.returncode == 1 and "A process cannot trace itself" in run.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
def test_a_process_of_somebody_else() -> None:
    other = subprocess.Popen(["sleep", "60"])
    # The interpreter may be where others cannot read: become somebody else once it has started.
    script = f"""import os, sys
from ptracer import attach, cli, messages, session, tracer
sys.argv[0] = "ptracer"
os.setgroups([]); os.setgid(65534); os.setuid(65534)
cli.run(["-p", "{other.pid}"])"""
    try:
        run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    finally:
        kill(other.pid)
        other.wait()
    if "Error" in run.stderr:
        pytest.skip("others may not read the modules here")
    assert "may be owned by a different user: it belongs to uid 0" in run.stderr


def test_one_of_several_processes_is_enough() -> None:
    tracee = subprocess.Popen(["sleep", "60"])
    run = start("-p", f"99999999,{tracee.pid}")
    until(lambda: traced(tracee.pid))
    kill(tracee.pid)
    tracee.wait()
    _, text = run.communicate(timeout=60)
    assert run.returncode == 0
    assert "99999999): No such process" in text and f"Process {tracee.pid} attached" in text


@pytest.mark.parametrize("scope", [1, 2, 3])
def test_yama_is_explained(monkeypatch: pytest.MonkeyPatch, scope: int) -> None:
    monkeypatch.setattr(attach, "yama_scope", lambda: scope)
    monkeypatch.setattr(attach, "has_capability", lambda number: False)
    lines = attach.denied(1234, {"Uid": f"{os.getuid()}\t" * 4})
    assert f"kernel.yama.ptrace_scope is {scope}" in lines[0]


def test_users() -> None:
    if os.geteuid() != 0:
        assert "must be root" in ptracer("-u", "root", "true").stderr
        return
    assert ptracer("-u", "no-such-user", "true").stderr == "ptracer: Cannot find user 'no-such-user'\n"
    assert ptracer("-u", "0:x", "true").stderr == "ptracer: Invalid UID:GID pair '0:x'\n"


def test_a_hint_follows_a_command_line_that_makes_no_sense() -> None:
    run = ptracer("-s", "x", "true")
    assert (run.returncode, run.stderr) == (
        1, "ptracer: invalid -s argument: 'x'\nTry 'ptracer -h' for more information.\n",
    )  # fmt: skip


