"""``import ptracer``: traces and recordings as iterables."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from running import alive, ptracer, traced, until

import ptracer as library

pytestmark = pytest.mark.ptrace


def test_the_calls_of_a_command() -> None:
    calls = [*library.trace(["cat", "/etc/hostname", "/nowhere"], trace="openat,read,exit_group")]
    missing = next(call for call in calls if call.args.get("pathname") == "/nowhere")
    assert (missing.name, missing.errno, missing.result) == ("openat", "ENOENT", -2)
    assert missing.args["pathname"] == "/nowhere" and missing.args["flags"] == ["O_RDONLY"]
    assert str(missing) == 'openat(AT_FDCWD, "/nowhere", O_RDONLY) = -1 ENOENT (No such file or directory)'
    assert (missing.command, missing.abi, missing.pid, missing.number) == ("cat", "x86_64", missing.tid, 257)
    assert missing.duration is not None and 0 < missing.duration < 60_000_000_000
    assert abs(missing.start - time.time_ns()) < 60_000_000_000
    read = next(call for call in calls if call.name == "read" and call.result)
    assert read.result == read.args["count"] or isinstance(read.args["buf"], (str, dict))
    last = calls[-1]
    assert (last.name, last.result, last.duration, last.errno) == ("exit_group", None, None, None)


def test_children_and_the_exit_status() -> None:
    trace = library.trace(["sh", "-c", "cat /etc/hostname >/dev/null; exit 3"])
    calls = [*trace]
    assert trace.status == 3 and trace.origin.command[0] == "sh"
    assert {call.command for call in calls} == {"sh", "cat"} and len({call.pid for call in calls}) == 2
    assert len([*library.trace(["sh", "-c", "cat /etc/hostname >/dev/null; exit 3"], follow=False)]) < len(calls)


def test_conditions_and_functions() -> None:
    command = ["cat", "/nowhere"]
    by_text = [str(call) for call in library.trace(command, where="openat && error == ENOENT && pathname == /nowhere")]
    by_function = [str(call) for call in library.trace(command, where=lambda call: call.args.get("pathname") == "/nowhere")]
    assert by_text == by_function and len(by_text) == 1


def test_a_recording(tmp_path: Path) -> None:
    path = tmp_path / "recording"
    ptracer("--record", str(path), "cat", "/nowhere")
    whole = [*library.replay(path)]
    assert [str(call) for call in library.replay(path, trace="openat")] == [str(call) for call in whole if call.name == "openat"]
    assert len([*library.replay(path, where="error")]) == len([call for call in whole if call.errno])
    path.write_bytes(path.read_bytes()[:-20])
    trace = library.replay(path)
    assert len([*trace]) <= len(whole) and "cut off" in trace.problem


def test_leaving_early_ends_what_was_started() -> None:
    with library.trace(["sleep", "600"]) as trace:
        first = next(trace)
        assert alive(first.pid)
    until(lambda: not alive(first.pid), "the end of the command")
    assert trace.status == -signal.SIGTERM


def test_leaving_early_lets_go_of_what_was_running() -> None:
    busy = subprocess.Popen([sys.executable, "-c", "import time\nwhile True: time.sleep(0.01)"])
    try:
        with library.trace(attach=busy.pid) as trace:
            assert next(trace).pid == busy.pid and traced(busy.pid)
        assert alive(busy.pid) and not traced(busy.pid)
    finally:
        busy.kill()
        busy.wait()


def test_a_blocked_call_does_not_hold_back_what_came_before() -> None:
    with library.trace(["sh", "-c", "cat /etc/hostname >/dev/null; sleep 600"]) as trace:
        assert any("hostname" in str(call) for call in trace)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({"command": ["no-such-program"]}, "Cannot find executable"),
        ({"command": ["true"], "trace": "nothing"}, "invalid system call"),
        ({"command": ["true"], "where": "flgas & 1"}, "flgas"),
        ({}, "must have PROG"),
    ],
)
def test_what_makes_no_sense_is_said_at_once(arguments: dict[str, object], complaint: str) -> None:
    with pytest.raises(library.PtracerError, match=complaint):
        library.trace(**arguments)  # type: ignore[arg-type]


def test_who_cannot_be_attached_to(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(library.PtracerError, match="before it began"):
        list(library.trace(attach=(1 << 22) - 1))
    assert "No such process" in capfd.readouterr().err


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    descriptors = len(os.listdir("/proc/self/fd"))
    for _ in range(3):
        list(library.trace(["true"]))
    assert [*tmp_path.iterdir()] == [] and len(os.listdir("/proc/self/fd")) == descriptors


def test_the_command_does_not_import_the_library() -> None:
    script = "import sys, ptracer.cli; sys.exit('ptracer.library' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], timeout=60).returncode == 0
    with pytest.raises(AttributeError):
        library.nothing  # noqa: B018
