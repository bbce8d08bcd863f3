"""Attaching at any moment, and letting go at any moment: what a process was doing goes on as if nobody had come."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator

import harm
import pytest
from programs.build import build
from running import PTRACER, alive, field, ptracer, traced, until

pytestmark = [pytest.mark.ptrace, pytest.mark.timeout(100)]

WAITING = ("read", "handler", "wait")  # for a byte
TIMED = ("nanosleep", "clock_nanosleep", "poll", "ppoll", "select", "futex")  # three seconds
STRIKES = {"interrupted": harm.interrupt, "killed": harm.kill}


@pytest.fixture(params=["native", "pure"])
def capture(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("PTRACER_CAPTURE", request.param)
    return str(request.param)


@pytest.fixture
def running() -> Iterator[list[subprocess.Popen[str]]]:
    """What is not left behind."""
    started: list[subprocess.Popen[str]] = []
    yield started
    for process in started:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                stream.close()


def at(moment: str, running: list[subprocess.Popen[str]]) -> subprocess.Popen[str]:
    """A process at that moment."""
    command = [str(build("moments")), moment]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    running.append(process)
    assert process.stdout is not None and process.stdout.readline() == "ready\n"
    return process


def attach(pid: int, running: list[subprocess.Popen[str]], *options: str) -> subprocess.Popen[str]:
    """A tracer of it, which has it."""
    tracer = subprocess.Popen([*PTRACER, "-f", *options, "-p", str(pid)], stderr=subprocess.PIPE, text=True)
    running.append(tracer)
    until(lambda: traced(pid), "the attachment")
    return tracer


def said(process: subprocess.Popen[str], byte: str = "") -> str:
    """What it says at its end."""
    return process.communicate(byte, timeout=harm.PATIENCE)[0]


@pytest.mark.parametrize("strike", STRIKES)
@pytest.mark.parametrize("moment", [*WAITING, *TIMED])
def test_a_call_goes_on_for_who_is_let_go_in_it(
    capture: str, running: list[subprocess.Popen[str]], moment: str, strike: str
) -> None:
    """Blocked, restarted, in a handler: times count from the beginning, not from when we came."""
    process = at(moment, running)
    for _ in range(2 if moment in WAITING else 1):
        tracer = attach(process.pid, running)
        time.sleep(0.1)
        STRIKES[strike](tracer)  # type: ignore[arg-type]
        complaint = tracer.communicate(timeout=harm.PATIENCE)[1]
        assert "Traceback" not in complaint
    assert not traced(process.pid)
    assert said(process, "x" if moment in WAITING else "") == f"{moment}: well\n"


@pytest.mark.parametrize("moment", [*WAITING, *TIMED])
def test_a_call_ends_as_it_should_under_who_has_come_in_it(
    capture: str, running: list[subprocess.Popen[str]], moment: str
) -> None:
    process = at(moment, running)
    tracer = attach(process.pid, running, "-e", "signal=none")
    assert said(process, "x" if moment in WAITING else "") == f"{moment}: well\n"
    trace = tracer.communicate(timeout=harm.PATIENCE)[1]
    assert tracer.returncode == 0 and "+++ exited with 0 +++" in trace
    if moment in ("nanosleep", "poll"):
        assert "restart_syscall(<... resuming interrupted " in trace


def test_some_calls_end_early_when_somebody_comes(running: list[subprocess.Popen[str]]) -> None:
    """signal(7): these fail with EINTR after any stop. That is why docs/limits.md has them; if this fails, it need not any more."""
    process = at("epoll_wait", running)
    tracer = attach(process.pid, running)
    assert said(process) == "epoll_wait: Interrupted system call\n"
    tracer.wait(harm.PATIENCE)


def test_who_waits_where_no_signal_comes_is_let_go_by_the_third_interrupt(capture: str, running: list[subprocess.Popen[str]]) -> None:
    """The parent of a vfork: it stops for nobody until its child has ended or executed a program."""
    process = at("vfork", running)
    assert field(process.pid, "State").startswith("D")
    tracer = attach(process.pid, running)
    for _ in range(3):
        assert tracer.poll() is None
        tracer.send_signal(signal.SIGINT)
        time.sleep(0.3)
    tracer.communicate(timeout=harm.PATIENCE)
    assert tracer.returncode == -signal.SIGINT and not traced(process.pid)
    assert said(process, "x") == "vfork: well\n"


def test_who_waits_where_no_signal_comes_is_traced_once_it_does_not(capture: str, running: list[subprocess.Popen[str]]) -> None:
    process = at("vfork", running)
    tracer = attach(process.pid, running)
    assert said(process, "x") == "vfork: well\n"
    trace = tracer.communicate(timeout=harm.PATIENCE)[1]
    assert "wait4(" in trace and "+++ exited with 0 +++" in trace


def test_a_process_whose_leader_has_ended(capture: str, running: list[subprocess.Popen[str]]) -> None:
    """It looks like a zombie, and its other threads live."""
    process = at("leader", running)
    assert field(process.pid, "State").startswith("Z")
    alone = ptracer("-p", str(process.pid))
    assert alone.returncode == 1 and "is a zombie" in alone.stderr
    (other,) = [int(name) for name in os.listdir(f"/proc/{process.pid}/task") if int(name) != process.pid]
    tracer = subprocess.Popen([*PTRACER, "-f", "-p", str(process.pid)], stderr=subprocess.PIPE, text=True)
    running.append(tracer)
    until(lambda: traced(other), "the attachment")
    assert said(process, "x") == "" and process.returncode == 3
    assert "exit_group(3)" in tracer.communicate(timeout=harm.PATIENCE)[1]


def test_processes_that_are_about_to_end(capture: str) -> None:
    """They are traced to their end, or they are gone; nobody waits for them in vain."""
    for count in range(6):
        process = subprocess.Popen(["sh", "-c", f"sleep 0.{count + 10}"])
        run = ptracer("-f", "-p", str(process.pid))
        process.wait(harm.PATIENCE)
        assert process.returncode == 0
        if run.returncode:
            assert "No such process" in run.stderr or "is a zombie" in run.stderr
        else:
            assert "+++ exited with 0 +++" in run.stderr


@pytest.mark.parametrize("strike", STRIKES)
def test_a_stopped_process_stays_as_it_is_until_it_is_continued(
    capture: str, running: list[subprocess.Popen[str]], strike: str
) -> None:
    process = at("read", running)
    process.send_signal(signal.SIGSTOP)
    until(lambda: field(process.pid, "State").startswith("T"), "the stop")
    tracer = attach(process.pid, running)
    time.sleep(0.1)
    STRIKES[strike](tracer)  # type: ignore[arg-type]
    tracer.communicate(timeout=harm.PATIENCE)
    # Who loses its tracer wakes up, and stops again.
    until(lambda: not traced(process.pid) and field(process.pid, "State").startswith("T"), "the stop without a tracer")
    time.sleep(0.1)
    assert field(process.pid, "State").startswith("T")
    process.send_signal(signal.SIGCONT)
    assert said(process, "x") == "read: well\n"


def test_the_second_of_two_tracers_is_refused_and_the_first_goes_on(capture: str, running: list[subprocess.Popen[str]]) -> None:
    process = at("read", running)
    first = attach(process.pid, running)
    second = ptracer("-p", str(process.pid))
    assert second.returncode == 1
    assert f"Process {process.pid} is already being traced by pid {first.pid} (" in second.stderr
    assert alive(process.pid) and said(process, "x") == "read: well\n"
    assert "+++ exited with 0 +++" in first.communicate(timeout=harm.PATIENCE)[1]
