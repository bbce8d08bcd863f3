"""Recordings: what is written, what is read back, and what becomes of a file that is not whole."""

from __future__ import annotations

import os
import resource
import signal
import stat
import subprocess
import time
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from programs.build import CannotBuild, build
from running import PTRACER, kill, ptracer, start, until

from ptracer.capture import records
from ptracer.errors import PtracerError
from ptracer.origin import Origin
from ptracer.recordings import format as layout
from ptracer.recordings import recent, shapes
from ptracer.recordings.recorder import Recorder, create
from ptracer.recordings.recording import Recording

ARGS = (1, (1 << 64) - 1, 0, 3, 4, 5, 0x7FFF_0000)
CALL = (records.CALL, 10, 100, 0xC000003E, 1, ARGS, 0x400000, {0xFFFF_9000_0000_1000: b"/etc", 5: b""}, 120, -2, True, 7, None)
ENTRY = (records.ENTRY, 10, 100, 0xC000003E, 1, ARGS, 0x400000, None)
EXIT = (records.EXIT, 10, 120, 5, False, 0, {1: b"x"})
EVERY_KIND = [
    CALL,
    ENTRY,
    EXIT,
    (records.SIGNAL, 10, 130, 17, b"\0" * 128, (b"sh", b""), 0x400000),
    (records.SIGNAL, 10, 130, 17, None, None, 0),
    (records.STOPPED, 10, 130, 19),
    (records.LEAVING, 10, 130, 256),
    (records.EXITED, 10, 130, 1),
    (records.KILLED, 10, 130, 9, True),
    (records.EXECED, 10, 130, 11),
    (records.STARTED, 11, 130, 10, records.START_FORK, 10),
    (records.DETACHED, 10, 130),
    (records.INSIDE, 10, 130, 0xC000003E, 7),
    (records.TAMPERED, 10, 130, 3),
    (records.WARNING, 10, 130, "something"),
    (records.STACK, 10, 130, b"\1\2\3"),
    (records.SPACE, 10, 130, 10, b"maps", b"vdso"),
    (records.HOLDS, 10, 130, {"command": b"sh", "descriptors": {0: b"/dev/null"}, "arguments": [b"sh", b"-c"]}),
]


def started(tid: int, when: int = 1) -> tuple[object, ...]:
    return (records.STARTED, tid, when, 0, records.START_COMMAND, tid)


def failed(error: OSError) -> None:
    raise error


def recorded(path: Path, *batches: list[tuple[object, ...]], close: bool = True) -> Path:
    """A recording with these batches."""
    recorder = Recorder(create(str(path)), Origin(host="here"), failed)
    for batch in batches:
        recorder.feed(batch)
    if close:
        recorder.close()
    else:
        os.close(recorder.descriptor)
    return path


def read(path: Path) -> tuple[list[tuple[object, ...]], str]:
    """All records, and what is wrong with the file."""
    recording = Recording(str(path))
    return [record for batch in recording.batches() for record in batch], recording.problem


# --- what records become


def test_every_kind_of_record_comes_back(tmp_path: Path) -> None:
    assert {record[0] for record in EVERY_KIND} == set(shapes.KINDS.values())
    assert {*range(records.CALL, records.WARNING + 1), records.STACK, records.SPACE, records.HOLDS} == set(shapes.KINDS.values())
    assert read(recorded(tmp_path / "a", EVERY_KIND)) == (EVERY_KIND, "")


def test_a_signal_record_may_end_early() -> None:
    assert shapes.decode(shapes.encode([(records.SIGNAL, 10, 130, 17, None)])) == [(records.SIGNAL, 10, 130, 17, None, None, 0)]


@given(st.binary(max_size=300))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_records_or_an_error(data: bytes) -> None:
    try:
        shapes.decode(data)
    except (ValueError, msgspec.MsgspecError):
        pass


@given(st.binary(max_size=200), st.integers(0, 400), st.integers(0, 255))
@settings(max_examples=200, deadline=None)
def test_any_file_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes, place: int, byte: int) -> None:
    directory = tmp_path_factory.mktemp("any")
    whole = bytearray(recorded(directory / "whole", EVERY_KIND, [CALL]).read_bytes())
    whole[place % len(whole)] = byte
    for content in (data, layout.MAGIC + data, bytes(whole), bytes(whole[: place % len(whole)])):
        path = directory / "any"
        path.write_bytes(content)
        try:
            read(path)
        except PtracerError:
            pass


# --- files that are not whole


def test_a_recording_that_was_cut_off_is_read_up_to_there(tmp_path: Path) -> None:
    path = recorded(tmp_path / "a", [started(10)], [CALL] * 5, close=False)
    assert read(path) == ([started(10)] + [CALL] * 5, "the recording was cut off: what follows is missing")
    data = path.read_bytes()
    path.write_bytes(data[:-3])
    assert read(path) == ([started(10)], "the recording was cut off: what follows is missing")


def test_what_lies_behind_a_damaged_place_is_read(tmp_path: Path) -> None:
    path = recorded(tmp_path / "a", [started(10)], [CALL] * 5, [EXIT])
    data = bytearray(path.read_bytes())
    data[data.index(layout.RECORDS, data.index(layout.RECORDS) + 1) + layout.FRAME.size + 5] ^= 0xFF
    path.write_bytes(data)
    found, problem = read(path)
    assert found == [started(10), EXIT]
    assert "damaged" in problem and "passed over" in problem


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "is not a recording"),
        (b"execve(...) = 0\n", "is not a recording"),
        (layout.MAGIC, "beginning of the recording is damaged"),
        (layout.MAGIC + b"\0" * 100, "beginning of the recording is damaged"),
    ],
)
def test_other_files(tmp_path: Path, content: bytes, complaint: str) -> None:
    path = tmp_path / "other"
    path.write_bytes(content)
    result = ptracer("--replay", str(path))
    assert result.returncode == 1 and complaint in result.stderr and "Traceback" not in result.stderr


def test_a_newer_layout_is_named(tmp_path: Path) -> None:
    packer = layout.Packer()
    body = packer.compress(msgspec.msgpack.encode({"version": 7, "origin": ["all", "is", "new"]}))
    path = tmp_path / "newer"
    path.write_bytes(layout.MAGIC + layout.Segment(layout.HEAD, body).packed())
    assert "recorded by a newer ptracer (layout 7; this one reads 1)" in ptracer("--replay", str(path)).stderr


def test_unknown_segments_are_passed_over(tmp_path: Path) -> None:
    path = recorded(tmp_path / "a", [CALL], close=False)
    with path.open("ab") as file:
        file.write(layout.Segment(b"NEWS", b"something").packed() + layout.Packer().done().packed())
    assert read(path) == ([CALL], "")


def test_what_says_that_it_is_enormous_is_not_believed() -> None:
    body = bytearray(layout.Packer().compress(bytes(1 << 20)))
    body[5:9] = (0xFFFFFFF0).to_bytes(4, "little")
    with pytest.raises(ValueError):
        layout.Segment(layout.RECORDS, bytes(body)).content()


# --- the latest only


def call(number: int) -> tuple[object, ...]:
    return (*CALL[:2], number * 1_000_000_000, *CALL[3:8], number * 1_000_000_000 + 5, *CALL[9:])


def test_the_latest_calls_are_kept_with_what_explains_them(tmp_path: Path) -> None:
    recorder = Recorder(create(str(tmp_path / "a")), Origin(), failed, recent.parse("3"))
    recorder.feed([started(10), started(12), started(13), ENTRY[:1] + (12,) + ENTRY[2:]])
    recorder.feed([(records.EXITED, 13, 50, 0)])
    for number in range(20):
        recorder.feed([call(number)])
    recorder.close()
    found, problem = read(tmp_path / "a")
    assert not problem
    assert found == [started(10), started(12), ENTRY[:1] + (12,) + ENTRY[2:], call(17), call(18), call(19)]


def test_the_latest_seconds_are_kept(tmp_path: Path) -> None:
    recorder = Recorder(create(str(tmp_path / "a")), Origin(), failed, recent.parse("5s"))
    for number in range(60):
        recorder.feed([call(number)])
    assert len(recorder.recent.kept) == 6  # type: ignore[union-attr]
    recorder.save()
    assert read(tmp_path / "a")[0] == [call(number) for number in range(54, 60)]
    recorder.feed([call(60)])
    recorder.close()
    assert read(tmp_path / "a")[0] == [call(number) for number in range(55, 61)]


@pytest.mark.parametrize("text", ["", "0", "-1", "s", "1d", "x", "1.5s", "³"])
def test_how_much_must_be_a_number_or_a_time(text: str) -> None:
    with pytest.raises(PtracerError, match="--last"):
        recent.parse(text)


# --- real runs


COMMAND = ("sh", "-c", "cat /etc/hostname; ls -l / | wc -l; kill -USR1 $$")
OPTION_SETS = [
    "-f", "-f -v -s 500", "-f -yy -Y", "-f -k", "-f -tt -T -i -n", "-f -N -x", "-f -X raw", "-f -X verbose", "-f -e raw=all",
    "-f -e read=all -e write=all", "-f -e trace=%file -Z", "-f -P /etc/hostname", "-f -e filter=dur>1us -e signal=none",
    "-f -e inject=openat:error=EPERM:when=3", "--preset=everything",
]  # fmt: skip


@pytest.mark.ptrace
@pytest.mark.parametrize("options", OPTION_SETS)
def test_replaying_says_what_tracing_said(tmp_path: Path, options: str) -> None:
    traced, replayed, recording = tmp_path / "traced", tmp_path / "replayed", tmp_path / "recording"
    ptracer(*options.split(), "-o", str(traced), "--record", str(recording), *COMMAND)
    result = ptracer("--replay", str(recording), "-o", str(replayed))
    assert (result.returncode, result.stderr) == (0, "")
    assert traced.read_bytes() == replayed.read_bytes() != b""


@pytest.mark.ptrace
@pytest.mark.parametrize("name", ["calls_process", "calls_signals", "calls_network", "calls_x32", "int80"])
def test_replaying_says_what_tracing_said_of_every_kind_of_call(tmp_path: Path, name: str) -> None:
    traced, replayed, recording = tmp_path / "traced", tmp_path / "replayed", tmp_path / "recording"
    try:
        program = str(build(name))
    except CannotBuild as error:
        pytest.skip(str(error))
    ptracer("-f", "-v", "-o", str(traced), "--record", str(recording), program, errors="replace")
    ptracer("--replay", str(recording), "-o", str(replayed))
    assert traced.read_bytes() == replayed.read_bytes() != b""


@pytest.mark.ptrace
def test_a_replay_takes_other_options_than_the_recording(tmp_path: Path) -> None:
    recording, text = str(tmp_path / "recording"), str(tmp_path / "text")
    ptracer("-f", "--record", recording, "-o", text, "-v", "-s", "100", "-tt", *COMMAND)
    assert ptracer("--replay", recording, "-c").stdout.startswith("% time     seconds")
    lines = ptracer("--replay", recording, "-e", "trace=openat", "-q").stdout.splitlines()
    assert lines and all("openat" in line or "+++" in line or "---" in line for line in lines)
    shortened = ptracer("--replay", recording, "-s", "4", "-e", "trace=execve", "-e", "abbrev=all", "--absolute-timestamps=none")
    assert shortened.stdout.startswith("execve(") and '/sh", ["sh", "-c", "cat "...], 0x' in shortened.stdout
    assert "holds 256 bytes of a string at most" in ptracer("--replay", recording, "-s", "1000").stderr


@pytest.mark.ptrace
def test_a_recording_is_for_its_owner_and_alone_writes_no_text(tmp_path: Path) -> None:
    path = tmp_path / "recording"
    path.write_text("what was there")
    path.chmod(0o644)
    result = ptracer("--record", str(path), "-E", "SECRET=unspeakable", "true")
    assert (result.stdout, result.stderr) == ("", "")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    origin = Recording(str(path)).origin
    assert origin.command == ["true"] and "SECRET" in origin.environment and origin.process > 0
    assert b"unspeakable" not in b"".join(
        layout.segment_at(memoryview(path.read_bytes()), len(layout.MAGIC))[0].content() for _ in "1"
    )


@pytest.mark.ptrace
def test_a_killed_tracer_leaves_what_it_has_recorded(tmp_path: Path) -> None:
    path, text = tmp_path / "recording", tmp_path / "text"
    tracer = start("--record", str(path), "-o", str(text), "sh", "-c", "while :; do true < /dev/null; done")
    try:
        until(lambda: path.exists() and path.stat().st_size > 20_000, "a recording that grows")
        tracer.kill()
        tracer.wait()
    finally:
        kill(Recording(str(path)).origin.process)  # which goes on without its tracer
    result = ptracer("--replay", str(path))
    assert result.returncode == 1 and "was cut off" in result.stderr
    assert result.stdout and text.read_text().startswith(result.stdout[: min(len(result.stdout), text.stat().st_size)])


@pytest.mark.ptrace
def test_a_full_disk_ends_the_recording_and_not_the_command(tmp_path: Path) -> None:
    path = tmp_path / "recording"
    result = subprocess.run(
        [*PTRACER, "-f", "--record", str(path), "sh", "-c", "trap '' XFSZ; ls -lR /etc >/dev/null 2>&1; echo done"],
        capture_output=True,
        text=True,
        timeout=60,
        preexec_fn=lambda: (signal.signal(signal.SIGXFSZ, signal.SIG_IGN), resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000))),
    )
    assert result.stdout == "done\n"
    assert "File too large; the recording ends here" in result.stderr and result.returncode == 1
    replayed = ptracer("--replay", str(path))
    assert "was cut off" in replayed.stderr and "execve(" in replayed.stdout


@pytest.mark.ptrace
def test_a_signal_saves_the_latest_and_tracing_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "recording"
    tracer = start("-f", "--record", str(path), "--last", "20", "sh", "-c", "for i in 1 2 3 4 5 6 7 8; do true | true; done; sleep 30")
    time.sleep(1.5)

    def saved() -> bool:
        os.kill(tracer.pid, signal.SIGUSR1)
        time.sleep(0.2)
        return path.stat().st_size > 0 and "wait4(-1" in ptracer("--replay", str(path)).stdout

    try:
        until(saved, "a saved recording")
        assert tracer.poll() is None
        found = ptracer("--replay", str(path))
        assert found.returncode == 0 and "execve(\"/bin/sh" not in found.stdout
    finally:
        kill(Recording(str(path)).origin.process, tracer.pid)
        tracer.wait()


@pytest.mark.ptrace
def test_a_condition_ends_the_recording(tmp_path: Path) -> None:
    path = tmp_path / "recording"
    ptracer("--record", str(path), "--last", "100000", "--until", "openat && error == ENOENT", "sh", "-c", ": < /nowhere; :")
    last = ptracer("--replay", str(path)).stdout.splitlines()[-1]
    assert last.startswith('openat(AT_FDCWD, "/nowhere", O_RDONLY)') and "ENOENT" in last


def test_last_needs_a_file() -> None:
    assert "--last needs a file" in ptracer("--last", "3", "true").stderr


def test_a_replay_has_no_command() -> None:
    assert ptracer("--replay", "/nowhere", "true").returncode == 1
