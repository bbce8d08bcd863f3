"""Programs that check themselves, recorded inside again and again."""

from __future__ import annotations

import os
import random
import struct
import subprocess
from pathlib import Path

import pytest
from programs.build import build
from running import PTRACER

pytestmark = [pytest.mark.ptrace, pytest.mark.timeout(120)]

ROUNDS = int(os.environ.get("SOAK_INSIDE", "300"))
FIRST = int(os.environ.get("SOAK_SEED", "0"))
FORMS = (("-o", "FILE"), ("-c", "-o", "FILE"), ("--record", "FILE"), ("-v", "-o", "FILE"), ("-e", "trace=%signal", "-o", "FILE"))
PROGRAMS = (("steady", "0.5"), ("interrupted",), ("sites",), ("exec_loop", "5"), ("own_base",), ("vfork",), ("odd_clones",))


def run(form: tuple[str, ...], directory: Path, *command: str) -> tuple[int, str]:
    options = [str(directory / "file") if word == "FILE" else word for word in form]
    done = subprocess.run([*PTRACER, "--capture=inside", "-f", *options, *command], capture_output=True, text=True, timeout=100)
    assert not done.stderr, done.stderr
    return done.returncode, done.stdout


@pytest.mark.parametrize("seed", range(FIRST, FIRST + ROUNDS))
def test_programs_do_what_they_do_alone(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    name, *arguments = chance.choice(PROGRAMS)
    command = (str(build(name)), *arguments)
    alone = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert run(chance.choice(FORMS), tmp_path, *command) == (alone.returncode, alone.stdout)


@pytest.mark.parametrize("seed", range(ROUNDS // 10))
def test_no_call_is_lost(tmp_path: Path, seed: int) -> None:
    counts = tmp_path / "counts"
    threads = 1 + seed % 5
    assert run(("-o", "FILE"), tmp_path, str(build("counting")), str(counts), str(threads), "/bin/true")[0] == 0
    counted = sum(struct.unpack("<512Q", counts.read_bytes()))
    with (tmp_path / "file").open() as lines:
        seen = sum(" gettid(" in line for line in lines)
    assert 0 <= seen - counted <= threads
