"""The process state machine, fed by a script: no process is traced here."""

from __future__ import annotations

import errno
import itertools
import signal
from typing import Any

import pytest

from ptracer.capture import records
from ptracer.capture.events import (
    EVENT_CLONE,
    EVENT_EXEC,
    EVENT_EXIT,
    EVENT_FORK,
    EVENT_STOP,
    EVENT_VFORK,
)
from ptracer.decode.decoder import Decoder
from ptracer.decode.detail import Detail
from ptracer.decode.registry import Signatures
from ptracer.plans import Plan
from ptracer.regs import AUDIT_ARCH_X86_64
from ptracer.render.output import Output
from ptracer.render.spelling import Spelling
from ptracer.render.text import Layout, TextRenderer
from ptracer.tracer import Tracer

READ, WRITE, FUTEX, PAUSE, EXECVE, EXIT_GROUP = 0, 1, 202, 34, 59, 231
LEADER, THREAD, OTHER, CHILD, STRANGER = 100, 101, 102, 200, 300
NO_ARGUMENTS = (0, 0, 0, 0, 0, 0)


def stopped(number: int, event: int = 0) -> int:
    """A wait status of a stop."""
    return event << 16 | number << 8 | 0x7F


def exited(status: int) -> int:
    """A wait status of an end."""
    return status << 8


def killed(number: int) -> int:
    """A wait status of a death by signal."""
    return number


class Script:
    """A capture that plays a script: each step is an event for ``wait`` or a record the C loop would make."""

    def __init__(self) -> None:
        self.steps: list[tuple[Any, ...]] = []
        self.records: list[records.Record] = []
        self.requests: list[tuple[Any, ...]] = []
        self.messages: dict[int, list[int]] = {}
        self.gone: set[int] = set()
        self.clock = itertools.count(1)

    # The script

    def stop(self, tid: int, status: int, message: int | None = None) -> None:
        """A stop or death, with what PTRACE_GETEVENTMSG will say."""
        if message is not None:
            self.messages.setdefault(tid, []).append(message)
        self.steps.append((records.STOP, tid, status))

    def enter(self, tid: int, number: int, *args: int) -> None:
        """A call begins and stays open."""
        padded = (*args, *NO_ARGUMENTS)[:6]
        self.steps.append(("record", (records.ENTRY, tid, next(self.clock), AUDIT_ARCH_X86_64, number, padded, 0, None)))

    def leave(self, tid: int, result: int) -> None:
        """The open call returns."""
        self.steps.append(("record", (records.EXIT, tid, next(self.clock), result, -4096 < result < 0, 0, None)))

    # The protocol

    def wait(self) -> tuple[Any, ...] | None:
        while self.steps:
            step = self.steps.pop(0)
            if step[0] == "record":
                self.records.append(step[1])
                continue
            return step
        return None

    def append(self, record: records.Record) -> None:
        self.records.append(record)

    def event_message(self, tid: int) -> int:
        self.check(tid)
        return self.messages[tid].pop(0)

    def siginfo(self, tid: int) -> bytes:
        self.check(tid)
        return bytes(128)

    def registers(self, tid: int) -> bytes:
        self.check(tid)
        return b"\xff" * 216

    def read(self, tid: int, address: int, size: int) -> bytes:
        return b""

    def check(self, tid: int) -> None:
        if tid in self.gone:
            raise ProcessLookupError(errno.ESRCH, "No such process")

    def __getattr__(self, name: str) -> Any:
        """Every other request is written down."""

        def request(*args: Any, **options: Any) -> None:
            if name in ("resume", "listen", "detach", "interrupt"):
                self.check(args[0])
            self.requests.append((name, *args, *options.items()))

        return request


class NoCalls:
    """Decoding that is never asked for memory."""

    def plan(self, *args: Any) -> tuple[int, int, int, Plan]:
        return -1, 0, 0, Plan()


@pytest.fixture
def script() -> Script:
    return Script()


def play(script: Script, *, follow: bool = True, attach: bool = True, pid: str = "file") -> str:
    """Run a tracer over the script and give the text of the trace."""
    tracer = Tracer(script, NoCalls(), follow=follow)  # type: ignore[arg-type]
    if attach:
        tracer.attach(LEADER)
    tracer.run()
    return text_of(script, pid)


def text_of(script: Script, pid: str = "file") -> str:
    """What the renderer makes of the records."""
    output = Output(-1, lambda error: None)
    renderer = TextRenderer(Spelling(), Layout(pid=pid), None, lambda tid: output)
    Decoder(Signatures(Detail()), renderer).feed(script.records)
    return "".join(output.parts)


def lines(text: str) -> list[str]:
    """Lines with runs of spaces as one, for what is tested here is their order and content."""
    return [" ".join(line.split()) for line in text.splitlines()]


def test_a_new_thread_seen_before_its_parents_event_is_traced_once(script: Script) -> None:
    script.stop(LEADER, stopped(signal.SIGTRAP, EVENT_STOP))
    script.stop(THREAD, stopped(signal.SIGTRAP, EVENT_STOP))
    script.stop(LEADER, stopped(signal.SIGTRAP, EVENT_CLONE), THREAD)
    script.stop(THREAD, exited(0))
    script.stop(LEADER, exited(0))
    play(script)
    assert [record[1] for record in script.records if record[0] == records.STARTED] == [LEADER, THREAD]
    assert script.requests.count(("resume", THREAD, 0)) == 1


def test_a_new_thread_seen_after_its_parents_event_is_traced_once(script: Script) -> None:
    script.stop(LEADER, stopped(signal.SIGTRAP, EVENT_STOP))
    script.stop(LEADER, stopped(signal.SIGTRAP, EVENT_FORK), CHILD)
    script.stop(CHILD, stopped(signal.SIGTRAP, EVENT_STOP))
    script.stop(CHILD, exited(3))
    script.stop(LEADER, exited(0))
    assert lines(play(script)) == ["200 +++ exited with 3 +++", "100 +++ exited with 0 +++"]


@pytest.mark.parametrize("event", [EVENT_FORK, EVENT_VFORK, EVENT_CLONE])
def test_children_are_left_alone_without_follow(script: Script, event: int) -> None:
    script.stop(LEADER, stopped(signal.SIGTRAP, event), CHILD)
    script.stop(LEADER, exited(0))
    play(script, follow=False)
    assert [record[1] for record in script.records if record[0] == records.STARTED] == [LEADER]


def test_a_stopped_stranger_is_let_go_without_follow(script: Script) -> None:
    script.stop(STRANGER, stopped(signal.SIGTRAP, EVENT_STOP))
    script.stop(LEADER, exited(0))
    play(script, follow=False)
    assert ("detach", STRANGER) in script.requests


def test_the_death_of_a_child_that_was_inherited_is_ignored(script: Script) -> None:
    script.stop(STRANGER, exited(0))
    script.stop(LEADER, exited(7))
    assert lines(play(script)) == ["100 +++ exited with 7 +++"]


def test_exec_by_a_thread_supersedes_the_leader(script: Script) -> None:
    script.stop(LEADER, stopped(signal.SIGTRAP, EVENT_CLONE), THREAD)
    script.stop(LEADER, stopped(signal.SIGTRAP, EVENT_CLONE), OTHER)
    script.enter(LEADER, PAUSE)
    script.enter(OTHER, PAUSE)
    script.enter(THREAD, EXECVE)
    script.stop(LEADER, stopped(signal.SIGTRAP, EVENT_EXIT), 0)
    script.stop(OTHER, stopped(signal.SIGTRAP, EVENT_EXIT), 0)
    script.stop(OTHER, exited(0))
    script.stop(LEADER, stopped(signal.SIGTRAP, EVENT_EXEC), THREAD)
    script.leave(LEADER, 0)
    script.stop(LEADER, exited(0))
    assert lines(play(script)) == [
        "100 pause( <unfinished ...>",
        "102 pause( <unfinished ...>",
        "101 execve(NULL, NULL, NULL <unfinished ...>",
        "100 <... pause resumed>) = ?",
        "102 <... pause resumed>) = ?",
        "102 +++ exited with 0 +++",
        "100 +++ superseded by execve in pid 101 +++",
        "100 <... execve resumed>) = 0",
        "100 +++ exited with 0 +++",
    ]
    assert ("rename", THREAD, LEADER) in script.requests


def test_the_superseded_leader_needs_no_prefix_once_it_is_alone(script: Script) -> None:
    script.stop(LEADER, stopped(signal.SIGTRAP, EVENT_CLONE), THREAD)
    script.enter(THREAD, EXECVE)
    script.stop(LEADER, stopped(signal.SIGTRAP, EVENT_EXEC), THREAD)
    script.leave(LEADER, 0)
    assert lines(play(script, pid="terminal")) == [
        "[pid 101] execve(NULL, NULL, NULL <unfinished ...>",
        "+++ superseded by execve in pid 101 +++",
        "<... execve resumed>) = 0",
    ]


def test_exec_by_the_leader_itself_changes_nothing(script: Script) -> None:
    script.enter(LEADER, EXECVE)
    script.stop(LEADER, stopped(signal.SIGTRAP, EVENT_EXEC), LEADER)
    script.leave(LEADER, 0)
    script.stop(LEADER, exited(0))
    assert lines(play(script)) == ["100 execve(NULL, NULL, NULL) = 0", "100 +++ exited with 0 +++"]
    assert not [request for request in script.requests if request[0] == "rename"]


def test_group_stop_is_listened_to_and_not_resumed(script: Script) -> None:
    script.stop(LEADER, stopped(signal.SIGTRAP, EVENT_STOP))
    script.requests.clear()
    script.stop(LEADER, stopped(signal.SIGSTOP))
    script.stop(LEADER, stopped(signal.SIGSTOP, EVENT_STOP))
    script.stop(LEADER, stopped(signal.SIGTRAP, EVENT_STOP))
    script.stop(LEADER, stopped(signal.SIGCONT))
    script.stop(LEADER, exited(0))
    text = lines(play(script))
    assert [line for line in text if "stopped by" in line] == ["100 --- stopped by SIGSTOP ---"]
    wanted = [("resume", LEADER, signal.SIGSTOP), ("listen", LEADER), ("resume", LEADER, 0), ("resume", LEADER, signal.SIGCONT)]
    assert [request for request in script.requests if request in wanted][-4:] == wanted


@pytest.mark.parametrize("number", [signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU])
def test_every_stop_signal_makes_a_group_stop(script: Script, number: int) -> None:
    script.stop(LEADER, stopped(number, EVENT_STOP))
    play(script)
    assert ("listen", LEADER) in script.requests


@pytest.mark.parametrize("number", [signal.SIGUSR1, signal.SIGCHLD, signal.SIGTRAP, signal.SIGSEGV, 64])
def test_signals_are_delivered_as_they_came(script: Script, number: int) -> None:
    script.stop(LEADER, stopped(number))
    play(script)
    assert ("resume", LEADER, number) in script.requests


def test_a_death_in_the_middle_of_a_call_ends_its_line(script: Script) -> None:
    script.enter(LEADER, READ, 3, 0, 1)
    script.stop(LEADER, killed(signal.SIGKILL))
    assert lines(play(script)) == ["100 read(3 <unfinished ...>) = ?", "100 +++ killed by SIGKILL +++"]


def test_a_death_at_any_request_waits_for_the_notice(script: Script) -> None:
    script.stop(LEADER, stopped(signal.SIGUSR1))
    script.stop(LEADER, killed(signal.SIGKILL))
    script.gone.add(LEADER)
    tracer = Tracer(script, NoCalls(), follow=True)  # type: ignore[arg-type]
    tracer.add(LEADER, LEADER, 0, records.START_ATTACH)
    tracer.run()
    assert lines(text_of(script)) == ["100 +++ killed by SIGKILL +++"]


def test_another_threads_line_closes_an_open_one(script: Script) -> None:
    script.stop(LEADER, stopped(signal.SIGTRAP, EVENT_CLONE), THREAD)
    script.enter(LEADER, READ, 3, 0, 1)
    script.enter(THREAD, PAUSE)
    script.leave(LEADER, -errno.EBADF)
    script.stop(THREAD, killed(signal.SIGKILL))
    assert lines(play(script)) == [
        "100 read(3 <unfinished ...>",
        "101 pause( <unfinished ...>",
        "100 <... read resumed>, NULL, 1) = -1 EBADF (Bad file descriptor)",
        "101 <... pause resumed>) = ?",
        "101 +++ killed by SIGKILL +++",
    ]


def test_an_exit_without_an_entry_shows_nothing(script: Script) -> None:
    script.leave(LEADER, 0)
    script.stop(LEADER, exited(0))
    assert lines(play(script)) == ["100 +++ exited with 0 +++"]


def test_an_interrupt_lets_everyone_go_where_they_stop(script: Script) -> None:
    tracer = Tracer(script, NoCalls(), follow=True)  # type: ignore[arg-type]
    for tid in (LEADER, THREAD):
        tracer.attach(tid)
    tracer.interrupted = signal.SIGINT
    script.requests.clear()
    script.steps.append((records.INTERRUPTED,))
    script.stop(THREAD, stopped(signal.SIGUSR1))
    script.stop(LEADER, stopped(signal.SIGTRAP | 0x80))
    tracer.run()
    wanted = [("interrupt", LEADER), ("interrupt", THREAD), ("detach", THREAD, signal.SIGUSR1), ("detach", LEADER, 0)]
    assert [request for request in script.requests if request[0] in ("interrupt", "detach")] == wanted


def test_a_thread_is_never_let_go_twice(script: Script) -> None:
    tracer = Tracer(script, NoCalls(), follow=True)  # type: ignore[arg-type]
    tracer.attach(LEADER)
    tracer.interrupted = signal.SIGTERM
    script.steps.append((records.INTERRUPTED,))
    script.steps.append((records.INTERRUPTED,))
    script.stop(LEADER, stopped(signal.SIGTRAP, EVENT_STOP))
    script.stop(LEADER, stopped(signal.SIGTRAP, EVENT_STOP))
    tracer.run()
    assert [request for request in script.requests if request[0] == "detach"] == [("detach", LEADER, 0)]
