"""Programs that fight the tracer: memory that changes and goes while it is read, strings without an end, lengths of 2^63."""

from __future__ import annotations

import re
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest
from programs.build import build
from running import PTRACER

from ptracer.recordings.recording import Recording

pytestmark = [pytest.mark.ptrace, pytest.mark.timeout(200)]

# A line of a file: a process, then a whole call with its result, a part of one, a notice.
WHOLE = re.compile(
    r"\d+(<.*?>)? +("
    r"[a-z_0-9]+\(.*\) += (-?\d+|0x[0-9a-f]+|\?)(<.*>)?( .*)?"
    r"|[a-z_0-9]+\(.*<unfinished \.\.\.>( *=.*)?|<\.\.\. [a-z_0-9]+ resumed>.*"
    r"|\+\+\+ .* \+\+\+|--- .* ---)"
)
OPTIONS = {
    "brief": (), "full": ("-v", "-s", "4096"), "named": ("-yy", "-Y"), "raw": ("-X", "raw", "-N"), "explained": ("--explain=all",),
    "redacted": ("--redact",),
}  # fmt: skip
LARGEST = 3 << 20  # bytes of a call in a recording: what is copied at its entry, at its exit, and all around it
MOST_MEMORY = 400 << 20  # bytes that ptracer may have while it traces this


@pytest.mark.parametrize("capture", ["c", "pure"])
@pytest.mark.parametrize("options", OPTIONS)
def test_memory_that_changes_while_it_is_read(tmp_path: Path, options: str, capture: str) -> None:
    trace = tmp_path / "trace"
    environment = {"PTRACER_CAPTURE": "pure" if capture == "pure" else "", "PTRACER_STRICT": "1", "PATH": "/usr/bin:/bin"}
    command = [*PTRACER, "-f", "-o", trace, *OPTIONS[options], build("racing_memory"), "60"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=150, env=environment)
    assert (done.returncode, done.stdout, done.stderr) == (0, "undisturbed\n", "")
    lines = trace.read_text(errors="surrogateescape").split("\n")
    assert lines.pop() == "" and len(lines) > 500
    if options != "explained":
        assert not [line[:200] for line in lines if not WHOLE.fullmatch(line)]


def test_recordings_of_it_are_bounded_and_whole(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    begun = time.monotonic()
    child = subprocess.run(
        [sys.executable, "-c", CHILD, *PTRACER, "-f", "-v", "-s", "1000000", "--record", str(kept), str(build("racing_memory")), "20"],
        capture_output=True, text=True, timeout=150,
    )  # fmt: skip
    assert child.returncode == 0, child.stderr
    assert int(child.stdout.split()[-1]) * 1024 < MOST_MEMORY, child.stdout
    assert time.monotonic() - begun < 100
    recording = Recording(str(kept))
    largest = 0
    for batch in recording.batches():
        for record in batch:
            chunks = [part for part in record if isinstance(part, dict)]
            largest = max(largest, sum(len(data) for part in chunks for data in part.values() if isinstance(data, bytes)))
    assert not recording.problem and largest < LARGEST


CHILD = """
import resource, subprocess, sys
status = subprocess.run(sys.argv[1:]).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(status)
"""


def test_faults_in_every_argument(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    subprocess.run([*PTRACER, "-f", "-v", "-o", trace, build("memory_faults")], check=True, timeout=60, env={"PTRACER_STRICT": "1"})
    lines = trace.read_text(errors="surrogateescape").splitlines()
    assert lines and not [line for line in lines if not WHOLE.fullmatch(line)]


def test_a_tracer_with_little_memory_says_so_and_lets_the_program_end(tmp_path: Path) -> None:
    """What is bounded is bounded by ptracer, not by the machine: 64 megabytes of string do not need 64 of ours."""

    def little() -> None:
        resource.setrlimit(resource.RLIMIT_DATA, (256 << 20, 256 << 20))

    command = [*PTRACER, "-f", "-o", tmp_path / "trace", build("racing_memory"), "5"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, preexec_fn=little)
    assert done.stdout == "undisturbed\n" and done.returncode == 0, done.stderr
