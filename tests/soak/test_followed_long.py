"""The programs of test_followed.py, and a thousand times as much of each: nothing is missing, nothing is there twice."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from test_followed import FILTERS, program, traced

pytestmark = [pytest.mark.ptrace, pytest.mark.timeout(1800)]

AMOUNT = int(os.environ.get("SOAK_FOLLOWED", "10000"))

Tell = Callable[[str, object], None]


@pytest.mark.parametrize("options", FILTERS)
def test_short_processes(tmp_path: Path, options: str, record_property: Tell) -> None:
    trace = traced(tmp_path, *FILTERS[options], program("forks"), str(AMOUNT), patience=900)
    assert trace.number == AMOUNT and trace.ended() == AMOUNT + 1
    record_property("figure", f"{AMOUNT} short processes seen ({options})")


@pytest.mark.parametrize("options", FILTERS)
def test_a_bomb_of_forks(tmp_path: Path, options: str, record_property: Tell) -> None:
    depth = max((AMOUNT // 4).bit_length() - 1, 1)
    trace = traced(tmp_path, *FILTERS[options], program("bomb"), str(depth), patience=900)
    assert trace.number == (2 << depth) - 1 == trace.entered() == trace.returned() == trace.ended()
    record_property("figure", f"a bomb of {trace.number} processes seen ({options})")


@pytest.mark.parametrize("options", FILTERS)
def test_programs_that_threads_execute(tmp_path: Path, options: str, record_property: Tell) -> None:
    times = max(AMOUNT // 20, 1)
    trace = traced(tmp_path, *FILTERS[options], program("exec_loop"), str(times), patience=900)
    assert trace.number == trace.entered() == trace.returned() == times
    record_property("figure", f"{times} programs executed by threads that are no leaders seen ({options})")


@pytest.mark.parametrize("options", FILTERS)
def test_stops_and_continuations(tmp_path: Path, options: str, record_property: Tell) -> None:
    times = max(AMOUNT // 5, 1)
    trace = traced(tmp_path, *FILTERS[options], program("stops"), str(times), patience=900)
    assert trace.number == trace.returned() > 0
    record_property("figure", f"{times} stops and continuations survived ({options})")


@pytest.mark.parametrize("options", FILTERS)
def test_two_hundred_threads(tmp_path: Path, options: str, record_property: Tell) -> None:
    each = max(AMOUNT // 20, 1)
    trace = traced(tmp_path, *FILTERS[options], program("threads"), "200", str(each), patience=900)
    assert trace.number == 400 * each and trace.entered() == trace.returned() == 200 * each
    record_property("figure", f"{200 * each} calls of 200 threads seen ({options})")
