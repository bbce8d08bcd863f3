"""What every capture makes of records instead of tuples: sums of calls, and MessagePack."""

from __future__ import annotations

import errno
import os
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tracing import (
    CLONE,
    EVENT_EXEC,
    EXECVE,
    FORK,
    GETPPID,
    I386,
    OPENAT,
    OPTIONS,
    PAGE,
    READ,
    WRITE,
    WRITEV,
    X86_64,
    Tracing,
    calls,
    int_80,
    memory,
    place,
    syscall,
)

from ptracer.capture.protocol import Capture
from ptracer.capture.pure_sums import Sums
from ptracer.capture.records import CALL, ENTRY, EXECED, EXIT, EXITED, SIGNAL, SUM
from ptracer.options import parse
from ptracer.origin import Origin
from ptracer.outputs import Destination
from ptracer.plans import ARGUMENT, BYTES, CONSTANT, IOVEC, RESULT, STRING, STRINGS, Plan, Step
from ptracer.recordings import shapes
from ptracer.render.summary import TABLE, Summary
from ptracer.rendering import Feed, carriers

pytestmark = [pytest.mark.timeout(30)]
traces = pytest.mark.ptrace

NANOSLEEP = 35
BAD = (1 << 64) - 1  # no descriptor
MS = 1_000_000  # nanoseconds
EVERYTHING = 1 << 20


@pytest.fixture(params=["native", "pure"])
def capture(request: pytest.FixtureRequest) -> Capture:
    if request.param == "native":
        return pytest.importorskip("ptracer.capture._capture").Capture()  # type: ignore[no-any-return]
    return pytest.importorskip("ptracer.capture.pure").Capture()  # type: ignore[no-any-return]


@pytest.fixture
def tracing(capture: Capture) -> Iterator[Tracing]:
    tracing = Tracing(capture, options=OPTIONS | CLONE | FORK)
    yield tracing
    tracing.kill()
    tracing.run()


def trace(tracing: Tracing, plans: dict[Any, Plan], *functions: Callable[[], Any]) -> None:
    """Run children to their end; what they did waits in the ring."""
    tracing.plans.update({key if isinstance(key, tuple) else (X86_64, key): plan for key, plan in plans.items()})
    for function in functions:
        tracing.start(function)
    tracing.run()
    tracing.capture.finish()


def sums(capture: Capture, most: int, overhead: int = 0, apart: Any = ()) -> list[Any]:
    """All that can be taken, so much at once."""
    taken: list[Any] = []
    while (batch := capture.take_sums(most, overhead, apart)) is not None:
        taken += batch
    return taken


def counted(taken: list[Any]) -> Counter[Any]:
    """How many calls there were of each kind, failed and not."""
    counts: Counter[Any] = Counter()
    for record in taken:
        if record[0] == SUM:
            counts[record[1], record[2]] += record[3]
    return counts


def packed(capture: Capture, most: int) -> list[Any]:
    """All that can be taken, so much at once."""
    taken: list[Any] = []
    while (batch := capture.take_packed(most, shapes.encode)) is not None:
        taken.append(batch)
    return taken


# --- sums


@traces
@pytest.mark.parametrize("most", [1, 7, EVERYTHING])
def test_calls_are_counted_by_number_and_by_whether_they_failed(tracing: Tracing, most: int) -> None:
    def child() -> None:
        for _ in range(20):
            syscall(READ, BAD, 0, 0)
            syscall(WRITE, 1, 0, 0)
            syscall(GETPPID)

    trace(tracing, {READ: Plan(), GETPPID: Plan()}, child)
    taken = sums(tracing.capture, most)
    assert counted(taken) == {((X86_64, READ), True): 20, ((X86_64, GETPPID), False): 20}
    assert [record[0] for record in taken if record[0] != SUM] == [EXITED]


@traces
def test_calls_of_threads_that_run_at_once_are_each_joined(tracing: Tracing) -> None:
    def child() -> None:
        threads = [threading.Thread(target=lambda: [syscall(GETPPID) for _ in range(50)]) for _ in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    trace(tracing, {GETPPID: Plan()}, child, child)
    assert counted(sums(tracing.capture, 10)) == {((X86_64, GETPPID), False): 500}


@traces
def test_many_kinds_of_calls_of_many_processes_are_counted(tracing: Tracing) -> None:
    numbers, processes = range(1000, 1100), 70  # no calls: they fail

    def child() -> None:
        for _ in range(processes):
            if os.fork() == 0:
                for number in numbers:
                    syscall(number)
                os._exit(0)
        for _ in range(processes):
            os.wait()

    trace(tracing, {number: Plan() for number in numbers}, child)
    expected = {((X86_64, number), True): processes for number in numbers}
    assert counted(sums(tracing.capture, 3000)) == expected


@traces
def test_times_are_summed_up_with_the_least_and_the_most(tracing: Tracing) -> None:
    short, long = (place(struct.pack("2q", 0, wait)) for wait in (MS, 20 * MS))

    def child() -> None:
        for wait in (short, long, short):
            syscall(NANOSLEEP, wait, 0)

    began = time.monotonic_ns()
    trace(tracing, {NANOSLEEP: Plan()}, child)
    took = time.monotonic_ns() - began
    (summed,) = [record for record in sums(tracing.capture, EVERYTHING) if record[0] == SUM]
    _, key, failed, count, cpu, (total, least, most) = summed
    assert (key, failed, count, cpu) == ((X86_64, NANOSLEEP), False, 3, (0, 0, 0))
    assert MS <= least <= most - 15 * MS and 20 * MS <= most and 2 * least + most <= total < took


@traces
@pytest.mark.parametrize("overhead", [4 * MS, 10_000 * MS])
def test_the_overhead_is_taken_off_each_call(tracing: Tracing, overhead: int) -> None:
    wait = place(struct.pack("2q", 0, 10 * MS))
    began = time.monotonic_ns()
    trace(tracing, {NANOSLEEP: Plan()}, lambda: (syscall(NANOSLEEP, wait, 0), syscall(NANOSLEEP, wait, 0)))
    took = time.monotonic_ns() - began
    (total,) = [record[5][0] for record in sums(tracing.capture, EVERYTHING, overhead) if record[0] == SUM]
    assert max(2 * (10 * MS - overhead), 0) <= total <= max(took - 2 * overhead, 0)


@traces
def test_an_exec_by_another_thread_is_counted(tracing: Tracing) -> None:
    path, vector = place(b"/bin/true\0"), place(bytes(8))

    def child() -> None:
        threading.Thread(target=lambda: syscall(EXECVE, path, vector, 0)).start()
        time.sleep(5)

    def on_event(event: Any) -> bool:
        if event[2] >> 16 == EVENT_EXEC:
            former = tracing.capture.event_message(event[1])
            assert former != event[1]
            tracing.capture.append((EXECED, event[1], time.monotonic_ns(), former))
        return False

    tracing.on_event = on_event
    trace(tracing, {EXECVE: Plan()}, child)
    taken = sums(tracing.capture, 2)
    assert counted(taken) == {((X86_64, EXECVE), False): 1}
    assert [record[0] for record in taken if record[0] != SUM] == [EXECED, EXITED]


@traces
def test_calls_that_carry_others_are_told_apart(tracing: Tracing) -> None:
    socketcall, memory_of_arguments = 102, memory(PAGE, low=True)
    functions = [int_80(socketcall, choice, memory_of_arguments) for choice in (1, 1, 0x10002)]
    pid = os.fork()
    if pid == 0:
        os._exit(0 if int_80(20)() == os.getpid() else 1)
    if os.waitpid(pid, 0)[1]:
        pytest.skip("the kernel was built without 32-bit calls")
    trace(tracing, {(I386, socketcall): Plan()}, lambda: [function() for function in functions])
    counts = counted(sums(tracing.capture, EVERYTHING, 0, ((X86_64, socketcall, 0), (I386, socketcall, 0xFFFF))))
    assert {key: sum(count for (one, _), count in counts.items() if one == key) for key, _ in counts} == {
        (I386, socketcall, 1): 2,
        (I386, socketcall, 2): 1,
    }


def test_what_is_no_call_comes_as_it_is_and_in_order(capture: Capture) -> None:
    records = [(SIGNAL, number, 0, 0, None) for number in range(5)]
    for record in records:
        capture.append(record)
    capture.finish()
    assert capture.take_sums(3, 0, ()) == records[:3]
    assert capture.take_sums(3, 0, ()) == records[3:]
    assert capture.take_sums(3, 0, ()) is None


def test_calls_the_tracer_has_recorded_itself_can_be_counted(capture: Capture) -> None:
    """They come as they are, or summed up."""
    entry, exit = (ENTRY, 7, 10, X86_64, READ, (0,) * 7, 0, {}), (EXIT, 7, 30, 5, False, 0, {})
    capture.append(entry)
    capture.append(exit)
    capture.finish()
    taken = sums(capture, 1)
    assert taken in ([entry, exit], [(SUM, (X86_64, READ), False, 1, (0, 0, 0), (20, 20, 20))])


def scripted(kind: int, tid: int, when: int, cpu: int) -> tuple[Any, ...]:
    entry = (ENTRY, tid, when, X86_64, READ + cpu % 2, (0,) * 7, 0, None)
    if kind == CALL:
        return (CALL, *entry[1:], when + cpu, 0, cpu % 3 == 0, cpu, None)
    return entry if kind == ENTRY else (EXIT, tid, when, 0, cpu % 3 == 0, cpu, None)


@given(
    st.lists(st.builds(scripted, st.sampled_from([CALL, ENTRY, EXIT]), st.integers(1, 3), st.integers(0, 99), st.integers(0, 99)))
)
@settings(max_examples=50, deadline=None)
def test_sums_of_parts_are_the_sum_of_the_whole(records: list[Any]) -> None:
    whole, parts = Sums(), Sums()
    once = whole.of(records, 0, ())
    by_one = [made for record in records for made in parts.of([record], 0, ())]
    assert counted(once) == counted(by_one)
    for record in once:
        same = [other for other in by_one if other[1:3] == record[1:3]]
        for field in (4, 5):
            total, least, most = zip(*(other[field] for other in same), strict=True)
            assert record[field] == (sum(total), min(least), max(most))


Call = tuple[int, int, int, int, bool, bool]


def of(tid: int, number: int, first: int, time: int, failed: bool, i386: bool) -> tuple[Any, ...]:
    return (CALL, tid, 1000, I386 if i386 else X86_64, number, (first, *[0] * 6), 0, None, 1000 + 2 * time, 0, failed, time, None)


some_calls = st.lists(
    st.tuples(
        st.integers(1, 3),
        st.sampled_from([0, 1, 102, 117]),
        st.integers(0, 3),
        st.integers(0, 9999),
        st.booleans(),
        st.booleans(),
    ),
    max_size=30,
)


@given(some_calls, st.sampled_from([0, 500]), st.booleans(), st.sampled_from([None, True, False]))
@settings(max_examples=100, deadline=None)
def test_the_table_is_the_same_from_sums(found: list[Call], overhead: int, wall: bool, counted: bool | None) -> None:
    records = [of(*call) for call in found]
    only = None if counted is None else lambda failed: failed is counted
    columns = [name for name in TABLE if name not in ("p50", "p90", "p99")]
    single, summed = (Summary(columns, "calls", wall, overhead, only) for _ in range(2))
    single.feed(records)
    sums = Sums()
    for begin in range(0, len(records), 4):
        summed.feed(sums.of(records[begin : begin + 4], overhead, carriers()))
    assert single.table() == summed.table()


WAYS = {
    "-c": "take_sums",
    "-c -w -O 5 -e status=failed -U calls,wall-max,name -S errors": "take_sums",
    "-c -e trace=read --interval 2": "take_sums",
    "-c -U p50,name": "take",
    "-c -P /dev/null": "take",
    "-C": "take",
    "-c --by": "take",
    "--by": "take",
    "--record FILE": "take_packed",
    "--record FILE --last 100": "take",
    "--record FILE -o /dev/null": "take",
    "--record FILE -c": "take",
    "-f": "take",
}


@pytest.mark.parametrize("words", WAYS)
def test_single_records_are_taken_where_they_are_needed(tmp_path: Path, words: str) -> None:
    options = parse([str(tmp_path / word) if word == "FILE" else word for word in words.split()] + ["true"])
    feed = Feed(options, Destination(options), Origin())
    taken: list[str] = []
    feed.take(type("Taken", (), {"__getattr__": lambda _, name: lambda *given: taken.append(name)})())
    assert taken == [WAYS[words]]


# --- MessagePack

BUFFERS = {
    READ: Plan(entry=(Step(BYTES, 1, CONSTANT, 4),), exit=(Step(BYTES, 1, RESULT), Step(BYTES, 1, CONSTANT, 8))),
    WRITE: Plan(entry=(Step(BYTES, 1, ARGUMENT, 2),)),
    WRITEV: Plan(entry=(Step(IOVEC, 1, ARGUMENT, 2),)),
    OPENAT: Plan(entry=(Step(STRING, 1),)),
    EXECVE: Plan(entry=(Step(STRING, 0), Step(STRINGS, 1, CONSTANT, 5000, 1, 4096), Step(BYTES, 0, CONSTANT, 3))),
    GETPPID: Plan(),
}


def all_kinds() -> Callable[[], None]:
    """A child with calls whose numbers and chunks are small and large, negative, many and none."""
    null, zero = os.open("/dev/null", os.O_WRONLY), os.open("/dev/zero", os.O_RDONLY)
    data, path = memory(1 << 17), place(b"/nonexistent\0")
    vectors = place(b"".join(struct.pack("2Q", data + 16 * index, index) for index in range(40)))
    words = place(struct.pack("601Q", *([path] * 300), *range(path, path + 300), 0))

    def child() -> None:
        for size in (0, 1, 31, 32, 127, 128, 255, 256, 65535, 65536):
            syscall(READ, zero, data, size)
            syscall(WRITE, null, data, size)
        for number in range(0, 64, 3):
            syscall(GETPPID, 1 << number, (1 << number) - 1, BAD, 0, number)
        syscall(WRITEV, null, vectors, 40)
        syscall(OPENAT, BAD, path, 0)
        syscall(EXECVE, path, words, 0)

    return child


def plain(record: Any) -> Any:
    """What is the same each time."""
    return record.arch, record.number, record.args[:6], record.chunks, record.exit_chunks, record.result, record.failed


@traces
def test_packed_records_are_those_that_are_taken_otherwise(capture: Capture) -> None:
    child = all_kinds()
    native = pytest.importorskip("ptracer.capture._capture").Capture()
    told: list[Any] = []
    trace(Tracing(native, dict(BUFFERS)), {}, child)
    while (batch := native.take(100)) is not None:
        told += batch
    trace(Tracing(capture, dict(BUFFERS)), {}, child)
    batches = packed(capture, 1 << 12)
    assert len(batches) > 1
    records = [record for batch in batches for record in shapes.decode(batch[0])]
    assert [plain(call) for call in calls(records)] == [plain(call) for call in calls(told)]
    assert records[-1][:1] + records[-1][3:] == told[-1][:1] + told[-1][3:]


@traces
@pytest.mark.parametrize("most", [1, 1 << 12, EVERYTHING])
def test_what_is_packed_is_what_would_be_made_of_tuples_byte_for_byte(tracing: Tracing, most: int) -> None:
    tracing.capture.append((SIGNAL, 5, 40, 17, b"\0" * 128, (b"sh", b""), 1 << 63))
    trace(tracing, BUFFERS, all_kinds())
    for data, count, first, last, notices in packed(tracing.capture, most):
        records = shapes.decode(data)
        assert shapes.encode(records) == data
        assert (len(records), records[0][2], records[-1][2]) == (count, first, last)
        assert [record for record in records if record[0] > EXIT] == notices
        assert len(records) == 1 or most > 1


def test_notices_are_packed_and_told(capture: Capture) -> None:
    signal, entry = (SIGNAL, 7, 30, 17, None, None, 0), (ENTRY, 7, 40, X86_64, READ, (0,) * 7, 0, {5: b"x"})
    capture.append(signal)
    capture.append(entry)
    capture.finish()
    data, count, first, last, notices = capture.take_packed(EVERYTHING, shapes.encode) or pytest.fail("the end")
    assert (shapes.decode(data), count, first, last, notices) == ([signal, entry], 2, 30, 40, [signal])
    assert capture.take_packed(EVERYTHING, shapes.encode) is None


def test_what_cannot_be_packed_is_an_exception(capture: Capture) -> None:
    capture.append((SIGNAL, 7, 30, errno, None, None, 0))  # a module
    with pytest.raises(TypeError):
        capture.take_packed(EVERYTHING, shapes.encode)
