"""The tracee is never harmed, whatever happens to ptracer. The long form of these tests is in tests/soak."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from pathlib import Path

import harm
import pytest
from programs.build import build
from running import PTRACER, alive, field, traced, until

pytestmark = [pytest.mark.ptrace, pytest.mark.timeout(110)]


def children(pid: int) -> list[int]:
    """Of a process, those that live."""
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@pytest.mark.parametrize("seed", range(6))
def test_a_command_outlives_its_killed_tracer(tmp_path: Path, seed: int) -> None:
    outcome = harm.strike_a_command(tmp_path, random.Random(seed), 0.4, harm.kill)
    assert outcome.unharmed, outcome


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("strike", [harm.kill, harm.interrupt])
def test_a_process_outlives_who_attached_to_it(tmp_path: Path, seed: int, strike: object) -> None:
    outcome = harm.strike_an_attacher(tmp_path, random.Random(seed), 0.8, strike)  # type: ignore[arg-type]
    assert outcome.unharmed and outcome.said == "steady\n", outcome


def test_a_process_outlives_an_output_that_takes_nothing() -> None:
    program = subprocess.Popen([str(build("storm")), "1000000000"])
    reader, writer = os.pipe()
    tracer = subprocess.Popen(
        [*PTRACER, "-v", "--patience=1", "-p", str(program.pid), "-o", f"/dev/fd/{writer}"], stderr=subprocess.PIPE, pass_fds=[writer]
    )
    os.close(writer)
    try:
        until(lambda: traced(program.pid), "the attachment")
        until(lambda: not traced(program.pid), "that it is let go")
        assert alive(program.pid) and field(program.pid, "State")[0] in "RS"
        assert tracer.poll() is None  # it still has something to write
    finally:
        program.kill()
        program.wait()
        os.close(reader)
        _, complaint = tracer.communicate(timeout=harm.PATIENCE)
    assert b"nothing takes the trace" in complaint


def test_a_command_ends_though_nobody_reads_and_somebody_interrupts(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    storm = str(build("storm"))
    tracer = subprocess.Popen([*PTRACER, "-v", storm, "100000000"], stderr=writer)
    os.close(writer)
    try:
        time.sleep(2)  # until the pipe and the ring are full
        tracer.send_signal(signal.SIGINT)
        until(lambda: not [pid for pid in children(tracer.pid) if alive(pid)], "the end of the command")
    finally:
        os.close(reader)
        tracer.wait(harm.PATIENCE)
