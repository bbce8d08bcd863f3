"""The ring of the Python capture, with no process traced. The C ring has the same behaviour: see
test_capture_contract.py."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ptracer.capture.pure_ring import PENDING_AGE, Ring
from ptracer.capture.records import CALL, ENTRY, EXIT, SIGNAL

pytestmark = pytest.mark.timeout(20)

A_MOMENT = 0.05  # seconds: longer than the ring lets anything wait


def entry(tid: int, number: int = 0, start: int | None = None) -> tuple[Any, ...]:
    return (ENTRY, tid, time.monotonic_ns() if start is None else start, number)


def leave(ring: Ring, tid: int) -> None:
    """What the capture does at the exit of a call."""
    kept = ring.withdraw(tid)
    if kept is None:
        ring.put((EXIT, tid), 1)
    else:
        ring.put((CALL, *kept[0][1:]), kept[1])


def everything(ring: Ring) -> list[Any]:
    records: list[Any] = []
    while (batch := ring.take(3)) is not None:
        assert batch, "a batch holds at least one record"
        records += batch
    return records


def kinds(records: list[Any]) -> list[tuple[int, int]]:
    return [record[:2] for record in records]


def in_background(function: Callable[[], Any]) -> Future[Any]:
    """Run it in a thread of its own."""
    pool = ThreadPoolExecutor(1)
    future = pool.submit(function)
    pool.shutdown(wait=False)
    return future


def test_an_entry_and_its_own_exit_become_one_call() -> None:
    ring = Ring(100)
    ring.keep(entry(1), 1)
    leave(ring, 1)
    ring.finish()
    assert kinds(everything(ring)) == [(CALL, 1)]


def test_an_entry_followed_by_another_thread_s_entry_is_handed_over_open() -> None:
    ring = Ring(100)
    ring.keep(entry(1), 1)
    ring.keep(entry(2), 1)
    leave(ring, 1)
    leave(ring, 2)
    ring.finish()
    assert kinds(everything(ring)) == [(ENTRY, 1), (ENTRY, 2), (EXIT, 1), (EXIT, 2)]


def test_another_record_opens_a_pending_entry_and_follows_it() -> None:
    ring = Ring(100)
    ring.keep(entry(1), 1)
    ring.put((SIGNAL, 1), 1)
    leave(ring, 1)
    ring.finish()
    assert kinds(everything(ring)) == [(ENTRY, 1), (SIGNAL, 1), (EXIT, 1)]


def test_a_young_entry_is_not_handed_over() -> None:
    ring = Ring(100)
    ring.keep(entry(1, start=time.monotonic_ns() + 10**12), 1)
    taker = threading.Thread(target=ring.take, args=(1,), daemon=True)
    taker.start()
    taker.join(A_MOMENT)
    assert taker.is_alive()
    ring.finish()
    taker.join()


def test_an_old_entry_is_handed_over_without_any_other_record() -> None:
    ring = Ring(100)
    ring.keep(entry(1), 1)
    before = time.monotonic_ns()
    assert kinds(ring.take(10) or []) == [(ENTRY, 1)]
    assert time.monotonic_ns() - before > PENDING_AGE / 2
    leave(ring, 1)
    assert kinds(ring.take(10) or []) == [(EXIT, 1)]


def test_a_consumer_that_waits_is_woken_by_a_record() -> None:
    ring = Ring(100)
    taken = in_background(lambda: ring.take(10))
    time.sleep(A_MOMENT)
    assert not taken.done()
    ring.put((SIGNAL, 1), 1)
    assert taken.result(1) == [(SIGNAL, 1)]


def test_a_consumer_that_waits_is_woken_by_the_end() -> None:
    ring = Ring(100)
    taken = in_background(lambda: ring.take(10))
    time.sleep(A_MOMENT)
    ring.finish()
    assert taken.result(1) is None


def test_records_gather_for_a_moment_after_the_consumer_was_woken() -> None:
    ring = Ring(100)
    taken = in_background(lambda: ring.take(10))
    time.sleep(A_MOMENT)
    ring.put((SIGNAL, 1), 1)
    ring.put((SIGNAL, 2), 1)
    assert len(taken.result(1)) == 2


def test_no_more_is_taken_than_was_asked_for() -> None:
    ring = Ring(100)
    for tid in range(5):
        ring.put((SIGNAL, tid), 1)
    assert kinds(ring.take(2) or []) == [(SIGNAL, 0), (SIGNAL, 1)]
    assert kinds(ring.take(9) or []) == [(SIGNAL, 2), (SIGNAL, 3), (SIGNAL, 4)]


def test_after_the_end_the_rest_is_taken_and_then_none_again_and_again() -> None:
    ring = Ring(100)
    ring.put((SIGNAL, 1), 1)
    ring.keep(entry(1), 1)
    ring.finish()
    assert kinds(everything(ring)) == [(SIGNAL, 1), (ENTRY, 1)]
    assert ring.take(1) is None


def test_a_full_ring_makes_the_producer_wait_and_drops_nothing() -> None:
    ring = Ring(10)

    def produce() -> None:
        for tid in range(20):
            ring.put((SIGNAL, tid), 1)
        ring.finish()

    produced = in_background(produce)
    time.sleep(A_MOMENT)
    assert not produced.done()
    assert kinds(everything(ring)) == [(SIGNAL, tid) for tid in range(20)]
    produced.result(1)


def test_a_record_larger_than_the_ring_goes_into_an_empty_one() -> None:
    ring = Ring(10)
    ring.put((SIGNAL, 1), 1000)
    assert ring.take(1) == [(SIGNAL, 1)]


Step = tuple[str, int]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["enter", "leave", "notice"]), st.integers(1, 3)), max_size=40))
def test_whatever_happens_every_call_and_notice_is_told_once_and_in_order(steps: list[Step]) -> None:
    ring = Ring(7)
    taken = in_background(lambda: everything(ring))
    told: list[tuple[str, int]] = []
    inside: set[int] = set()
    for step, tid in steps:
        if step == "notice":
            ring.put((SIGNAL, tid), 1)
        elif step == "enter" and tid not in inside:
            inside.add(tid)
            ring.keep(entry(tid), 1)
        elif step == "leave" and tid in inside:
            inside.remove(tid)
            leave(ring, tid)
        else:
            continue
        told.append((step, tid))
    ring.finish()
    heard: list[tuple[str, int]] = []
    for kind, tid in kinds(taken.result(5)):
        heard += {CALL: [("enter", tid), ("leave", tid)], ENTRY: [("enter", tid)], EXIT: [("leave", tid)]}.get(
            kind, [("notice", tid)]
        )
    assert heard == told
