"""The tracee is never harmed, whatever happens to ptracer. The long form of these tests is in tests/soak."""

from __future__ import annotations

import random
from pathlib import Path

import harm
import pytest

pytestmark = [pytest.mark.ptrace, pytest.mark.timeout(110)]


@pytest.mark.parametrize("seed", range(6))
def test_a_command_outlives_its_killed_tracer(tmp_path: Path, seed: int) -> None:
    outcome = harm.strike_a_command(tmp_path, random.Random(seed), 0.4, harm.kill)
    assert outcome.unharmed, outcome


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("strike", [harm.kill, harm.interrupt])
def test_a_process_outlives_who_attached_to_it(tmp_path: Path, seed: int, strike: object) -> None:
    outcome = harm.strike_an_attacher(tmp_path, random.Random(seed), 0.8, strike)  # type: ignore[arg-type]
    assert outcome.unharmed and outcome.said == "steady\n", outcome
