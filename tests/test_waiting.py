"""What blocked threads wait for: live programs that wait, all attached to at once."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from running import kill, start, until

pytestmark = pytest.mark.ptrace

PROGRAMS = Path(__file__).parent / "programs"
THREADS = ("cross", "held", "inheriting", "robust", "own", "gone", "join", "lost", "semaphore", "processes")
PROCESSES = (
    "own_pipe", "pipe", "full_pipe", "pipes", "fifo", "flock", "fcntl", "flocks", "own_flock", "child", "parent_and_child", "unix",
    "tcp", "accept", "udp", "sleep", "poll", "select", "epoll", "sigwait", "pause", "terminal", "background", "stopped", "locks",
)  # fmt: skip

# By kind the findings that there must be, and what they must say.
EXPECTED = {
    "cross": {"wait.cycle": r"2 threads wait for each other", "wait.futex": r"the mutex at 0x\w+ \(private\), which thread \d+ has locked"},
    "held": {"wait.futex": r"the mutex at 0x\w+ \(private\), which thread \d+ has locked \(which waits for time to pass"},
    "inheriting": {"wait.futex": r"which thread \d+ has locked"},
    "robust": {"wait.futex": r"which thread \d+ has locked"},
    "own": {"wait.futex": r"which it has locked itself"},
    "gone": {"wait.futex": r"which thread \d+ had locked when it ended"},
    "join": {"wait.futex": r"the end of thread \d+ \(pthread_join\) \(which waits for time to pass"},
    "lost": {"wait.futex": r"somebody to wake it", "wait.cycle": r"2 threads wait for each other.*up to thread"},
    "semaphore": {"wait.futex": r"somebody to wake it at 0x\w+ \(private\)"},
    "processes": {"wait.child": r"process \d+ \(blocked\)", "wait.cycle": r"2 processes wait for each other"},
    "own_pipe": {"wait.pipe": r"descriptor 3 \(a pipe\), whose writing end only it has open itself, as descriptor 4"},
    "pipe": {"wait.pipe": r"whose writing end process \d+ \(python\S*\) has open as descriptor 4 \(which waits for time to pass"},
    "full_pipe": {"wait.pipe": r"room in descriptor 4 \(a pipe\), whose reading end process"},
    "pipes": {"wait.cycle": r"2 processes wait for each other"},
    "fifo": {"wait.pipe": r"somebody to open the FIFO '.*/fifo' for writing"},
    "flock": {"wait.lock": r"the lock \(flock\) on descriptor 3 .*, which process \d+ .* has \(for writing\)"},
    "fcntl": {"wait.lock": r"the lock \(fcntl\) on descriptor 3 .*, which process \d+ .* has \(for writing\)"},
    "flocks": {"wait.cycle": r"2 processes wait for each other.*lock \(flock\)"},
    "own_flock": {"wait.lock": r"which this process itself has"},
    "child": {"wait.child": r"the end of its child: process \d+ .* \(which waits for time"},
    "parent_and_child": {"wait.cycle": r"2 processes wait for each other.*the end of its child.*room in descriptor 1 \(a pipe\)"},
    "unix": {"wait.socket": r"whose other end process \d+ .* has open as descriptor 4"},
    "tcp": {"wait.socket": r"a connection to 127.0.0.1:\d+\), whose other end process \d+"},
    "accept": {"wait.socket": r"a connection to 127.0.0.1:\d+ \(descriptor 3\)"},
    "udp": {"wait.socket": r"a datagram at descriptor 3 \(a socket at 127.0.0.1:\d+\)"},
    "sleep": {"wait.time": r"time to pass: .* (minutes|seconds)"},
    "poll": {"wait.poll": r"one of 2 descriptors in poll: .*a pipe.*a UNIX socket"},
    "select": {"wait.poll": r"descriptor 3 \(a pipe\).*\(in select\)"},
    "epoll": {"wait.event": r"descriptor 3 \(a pipe\).*\(watched by epoll descriptor 5\)"},
    "sigwait": {"wait.signal": r"one of SIGUSR1 and SIGUSR2"},
    "pause": {"wait.signal": r"a signal: it handles SIGINT and SIGUSR1"},
    "terminal": {"wait.terminal": r"input from the terminal '/dev/pts/\d+' \(descriptor 4\)"},
    "background": {"wait.stopped": r"stopped by SIGTTIN \(it read from its terminal while it was in the background\)"},
    "stopped": {"wait.stopped": r"SIGCONT: it was stopped by SIGSTOP"},
    "locks": {"wait.futex": r"somebody to wake it"},
}  # fmt: skip


class Program:
    """One that waits, in a session of its own, which ends with it."""

    def __init__(self, *argv: str) -> None:
        self.process = subprocess.Popen(
            argv, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, start_new_session=True,
            env={**os.environ, "TMPDIR": "/dev/shm"},
        )  # fmt: skip
        self.pid = self.process.pid

    def end(self) -> None:
        for pid in family(self.process.pid):
            kill(pid)
        self.process.wait()


def family(pid: int) -> list[int]:
    """A process with all its children."""
    found = [pid]
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            for child in Path(f"/proc/{pid}/task/{task}/children").read_text().split():
                found += family(int(child))
    except OSError:
        pass
    return found


def waits(pid: int) -> bool:
    """Whether all threads of a process wait."""
    try:
        return all(Path(f"/proc/{pid}/task/{task}/stat").read_text().rpartition(")")[2].split()[0] in "SDT" for task in os.listdir(f"/proc/{pid}/task"))
    except OSError:
        return False


def program(kind: str, binary: str) -> Program:
    """Start one, and see it wait."""
    if kind in THREADS:
        made = Program(binary, kind)
    else:
        made = Program(sys.executable, str(PROGRAMS / "blocked.py"), kind)
        assert made.process.stdout is not None
        words = made.process.stdout.readline().split()
        if kind == "background":
            made.pid = int(words[1])
    time.sleep(0.05)
    until(lambda: waits(made.pid), kind)
    return made


@pytest.fixture(scope="module")
def binary(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The program with threads."""
    place = tmp_path_factory.mktemp("blocked") / "blocked"
    subprocess.run(["cc", "-w", "-pthread", str(PROGRAMS / "blocked.c"), "-o", str(place)], check=True)
    return str(place)


@pytest.fixture(scope="module")
def found(binary: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """By kind of program the list of its findings."""
    programs: dict[str, Program] = {}
    trace = tmp_path_factory.mktemp("trace") / "trace"
    try:
        for kind in (*THREADS, *PROCESSES):
            programs[kind] = program(kind, binary)
        time.sleep(0.3)
        pids = ",".join(str(one.pid) for one in programs.values())
        tracer = start("-f", "--explain", "-o", str(trace), "-p", pids)
        try:
            told = {kind: re.compile(rf"\^ thread {one.pid} waits for ") for kind, one in programs.items()}
            until(lambda: trace.exists() and not [kind for kind, line in told.items() if not line.search(trace.read_text())])
        except AssertionError:
            pass  # the tests say what is missing
        time.sleep(0.5)
        tracer.send_signal(signal.SIGINT)
        tracer.communicate(timeout=30)
        findings = trace.read_text().rpartition(" findings ---\n")[2]
        entries = re.split(r"(?m)^\d+\. ", findings)[1:]
        pid_of = {str(one.pid): kind for kind, one in programs.items()}
        by_kind: dict[str, str] = dict.fromkeys(programs, "")
        for entry in entries:
            owner = re.search(r"(?m)^   in \S+ (\d+)", entry)
            if owner is not None and owner[1] in pid_of:
                by_kind[pid_of[owner[1]]] += entry
        yield by_kind
    finally:
        for one in programs.values():
            one.end()


@pytest.mark.parametrize("kind", EXPECTED)
def test_what_a_thread_waits_for(kind: str, found: dict[str, str]) -> None:
    for name, text in EXPECTED[kind].items():
        entries = [entry for entry in re.split(r"(?m)^(?=\S.* \[wait\.)", found[kind]) if f"[{name}]" in entry.partition("\n")[0]]
        assert entries, f"no {name} in:\n{found[kind]}"
        assert any(re.search(text, entry, re.DOTALL) for entry in entries), found[kind]


@pytest.mark.parametrize("kind", sorted(set(EXPECTED) - {kind for kind, expected in EXPECTED.items() if "wait.cycle" in expected}))
def test_who_is_not_in_a_circle(kind: str, found: dict[str, str]) -> None:
    assert "[wait.cycle]" not in found[kind]


def test_a_circle_as_an_object(binary: str, tmp_path: Path) -> None:
    one = program("cross", binary)
    trace = tmp_path / "trace"
    try:
        tracer = start("-f", "--explain", "--format=json", "-o", str(trace), "-p", str(one.pid))
        time.sleep(4)
        tracer.send_signal(signal.SIGINT)
        tracer.communicate(timeout=30)
    finally:
        one.end()
    objects = [json.loads(line) for line in trace.read_text().splitlines()]
    findings = {finding["name"]: finding for finding in objects if finding["type"] == "finding"}
    assert f"thread {one.pid} waits for the mutex at" in findings["wait.cycle"]["text"]
    assert findings["wait.cycle"]["weight"] == 90
    assert findings["wait.futex"]["call"].endswith("<unfinished ...>")


def test_a_wait_that_ends_is_no_finding(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    tracer = start("--explain", "-o", str(trace), "sleep", "2.2")
    tracer.communicate(timeout=30)
    text = trace.read_text()
    assert "[wait.time]" in text
    assert "finding" not in text


def test_a_child_that_has_the_memory_of_its_parent(binary: str, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    tracer = start("-f", "--explain", "-o", str(trace), binary, "vfork")
    tracer.communicate(timeout=30)
    text = r"waits for its child of vfork, process \d+ \(blocked\), to execute a program or to end \(which waits for time to pass"
    assert re.search(text, trace.read_text())


def test_who_dies_of_its_alarm_while_it_waits_is_found(binary: str, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    script = "import os, signal; signal.alarm(3); reading, writing = os.pipe(); os.read(reading, 1)"
    tracer = start("--explain", "-o", str(trace), sys.executable, "-c", script)
    tracer.communicate(timeout=30)
    assert "[wait.pipe]" in trace.read_text().rpartition("finding")[2]


def test_a_command_that_hangs_until_somebody_presses_the_interrupt_key(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    script = "import os; reading, writing = os.pipe(); os.read(reading, 1)"
    tracer = start("--explain", "-o", str(trace), sys.executable, "-c", script, start_new_session=True)
    until(lambda: trace.exists() and "[wait.pipe]" in trace.read_text())
    os.killpg(tracer.pid, signal.SIGINT)
    tracer.communicate(timeout=30)
    assert "[wait.pipe]" in trace.read_text().rpartition("finding")[2]


def test_who_lives_in_another_pid_namespace(binary: str, tmp_path: Path) -> None:
    unshare = ["unshare", "-rpf", "--mount-proc", binary, "cross"]
    if subprocess.run([*unshare[:3], "--mount-proc", "true"], capture_output=True).returncode:
        pytest.skip("namespaces are not to be had")
    outer = subprocess.Popen(unshare)
    trace = tmp_path / "trace"
    try:
        until(lambda: [pid for pid in family(outer.pid)[1:] if len(os.listdir(f"/proc/{pid}/task")) == 2 and waits(pid)])
        inner = family(outer.pid)[1]
        tracer = start("-f", "--explain", "-o", str(trace), "-p", str(inner))
        until(lambda: trace.exists() and "[wait.cycle]" in trace.read_text())
        tracer.send_signal(signal.SIGINT)
        tracer.communicate(timeout=30)
    finally:
        kill(*family(outer.pid))
        outer.wait()
    assert "waits for the mutex at" in trace.read_text()
    assert re.search(rf"thread {inner} has locked", trace.read_text())


def test_a_thread_that_has_nothing_to_do_is_no_finding_while_its_process_works(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    script = (
        "import threading, time; lock = threading.Lock(); lock.acquire();"
        "threading.Thread(target=lock.acquire, daemon=True).start()\n"
        "for _ in range(600): time.sleep(0.1)"
    )
    process = subprocess.Popen([sys.executable, "-c", script])
    try:
        until(lambda: len(os.listdir(f"/proc/{process.pid}/task")) == 2)
        tracer = start("-f", "--explain", "-o", str(trace), "-p", str(process.pid))
        until(lambda: trace.exists() and "[wait.futex]" in trace.read_text())
        tracer.send_signal(signal.SIGINT)
        tracer.communicate(timeout=30)
    finally:
        kill(process.pid)
        process.wait()
    assert "finding" not in trace.read_text()
