"""The thread that keeps a processor awake: it runs while stops come thick, of lowest priority, and rests otherwise."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.running import kill, start, until

pytestmark = pytest.mark.ptrace

SCHED_IDLE = 5  # sched(7)


def idle_threads(pid: int) -> list[Path]:
    """The threads of a process that run only when nobody else wants to."""
    return [
        task
        for task in Path(f"/proc/{pid}/task").iterdir()
        # proc_pid_stat(5): the name may have blanks; the 41st field is the policy
        if int((task / "stat").read_text().rpartition(")")[2].split()[38]) == SCHED_IDLE
    ]


def written(trace: Path) -> str:
    return trace.read_text() if trace.exists() else ""


def ticks(task: Path) -> int:
    fields = (task / "stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="the one processor never sleeps while there are stops")
def test_it_keeps_watch_during_a_storm_and_rests_afterwards(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    # A storm of calls (dd), then a wait of which nobody knows the end.
    script = f"dd if=/dev/zero of=/dev/null bs=1 count=3000 2>/dev/null; read line < {gate}"
    tracer = start("-f", "-o", str(tmp_path / "trace"), "sh", "-c", script)
    try:
        until(lambda: idle_threads(tracer.pid), "a thread of policy SCHED_IDLE")
        [vigil] = idle_threads(tracer.pid)
        until(lambda: f'"{gate}", O_RDONLY' in written(tmp_path / "trace"), "the wait")
        before = ticks(vigil)
        with pytest.raises(subprocess.TimeoutExpired):
            tracer.wait(0.5)
        assert ticks(vigil) - before <= 2  # of 50: it rests
        gate.write_text("go on\n")
        assert tracer.wait(20) == 0
    finally:
        kill(tracer.pid)


def test_a_short_trace_does_without_it(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    tracer = start("-e", "trace=openat", "-o", str(tmp_path / "trace"), "sh", "-c", f"read line < {gate}")
    try:
        until(lambda: f'"{gate}", O_RDONLY' in written(tmp_path / "trace"), "the wait")
        children = Path(f"/proc/{tracer.pid}/task/{tracer.pid}/children").read_text().split()
        assert not [thread for pid in (tracer.pid, *map(int, children)) for thread in idle_threads(pid)]
        gate.write_text("go on\n")
        assert tracer.wait(20) == 0
    finally:
        kill(tracer.pid)
