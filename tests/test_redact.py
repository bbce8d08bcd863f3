"""``--redact``: a program handles a secret in every way there is, and no trace of it has a byte of that."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from decoding import text_of, words
from programs.build import build
from running import ptracer, start, traced, until

from ptracer.options import REDACTED, parse
from ptracer.recordings.recording import Recording
from ptracer.regs import I386

SECRET = "zQ7xKw-Vj3Hy_Tm8pLd-Rb5Gc_Nf9Ws2-Xk4ZuEo6Ia1Qt"
PIECE = 5  # bytes of it that are no coincidence
PIECES = {SECRET[place : place + PIECE] for place in range(len(SECRET) - PIECE + 1)}
EVERYTHING = "data,environment,arguments"
ESCAPES = re.compile(r"\\x([0-9a-f]{2})|\\([0-7]{3})")
WHERE = 0x7F00_0000_1000
ALL = frozenset(REDACTED)


def leaks(data: bytes | str) -> set[str]:
    """Pieces of the secret in what was written: as they are, in hexadecimal, as escapes."""
    text = data if isinstance(data, str) else data.decode("latin-1")
    plain = ESCAPES.sub(lambda found: chr(int(found[1], 16) if found[1] else int(found[2], 8)), text)
    digits = re.sub(r"[^0-9a-f]", "", text)
    return {piece for piece in PIECES if piece in text or piece in plain or piece.encode().hex() in digits}


def run(directory: Path, *options: str, program: str = "native", expected: int = 0) -> tuple[str, bytes]:
    """What is traced of the program: on standard error, where it also writes the secret itself, and in a file."""
    trace = directory / "trace"
    environment = {**os.environ, "SECRET": SECRET}
    traced = [str(build("secrets", program)), SECRET, str(directory)]
    done = ptracer("-o", str(trace), *options, *traced, env=environment)
    assert done.returncode == expected, done.stderr
    return done.stderr.replace(SECRET + "\n", ""), trace.read_bytes() if trace.is_file() else b""


def kept(path: Path) -> bytes:
    """All that a recording holds, unpacked."""
    recording = Recording(str(path))
    return repr((recording.origin, list(recording.batches()))).encode()


@pytest.mark.ptrace
def test_the_program_gives_its_secret_away_without_the_option(tmp_path: Path) -> None:
    """Otherwise the other tests prove nothing."""
    recording = tmp_path / "recording"
    _, text = run(tmp_path, "-f", "-v", "-s", "999", "--record", str(recording))
    for call in (
        "write pwrite64 read pread64 writev readv pwritev preadv pwritev2 preadv2 process_vm_writev process_vm_readv fsetxattr "
        "setxattr fgetxattr getxattr vmsplice io_submit sendto recvfrom sendmsg recvmsg sendmmsg recvmmsg setsockopt mq_timedsend "
        "msgsnd add_key request_key mount fsconfig execve"
    ).split():
        lines = [line for line in text.decode().splitlines() if re.match(rf"\d+ +{call}\(", line)]
        assert any(leaks(line) for line in lines), (call, lines)
    assert leaks(kept(recording)) == PIECES


@pytest.mark.ptrace
@pytest.mark.parametrize(
    "options",
    [
        [], ["-v", "-s", "999"], ["-xx", "-s", "999", "-y", "-Y"], ["-yy", "-N", "-v", "-s", "999"], ["-X", "raw", "-v"],
        ["--abbrev=none", "--raw=write,execve,sendmsg"], ["--verbose=none", "-s", "999"], ["--registers", "-v", "-s", "999"],
        ["--explain=all", "-s", "999", "-v"], ["--by=path,fd,peer,process", "--account", "--slowest=9", "-C", "-s", "999"],
        ["--format=json", "-v", "-s", "999"], ["--format=csv", "-v", "-s", "999"], ["--format=chrome", "-v", "-s", "999"],
        ["--format=sqlite", "-v", "-s", "999"], ["--format=speedscope", "-s", "999"], ["--format=collapsed", "-s", "999"],
        ["--filter=dur >= 0", "-v", "-s", "999"], ["-P", "/dev/null", "-v", "-s", "999"], ["-z", "-v"], ["-d", "-v"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_no_output_has_a_byte_of_it(tmp_path: Path, options: list[str]) -> None:
    said, text = run(tmp_path, "-f", f"--redact={EVERYTHING}", *options)
    assert not leaks(said) and not leaks(text)


@pytest.mark.ptrace
@pytest.mark.parametrize("more", [[], ["-v", "-s", "999", "-y", "-Y"], ["-yy", "--explain=all"], ["--last=1000000"]], ids=" ".join)
@pytest.mark.parametrize("program", ["native", "i386"])
@pytest.mark.parametrize("capture", ["c", "pure"])
def test_no_recording_has_a_byte_of_it(
    tmp_path: Path, more: list[str], program: str, capture: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTRACER_CAPTURE", "pure" if capture == "pure" else "")
    recording = tmp_path / "recording"
    said, _ = run(tmp_path, "-f", f"--redact={EVERYTHING}", "--record", str(recording), *more, program=program)
    assert not leaks(said) and not leaks(kept(recording))
    shown = ptracer("--replay", str(recording), "-v", "-s", "999")
    assert "redacted" in shown.stdout + shown.stderr
    assert not leaks(shown.stdout + shown.stderr)


@pytest.mark.ptrace
def test_arguments_of_processes_that_are_attached_to_are_kept_out(tmp_path: Path) -> None:
    recording = tmp_path / "recording"
    with subprocess.Popen(["sh", "-c", "read line; : $1", SECRET], stdin=subprocess.PIPE, text=True) as shell:
        tracer = start("--redact=arguments", "--record", str(recording), "-p", str(shell.pid))
        until(lambda: traced(shell.pid))
        shell.communicate("\n")
        tracer.communicate(timeout=20)
    assert not leaks(kept(recording))


def test_without_a_value_it_is_data_and_the_environment() -> None:
    assert parse(["--redact", "true"]).redacted == {"data", "environment"}
    assert parse(["--redact=arguments", "true"]).redacted == {"arguments"}
    assert parse(["true"]).redacted == frozenset()


@pytest.mark.parametrize("other", [["-k"], ["-e", "read=1"], ["-e", "write=all"]], ids=" ".join)
def test_what_shows_contents_in_another_way_is_refused(other: list[str]) -> None:
    with pytest.raises(Exception, match="mutually exclusive"):
        parse(["--redact", *other, "true"])


def test_buffers_are_shown_as_where_they_are() -> None:
    redacted: dict[str, Any] = {"redacted": ALL, "memory": {WHERE: b"hello"}}
    assert text_of("write", (1, WHERE, 5), 5, **redacted) == f"write(1, {WHERE:#x} /* redacted */, 5) = 5"
    assert text_of("read", (1, WHERE, 5), -9, **redacted) == f"read(1, {WHERE:#x}, 5) = -1 EBADF (Bad file descriptor)"
    assert text_of("write", (1, 0, 5), -14, **redacted) == "write(1, NULL, 5) = -1 EFAULT (Bad address)"
    vector = {WHERE: words(0x1000, 3), 0x1000: b"abc"}
    assert text_of("writev", (1, WHERE, 1), 3, vector, redacted=ALL) == (
        "writev(1, [{iov_base=0x1000 /* redacted */, iov_len=3}], 1) = 3"
    )
    narrow = {0x2000: words(0x1000, 3, size=4), 0x1000: b"abc"}
    assert "redacted" in text_of("writev", (1, 0x2000, 1), 3, narrow, abi=I386, redacted=ALL)


def test_of_an_environment_the_number_of_variables_remains() -> None:
    memory = {WHERE: words(0x1000, 0x1010, 0), 0x1000: b"A=1\0", 0x1010: b"B=2\0", 0x3000: b"/bin/true\0"}
    line = text_of("execve", (0x3000, WHERE, WHERE), 0, memory, redacted=ALL, abbreviate=lambda name, abi: False)
    assert line == f'execve("/bin/true", {WHERE:#x} /* redacted */, {WHERE:#x} /* 2 vars, redacted */) = 0'
    assert text_of("execve", (0x3000, WHERE, WHERE), 0, memory, redacted=frozenset(("data",))).count("redacted") == 0
