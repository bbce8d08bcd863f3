"""The command from outside: what it prints where, how it ends, and what it leaves behind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from running import PTRACER, alive, field, kill, ptracer, start, traced, until

pytestmark = pytest.mark.ptrace

SHELL_WITH_CHILD = ("sh", "-c", "/bin/true; exit 3")


def test_it_ends_like_the_command() -> None:
    assert ptracer("-o", "/dev/null", "sh", "-c", "exit 7").returncode == 7
    for options in ([], ["-e", "trace=close"], ["-f"]):
        run = ptracer(*options, "sh", "-c", "kill -TERM $$")
        assert run.returncode == -signal.SIGTERM
        assert run.stderr.endswith("+++ killed by SIGTERM +++\n")


def test_help_and_version() -> None:
    run = ptracer("-h")
    assert run.returncode == 0 and "--summary-only" in run.stdout and not run.stderr
    run = ptracer("--kill-on-exit", "-V")
    assert run.returncode == 0 and re.fullmatch(r"\d+(\.\d+)+", run.stdout.splitlines()[0].split()[-1])


def test_a_link_named_strace_makes_it_strace(tmp_path: Path) -> None:
    script = tmp_path / "strace"
    script.write_text(f"#!{sys.executable}\nimport sys\nfrom ptracer.cli import main\nsys.exit(main())\n")
    script.chmod(0o755)
    run = subprocess.run([script, "-V"], capture_output=True, text=True)
    assert run.stdout.splitlines()[0].endswith("version 7.2")
    run = subprocess.run([script], capture_output=True, text=True)
    assert run.stderr == "strace: must have PROG [ARGS] or -p PID\nTry 'strace -h' for more information.\n"


def test_the_output_of_the_command_stays_its_own(tmp_path: Path) -> None:
    run = ptracer("-o", str(tmp_path / "trace"), "sh", "-c", "echo out; echo err >&2")
    assert (run.stdout, run.stderr) == ("out\n", "err\n")
    assert (tmp_path / "trace").read_text().endswith("+++ exited with 0 +++\n")


def test_appending(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    trace.write_text("before\n")
    ptracer("-A", "-o", str(trace), "-e", "trace=none", "true")
    assert trace.read_text() == "before\n+++ exited with 0 +++\n"
    ptracer("-o", str(trace), "-e", "trace=none", "true")
    assert trace.read_text() == "+++ exited with 0 +++\n"


def test_a_command_reads_the_trace_and_is_waited_for(tmp_path: Path) -> None:
    for sign in "|!":
        run = ptracer("-o", f"{sign}cat > {tmp_path}/trace; sleep 0.2; echo done >> {tmp_path}/trace", "-e", "trace=none", "true")
        assert run.returncode == 0
        assert (tmp_path / "trace").read_text() == "+++ exited with 0 +++\ndone\n"


def test_children_have_a_prefix_on_the_terminal_and_another_in_a_file(tmp_path: Path) -> None:
    text = ptracer("-f", "-e", "trace=wait4,exit_group", *SHELL_WITH_CHILD).stderr
    child = re.search(r"^ptracer: Process (\d+) attached$", text, re.MULTILINE)
    assert child and f"\n[pid {child[1]:>5}] +++ exited with 0 +++\n" in text
    assert text.endswith("\n+++ exited with 3 +++\n")
    run = ptracer("-f", "-o", str(tmp_path / "trace"), "-e", "trace=wait4", *SHELL_WITH_CHILD)
    assert run.stderr == ""
    assert all(re.match(r"\d+ +\S", line) for line in (tmp_path / "trace").read_text().splitlines())


def test_a_file_for_each_process(tmp_path: Path) -> None:
    run = ptracer("-ff", "-o", str(tmp_path / "trace"), "-e", "trace=exit_group", "-e", "signal=none", *SHELL_WITH_CHILD)
    assert run.returncode == 3
    texts = sorted(path.read_text() for path in tmp_path.iterdir())
    assert len(texts) == 2
    for text, status in zip(texts, (0, 3), strict=True):
        assert re.fullmatch(rf"exit_group\({status}.*\) += \?\n\+\+\+ exited with {status} \+\+\+\n", text)


def test_only_wanted_signals_and_results() -> None:
    command = ("sh", "-c", "kill -USR1 $$ & trap : USR1; wait; cat /nonexistent-file")
    assert "SIGCHLD" not in ptracer("-e", "trace=none", "-e", "signal=USR1", *command).stderr
    failed = ptracer("-f", "-qq", "-Z", "-e", "trace=openat,access", "-e", "signal=none", "cat", "/nonexistent-file").stderr
    assert failed and all(" = -1 E" in line for line in failed.splitlines() if "(" in line and not line.startswith("cat:"))
    good = ptracer("-z", "-e", "trace=openat,access", "-e", "signal=none", "cat", "/nonexistent-file").stderr
    assert " = -1 " not in good and ") = 3\n" in good


def test_the_summary_is_written_where_the_trace_goes(tmp_path: Path) -> None:
    run = ptracer("-c", "-o", str(tmp_path / "table"), "-e", "trace=close,access", "true")
    assert run.stderr == ""
    lines = (tmp_path / "table").read_text().splitlines()
    assert lines[0] == "% time     seconds  usecs/call     calls    errors syscall"
    assert lines[-1].split()[-1] == "total"
    both = ptracer("-C", "-e", "trace=close", "true").stderr
    assert both.index("close(") < both.index("+++ exited") < both.index("% time")


def test_the_environment_of_the_command() -> None:
    run = ptracer("-o", "/dev/null", "-E", "A=1", "-E", "B", "/usr/bin/env", env={"B": "2", "C": "3"})
    assert sorted(run.stdout.split()) == ["A=1", "C=3"]


def test_the_command_s_own_name() -> None:
    run = ptracer("-o", "/dev/null", "--argv0=other", "sh", "-c", "tr '\\0' ' ' < /proc/$$/cmdline")
    assert run.stdout.startswith("other -c ")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_the_command_s_user() -> None:
    run = ptracer("-u", "65534:65533", "-o", "/dev/null", "sh", "-c", "id -u; id -g; id -G")
    assert run.stdout.split() == ["65534", "65533", "65533"]


def test_the_command_inherits_what_it_would_without_a_tracer() -> None:
    script = "ulimit -a; grep -E 'Sig(Blk|Ign|Cgt)' /proc/self/status; ls /proc/self/fd"
    # Python ignores SIGPIPE; whoever starts the command from a shell does not.
    plain = subprocess.run(["bash", "-c", script], capture_output=True, text=True, restore_signals=True)
    for options in ([], ["-f"], ["-e", "trace=close"]):
        assert ptracer("-o", "/dev/null", *options, "bash", "-c", script).stdout == plain.stdout


@pytest.mark.parametrize("options", [[], ["-e", "trace=close"]])
def test_closed_standard_streams_stay_closed_and_get_no_trace(tmp_path: Path, options: list[str]) -> None:
    trace, names = tmp_path / "trace", tmp_path / "names"
    line = " ".join([*PTRACER, *options, "-o", str(trace), "sh", "-c", f"'ls /proc/$$/fd > {names}; exit 3'"])
    run = subprocess.run(["sh", "-c", f"exec {line} <&- >&- 2>&-"], timeout=60)
    assert run.returncode == 3
    assert trace.read_text().endswith("+++ exited with 3 +++\n")
    assert not {"0", "2"} & set(names.read_text().split())


# --- signals for ptracer


@pytest.mark.parametrize("options", [[], ["-f"], ["-c"], ["-e", "trace=read"], ["-q"]])
def test_an_interrupt_lets_an_attached_process_go(options: list[str]) -> None:
    tracee = subprocess.Popen(["sleep", "60"])
    try:
        run = start(*options, "-p", str(tracee.pid))
        until(lambda: traced(tracee.pid))
        run.send_signal(signal.SIGINT)
        _, text = run.communicate(timeout=60)
        assert run.returncode == -signal.SIGINT
        assert not traced(tracee.pid) and alive(tracee.pid)
        assert (f"Process {tracee.pid} detached" in text) == ("-q" not in options)
    finally:
        kill(tracee.pid)
        tracee.wait()


def test_a_stopped_process_stays_stopped() -> None:
    tracee = subprocess.Popen(["sleep", "60"])
    try:
        tracee.send_signal(signal.SIGSTOP)
        until(lambda: field(tracee.pid, "State").startswith("T"))
        run = start("-p", str(tracee.pid))
        until(lambda: traced(tracee.pid))
        time.sleep(0.3)
        run.send_signal(signal.SIGTERM)
        run.communicate(timeout=60)
        assert not traced(tracee.pid) and field(tracee.pid, "State").startswith("T")
    finally:
        kill(tracee.pid)
        tracee.wait()


THREADS = """
import threading, time
for _ in range(3):
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
print("ready", flush=True)
time.sleep(60)
"""


def test_all_threads_are_attached_and_let_go() -> None:
    tracee = subprocess.Popen([sys.executable, "-c", THREADS], stdout=subprocess.PIPE, text=True)
    assert tracee.stdout is not None
    try:
        tracee.stdout.readline()
        tids = [int(name) for name in os.listdir(f"/proc/{tracee.pid}/task")]
        run = start("-f", "-p", str(tracee.pid))
        until(lambda: all(traced(tid) for tid in tids))
        time.sleep(0.3)
        run.send_signal(signal.SIGINT)
        _, text = run.communicate(timeout=60)
        assert f"Process {tracee.pid} attached with 4 threads" in text
        assert not any(traced(tid) for tid in tids) and alive(tracee.pid)
        assert text.count("detached\n") == 4 and " <detached ...>\n" in text
    finally:
        kill(tracee.pid)
        tracee.wait()


@pytest.mark.parametrize("options", [[], ["-f"], ["-e", "trace=close"], ["-f", "-e", "trace=close"]])
def test_an_interrupt_is_handed_to_the_command(tmp_path: Path, options: list[str]) -> None:
    run = start(*options, "sh", "-c", f"echo $$ > {tmp_path}/pid; exec sleep 60")
    until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text().strip())
    pid = int((tmp_path / "pid").read_text())
    until(lambda: Path(f"/proc/{pid}/comm").read_text() == "sleep\n")
    run.send_signal(signal.SIGTERM)
    run.communicate(timeout=60)
    assert run.returncode == -signal.SIGTERM
    until(lambda: not alive(pid))


@pytest.mark.parametrize("options", [[], ["-e", "trace=close"]])
def test_with_a_file_signals_are_left_to_the_command(tmp_path: Path, options: list[str]) -> None:
    run = start(*options, "-o", str(tmp_path / "trace"), "sh", "-c", f"touch {tmp_path}/up; sleep 0.7; exit 4")
    until((tmp_path / "up").exists)
    run.send_signal(signal.SIGINT)
    run.send_signal(signal.SIGTERM)
    run.communicate(timeout=60)
    assert run.returncode == 4


# --- the filter


def test_children_that_nobody_follows_outlive_the_command(tmp_path: Path) -> None:
    script = f"(sleep 0.8; cat {__file__} > {tmp_path}/copy; echo $? > {tmp_path}/status) > /dev/null 2>&1 & exit 5"
    began = time.monotonic()
    run = ptracer("-e", "trace=close,openat", "sh", "-c", script)
    assert run.returncode == 5 and run.stderr.endswith("+++ exited with 5 +++\n")
    assert "attached" not in run.stderr
    if time.monotonic() - began < 0.7:
        assert not (tmp_path / "status").exists()
    until((tmp_path / "status").exists)
    until(lambda: (tmp_path / "status").read_text() == "0\n")
    assert (tmp_path / "copy").read_text() == Path(__file__).read_text()


def test_after_an_interrupt_filtered_processes_go_on(tmp_path: Path) -> None:
    script = f"trap '' TERM; touch {tmp_path}/up; sleep 1; cat {__file__} > {tmp_path}/copy; echo $? > {tmp_path}/status"
    run = start("-f", "-e", "trace=openat", "sh", "-c", script)
    until((tmp_path / "up").exists)
    run.send_signal(signal.SIGTERM)
    run.communicate(timeout=60)
    assert run.returncode == -signal.SIGTERM
    until((tmp_path / "status").exists)
    until(lambda: (tmp_path / "status").read_text() == "0\n")


def test_what_is_not_wanted_does_not_stop(tmp_path: Path) -> None:
    program = "import os, time\nt = time.monotonic()\nfor _ in range(200000): os.getppid()\nprint(time.monotonic() - t)"
    command = (sys.executable, "-c", program)
    filtered = float(ptracer("-f", "-o", "/dev/null", "-e", "trace=socket", *command).stdout)
    environment = {**os.environ, "PTRACER_SECCOMP": "0"}
    unfiltered = float(ptracer("-f", "-o", "/dev/null", "-e", "trace=socket", *command, env=environment).stdout)
    assert filtered < unfiltered / 3


def test_the_same_is_shown_with_a_filter_and_without(tmp_path: Path) -> None:
    texts = []
    for switch in "01":
        path = tmp_path / switch
        environment = {**os.environ, "PTRACER_SECCOMP": switch}
        ptracer("-o", str(path), "-e", "trace=close,execve,exit_group,wait4", "ls", "/", env=environment)
        texts.append(re.sub(r"0x[0-9a-f]+", "0x", path.read_text()))
    assert texts[0] == texts[1]


@pytest.mark.parametrize("program", ["thread_exec", "processes", "vfork", "group_stop"])
def test_programs_run_alike_with_a_filter_and_without(tmp_path: Path, program: str) -> None:
    sys.path.insert(0, str(Path(__file__).parent / "programs"))
    import build

    try:
        path = build.build(program)
    except build.CannotBuild as error:
        pytest.skip(str(error))
    shown = []
    for switch in "01":
        environment = {**os.environ, "PTRACER_SECCOMP": switch}
        trace = tmp_path / switch
        options = ["-o", str(trace), "-e", "trace=openat,close,exit_group,clone,vfork", "-e", "signal=none"]
        run = ptracer(*options, str(path), env=environment)
        shown.append((run.returncode, [line.split("(")[0] for line in trace.read_text().splitlines()]))
    assert shown[0] == shown[1]


def test_processes_can_be_let_go_when_they_execute_a_program() -> None:
    run = ptracer("-f", "-b", "execve", "-e", "trace=execve,exit_group", "sh", "-c", "/bin/true; exit 3")
    assert run.returncode == 3
    assert run.stderr.count("execve(") == 2 and run.stderr.count("exit_group(") == 1
    assert " <detached ...>\n" in run.stderr


def test_the_start_is_quick() -> None:
    """A tracer is started thousands of times by scripts; three times the time of Python itself is a lot."""

    def best(command: list[str]) -> float:
        times = []
        for _ in range(5):
            began = time.monotonic()
            subprocess.run(command, check=True)
            times.append(time.monotonic() - began)
        return min(times)

    assert best([*PTRACER, "-o", "/dev/null", "true"]) < 10 * best([sys.executable, "-c", "pass"])
