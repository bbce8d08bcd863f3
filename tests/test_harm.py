"""The tracee is never harmed, whatever happens to ptracer. The long form of these tests is in tests/soak."""

from __future__ import annotations

import os
import pty
import random
import resource
import signal
import subprocess
import sys
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


# --- what goes wrong in ptracer itself

CAPTURES = ("native", "pure")
FAILURES = ("on_signal", "on_need_plan", "on_fork", "on_exec", "on_event_stop", "on_death", "decoding")
FAILING = (sys.executable, str(Path(__file__).with_name("failing.py")))
NO_MEMORY = "ptracer: no memory is left: the trace ends here, and what was traced goes on\n"
SCRIPT = "trap 'echo got' USR1; for i in 1 2 3; do kill -USR1 $$; done; (/bin/true; exit 3) || echo $?; /bin/true; sleep 0.1; echo done"


LONG = "90"  # seconds that the program works if nobody ends it


def ended(program: subprocess.Popen[str]) -> str:
    """What it says of itself when it is asked to end."""
    program.terminate()
    return program.communicate(timeout=harm.PATIENCE)[0]


def with_capture(capture: str) -> dict[str, str]:
    return {**os.environ, "PTRACER_CAPTURE": capture}


@pytest.mark.parametrize("capture", CAPTURES)
@pytest.mark.parametrize("options", [("-f",), ("-f", "-e", "trace=write,wait4,kill")], ids=["all", "filtered"])
@pytest.mark.parametrize("where", FAILURES)
def test_a_command_outlives_a_tracer_that_fails(tmp_path: Path, where: str, options: tuple[str, ...], capture: str) -> None:
    """Also behind a filter, where the kernel would kill it if its tracer only went away."""
    tracer = subprocess.run(
        [*FAILING, where, "MemoryError", *options, "-o", str(tmp_path / "trace"), "bash", "-c", SCRIPT],
        capture_output=True, text=True, timeout=harm.PATIENCE, env=with_capture(capture),
    )  # fmt: skip
    assert tracer.stdout == "got\n" * 3 + "3\ndone\n"
    assert (tracer.returncode, tracer.stderr) == (1, NO_MEMORY)


@pytest.mark.parametrize("capture", CAPTURES)
@pytest.mark.parametrize("error", ["MemoryError", "ZeroDivisionError"])
@pytest.mark.parametrize("where", ["on_signal", "on_event_stop", "decoding"])
def test_a_process_outlives_a_failure_of_who_attached_to_it(where: str, error: str, capture: str) -> None:
    program = subprocess.Popen([harm.steady(), LONG], stdout=subprocess.PIPE, text=True)
    tracer = subprocess.run(
        [*FAILING, where, error, "-f", "-q", "-o", os.devnull, "-p", str(program.pid)],
        capture_output=True, text=True, timeout=harm.PATIENCE, env=with_capture(capture),
    )  # fmt: skip
    assert alive(program.pid) and not traced(program.pid)  # let go at once, not at its end
    assert ended(program) == "steady\n"
    assert tracer.returncode == 1
    if error == "MemoryError":
        assert tracer.stderr == NO_MEMORY
    else:
        assert tracer.stderr.count("ZeroDivisionError: planted\n") == 1


@pytest.mark.parametrize("options", [("-k",), ("-v", "-yy", "-s", "10000"), ("--explain=all",)])
def test_a_process_outlives_a_tracer_that_gets_no_memory(options: tuple[str, ...]) -> None:
    """Truly: from some moment on the kernel gives it none."""
    program = subprocess.Popen([harm.steady(), LONG], stdout=subprocess.PIPE, text=True)
    tracer = subprocess.Popen(
        [*PTRACER, "-f", "-q", *options, "-o", os.devnull, "-p", str(program.pid)], stderr=subprocess.PIPE, text=True
    )
    until(lambda: traced(program.pid), "the attachment")
    time.sleep(0.3)
    resource.prlimit(tracer.pid, resource.RLIMIT_AS, (1 << 20, 1 << 20))
    time.sleep(1.5)
    assert ended(program) == "steady\n"
    complaint = tracer.communicate(timeout=harm.PATIENCE)[1]
    assert (tracer.returncode, complaint) in ((0, ""), (1, NO_MEMORY))  # it may have got by with what it had


# --- what becomes of the trace is nobody's business


@pytest.mark.parametrize("capture", CAPTURES)
@pytest.mark.parametrize("output", ["/dev/full", "|exit 0", "|sleep 1; exit 0"])
def test_a_process_outlives_an_output_that_fails(output: str, capture: str) -> None:
    program = subprocess.Popen([harm.steady(), LONG], stdout=subprocess.PIPE, text=True)
    tracer = subprocess.Popen(
        [*PTRACER, "-f", "-q", "-o", output, "-p", str(program.pid)], stderr=subprocess.PIPE, text=True, env=with_capture(capture)
    )
    until(lambda: traced(program.pid), "the attachment")
    time.sleep(1.5)
    assert ended(program) == "steady\n"
    complaint = tracer.communicate(timeout=harm.PATIENCE)[1]
    assert complaint in (f"ptracer: {output}: No space left on device\n", f"ptracer: {output}: Broken pipe\n")


@pytest.mark.parametrize("capture", CAPTURES)
@pytest.mark.parametrize("attached", [True, False])
def test_a_program_outlives_the_terminal(tmp_path: Path, attached: bool, capture: str) -> None:
    """It is closed: SIGHUP, and EIO for who writes. What was attached to goes on; a command gets what the terminal sends it."""
    said = tmp_path / "said"
    with said.open("wb") as out:
        if attached:
            program = subprocess.Popen([harm.steady(), LONG], stdout=out, start_new_session=True)
            words = ["-p", str(program.pid)]
        else:
            words = [harm.steady(), LONG]
        tracer, terminal = pty.fork()
        if tracer == 0:
            os.dup2(out.fileno(), 1)
            os.execve(PTRACER[0], [*PTRACER, "-f", *words], with_capture(capture))
    os.read(terminal, 1)
    pids = [program.pid] if attached else harm.members(tracer)
    os.close(terminal)
    os.waitpid(tracer, 0)
    if attached:
        ended(program)
        assert said.read_text() == "steady\n"
    else:
        until(lambda: not any(alive(pid) for pid in pids), "the end of the command")


def test_the_ring_is_as_large_as_its_option_says(tmp_path: Path) -> None:
    """So much waits for who does not read, and no more."""
    sizes = {}
    for mib in (8, 16):
        reader, writer = os.pipe()
        program = ["dd", "if=/dev/zero", "of=/dev/null", "bs=1024"]
        tracer = subprocess.Popen([*PTRACER, "-s", "1024", f"--ring={mib}", *program], stderr=writer)
        os.close(writer)
        seen = [-1, 0]
        try:
            while seen[-1] != seen[-2] or seen[-1] < 8 << 10:  # until nothing is added any more
                time.sleep(0.4)
                seen.append(int(field(tracer.pid, "RssAnon").split()[0]))
        finally:
            tracer.send_signal(signal.SIGINT)
            os.close(reader)
            tracer.wait(harm.PATIENCE)
        sizes[mib] = seen[-1]
    assert 5 << 10 < sizes[16] - sizes[8] < 11 << 10, sizes  # kilobytes
