"""Attaching to a busy program with threads and children that come and go, and letting it go, again and again."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import harm
import pytest
from running import PTRACER, alive, traced

pytestmark = [pytest.mark.ptrace, pytest.mark.timeout(3600)]

ROUNDS = int(os.environ.get("SOAK_ATTACHES", "2000"))
FORMS = (("-f",), (), ("-f", "-k"), ("-f", "-yy"), ("-c",), ("-f", "-e", "trace=%signal"))


def test_a_busy_program_is_attached_to_and_let_go(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    chance = random.Random(int(os.environ.get("SOAK_SEED", "0")))
    with (tmp_path / "said").open("wb") as out:
        program = subprocess.Popen([harm.steady(), "3600"], stdout=out, start_new_session=True)
    try:
        for round in range(ROUNDS):
            form = chance.choice(FORMS)
            tracer = subprocess.Popen([*PTRACER, *form, "-o", os.devnull, "-p", str(program.pid)], stderr=subprocess.PIPE)
            time.sleep(chance.choice((0, 0.1, 0.2, 0.4)) * chance.random())
            tracer.send_signal(chance.choice((signal.SIGINT, signal.SIGTERM, signal.SIGKILL)))
            _, complaint = tracer.communicate(timeout=harm.PATIENCE)
            # What comes before our first line is Python's own.
            assert b"Traceback" not in complaint or b"/ptracer/" not in complaint, (round, form, complaint)
            assert alive(program.pid) and not traced(program.pid), (round, form)
    finally:
        program.terminate()
        program.wait(harm.PATIENCE)
    assert (tmp_path / "said").read_text() == "steady\n"
    record_property("figure", f"attached and let go {ROUNDS} times")
