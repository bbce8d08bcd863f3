"""Circles of threads that wait for each other, found among waits that a test makes up."""

from __future__ import annotations

from typing import Any, cast

import pytest

from ptracer.explain.waiting import Wait
from ptracer.explain.waiting.blocked import several
from ptracer.explain.waiting.circle import circle, stuck
from ptracer.explain.waiting.sight import Sight

SIGALRM, SIGCHLD = 1 << 13, 1 << 16


class Imagined:
    """What ``Sight`` says of threads, each a process of its own."""

    def __init__(self, waits: dict[int, Wait], caught: dict[int, int] | None = None, children: dict[int, list[int]] | None = None):
        self.waits, self.signals, self.born = waits, caught or {}, children or {}

    def wait(self, tid: int) -> Wait | None:
        return self.waits.get(tid)

    def caught(self, tid: int) -> int:
        return self.signals.get(tid, 0)

    def process(self, tid: int) -> int:
        return tid

    def children(self, pid: int) -> list[int]:
        return self.born.get(pid, [])

    def threads_of(self, pids: set[int]) -> frozenset[int]:
        return frozenset(pids)


def sight(waits: dict[int, Wait], **more: Any) -> Sight:
    return cast(Sight, Imagined(waits, **more))


def on(*wakers: int, kind: str = "pipe", ends: bool = False) -> Wait:
    return Wait(kind, "something", wakers=frozenset(wakers), ends=ends)


def test_two_that_wait_for_each_other_are_a_circle() -> None:
    assert circle(sight({1: on(2), 2: on(1)}), 1) == [1, 2]


def test_a_circle_of_three_is_found_from_outside() -> None:
    assert circle(sight({1: on(2), 2: on(3), 3: on(4), 4: on(2)}), 1) == [2, 3, 4]


def test_who_runs_breaks_a_circle() -> None:
    assert circle(sight({1: on(2), 2: on(3)}), 1) == []


def test_one_of_several_who_is_free_suffices() -> None:
    waits = {1: on(2, 3), 2: on(1)}
    assert circle(sight(waits), 1) == []
    assert circle(sight(waits | {3: on(1)}), 1) == [1, 2]


def test_who_does_not_know_who_may_end_it_is_free() -> None:
    assert circle(sight({1: on(2), 2: Wait("event", "something", wakers=None)}), 1) == []


def test_a_limit_of_time_breaks_a_circle() -> None:
    assert circle(sight({1: on(2), 2: on(1, ends=True)}), 1) == []


def test_an_alarm_that_is_handled_breaks_a_circle_but_not_one_of_mutexes() -> None:
    assert circle(sight({1: on(2), 2: on(1)}, caught={2: SIGALRM}), 1) == []
    assert circle(sight({1: on(2, kind="futex"), 2: on(1, kind="futex")}, caught={2: SIGALRM}), 1) == [1, 2]


def test_who_handles_sigchld_may_be_woken_by_its_children() -> None:
    waits = {1: on(2), 2: on(1)}
    assert circle(sight(waits, caught={1: SIGCHLD}, children={1: [2, 3]}), 1) == []
    assert circle(sight(waits, caught={1: SIGCHLD}, children={1: [2]}), 1) == [1, 2]


def test_who_waits_only_for_itself_is_stuck_but_no_circle() -> None:
    made = sight({1: on()})
    assert [*stuck(made, 1)] == [1]
    assert circle(made, 1) == []


@pytest.mark.parametrize(
    "names, text", [([], "nobody"), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c", "d", "e"], "a, b, c and 2 more")]
)
def test_names_in_a_sentence(names: list[str], text: str) -> None:
    assert several(names) == text
