"""What cannot be promised under ptrace: each row of docs/limits.md that a command can show."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from programs.build import build
from running import PTRACER, alive, field, kill, ptracer, start, traced, until

pytestmark = pytest.mark.ptrace


def lines(directory: Path, *arguments: str, **environment: str) -> tuple[str, str]:
    """The trace of a part of the program, and what it writes itself."""
    trace = directory / "trace"
    *options, which = arguments
    done = ptracer("-f", "-o", str(trace), *options, str(build("limits")), which, env={**os.environ, **environment})
    if done.returncode == 77:
        pytest.skip("the kernel does not let us")
    assert done.returncode == 0, done.stderr
    return trace.read_text(), done.stdout


def test_what_the_vdso_answers_is_no_call(tmp_path: Path) -> None:
    assert lines(tmp_path, "vdso")[0].count("clock_gettime") < 10


def test_what_a_ring_does_is_no_call(tmp_path: Path) -> None:
    trace, output = lines(tmp_path, "ring")
    assert output == "by a ring\n" and "write(" not in trace and "io_uring_enter(" in trace


def test_stores_into_mapped_memory_are_no_calls(tmp_path: Path) -> None:
    assert "no call says this" not in lines(tmp_path, "mapped")[0]


def test_a_child_may_refuse_to_be_traced(tmp_path: Path) -> None:
    trace, output = lines(tmp_path, "untraced")
    assert output == "untraced\n" and "CLONE_UNTRACED" in trace and "write(" not in trace


def test_a_filter_of_the_program_comes_before_ours(tmp_path: Path) -> None:
    assert "getppid()" not in lines(tmp_path, "-e", "trace=getppid", "refused")[0]
    trace, output = lines(tmp_path, "-e", "trace=getppid", "refused", PTRACER_SECCOMP="0")
    assert "= -1 ENOTTY" in trace and output == "-1\n"


@pytest.mark.parametrize("capture", ["native", "pure"])
def test_a_filter_of_the_program_may_kill_it(tmp_path: Path, capture: str) -> None:
    trace = tmp_path / "trace"
    done = ptracer("-o", str(trace), str(build("limits")), "forbidden", env={**os.environ, "PTRACER_CAPTURE": capture})
    assert done.returncode == -signal.SIGSYS
    assert re.search(r"getppid\(\) += .+\n\+\+\+ killed by SIGSYS( \(core dumped\))? \+\+\+\n$", trace.read_text())


def test_a_filter_of_the_program_may_ask_for_a_tracer(tmp_path: Path) -> None:
    """Without one such a call fails, also under ptracer, except where that has a filter itself and so answers."""
    assert lines(tmp_path, "offered")[1] == "-1\n"
    assert lines(tmp_path, "-e", "trace=openat", "offered")[1] != "-1\n"


def test_a_process_has_one_tracer(tmp_path: Path) -> None:
    trace, output = lines(tmp_path, "traceme")
    assert output == "Operation not permitted\n" and re.search(r"PTRACE_TRACEME\) += -1 EPERM", trace)
    with subprocess.Popen(["sleep", "60"]) as sleep:
        first = start("-o", os.devnull, "-p", str(sleep.pid))
        until(lambda: traced(sleep.pid))
        second = ptracer("-p", str(sleep.pid))
        assert second.returncode == 1 and f"already being traced by pid {first.pid}" in second.stderr
        first.send_signal(signal.SIGINT)
        first.wait(20)
        kill(sleep.pid)


@pytest.mark.parametrize(("options", "lives"), [((), True), (("-e", "trace=openat"), False), (("--kill-on-exit",), False)])
def test_what_becomes_of_tracees_when_ptracer_is_killed(tmp_path: Path, options: tuple[str, ...], lives: bool) -> None:
    told = tmp_path / "pid"
    with subprocess.Popen([*PTRACER, "-f", "-o", os.devnull, *options, "sh", "-c", f"echo $$ > {told}; exec sleep 60"]):
        until(lambda: told.is_file() and told.read_text().strip())
        pid = int(told.read_text())
        until(lambda: field(pid, "Name") == "sleep")
        kill(int(field(pid, "TracerPid")))
        until(lambda: not traced(pid))
        if lives:
            assert alive(pid)
            kill(pid)
        else:
            until(lambda: not alive(pid))


@pytest.mark.skipif(os.getuid() != 0 or shutil.which("setpriv") is None, reason="needs another user")
def test_set_uid_programs_of_others_gain_nothing(tmp_path: Path) -> None:
    """The kernel's rule; a tracer with CAP_SYS_PTRACE, here root's, lets them."""
    program = tmp_path / "id"
    shutil.copy(shutil.which("id") or "", program)
    os.chown(program, 65534, 65534)
    program.chmod(0o4755)
    assert ptracer("-o", os.devnull, str(program), "-u").stdout == "65534\n"


ORDINARY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search")


@pytest.fixture
def other_s_program() -> Iterator[str]:
    """A set-uid program of user 12345, which says as whom it runs, where everybody can execute it."""
    with tempfile.TemporaryDirectory() as directory:
        os.chmod(directory, 0o755)
        program = Path(directory) / "id"
        shutil.copy(shutil.which("id") or "", program)
        os.chown(program, 12345, 12345)
        program.chmod(0o4755)
        yield str(program)


@pytest.mark.skipif(os.getuid() != 0 or shutil.which("setpriv") is None, reason="needs another user")
@pytest.mark.parametrize("capture", ["native", "pure"])
@pytest.mark.parametrize("options", [(), ("-f", "-e", "trace=openat")], ids=["all", "filtered"])
def test_who_traces_a_set_uid_program_is_no_more_than_before(other_s_program: str, options: tuple[str, ...], capture: str) -> None:
    """An ordinary user, except that they may read where Python is. Alone it gains; with root's -u it does, too."""
    environment = {**os.environ, "PTRACER_CAPTURE": capture}

    def said(*command: str) -> str:
        done = subprocess.run([*command, other_s_program, "-u"], capture_output=True, text=True, timeout=60, env=environment, cwd="/")
        assert done.returncode == 0, done.stderr
        return done.stdout

    if said(*ORDINARY) != "12345\n":
        pytest.skip("set-uid programs gain nothing here")
    assert said(*ORDINARY, *PTRACER, "-o", "/dev/null", *options) == "65534\n"
    assert said(*PTRACER, "-o", "/dev/null", *options, "-u", "65534:65534") == "12345\n"


@pytest.mark.skipif(os.getuid() != 0, reason="needs another user")
@pytest.mark.parametrize("ids", ["os.setresuid(65534, 0, 0)", "os.setresgid(65534, 0, 0)"])
def test_ptracer_does_nothing_where_it_was_made_set_uid(tmp_path: Path, ids: str) -> None:
    script = f"import os, sys; from ptracer import cli; sys.argv = ['ptracer', 'touch', '{tmp_path}/done']; {ids}; cli.main()"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and "refusing to run set-" in done.stderr
    assert not (tmp_path / "done").exists()
