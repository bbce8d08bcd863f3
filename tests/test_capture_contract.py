"""What every capture must do, whichever way it is made: in C, in Python, and in Python on an old kernel."""

from __future__ import annotations

import ctypes
import errno
import gc
import mmap
import os
import signal
import socket
import struct
import threading
import time
import traceback
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tracing import (
    CLONE,
    EVENT_EXEC,
    EVENT_FORK,
    EXECVE,
    FORK,
    GETPID,
    GETPPID,
    GETRANDOM,
    I386,
    OPENAT,
    OPTIONS,
    PAGE,
    PIPE,
    READ,
    READV,
    SECCOMP,
    WRITE,
    WRITEV,
    X86_64,
    Tracing,
    at_the_end,
    calls,
    counters,
    int_80,
    libc,
    loop,
    machine_code,
    memory,
    place,
    syscall,
)

from ptracer.capture.bell import Bell
from ptracer.capture.protocol import Capture
from ptracer.capture.records import (
    CALL,
    ENTRY,
    EXIT,
    EXITED,
    INTERRUPTED,
    KILLED,
    LIVE_ENTRY,
    LIVE_EXIT,
    NEED_PLAN,
    SIGNAL,
    STOP,
)
from ptracer.plans import (
    ARGUMENT,
    BYTES,
    CONSTANT,
    FIELD,
    IOVEC,
    POINTERS,
    RESULT,
    SOCKET,
    SOCKETS,
    STACK_POINTER,
    STRING,
    STRINGS,
    TARGET,
    Plan,
    Step,
    field_in,
    pointer_in,
)

pytestmark = [pytest.mark.ptrace, pytest.mark.timeout(30)]

AT_FDCWD = -100 & 0xFFFFFFFFFFFFFFFF
NETLINK_AUDIT = 9  # linux/netlink.h
SMALL_RING = 1  # as small as a capture makes it
MOST_OF_RECORD = 1 << 20


@pytest.fixture(params=["native", "pure", "registers"])
def make_capture(request: pytest.FixtureRequest) -> Callable[[], Capture]:
    """Each capture; ``registers`` is the Python one without PTRACE_GET_SYSCALL_INFO."""
    if request.param == "native":
        native = pytest.importorskip("ptracer.capture._capture")
        return lambda: native.Capture(SMALL_RING)
    pure = pytest.importorskip("ptracer.capture.pure")
    return lambda: pure.Capture(SMALL_RING, syscall_info=request.param == "pure")


@pytest.fixture
def capture(make_capture: Callable[[], Capture]) -> Capture:
    return make_capture()


@pytest.fixture
def tracing(capture: Capture) -> Iterator[Tracing]:
    tracing = Tracing(capture)
    yield tracing
    tracing.kill()
    tracing.run()


def plan(tracing: Tracing, plans: dict[Any, Plan]) -> Tracing:
    tracing.plans.update({key if isinstance(key, tuple) else (X86_64, key): value for key, value in plans.items()})
    return tracing


# --- records ----------------------------------------------------------------------------------------------------------


def test_a_call_that_returns_at_once_is_one_record_with_everything_in_it(tracing: Tracing) -> None:
    data = place(b"hello")
    before = time.monotonic_ns()
    plan(tracing, {WRITE: Plan(entry=(Step(BYTES, 1, ARGUMENT, 2),))})
    null = os.open("/dev/null", os.O_WRONLY)
    records = tracing.trace(lambda: syscall(WRITE, null, data, 5))
    os.close(null)
    kind, tid, start, arch, number, args, pointer, chunks, end, result, failed, cpu, exit_chunks = records[0]
    assert (kind, arch, number, args[:3]) == (CALL, X86_64, WRITE, (null, data, 5))
    assert (chunks, result, failed, cpu, exit_chunks) == ({data: b"hello"}, 5, False, 0, None)
    assert before < start < end < time.monotonic_ns()
    assert isinstance(failed, bool) and len(args) == 7 and pointer > PAGE
    assert records[1][:2] == (EXITED, tid)


def test_a_failed_call_has_its_negated_errno_and_none_of_the_memory_it_would_have_written(tracing: Tracing) -> None:
    path = place(b"/nonexistent\0")
    plan(tracing, {OPENAT: Plan(entry=(Step(STRING, 1),), exit=(Step(BYTES, 1, CONSTANT, 8),))})
    tracing.trace(lambda: syscall(OPENAT, AT_FDCWD, path, 0))
    call = next(call for call in calls(tracing.records) if call.args[1] == path)
    assert (call.result, call.failed) == (-errno.ENOENT, True)
    assert (call.chunks, call.exit_chunks) == ({path: b"/nonexistent\0"}, {})


def test_what_a_call_writes_is_copied_at_its_exit(tracing: Tracing) -> None:
    pair, data = place(bytes(8)), place(b"?" * 8)

    def child() -> None:
        syscall(PIPE, pair)
        reader, writer = (ctypes.c_int * 2).from_address(pair)
        os.write(writer, b"abc")
        syscall(READ, reader, data, 8)

    plan(tracing, {PIPE: Plan(exit=(Step(BYTES, 0, CONSTANT, 8),)), READ: Plan(exit=(Step(BYTES, 1, RESULT),))})
    pipe, read = (call for call in calls(tracing.trace(child)) if call.number == PIPE or call.args[1] == data)
    assert (pipe.result, pipe.chunks) == (0, {})
    assert read.args[0] == struct.unpack("ii", pipe.exit_chunks[pair])[0]
    assert (read.result, read.chunks, read.exit_chunks) == (3, {}, {data: b"abc"})


def test_results_that_look_like_errors_are_judged_by_the_kernel(tracing: Tracing) -> None:
    lseek, getpriority = 8, 140
    plan(tracing, {lseek: Plan(), getpriority: Plan()})
    tracing.trace(lambda: (syscall(getpriority, 0, 0), syscall(lseek, 12345, 0, 0)))
    first, second = calls(tracing.records)
    assert (first.result > 0, first.failed) == (True, False)
    assert (second.result, second.failed) == (-errno.EBADF, True)


def test_a_successful_execve_is_recorded_with_what_memory_held_before(tracing: Tracing) -> None:
    path, arguments = place(b"/bin/true\0"), [place(b"true\0"), place(b"two words\0")]
    vector = place(struct.pack("3Q", *arguments, 0))
    plan(tracing, {EXECVE: Plan(entry=(Step(STRING, 0), Step(STRINGS, 1, CONSTANT, 33, 1, 4096)))})
    tracing.trace(lambda: syscall(EXECVE, path, vector, 0))
    (call,) = calls(tracing.records)
    assert (call.result, call.failed) == (0, False)
    assert call.chunks[path] == b"/bin/true\0"
    assert call.chunks[vector][:24] == struct.pack("3Q", *arguments, 0)
    assert [call.chunks[argument] for argument in arguments] == [b"true\0", b"two words\0"]
    assert any(event[0] == STOP and event[2] >> 16 == EVENT_EXEC for event in tracing.events)


def test_a_blocked_call_is_seen_while_it_blocks(tracing: Tracing) -> None:
    reader, writer = os.pipe()
    answer, answering = os.pipe()
    data = memory(PAGE)

    def child() -> None:
        for _ in range(5):
            syscall(READ, reader, data, 1)
            os.write(answering, b".")

    plan(tracing, {READ: Plan()})
    tracing.start(child)
    tracing.consumer.start()
    waits = threading.Thread(target=_feed, args=(tracing, writer, answer), daemon=True)
    waits.start()
    tracing.run()
    waits.join()
    records = tracing.finish()
    for fd in (reader, writer, answer, answering):
        os.close(fd)
    entries = [index for index, record in enumerate(records) if record[0] == ENTRY and record[5][1] == data]
    assert len(entries) == 5
    assert all(records[index + 1][:2] == (EXIT, records[index][1]) for index in entries)
    assert min(tracing.arrivals[index] - records[index][2] for index in entries) < 50_000_000
    assert all(tracing.arrivals[index] < records[index + 1][2] for index in entries)


def _feed(tracing: Tracing, writer: int, answer: int) -> None:
    """Writes a byte each time that an entry without an exit was seen."""
    for count in range(1, 6):
        while sum(record[0] == ENTRY for record in list(tracing.records)) < count:
            time.sleep(0.005)
        os.write(writer, b"x")
        os.read(answer, 1)


def test_calls_that_nobody_asked_for_make_no_record_and_are_asked_about_once(tracing: Tracing) -> None:
    plan(tracing, {GETPPID: Plan()})
    records = tracing.trace(lambda: [(syscall(GETPID), syscall(GETPPID), syscall(GETPID)) for _ in range(20)])
    # A call that somebody else kept waiting may have been handed over in two parts.
    kinds = [CALL if record[0] == EXIT else record[0] for record in records if record[0] != ENTRY]
    assert kinds == [CALL] * 20 + [EXITED]
    asked = [event[2:4] for event in tracing.events if event[0] == NEED_PLAN]
    assert (X86_64, GETPID) in asked
    assert len(asked) == len(set(asked))


def test_the_question_for_a_plan_shows_the_arguments(tracing: Tracing) -> None:
    tracing.trace(lambda: syscall(GETPPID, 1, 2, 3, 4, 5, 1 << 63))
    (event,) = (event for event in tracing.events if event[0] == NEED_PLAN and event[3] == GETPPID)
    assert event[4][:6] == (1, 2, 3, 4, 5, 1 << 63)
    assert event[4][STACK_POINTER] > PAGE


def test_two_threads_calls_are_told_apart(tracing: Tracing) -> None:
    plan(tracing, {GETPPID: Plan()})
    repeat = lambda: [syscall(GETPPID, os.getpid(), count) for count in range(300)]  # noqa: E731
    joined = calls(tracing.trace(repeat, repeat))
    for pid in {call.tid for call in joined}:
        mine = [call for call in joined if call.tid == pid]
        assert [call.args[:2] for call in mine] == [(pid, count) for count in range(300)]
        assert all(call.result == os.getpid() for call in mine)


def test_own_records_are_taken_in_their_place_among_the_others(tracing: Tracing) -> None:
    notice = (SIGNAL, 0, 0, signal.SIGUSR1, None)

    def on_event(event: Any) -> bool:
        if event[0] == STOP and event[2] >> 8 == signal.SIGUSR1:
            tracing.capture.append(notice)
        return False

    def child() -> None:
        signal.signal(signal.SIGUSR1, signal.SIG_IGN)
        syscall(GETPPID, 1)
        os.kill(os.getpid(), signal.SIGUSR1)
        syscall(GETPPID, 2)

    tracing.on_event = on_event
    records = plan(tracing, {GETPPID: Plan()}).trace(child)
    # A call that took its time is an entry and an exit; what matters is where the notice stands.
    kinds = [record[0] for record in records if record[0] != ENTRY]
    assert [CALL if kind == EXIT else kind for kind in kinds] == [CALL, SIGNAL, CALL, EXITED]
    assert any(record is notice for record in records)


def test_an_own_record_opens_the_call_during_which_it_is_made(tracing: Tracing) -> None:
    path, vector = place(b"/bin/true\0"), place(bytes(8))

    def on_event(event: Any) -> bool:
        if event[0] == STOP and event[2] >> 16 == EVENT_EXEC:
            tracing.capture.append((SIGNAL, event[1], 0, 0, None))
        return False

    tracing.on_event = on_event
    records = plan(tracing, {EXECVE: Plan()}).trace(lambda: syscall(EXECVE, path, vector, 0))
    assert [record[0] for record in records] == [ENTRY, SIGNAL, EXIT, EXITED]


def test_after_the_end_the_rest_is_taken_and_then_none(capture: Capture) -> None:
    for number in range(5):
        capture.append((SIGNAL, number, 0, 0, None))
    capture.finish()
    assert [record[1] for record in capture.take(3) or []] == [0, 1, 2]
    assert [record[1] for record in capture.take(3) or []] == [3, 4]
    assert capture.take(3) is None
    assert capture.take(3) is None


class Witness:
    """Something whose end can be seen."""


def test_records_left_in_the_ring_are_released_with_it(make_capture: Callable[[], Capture]) -> None:
    witness = Witness()
    alive = weakref.ref(witness)
    capture = make_capture()
    capture.append((SIGNAL, 1, 0, 0, witness))
    del witness
    assert alive() is not None
    del capture
    gc.collect()
    assert alive() is None


def test_a_child_of_the_tracer_can_drop_the_capture(make_capture: Callable[[], Capture]) -> None:
    """It has been forked after the loop had threads, and has none of them."""
    tracing = Tracing(make_capture())
    tracing.trace(lambda: [syscall(GETPPID) for _ in range(1000)])
    pid = os.fork()
    if pid == 0:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(20)
        others = [threading.Thread(target=time.sleep, args=(0.2,)) for _ in range(20)]
        for function in (threading.Thread.start, threading.Thread.join):  # so many that the places of threads are given back
            for other in others:
                function(other)
        alive = weakref.ref(tracing)
        del tracing
        gc.collect()
        os._exit(alive() is not None)
    assert os.waitpid(pid, 0)[1] == 0


def test_records_that_were_taken_are_kept_by_nobody_else(capture: Capture) -> None:
    witness = Witness()
    alive = weakref.ref(witness)
    capture.append((SIGNAL, 1, 0, 0, witness))
    del witness
    taken = capture.take(10)
    assert alive() is not None
    del taken
    gc.collect()
    assert alive() is None


def test_a_full_ring_makes_the_tracee_wait_and_drops_nothing(tracing: Tracing) -> None:
    size, count = 1 << 16, 300
    null, data, progress = os.open("/dev/null", os.O_WRONLY), memory(size), counters(1)

    def child() -> None:
        for index in range(count):
            ctypes.memmove(data, index.to_bytes(4, "little"), 4)
            syscall(WRITE, null, data, size)
            progress[0] += 1

    plan(tracing, {WRITE: Plan(entry=(Step(BYTES, 1, ARGUMENT, 2, 1, size),))})
    tracing.start(child)
    watched: list[int] = []
    late = threading.Thread(target=_start_late, args=(tracing, progress, watched))
    late.start()
    tracing.run()
    late.join()
    records = tracing.finish()
    os.close(null)
    assert 0 < watched[0] == watched[1] < count, "the tracee did not wait"
    numbers = [int.from_bytes(call.chunks[data][:4], "little") for call in calls(records)]
    assert numbers == list(range(count))


def _start_late(tracing: Tracing, progress: Any, watched: list[int]) -> None:
    """The consumer begins when the tracee has made no progress for a while."""
    for _ in range(2):
        former = -1
        while former != progress[0] or not former:
            former = progress[0]
            time.sleep(0.2)
        watched.append(progress[0])
    tracing.consumer.start()


# --- memory -----------------------------------------------------------------------------------------------------------


def copied(tracing: Tracing, *steps: Step, args: tuple[int, ...], number: int = GETPPID) -> dict[int, bytes]:
    """What the steps copy at the entry of a call with these arguments."""
    tracing.plans[X86_64, number] = Plan(entry=steps)
    joined = calls(tracing.trace(lambda: syscall(number, *args)))
    return next(call.chunks for call in joined if call.args[: len(args)] == args)


def test_a_string_is_copied_with_its_end(tracing: Tracing) -> None:
    text = place(b"some text\0and more")
    assert copied(tracing, Step(STRING, 0), args=(text,)) == {text: b"some text\0"}


def test_a_string_is_copied_up_to_its_limit(tracing: Tracing) -> None:
    text = place(b"x" * 2 * PAGE)
    assert copied(tracing, Step(STRING, 0, limit=PAGE + 1000), args=(text,)) == {text: b"x" * (PAGE + 1000)}


def test_a_long_string_over_several_pages_is_copied_whole(tracing: Tracing) -> None:
    text = place(b" " * 100 + b"x" * 3 * PAGE + b"\0") + 100
    assert copied(tracing, Step(STRING, 0), args=(text,)) == {text: b"x" * 3 * PAGE + b"\0"}


@pytest.mark.parametrize("size", [1, 255, 256, 257, PAGE, PAGE + 1])
def test_a_string_may_end_where_memory_ends(tracing: Tracing, size: int) -> None:
    text = at_the_end(b"y" * (size - 1) + b"\0")
    assert copied(tracing, Step(STRING, 0), args=(text,)) == {text: b"y" * (size - 1) + b"\0"}


def test_a_string_that_memory_cuts_off_is_copied_as_far_as_it_goes(tracing: Tracing) -> None:
    text = at_the_end(b"unfinished")
    assert copied(tracing, Step(STRING, 0), args=(text,)) == {text: b"unfinished"}


def test_a_string_without_end_fills_a_record_and_no_more(tracing: Tracing) -> None:
    text = place(b"z" * (MOST_OF_RECORD + PAGE))
    chunks = copied(tracing, Step(STRING, 0), Step(STRING, 1), args=(text, place(b"late\0")))
    assert chunks == {text: b"z" * MOST_OF_RECORD}


def test_nothing_is_copied_from_a_null_pointer(tracing: Tracing) -> None:
    steps = (
        Step(STRING, 0),
        Step(BYTES, 0, CONSTANT, 8),
        Step(BYTES, 1, TARGET, 0),
        Step(IOVEC, 0, ARGUMENT, 1),
        Step(STRINGS, 0, CONSTANT, 9),
        Step(POINTERS, 0),
    )
    assert copied(tracing, *steps, args=(0, 5)) == {}


def test_an_address_that_cannot_be_read_gives_an_empty_chunk(tracing: Tracing) -> None:
    hole = at_the_end(b"") or memory(PAGE)
    libc.munmap(hole, PAGE)
    top = (1 << 64) - 3
    chunks = copied(tracing, Step(STRING, 0), Step(BYTES, 1, CONSTANT, 8), args=(hole, top))
    assert chunks == {hole: b"", top: b""}


def test_bytes_are_copied_as_far_as_memory_goes(tracing: Tracing) -> None:
    data = at_the_end(b"w" * (PAGE + 10))
    assert copied(tracing, Step(BYTES, 0, CONSTANT, 5 * PAGE), args=(data,)) == {data: b"w" * (PAGE + 10)}


@pytest.mark.parametrize("count", [1 << 31, 1 << 62, (1 << 64) - 1])
def test_a_huge_count_is_cut_to_the_limit(tracing: Tracing, count: int) -> None:
    data = place(b"v" * PAGE)
    step = Step(BYTES, 0, ARGUMENT, 1, 16, 100)
    assert copied(tracing, step, args=(data, count)) == {data: b"v" * 100}


def test_a_huge_count_without_limit_fills_a_record_and_no_more(tracing: Tracing) -> None:
    data = place(b"v" * (MOST_OF_RECORD + PAGE))
    step = Step(BYTES, 0, ARGUMENT, 1)
    assert copied(tracing, step, step, args=(data, 1 << 62)) == {data: b"v" * MOST_OF_RECORD}


def test_a_length_is_scaled(tracing: Tracing) -> None:
    data = place(b"u" * 100)
    assert copied(tracing, Step(BYTES, 0, ARGUMENT, 1, 12), args=(data, 3)) == {data: b"u" * 36}


def test_a_length_may_lie_in_memory(tracing: Tracing) -> None:
    data, length = place(b"t" * 100), place(struct.pack("Ii", 7, -1))
    expected = {data: b"t" * 7, length: struct.pack("I", 7)}
    assert copied(tracing, Step(BYTES, 0, TARGET, 1), args=(data, length)) == expected


def test_a_length_that_cannot_be_read_is_nothing(tracing: Tracing) -> None:
    data, length = place(b"t" * 100), at_the_end(b"\1\0\0")
    assert copied(tracing, Step(BYTES, 0, TARGET, 1), args=(data, length)) == {length: b"\1\0\0"}


def test_a_negative_result_is_no_length(tracing: Tracing) -> None:
    data = place(b"s" * 100)
    plan(tracing, {GETPPID: Plan(entry=(Step(BYTES, 0, RESULT),), exit=(Step(BYTES, 0, RESULT, 0, 1, 10),))})
    (call,) = calls(tracing.trace(lambda: syscall(GETPPID, data)))
    assert (call.chunks, call.exit_chunks) == ({}, {data: b"s" * 10})


def test_vectors_are_copied_and_what_they_point_to(tracing: Tracing) -> None:
    first, second = place(b"first"), place(b"second")
    vector = place(struct.pack("8Q", first, 5, second, 6, 0, 3, 0xDEAD, 4))
    chunks = copied(tracing, Step(IOVEC, 0, ARGUMENT, 1, 1, 4), args=(vector, 4))
    assert chunks.pop(vector) == struct.pack("8Q", first, 5, second, 6, 0, 3, 0xDEAD, 4)
    assert chunks == {first: b"firs", second: b"seco", 0xDEAD: b""}


@pytest.mark.parametrize("count", [2_000_000_000, (1 << 64) - 1])
def test_of_two_billion_vectors_no_more_are_copied_than_the_kernel_takes(tracing: Tracing, count: int) -> None:
    data = place(b"r" * 16)
    vector = place(struct.pack("2Q", data, 16) * 2000)
    chunks = copied(tracing, Step(IOVEC, 1, ARGUMENT, 2, 1, 8), args=(1000, vector, count), number=WRITEV)
    assert {address: len(chunk) for address, chunk in chunks.items()} == {vector: 1024 * 16, data: 8}


def test_vectors_at_the_end_of_memory_are_copied_as_far_as_they_go(tracing: Tracing) -> None:
    data = place(b"qqq")
    vector = at_the_end(struct.pack("3Q", data, 3, data))
    chunks = copied(tracing, Step(IOVEC, 0, ARGUMENT, 1), args=(vector, 5))
    assert chunks == {vector: struct.pack("3Q", data, 3, data), data: b"qqq"}


def test_readv_s_vectors_are_copied_at_its_exit(tracing: Tracing) -> None:
    data = memory(PAGE)
    vector = place(struct.pack("4Q", data, 2, data + 100, 5))

    def child() -> None:
        reader, writer = os.pipe()
        os.write(writer, b"abcdef")
        syscall(READV, reader, vector, 2)

    plan(tracing, {READV: Plan(exit=(Step(IOVEC, 1, ARGUMENT, 2),))})
    (call,) = calls(tracing.trace(child))
    assert call.result == 6
    assert {address: call.exit_chunks[address] for address in (data, data + 100)} == {data: b"ab", data + 100: b"cdef\0"}


def test_an_array_of_strings_is_copied_up_to_its_null(tracing: Tracing) -> None:
    strings = [place(b"one\0"), place(b"two\0")]
    array = place(struct.pack("4Q", *strings, 0, strings[0]))
    chunks = copied(tracing, Step(STRINGS, 0, CONSTANT, 100, 1, 2), args=(array,))
    assert chunks.pop(array)[:24] == struct.pack("3Q", *strings, 0)
    assert chunks == {strings[0]: b"on", strings[1]: b"tw"}


def test_of_an_array_of_strings_the_last_within_the_count_is_not_followed(tracing: Tracing) -> None:
    """So that decoding knows whether there is one more."""
    strings = [place(bytes((letter, 0))) for letter in b"abcd"]
    array = place(struct.pack("5Q", *strings, 0))
    chunks = copied(tracing, Step(STRINGS, 0, CONSTANT, 3), args=(array,))
    assert chunks == {array: struct.pack("3Q", *strings[:3]), strings[0]: b"a\0", strings[1]: b"b\0"}


def test_a_long_array_of_strings_is_copied_over_page_borders(tracing: Tracing) -> None:
    text = place(b"p\0")
    array = memory(3 * PAGE) + PAGE - 80
    ctypes.memmove(array, struct.pack("700Q", *[text] * 699, 0), 5600)
    chunks = copied(tracing, Step(STRINGS, 0, CONSTANT, 5000), args=(array,))
    assert chunks.pop(text) == b"p\0"
    assert b"".join(chunks[address] for address in sorted(chunks))[:5600] == struct.pack("700Q", *[text] * 699, 0)


def test_an_array_of_strings_without_end_stops_where_memory_does(tracing: Tracing) -> None:
    text = place(b"o\0")
    array = at_the_end(struct.pack("100Q", *[text] * 100))
    chunks = copied(tracing, Step(STRINGS, 0, CONSTANT, 5000), args=(array,))
    assert chunks.pop(text) == b"o\0"
    assert b"".join(chunks[address] for address in sorted(chunks)) == struct.pack("100Q", *[text] * 100)


def test_an_array_of_strings_without_end_fills_a_record_and_no_more(tracing: Tracing) -> None:
    text = place(b"n" * 1000)
    array = place(struct.pack("Q", text) * 200_000)
    chunks = copied(tracing, Step(STRINGS, 0, CONSTANT, 1 << 40, 1, 1000), args=(array,))
    assert sum(map(len, chunks.values())) <= MOST_OF_RECORD
    assert chunks[text] == b"n" * 1000


def test_pointers_are_copied_and_not_followed(tracing: Tracing) -> None:
    array = place(struct.pack("4Q", 11, 12, 13, 0))
    assert copied(tracing, Step(POINTERS, 0, limit=2), args=(array,)) == {array: struct.pack("2Q", 11, 12)}


def test_of_two_copies_from_one_address_the_longer_is_kept(tracing: Tracing) -> None:
    data = place(b"m" * 20)
    steps = [Step(BYTES, 0, CONSTANT, size) for size in (5, 9, 3)]
    assert copied(tracing, *steps, args=(data,)) == {data: b"m" * 9}


def test_memory_of_a_stopped_thread_can_be_read_as_far_as_it_goes(tracing: Tracing) -> None:
    data = at_the_end(b"l" * (PAGE + 100))
    seen: list[bytes] = []

    def on_event(event: Any) -> bool:
        if event[0] == NEED_PLAN and event[3] == GETPPID:
            for address, size in ((data, 10), (data, PAGE), (data, 1 << 40), (data + PAGE, 100), (0, 10), (data, 0)):
                seen.append(tracing.capture.read(event[1], address, size))
        return False

    tracing.on_event = on_event
    tracing.trace(lambda: syscall(GETPPID))
    assert [len(piece) for piece in seen] == [10, PAGE, PAGE + 100, 100, 0, 0]
    assert set(b"".join(seen)) == {ord("l")}


def test_parts_of_a_structure_are_copied_by_the_pointers_and_lengths_in_it(tracing: Tracing) -> None:
    first, second = place(b"first part"), place(struct.pack("2Q", place(b"vector"), 6))
    structure = place(struct.pack("QQIIQ", 99, first, 5, 0xFFFFFFFF, second))
    steps = (
        Step(BYTES, 0, CONSTANT, 32),
        Step(BYTES, pointer_in(0, 8), FIELD, field_in(0, 16, 4)),
        Step(IOVEC, pointer_in(0, 24), CONSTANT, 1),
    )
    chunks = copied(tracing, *steps, args=(structure,))
    assert len(chunks) == 4
    assert chunks[first] == b"first"
    assert b"vector" in chunks.values()


def test_of_a_structure_that_cannot_be_read_no_part_is_copied(tracing: Tracing) -> None:
    structure = at_the_end(struct.pack("Q", place(b"part")))
    steps = (
        Step(BYTES, pointer_in(0, 0), FIELD, field_in(0, 8, 8)),
        Step(STRING, pointer_in(0, 4)),
        Step(STRING, pointer_in(1, 0)),
    )
    assert copied(tracing, *steps, args=(structure, 0)) == {}


def test_what_lies_on_the_stack_can_be_copied(tracing: Tracing) -> None:
    # mov rax, imm64; push rax; mov eax, 110 (getppid); syscall; pop rdx; ret
    call_ = machine_code(b"\x48\xb8" + b"on stack" + bytes.fromhex("50 b86e000000 0f05 5a c3"))
    plan(tracing, {GETPPID: Plan(entry=(Step(BYTES, STACK_POINTER, CONSTANT, 8),))})
    (call,) = calls(tracing.trace(call_))
    assert call.chunks == {call.args[STACK_POINTER]: b"on stack"}


def test_a_failed_call_s_exit_steps_run_where_the_plan_says_so(tracing: Tracing) -> None:
    data = place(b"j" * 8)
    steps = (Step(BYTES, 1, CONSTANT, 8), Step(BYTES, 2, RESULT))
    plan(tracing, {WRITE: Plan(exit=steps, exit_on_error=True)})
    (call,) = calls(tracing.trace(lambda: syscall(WRITE, 1000, data, data)))
    assert (call.result, call.exit_chunks) == (-errno.EBADF, {data: b"j" * 8})


def test_what_is_sent_through_a_netlink_socket_is_copied_whole(tracing: Tracing) -> None:
    data = place(b"i" * 100)
    netlink = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_AUDIT)
    netlink.bind((0, 0))
    nameless = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_AUDIT)  # its protocol is nobody's business yet
    other = socket.socket(socket.AF_UNIX)
    steps = (Step(SOCKET, 0, limit=50), Step(BYTES, 1, ARGUMENT, 2, 1, 10))
    plan(tracing, {GETPPID: Plan(entry=steps)})
    descriptors = netlink.fileno(), nameless.fileno(), other.fileno(), 1000
    with netlink, nameless, other:
        joined = calls(tracing.trace(lambda: [syscall(GETPPID, fd, data, 100) for fd in descriptors]))
    marked = {SOCKETS + descriptors[0]: struct.pack("i", NETLINK_AUDIT), data: b"i" * 50}
    unknown = {SOCKETS + descriptors[1]: struct.pack("i", -1), data: b"i" * 50}
    assert [call.chunks for call in joined] == [marked, unknown, {data: b"i" * 10}, {data: b"i" * 10}]


# --- live calls and variants ------------------------------------------------------------------------------------------


def test_a_live_call_comes_to_the_tracer_at_entry_and_at_exit(tracing: Tracing) -> None:
    tracing.capture.configure(cpu_time=True)
    capture = tracing.capture

    def on_event(event: Any) -> bool:
        if event[0] == LIVE_ENTRY:
            _, tid, start, arch, number, args, pointer = event
            assert capture.system_call(tid) == (X86_64, GETPPID)
            capture.append((ENTRY, tid, start, arch, number, args, pointer, {1: b"in"}))
        elif event[0] == LIVE_EXIT:
            _, tid, end, arch, number, args, result, failed, cpu = event
            assert (arch, number, args[0], failed) == (X86_64, GETPPID, 9, False)
            capture.append((EXIT, tid, end, result, failed, cpu, {1: b"out"}))
        else:
            return False
        capture.resume(tid)
        return True

    tracing.on_event = on_event
    plan(tracing, {GETPPID: Plan(live_entry=True, live_exit=True), GETPID: Plan()})
    before = time.monotonic_ns()
    tracing.trace(lambda: [(syscall(GETPID), syscall(GETPPID, 9)) for _ in range(3)])
    joined = [call for call in calls(tracing.records) if call.number == GETPPID]
    assert [(call.result, call.chunks, call.exit_chunks) for call in joined] == [(os.getpid(), {1: b"in"}, {1: b"out"})] * 3
    assert all(before < call.start < call.end < time.monotonic_ns() for call in joined)
    assert all(0 <= call.cpu < 5_000_000_000 for call in joined)
    others = {call.pointer for call in calls(tracing.records) if call.number == GETPID}
    assert {call.pointer for call in joined} == others, "all calls come from one place in the C library"


def test_a_live_exit_is_not_asked_for_a_failed_call(tracing: Tracing) -> None:
    close = 3
    plan(tracing, {close: Plan(live_exit=True)})
    tracing.on_event = lambda event: event[0] == LIVE_EXIT and tracing.capture.resume(event[1]) is None
    records = tracing.trace(lambda: syscall(close, 12345))
    assert [call.result for call in calls(records) if call.args[0] == 12345] == [-errno.EBADF]


def test_failures_with_certain_errnos_come_to_python(tracing: Tracing) -> None:
    close, connect, above = 3, 42, 1 << errno.EBADF
    asked: list[tuple[int, int]] = []

    def on_event(event: Any) -> bool:
        if event[0] != LIVE_EXIT:
            return False
        _, tid, end, _, number, _, result, failed, cpu = event
        asked.append((number, result))
        tracing.capture.append((EXIT, tid, end, result, failed, cpu, {1: b"evidence"}))
        tracing.capture.resume(tid)
        return True

    tracing.on_event = on_event
    plan(tracing, {close: Plan(live_errors=(above, 0)), connect: Plan(live_errors=(0, 1 << errno.ENOTSOCK - 64))})
    tracing.trace(lambda: [syscall(*call) for call in ((close, 777), (connect, 777, 0, 0), (connect, 2, 0, 0), (close, 0), (close, 777))])
    found = [call for call in calls(tracing.records) if call.args[0] in (0, 2, 777)]
    evidence = {1: b"evidence"}
    assert [call.exit_chunks or {} for call in found] == [evidence, {}, evidence, {}, evidence]
    assert asked == [(close, -errno.EBADF), (connect, -errno.ENOTSOCK), (close, -errno.EBADF)]


def test_variants_are_chosen_by_an_argument_under_a_mask(tracing: Tracing) -> None:
    first, second = place(b"first\0"), place(b"second\0")

    def on_event(event: Any) -> bool:
        if event[0] != NEED_PLAN or event[3] != GETPPID:
            return False
        key = event[4][1] & 0xFF
        chosen = {1: Plan(entry=(Step(STRING, 0),)), 2: Plan(entry=(Step(STRING, 2),))}.get(key)
        tracing.capture.set_plan(X86_64, GETPPID, 1, 0xFF, key, chosen)
        return True

    tracing.on_event = on_event
    commands = (0x101, 0x102, 0x201, 3, 0x103, 0x302)
    joined = calls(tracing.trace(lambda: [syscall(GETPPID, first, command, second) for command in commands]))
    assert [(call.args[1], call.chunks) for call in joined] == [
        (0x101, {first: b"first\0"}),
        (0x102, {second: b"second\0"}),
        (0x201, {first: b"first\0"}),
        (0x302, {second: b"second\0"}),
    ]
    assert sum(event[0] == NEED_PLAN and event[3] == GETPPID for event in tracing.events) == 3


def test_the_plan_that_was_set_last_is_found_first(tracing: Tracing) -> None:
    data = place(b"k")

    def on_event(event: Any) -> bool:
        if event[0] != NEED_PLAN or event[3] != GETPPID:
            return False
        tracing.capture.set_plan(X86_64, GETPPID, -1, 0, 0, Plan())
        tracing.capture.set_plan(X86_64, GETPPID, 1, 3, 3, Plan(entry=(Step(BYTES, 0, CONSTANT, 1),)))
        return True

    tracing.on_event = on_event
    joined = calls(tracing.trace(lambda: [syscall(GETPPID, data, which) for which in (1, 3, 7, 4)]))
    assert [bool(call.chunks) for call in joined] == [False, True, True, False]


def test_calls_are_hidden_until_the_one_that_matters(capture: Capture) -> None:
    tracing = Tracing(capture, {GETPID: Plan(), GETPPID: Plan()})
    pid = tracing.fork(lambda: (syscall(GETPID), syscall(GETPPID), syscall(GETPID)))
    capture.seize(pid, OPTIONS)
    capture.hide(pid, GETPPID)
    os.kill(pid, signal.SIGCONT)
    tracing.run()
    assert [call.number for call in calls(tracing.finish())] == [GETPPID, GETPID]


@pytest.mark.parametrize("wanted", [True, False])
def test_after_a_hidden_child_s_exec_failed_it_stays_hidden(capture: Capture, wanted: bool) -> None:
    tracing = Tracing(capture, {GETPPID: Plan(), EXECVE: Plan()} if wanted else {GETPPID: Plan()})
    path = place(b"/nonexistent\0")
    pid = tracing.fork(lambda: (syscall(GETPPID), syscall(EXECVE, path, 0, 0), syscall(GETPPID)))
    capture.seize(pid, OPTIONS)
    capture.hide(pid, EXECVE)
    os.kill(pid, signal.SIGCONT)
    tracing.run()
    assert [call.result for call in calls(tracing.finish())] == [-errno.ENOENT] * wanted


# --- stops, signals and deaths ----------------------------------------------------------------------------------------


def test_signals_stop_for_the_tracer_and_are_delivered_by_it(tracing: Tracing) -> None:
    pipe = os.pipe()
    informations: list[bytes] = []

    def on_event(event: Any) -> bool:
        if event[0] == STOP and event[2] >> 8 == signal.SIGUSR1:
            informations.append(tracing.capture.siginfo(event[1]))
        return False

    def child() -> None:
        signal.signal(signal.SIGUSR1, lambda *_: os.write(pipe[1], b"delivered"))
        os.kill(os.getpid(), signal.SIGUSR1)

    tracing.on_event = on_event
    tracing.trace(child)
    assert os.read(pipe[0], 100) == b"delivered"
    for fd in pipe:
        os.close(fd)
    (information,) = informations
    assert len(information) == 128
    number, error, code, _, sender = struct.unpack_from("5i", information)
    assert (number, error, code) == (signal.SIGUSR1, 0, 0)
    assert sender == tracing.records[-1][1]


def test_a_group_stop_lasts_until_sigcont(tracing: Tracing) -> None:
    seen: list[int] = []

    def on_event(event: Any) -> bool:
        if event[0] == STOP and event[2] >> 16 == 128 and event[2] >> 8 & 0xFF == signal.SIGTSTP:
            seen.append(event[1])
            tracing.capture.listen(event[1])
            os.kill(event[1], signal.SIGCONT)
            return True
        return False

    def stop() -> None:
        os.setpgid(0, 0)  # nothing stops where no other group of the session has its parent
        os.kill(os.getpid(), signal.SIGTSTP)

    tracing.on_event = on_event
    records = tracing.trace(stop)
    assert len(seen) == 1
    assert records[-1][:1] + records[-1][3:] == (EXITED, 0)


def test_a_killed_thread_s_open_call_is_recorded_before_its_death(tracing: Tracing) -> None:
    reader, writer = os.pipe()
    plan(tracing, {READ: Plan()})
    pid = tracing.start(lambda: syscall(READ, reader, memory(PAGE), 1))
    tracing.kill_after(0.3, pid)
    tracing.run()
    os.close(reader)
    os.close(writer)
    records = tracing.finish()
    assert [record[0] for record in records] == [ENTRY, KILLED]
    assert records[1][3] == signal.SIGKILL


@pytest.mark.parametrize("moment", [NEED_PLAN, LIVE_ENTRY, LIVE_EXIT])
def test_a_thread_may_die_at_any_stop(tracing: Tracing, moment: int) -> None:
    def on_event(event: Any) -> bool:
        if event[0] == moment:
            os.kill(event[1], signal.SIGKILL)
            time.sleep(0.05)
            assert tracing.capture.read(event[1], text, 2) in (b"a\0", b"")
        if event[0] in (LIVE_ENTRY, LIVE_EXIT):
            try:
                tracing.capture.resume(event[1])
            except ProcessLookupError:
                pass
            return True
        return False

    text = place(b"a\0")
    tracing.on_event = on_event
    steps = (Step(STRING, 0), Step(IOVEC, 0, CONSTANT, 3), Step(STRINGS, 0, CONSTANT, 3))
    live = moment != NEED_PLAN
    plan(tracing, {GETPPID: Plan(entry=steps, live_entry=live, live_exit=live)})
    records = tracing.trace(lambda: [syscall(GETPPID, text) for _ in range(100)])
    assert (records[-1][0], records[-1][3]) == (KILLED, signal.SIGKILL)


def test_a_thread_that_is_killed_in_a_storm_of_calls_ends_it(tracing: Tracing) -> None:
    text = place(b"a" * 200 + b"\0")
    plan(tracing, {GETPPID: Plan(entry=(Step(STRING, 0),), exit=(Step(STRING, 0),))})

    def storm() -> None:
        while True:
            syscall(GETPPID, text)

    pids = [tracing.start(storm) for _ in range(5)]
    for index, pid in enumerate(pids):
        tracing.kill_after(0.2 + index / 10, pid)
    tracing.consumer.start()
    tracing.run()
    records = tracing.finish()
    assert sorted(record[1] for record in records if record[0] == KILLED) == sorted(pids)


def test_the_end_of_the_last_tracee_ends_the_wait(capture: Capture) -> None:
    assert capture.wait() is None


def test_a_new_process_is_announced_and_traced_from_its_first_call(capture: Capture) -> None:
    tracing = Tracing(capture, {GETPPID: Plan()}, OPTIONS | FORK)
    announced: list[int] = []

    def on_event(event: Any) -> bool:
        if event[0] == STOP and event[2] >> 16 == EVENT_FORK:
            announced.append(capture.event_message(event[1]))
        return False

    def child() -> None:
        if os.fork() == 0:
            syscall(GETPPID, 7)
            os._exit(3)
        os.wait()

    tracing.on_event = on_event
    records = tracing.trace(child)
    (call,) = calls(records)
    assert announced == [call.tid]
    assert (EXITED, call.tid, 3) in [(record[0], record[1], record[3]) for record in records if record[0] == EXITED]


def test_a_stop_of_an_unknown_thread_is_handed_over(capture: Capture) -> None:
    tracing = Tracing(capture, {}, OPTIONS | FORK)
    tracing._add = lambda tid: tracing.children.add(tid)  # type: ignore[method-assign]
    unknown: list[int] = []

    def on_event(event: Any) -> bool:
        if event[0] == STOP and event[2] >> 16 == 128 and event[1] not in started and os.WIFSTOPPED(event[2]):
            with pytest.raises(ProcessLookupError):
                capture.resume(event[1])
            capture.add(event[1])
            unknown.append(event[1])
        return False

    tracing.on_event = on_event
    pid = tracing.fork(lambda: os.fork() or os._exit(0))
    started = {pid}
    capture.seize(pid, OPTIONS | FORK)
    os.kill(pid, signal.SIGCONT)
    tracing.run()
    assert len(unknown) == 1


def test_a_thread_is_renamed_when_another_than_the_leader_executes(capture: Capture) -> None:
    tracing = Tracing(capture, {EXECVE: Plan(entry=(Step(STRING, 0),))}, OPTIONS | CLONE)
    path, vector = place(b"/bin/true\0"), place(bytes(8))
    renamed: list[tuple[int, int]] = []

    def on_event(event: Any) -> bool:
        if event[0] == STOP and event[2] >> 16 == EVENT_EXEC:
            renamed.append((capture.event_message(event[1]), event[1]))
        return False

    def child() -> None:
        threading.Thread(target=syscall, args=(EXECVE, path, vector, 0)).start()
        time.sleep(60)

    tracing.on_event = on_event
    records = tracing.trace(child)
    ((former, leader),) = renamed
    assert former != leader
    entry = next(record for record in records if record[0] == ENTRY)
    leave = next(record for record in records if record[0] == EXIT)
    assert (entry[1], entry[7][path]) == (former, b"/bin/true\0")
    assert (leave[1], leave[3], leave[4]) == (leader, 0, False)


def test_a_detached_process_lives_on(capture: Capture) -> None:
    tracing = Tracing(capture, {GETPPID: Plan()})
    pipe = os.pipe()

    def on_event(event: Any) -> bool:
        if event[0] != STOP or event[2] >> 8 != signal.SIGUSR1:
            return False
        capture.detach(event[1])
        with pytest.raises(ProcessLookupError):
            capture.resume(event[1])
        tracing.children.discard(event[1])
        return True

    def child() -> None:
        signal.signal(signal.SIGUSR1, signal.SIG_DFL)
        syscall(GETPPID)
        os.kill(os.getpid(), signal.SIGUSR1)  # would end it, were it delivered
        syscall(GETPPID)
        os.write(pipe[1], b"alive")

    tracing.on_event = on_event
    pid = tracing.start(child)
    tracing.run()
    assert os.read(pipe[0], 10) == b"alive"
    assert os.waitpid(pid, 0) == (pid, 0)
    for fd in pipe:
        os.close(fd)
    assert len(calls(tracing.finish())) == 1


def test_while_detaching_every_stop_comes_to_the_tracer(tracing: Tracing) -> None:
    stops: list[int] = []

    def on_event(event: Any) -> bool:
        if event[0] == NEED_PLAN and event[3] == GETPPID:
            tracing.capture.configure(detaching=True)
            return False
        if event[0] == STOP and event[2] >> 8 == signal.SIGTRAP | 0x80:
            stops.append(event[2])
            tracing.capture.resume(event[1])
            return True
        return False

    tracing.on_event = on_event
    tracing.trace(lambda: syscall(GETPPID))
    assert len(stops) >= 2


def test_registers_are_those_of_the_stopped_thread(tracing: Tracing) -> None:
    seen: list[bytes] = []

    def on_event(event: Any) -> bool:
        if event[0] == NEED_PLAN and event[3] == GETPPID:
            seen.append(tracing.capture.registers(event[1]))
        return False

    tracing.on_event = on_event
    tracing.trace(lambda: syscall(GETPPID, 0x1234))
    registers = struct.unpack("27Q", seen[0])  # sys/user.h: struct user_regs_struct
    assert (registers[15], registers[14]) == (GETPPID, 0x1234)  # orig_rax, rdi


def test_an_unknown_thread_cannot_be_resumed_seized_or_interrupted(capture: Capture) -> None:
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    for request in (capture.resume, capture.interrupt, capture.listen, capture.detach, capture.event_message):
        with pytest.raises(ProcessLookupError):
            request(pid)
    with pytest.raises(OSError):
        capture.seize(pid, OPTIONS)
    assert capture.system_call(pid) is None


# --- other calling conventions ----------------------------------------------------------------------------------------


def has_32_bit_calls() -> bool:
    """Whether the kernel answers ``int $0x80`` at all."""
    pid = os.fork()
    if pid == 0:
        os._exit(0 if int_80(20)() == os.getpid() else 1)
    return os.waitpid(pid, 0)[1] == 0


needs_32_bit_calls = pytest.mark.skipif(not has_32_bit_calls(), reason="the kernel was built without 32-bit calls")


@needs_32_bit_calls
def test_int_80_from_64_bit_code_is_a_call_of_i386(tracing: Tracing) -> None:
    text = place(b"32 bits\0", low=True)
    i386_access = 33
    access = int_80(i386_access, text)
    plan(tracing, {(I386, i386_access): Plan(entry=(Step(STRING, 0),)), i386_access: Plan()})
    (call,) = calls(tracing.trace(access))
    assert (call.arch, call.number, call.args[0], call.chunks) == (I386, i386_access, text, {text: b"32 bits\0"})
    assert (call.result, call.failed) == (-errno.ENOENT, True)


@needs_32_bit_calls
def test_of_the_registers_of_a_32_bit_call_the_upper_halves_mean_nothing(tracing: Tracing) -> None:
    text, garbage = place(b"32 bits\0", low=True), 0xDEADBEEF << 32
    access = int_80(33 | garbage, text | garbage, garbage | 4)
    plan(tracing, {(I386, 33): Plan(entry=(Step(STRING, 0),))})
    (call,) = calls(tracing.trace(access))
    assert (call.arch, call.number, call.args[:2], call.chunks) == (I386, 33, (text, 4), {text: b"32 bits\0"})


@needs_32_bit_calls
def test_pointers_of_a_32_bit_call_are_four_bytes(tracing: Tracing) -> None:
    text = place(b"text", low=True)
    vector = place(struct.pack("2I", text, 4), low=True)
    i386_writev = 146
    plan(tracing, {(I386, i386_writev): Plan(entry=(Step(IOVEC, 1, ARGUMENT, 2),))})
    (call,) = calls(tracing.trace(int_80(i386_writev, 1000, vector, 1)))
    assert call.chunks == {vector: struct.pack("2I", text, 4), text: b"text"}


@needs_32_bit_calls
def test_a_32_bit_program_is_traced(tracing: Tracing, tmp_path: Any) -> None:
    program = tmp_path / "program"
    # mov eax, 20 (getpid); int 0x80; mov ebx, 7; mov eax, 1 (exit); int 0x80
    code = bytes.fromhex("b814000000 cd80 bb07000000 b801000000 cd80")
    size = 52 + 32 + len(code)
    header = struct.pack("<16sHHIIIIIHHHHHH", b"\x7fELF\1\1\1", 2, 3, 1, 0x10000 + 84, 52, 0, 0, 52, 32, 1, 0, 0, 0)
    segment = struct.pack("<8I", 1, 0, 0x10000, 0x10000, size, size, 5, PAGE)
    program.write_bytes(header + segment + code)
    program.chmod(0o755)
    path, vector = place(os.fsencode(program) + b"\0"), place(bytes(8))
    plan(tracing, {(I386, 20): Plan(), (I386, 1): Plan(), EXECVE: Plan()})
    records = tracing.trace(lambda: syscall(EXECVE, path, vector, 0))
    execve, getpid, leave = calls(records)
    assert (execve.arch, execve.result) == (X86_64, 0)
    assert (getpid.arch, getpid.number, getpid.result) == (I386, 20, execve.tid)
    assert (leave.arch, leave.number, leave.args[0], leave.end) == (I386, 1, 7, None)
    assert (records[-1][0], records[-1][3]) == (EXITED, 7)


def test_a_number_with_the_x32_bit_is_recorded_as_it_is_and_its_pointers_have_four_bytes(tracing: Tracing) -> None:
    number = 0x40000000 | 999
    text = place(b"text", low=True)
    vector = place(struct.pack("2I", text, 4))
    chunks = copied(tracing, Step(IOVEC, 0, ARGUMENT, 1), args=(vector, 1), number=number)
    assert chunks == {vector: struct.pack("2I", text, 4), text: b"text"}


def test_the_number_minus_one_is_no_call_of_x32(tracing: Tracing) -> None:
    data = place(b"data")
    vector = place(struct.pack("2Q", data, 4))
    number = (1 << 64) - 1
    tracing.plans[X86_64, number] = Plan(entry=(Step(IOVEC, 0, ARGUMENT, 1),))
    joined = calls(tracing.trace(lambda: syscall(-1, vector, 1)))
    assert [(call.number, call.chunks[data], call.result) for call in joined] == [(number, b"data", -errno.ENOSYS)]


def test_a_number_that_does_not_exist_is_recorded_like_any_other(tracing: Tracing) -> None:
    plan(tracing, {4095: Plan()})
    (call,) = calls(tracing.trace(lambda: syscall(4095, 1)))
    assert (call.number, call.result, call.failed) == (4095, -errno.ENOSYS, True)


# --- seccomp ----------------------------------------------------------------------------------------------------------

SECCOMP_RET_ERRNO, SECCOMP_RET_TRACE, SECCOMP_RET_ALLOW = 0x00050000, 0x7FF00000, 0x7FFF0000
BPF_LD_W_ABS, BPF_JMP_JEQ_K, BPF_RET_K = 0x20, 0x15, 0x06
PTRACE_GET_SYSCALL_INFO = 0x420E
PTRACE, PROCESS_VM_READV = 101, 310
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2


def install_filter(*numbers: int, action: int = SECCOMP_RET_TRACE) -> None:
    """From now on these calls of the calling thread, and no others, stop or whatever the action is."""
    jumps = [(BPF_JMP_JEQ_K, len(numbers) - index, 0, number) for index, number in enumerate(numbers)]
    ends = [(BPF_RET_K, 0, 0, SECCOMP_RET_ALLOW), (BPF_RET_K, 0, 0, action)]
    install_program([(BPF_LD_W_ABS, 0, 0, 0), *jumps, *ends])  # struct seccomp_data: nr


def install_program(instructions: list[tuple[int, int, int, int]]) -> None:
    """linux/filter.h: struct sock_filter."""
    buffer = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *each) for each in instructions))
    program = struct.pack("HxxxxxxQ", len(instructions), ctypes.addressof(buffer))
    assert libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
    assert libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program, 0, 0) == 0


def test_behind_a_filter_only_its_calls_stop(capture: Capture) -> None:
    capture.configure(filtered=True)
    tracing = Tracing(capture, {GETPPID: Plan(), WRITE: Plan(entry=(Step(BYTES, 1, ARGUMENT, 2),))}, OPTIONS | SECCOMP)
    data = place(b"data")

    def child() -> None:
        signal.signal(signal.SIGUSR1, signal.SIG_IGN)
        install_filter(GETPPID, WRITE)
        for _ in range(3):
            syscall(GETPPID, 1)
            syscall(GETPID)
            syscall(WRITE, 1000, data, 4)
            os.kill(os.getpid(), signal.SIGUSR1)

    joined = calls(tracing.trace(child))
    assert [(call.number, call.result, call.chunks) for call in joined] == [
        (GETPPID, os.getpid(), {}),
        (WRITE, -errno.EBADF, {data: b"data"}),
    ] * 3
    assert {event[3] for event in tracing.events if event[0] == NEED_PLAN} == {GETPPID, WRITE}
    assert sum(event[0] == STOP and event[2] >> 8 == signal.SIGUSR1 for event in tracing.events) == 3


def test_behind_a_filter_an_unwanted_call_stops_once_and_makes_no_record(capture: Capture) -> None:
    capture.configure(filtered=True)
    tracing = Tracing(capture, {WRITE: Plan()}, OPTIONS | SECCOMP)

    def child() -> None:
        install_filter(GETPPID, WRITE)
        for _ in range(50):
            syscall(GETPPID)
            syscall(WRITE, 1000, 0, 0)

    joined = calls(tracing.trace(child))
    assert [(call.number, call.result) for call in joined] == [(WRITE, -errno.EBADF)] * 50


def test_a_child_behind_a_filter_is_followed(capture: Capture) -> None:
    capture.configure(filtered=True)
    tracing = Tracing(capture, {GETPPID: Plan()}, OPTIONS | SECCOMP | FORK)

    def child() -> None:
        install_filter(GETPPID)
        if os.fork() == 0:
            syscall(GETPPID, 2)
            os._exit(0)
        os.wait()
        syscall(GETPPID, 1)

    joined = calls(tracing.trace(child))
    assert [(call.args[0], call.result) for call in joined] == [(2, joined[1].tid), (1, os.getpid())]


def test_without_filtering_a_seccomp_stop_of_the_tracee_s_own_is_no_second_entry(capture: Capture) -> None:
    tracing = Tracing(capture, {GETPPID: Plan()}, OPTIONS | SECCOMP)

    def child() -> None:
        install_filter(GETPPID)
        for count in range(5):
            syscall(GETPPID, count)

    records = tracing.trace(child)
    assert [(call.args[0], call.result) for call in calls(records)] == [(count, os.getpid()) for count in range(5)]


@pytest.mark.parametrize("error", [errno.EPERM, errno.ENOSYS])
def test_a_tracer_that_may_not_call_process_vm_readv_still_copies(make_capture: Callable[[], Capture], error: int) -> None:
    text, bytes_, hole = place(b"-" * 3 + b"x" * 1000 + b"\0") + 3, place(b"0123456789") + 1, 16

    def tracer() -> None:
        install_filter(PROCESS_VM_READV, action=SECCOMP_RET_ERRNO | error)
        tracing = Tracing(make_capture())
        steps = (Step(STRING, 0), Step(BYTES, 1, CONSTANT, 8), Step(BYTES, 2, CONSTANT, 8))
        chunks = copied(tracing, *steps, args=(text, bytes_, hole))
        assert chunks == {text: b"x" * 1000 + b"\0", bytes_: b"12345678", hole: b""}

    assert in_a_child(tracer) == 0


def in_a_child(function: Callable[[], None]) -> int:
    """The exit status of a child that runs the function: 0 where it raised nothing."""
    pid = os.fork()
    if pid == 0:
        try:
            function()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


@pytest.mark.parametrize("error", [errno.EIO, errno.EINVAL, errno.EPERM])
def test_a_kernel_without_syscall_information_is_noticed(error: int) -> None:
    """The Python capture goes on with registers; the C one, which ``choose`` would not have taken, says so."""
    native = pytest.importorskip("ptracer.capture._capture")
    pure = pytest.importorskip("ptracer.capture.pure")

    def tracer() -> None:
        install_filter_of_a_request(PTRACE_GET_SYSCALL_INFO, SECCOMP_RET_ERRNO | error)
        records = Tracing(pure.Capture(), {GETPPID: Plan()}).trace(lambda: syscall(GETPPID, 5))
        assert [call.args[0] for call in calls(records)] == [5]
        with pytest.raises(OSError) as caught:
            Tracing(native.Capture(), {GETPPID: Plan()}).trace(lambda: syscall(GETPPID, 5))
        assert caught.value.errno == error

    assert in_a_child(tracer) == 0


def install_filter_of_a_request(request: int, action: int) -> None:
    """From now on this ptrace request fails."""
    install_program(
        [
            (BPF_LD_W_ABS, 0, 0, 0),  # struct seccomp_data: nr
            (BPF_JMP_JEQ_K, 0, 3, PTRACE),
            (BPF_LD_W_ABS, 0, 0, 16),  # the lower half of its first argument
            (BPF_JMP_JEQ_K, 0, 1, request),
            (BPF_RET_K, 0, 0, action),
            (BPF_RET_K, 0, 0, SECCOMP_RET_ALLOW),
        ]
    )


# --- changing calls ---------------------------------------------------------------------------------------------------

CHANGED = Plan(live_entry=True, live_exit=True, exit_on_error=True)


def changing(
    tracing: Tracing, at_entry: Callable[[int, Any], Any], at_exit: Callable[[int], Any] = lambda tid: None, signal: int = 0
) -> list[Any]:
    """Changes calls at their stops; collects (result, failed) as the kernel says them at the exits."""
    results: list[Any] = []

    def on_event(event: Any) -> bool:
        if event[0] == LIVE_ENTRY:
            at_entry(event[1], event[5])
            tracing.capture.resume(event[1], signal)
        elif event[0] == LIVE_EXIT:
            results.append(event[6:8])
            at_exit(event[1])
            tracing.capture.resume(event[1])
        return event[0] in (LIVE_ENTRY, LIVE_EXIT)

    tracing.on_event = on_event
    return results


def test_a_call_without_a_number_is_not_made_and_returns_what_it_is_told(tracing: Tracing) -> None:
    seen = counters(2)
    plan(tracing, {WRITE: CHANGED})
    pipe = os.pipe2(os.O_NONBLOCK)
    capture = tracing.capture
    results = changing(tracing, lambda tid, args: capture.set_number(tid, -1), lambda tid: capture.set_result(tid, -errno.EIO))

    def child() -> None:
        seen[0] = syscall(WRITE, pipe[1], place(b"data"), 4) & 0xFF
        seen[1] = ctypes.get_errno()

    tracing.trace(child)
    assert results == [(-errno.ENOSYS, True)]
    assert list(seen) == [0xFF, errno.EIO]
    with pytest.raises(BlockingIOError):
        os.read(pipe[0], 4)
    os.close(pipe[0])
    os.close(pipe[1])


def test_a_call_becomes_another_one(tracing: Tracing) -> None:
    seen = counters(2)
    plan(tracing, {GETPPID: CHANGED})
    results = changing(tracing, lambda tid, args: tracing.capture.set_number(tid, GETPID))

    def child() -> None:
        seen[0], seen[1] = syscall(GETPPID), os.getpid()

    tracing.trace(child)
    assert seen[0] == seen[1] and results == [(seen[1], False)]


def test_a_result_of_64_bits_is_seen_whole(tracing: Tracing) -> None:
    seen = counters(1)
    plan(tracing, {GETPPID: CHANGED})
    changing(tracing, lambda tid, args: None, lambda tid: tracing.capture.set_result(tid, -(1 << 62) + 5))

    def child() -> None:
        seen[0] = syscall(GETPPID) & (1 << 64) - 1

    tracing.trace(child)
    assert seen[0] == (1 << 64) - (1 << 62) + 5


def test_calls_of_the_i386_kind_are_changed_alike(tracing: Tracing) -> None:
    seen = counters(1)
    getppid = 64
    plan(tracing, {(I386, getppid): CHANGED})
    capture = tracing.capture
    results = changing(tracing, lambda tid, args: capture.set_number(tid, -1), lambda tid: capture.set_result(tid, -errno.EIO))
    call = int_80(getppid)

    def child() -> None:
        seen[0] = call() & 0xFFFFFFFF

    tracing.trace(child)
    assert results == [(-errno.ENOSYS, True)] and seen[0] == (1 << 32) - errno.EIO


def test_a_signal_is_delivered_at_an_entry(tracing: Tracing) -> None:
    pause, seen = 34, counters(1)
    plan(tracing, {pause: CHANGED})
    changing(tracing, lambda tid, args: None, signal=signal.SIGUSR1)

    def child() -> None:
        signal.signal(signal.SIGUSR1, lambda *_: seen.__setitem__(0, seen[0] + 1))
        syscall(pause)

    tracing.trace(child)
    assert seen[0] == 1


@pytest.mark.parametrize("size", [1, 7, 8, 9, 31])
@pytest.mark.parametrize("offset", [0, 3])
def test_memory_is_written_where_the_tracee_may_only_read(tracing: Tracing, size: int, offset: int) -> None:
    data, seen = memory(PAGE), counters(8)
    ctypes.memset(data, 0x2E, 64)
    assert libc.mprotect(data, PAGE, 1) == 0
    new = bytes(range(65, 65 + size))
    written: list[int] = []
    plan(tracing, {GETPPID: CHANGED})
    changing(tracing, lambda tid, args: written.append(tracing.capture.write(tid, args[0] + offset, new)))

    def child() -> None:
        syscall(GETPPID, data)
        ctypes.memmove(ctypes.addressof(seen), data, 64)

    tracing.trace(child)
    assert written == [size]
    assert bytes(seen) == b"." * offset + new + b"." * (64 - offset - size)


def test_memory_is_written_up_to_its_end(tracing: Tracing) -> None:
    data = at_the_end(b"0123456789")
    assert libc.munmap(data + 10, PAGE) == 0  # a tracer writes where nobody may, but not where nothing is
    written: list[int] = []
    plan(tracing, {GETPPID: CHANGED})
    capture = tracing.capture
    changing(tracing, lambda tid, args: written.extend(capture.write(tid, place, b"x" * 20) for place in (data, 16, 0)))
    tracing.trace(lambda: syscall(GETPPID, data))
    assert written == [10, 0, 0]


def test_nothing_of_a_dead_thread_can_be_changed(tracing: Tracing) -> None:
    plan(tracing, {GETPPID: CHANGED})
    refused: list[type[BaseException]] = []

    def kill(tid: int, args: Any) -> None:
        os.kill(tid, signal.SIGKILL)
        time.sleep(0.05)
        assert tracing.capture.write(tid, args[0], b"x") == 0
        for request in (tracing.capture.set_number, tracing.capture.set_result):
            with pytest.raises(ProcessLookupError) as caught:
                request(tid, -1)
            refused.append(caught.type)

    def on_event(event: Any) -> bool:
        if event[0] == LIVE_ENTRY:
            kill(event[1], event[5])
        return event[0] == LIVE_ENTRY

    tracing.on_event = on_event
    tracing.trace(lambda: syscall(GETPPID, place(b"data")))
    assert len(refused) == 2


def test_behind_a_filter_calls_are_changed_alike(capture: Capture) -> None:
    capture.configure(filtered=True)
    seen = counters(2)
    tracing = Tracing(capture, {GETPPID: CHANGED}, OPTIONS | SECCOMP)
    changing(tracing, lambda tid, args: capture.set_number(tid, -1), lambda tid: capture.set_result(tid, 77))

    def child() -> None:
        install_filter(GETPPID)
        seen[0] = syscall(GETPPID)
        seen[1] = syscall(GETPPID)

    tracing.trace(child)
    assert list(seen) == [77, 77]


# --- time, fairness, interruption -------------------------------------------------------------------------------------


def test_the_cpu_time_of_a_call_is_that_of_the_kernel_alone(tracing: Tracing) -> None:
    nanosleep = 35
    data, moment = memory(1 << 25), place(struct.pack("2Q", 0, 200_000_000))
    tracing.capture.configure(cpu_time=True)
    plan(tracing, {GETRANDOM: Plan(), nanosleep: Plan()})
    joined = calls(tracing.trace(lambda: (syscall(GETRANDOM, data, 1 << 25, 0), syscall(nanosleep, moment, 0))))
    busy, asleep = (call for call in joined if call.number == nanosleep or call.args[0] == data)
    assert busy.result > 0 and 20_000_000 < busy.cpu < busy.end - busy.start + 20_000_000
    assert asleep.end - asleep.start > 200_000_000 and asleep.cpu < 20_000_000


@pytest.mark.parametrize("processes", [2, 3, 8])
def test_threads_that_stop_over_and_over_all_make_progress(tracing: Tracing, processes: int) -> None:
    progress = counters(processes)
    loops = [loop(GETPPID, ctypes.addressof(progress) + 8 * index) for index in range(processes)]
    pids = [tracing.start(function) for function in loops]
    tracing.kill_after(1.5, *pids)
    tracing.run()
    assert min(progress) > max(progress) / 20, list(progress)


def test_storms_of_signals_do_not_starve_others(tracing: Tracing) -> None:
    progress = counters(2)

    def signals() -> None:
        signal.signal(signal.SIGUSR1, signal.SIG_IGN)
        while True:
            os.kill(os.getpid(), signal.SIGUSR1)
            progress[0] += 1

    pids = [tracing.start(signals), tracing.start(loop(GETPPID, ctypes.addressof(progress) + 8))]
    tracing.kill_after(1, *pids)
    tracing.run()
    assert min(progress) > 100, list(progress)


class Stopped(Exception):
    pass


@pytest.fixture
def alarm() -> Iterator[Any]:
    """Sets a handler and a timer, in seconds; undone at the end."""
    former = signal.getsignal(signal.SIGVTALRM), signal.getsignal(signal.SIGUSR2)
    timers: list[threading.Timer] = []

    def set_alarm(seconds: float, handler: Any) -> None:
        signal.signal(signal.SIGUSR2, handler)
        timers.append(threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGUSR2)))
        timers[-1].start()

    yield set_alarm
    for timer in timers:
        timer.join()
    signal.signal(signal.SIGUSR2, former[1])


def test_a_signal_for_the_tracer_interrupts_the_wait_after_its_handler_ran(tracing: Tracing, alarm: Any) -> None:
    noted: list[int] = []
    pid = tracing.start(lambda: time.sleep(60))

    def on_event(event: Any) -> bool:
        if event != (INTERRUPTED,):
            return False
        os.kill(pid, signal.SIGKILL)
        return True

    tracing.on_event = on_event
    alarm(0.3, lambda *_: noted.append(1))
    tracing.run()
    assert (INTERRUPTED,) in tracing.events
    assert noted == [1]


def test_an_exception_of_a_handler_comes_out_of_the_wait(tracing: Tracing, alarm: Any) -> None:
    def handler(number: int, frame: Any) -> None:
        raise Stopped

    tracing.start(lambda: time.sleep(60))
    alarm(0.3, handler)
    with pytest.raises(Stopped):
        tracing.run()


def fill_the_ring(tracing: Tracing) -> None:
    """A child that makes more calls than the ring holds."""
    null, data, size = os.open("/dev/null", os.O_WRONLY), memory(1 << 16), 1 << 16
    plan(tracing, {WRITE: Plan(entry=(Step(BYTES, 1, ARGUMENT, 2),))})
    tracing.start(lambda: [syscall(WRITE, null, data, size) for _ in range(200)])
    os.close(null)


def test_signal_handlers_run_while_the_ring_is_full(tracing: Tracing, alarm: Any) -> None:
    fill_the_ring(tracing)
    alarm(1, lambda *_: tracing.consumer.start())
    tracing.run()
    assert len(calls(tracing.finish())) == 200


def test_an_exception_of_a_handler_ends_the_wait_for_a_full_ring(tracing: Tracing, alarm: Any) -> None:
    def handler(number: int, frame: Any) -> None:
        raise Stopped

    fill_the_ring(tracing)
    alarm(1, handler)
    with pytest.raises(Stopped):
        tracing.run()
    tracing.consumer.start()


@pytest.mark.parametrize("processes", [1, 2, 8])
def test_the_bell_gets_a_signal_through_a_storm_of_calls(tracing: Tracing, alarm: Any, processes: int) -> None:
    """None of these calls needs policy, and the wait hardly ever blocks."""
    progress, noted = counters(processes), []
    pids = [tracing.start(loop(GETPPID, ctypes.addressof(progress) + 8 * index)) for index in range(processes)]

    with Bell(tracing.capture) as bell:

        def on_event(event: Any) -> bool:
            if event != (INTERRUPTED,):
                return False
            bell.heard()
            while noted and pids:  # once each: the bell may ring again when one of them is gone already
                os.kill(pids.pop(), signal.SIGKILL)
            return True

        tracing.on_event = on_event
        alarm(0.5, lambda *_: noted.append(time.monotonic()))
        tracing.run()
    assert time.monotonic() - noted[0] < 1


def test_the_bell_gets_a_signal_through_that_came_before_the_wait(tracing: Tracing) -> None:
    noted: list[int] = []
    former = signal.signal(signal.SIGUSR2, lambda *_: noted.append(1))
    pid = tracing.start(lambda: time.sleep(60))

    with Bell(tracing.capture) as bell:

        def on_event(event: Any) -> bool:
            if event != (INTERRUPTED,):
                return False
            bell.heard()
            os.kill(pid, signal.SIGKILL)
            return True

        tracing.on_event = on_event
        os.kill(os.getpid(), signal.SIGUSR2)
        assert noted == [1], "the handler has run, and the wait has not begun"
        tracing.run()
    signal.signal(signal.SIGUSR2, former)


def test_who_rings_waits_for_nobody(capture: Capture) -> None:
    """The tracer may wait for room that only the one who rings can make."""
    with Bell(capture) as bell:
        bell.ring()
        for _ in range(100):
            bell.ring()
        bell.heard()
    Bell(capture).ring()


def test_the_two_captures_record_the_same(tmp_path: Any) -> None:
    """A real program, everything copied, byte for byte."""
    native = pytest.importorskip("ptracer.capture._capture")
    from ptracer.capture.pure import Capture as Pure

    file = os.open(tmp_path / "file", os.O_RDWR | os.O_CREAT)
    mapped = mmap.mmap(-1, PAGE)
    data = ctypes.addressof(ctypes.c_char.from_buffer(mapped))
    text = place(bytes(tmp_path / "file") + b"\0")
    steps = (Step(STRING, 1), Step(BYTES, 1, ARGUMENT, 2), Step(IOVEC, 1, CONSTANT, 2), Step(STRINGS, 1, CONSTANT, 3))
    plans = {number: Plan(entry=steps, exit=steps) for number in (OPENAT, WRITE, READ, WRITEV, PIPE, GETPPID)}

    def child() -> None:
        for size in (1, 100, PAGE, 5 * PAGE):
            syscall(WRITE, file, text, size)
            syscall(READ, file, data, size)
            syscall(GETPPID, data, text, size)
            syscall(OPENAT, AT_FDCWD, text, 0)

    told = []
    for made in (native.Capture(), Pure(), Pure(syscall_info=False)):
        joined = calls(Tracing(made, plans).trace(child))
        told.append([(c.arch, c.number, c.args, c.pointer, c.chunks, c.result, c.exit_chunks) for c in joined])
    assert len(told[0]) >= 16
    assert told[0] == told[1] == told[2]
