"""A thousand random moments at which ptracer is killed, interrupted, or loses what it writes to."""

from __future__ import annotations

import os
import random
from pathlib import Path

import harm
import pytest

pytestmark = [pytest.mark.ptrace, pytest.mark.timeout(120)]

ROUNDS = int(os.environ.get("SOAK_ROUNDS", "1000"))
FIRST = int(os.environ.get("SOAK_SEED", "0"))


@pytest.mark.parametrize("seed", range(FIRST, FIRST + ROUNDS // 2))
def test_commands_outlive_killed_tracers(tmp_path: Path, seed: int) -> None:
    outcome = harm.strike_a_command(tmp_path, random.Random(seed), 0.4, harm.kill)
    assert outcome.unharmed, outcome


@pytest.mark.parametrize("seed", range(FIRST, FIRST + ROUNDS // 2))
def test_processes_outlive_who_attached(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    outcome = harm.strike_an_attacher(tmp_path, chance, 0.8, chance.choice((harm.kill, harm.interrupt)))
    assert outcome.unharmed and outcome.said == "steady\n", outcome
