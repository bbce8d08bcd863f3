"""In strace's place: a link of that name on PATH, called as programs call strace."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.ptrace


@pytest.fixture
def strace(tmp_path: Path) -> Any:
    """Runs ``strace`` with arguments, from a directory on PATH that has only that link."""
    command = Path(sys.executable).with_name("ptracer")
    if not command.exists():
        pytest.skip("ptracer is not installed beside this Python")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "strace").symlink_to(command)
    environment = {**os.environ, "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["strace", *arguments], capture_output=True, text=True, timeout=60, cwd=tmp_path, env=environment, check=False
        )

    return run


@pytest.mark.parametrize("before", [(), ("--kill-on-exit",)])
def test_the_last_word_of_the_version_is_a_version(strace: Any, before: tuple[str, ...]) -> None:
    run = strace(*before, "-V")
    assert run.returncode == 0
    assert re.fullmatch(r"\d+\.\d+", run.stdout.splitlines()[0].split()[-1])


def test_who_watches_connections_gets_them(strace: Any, tmp_path: Path) -> None:
    script = "import socket; socket.socket().connect_ex(('127.0.0.1', 9))"
    run = strace("--kill-on-exit", "-e", "trace=connect", "-f", "-tt", "-o", "F", sys.executable, "-c", script)
    assert run.returncode == 0
    pattern = r"\d+ +\d\d:\d\d:\d\d\.\d{6} connect\(3, \{sa_family=AF_INET, sin_port=htons\(9\), .*\}, 16\) = -1 ECONNREFUSED .*"
    assert any(re.fullmatch(pattern, line) for line in (tmp_path / "F").read_text().splitlines())


def test_who_draws_processes_gets_their_calls_and_times(strace: Any, tmp_path: Path) -> None:
    options = ("--seccomp-bpf", "-tttyfT", "-e", "trace=%process", "-s", "128", "-o", "F", "--")
    assert strace(*options, "sh", "-c", "ls / > /dev/null; exit 3").returncode == 3
    lines = (tmp_path / "F").read_text().splitlines()
    assert all(re.match(r"\d+ +\d+\.\d{6} ", line) for line in lines)
    assert any(re.search(r'execve\("[^"]+/ls", \["ls", "/"\]', line) for line in lines)
    assert any(re.search(r" = \d+ <\d+\.\d{6}>$", line) for line in lines)
    assert lines[-1].endswith("+++ exited with 3 +++")


def test_messages_name_who_was_called(strace: Any) -> None:
    run = strace("--no-such-option")
    assert run.returncode == 1
    assert run.stderr.startswith("strace: ")
