"""What the model knows after records: processes, descriptors, memory, places and credentials; on scripted records and on real ones."""

from __future__ import annotations

import errno
import os
import struct
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from running import ptracer

from ptracer.capture import records
from ptracer.capture.processes import held
from ptracer.model import descriptors as tables
from ptracer.model import memory as spaces
from ptracer.model import population
from ptracer.model.descriptors import Entry, kind_of
from ptracer.model.world import World
from ptracer.plans import APART, COMMANDS, DETAILS, LINKS, place
from ptracer.recordings.recording import Recording
from ptracer.regs import AUDIT_ARCH_I386, AUDIT_ARCH_X86_64, I386, X32_BIT, X86_64

NUMBER = {name: number for number, name in X86_64.numbers.items()}
NUMBER_I386 = {name: number for number, name in I386.numbers.items()}
LEADER, OTHER, CHILD = 100, 101, 200
AT_FDCWD = -100
PATH, DATA, MORE = 0x1000, 0x2000, 0x3000
CLONE_VM, CLONE_FS, CLONE_FILES, CLONE_THREAD = 0x100, 0x200, 0x400, 0x10000
CLONE_PIDFD, CLONE_VFORK, CLONE_PARENT = 0x1000, 0x4000, 0x8000
THREAD = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_THREAD
O_WRONLY, O_RDWR, O_APPEND, O_NONBLOCK, O_CLOEXEC, O_CREAT = 1, 2, 0o2000, 0o4000, 0o2000000, 0o100


class Script:
    """Writes records one after the other, and hands them to a world."""

    def __init__(self, *, leader: int = LEADER, how: int = records.START_COMMAND) -> None:
        self.world = World()
        self.now = 0
        self.arch, self.bit, self.numbers = AUDIT_ARCH_X86_64, 0, NUMBER
        if leader:
            self.started(leader, how=how)

    def tick(self) -> int:
        self.now += 10
        return self.now

    def feed(self, record: tuple[Any, ...]) -> None:
        self.world.feed([record])

    def registers(self, args: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(arg & (1 << 64) - 1 for arg in (*args, *(0,) * (7 - len(args))))

    def call(
        self, tid: int, name: str, *args: int, result: int = 0, before: dict[int, bytes] | None = None,
        after: dict[int, bytes] | None = None, start: int = 0,
    ) -> None:  # fmt: skip
        """One from entry to exit; a negative result down to -4095 is an error."""
        failed = -4096 < result < 0
        self.feed((
            records.CALL, tid, start or self.tick(), self.arch, self.numbers[name] | self.bit, self.registers(args), 0, before,
            self.tick(), result, failed, 0, after,
        ))  # fmt: skip

    def enter(self, tid: int, name: str, *args: int, before: dict[int, bytes] | None = None) -> None:
        number = self.numbers[name] | self.bit
        self.feed((records.ENTRY, tid, self.tick(), self.arch, number, self.registers(args), 0, before))

    def leave(self, tid: int, result: int = 0, after: dict[int, bytes] | None = None) -> None:
        self.feed((records.EXIT, tid, self.tick(), result, -4096 < result < 0, 0, after))

    def started(self, tid: int, process: int = 0, parent: int = 0, how: int = records.START_FORK) -> None:
        self.feed((records.STARTED, tid, self.tick(), parent, how, process or tid))

    def execed(self, tid: int, former: int = 0) -> None:
        self.feed((records.EXECED, tid, self.tick(), former or tid))

    def exited(self, tid: int, status: int = 0) -> None:
        self.feed((records.EXITED, tid, self.tick(), status))

    def holds(self, pid: int, **facts: Any) -> None:
        self.feed((records.HOLDS, pid, self.tick(), facts))

    # what is done again and again

    def open(self, tid: int, path: bytes, result: int, flags: int = 0, **chunks: Any) -> None:
        self.call(tid, "openat", AT_FDCWD, PATH, flags, result=result, before={PATH: path + b"\0"}, **chunks)

    def close(self, tid: int, number: int, result: int = 0) -> None:
        self.call(tid, "close", number, result=result)

    def fork(self, tid: int, child: int, flags: int = 0, process: int = 0) -> None:
        """In the order in which it mostly happens: the child is told of before its parent's call returns."""
        self.enter(tid, "clone", flags | 17, 0, DATA)
        self.started(child, process, tid)
        self.leave(tid, child)

    def execute(self, tid: int, path: bytes = b"/bin/true", arguments: tuple[bytes, ...] = (b"true",), leader: int = 0) -> None:
        chunks = {PATH: path + b"\0"} | vector(arguments)
        self.enter(tid, "execve", PATH, DATA, 0, before=chunks)
        self.execed(leader or tid, tid)
        self.leave(leader or tid)

    # what is asked

    def at(self, tid: int, number: int) -> Entry:
        entry = self.world.threads[tid].descriptors.at(number)
        assert entry is not None
        return entry

    def name(self, tid: int, number: int) -> bytes | None:
        entry = self.world.threads[tid].descriptors.at(number)
        return entry.description.name if entry is not None else None

    def past(self, tid: int, number: int) -> list[tuple[bytes | None, str | None]]:
        """The closed ones: what each was, and which call has closed it."""
        history = self.world.threads[tid].descriptors.history(number)
        return [(one.description.name, one.closed.name if one.closed else None) for one in history if not one.open]


def vector(words: tuple[bytes, ...], word: int = 8) -> dict[int, bytes]:
    """Strings in memory, and the array of pointers to them at DATA."""
    places = [MORE + 256 * index for index in range(len(words))]
    pointers = b"".join(place.to_bytes(word, "little") for place in (*places, 0))
    return {DATA: pointers} | {place: text + b"\0" for place, text in zip(places, words)}


def two(first: int, second: int) -> bytes:
    return struct.pack("<ii", first, second)


# --- processes and threads


def test_a_thread_belongs_to_its_process_and_has_its_own_name() -> None:
    script = Script()
    script.execute(LEADER, b"/usr/bin/a-name-of-many-letters", (b"word", b"more"))
    script.fork(LEADER, OTHER, THREAD, LEADER)
    script.call(OTHER, "prctl", 15, PATH, before={PATH: b"worker\0\0\0"})
    process = script.world.process(OTHER)
    assert process is script.world.process(LEADER) is script.world.processes[LEADER]
    assert (process.name, process.thread.name) == (b"a-name-of-many-", b"a-name-of-many-")
    assert script.world.threads[OTHER].name == b"worker"
    assert (process.program, process.arguments) == (b"/usr/bin/a-name-of-many-letters", [b"word", b"more"])
    assert process.parent is None


def test_a_child_has_what_its_parent_has_until_it_changes_that() -> None:
    script = Script()
    script.execute(LEADER)
    script.fork(LEADER, CHILD)
    child = script.world.process(CHILD)
    assert child is not None
    assert (child.parent, child.name, child.program, child.arguments) == (LEADER, b"true", b"/bin/true", [b"true"])
    script.execute(CHILD, b"/bin/false", (b"false",))
    assert (child.name, child.program) == (b"false", b"/bin/false")
    assert script.world.processes[LEADER].name == b"true"


def test_the_end_of_a_process_is_that_of_its_last_thread() -> None:
    script = Script()
    script.fork(LEADER, OTHER, THREAD, LEADER)
    script.exited(LEADER, 3)  # the leader first: its other thread goes on
    process = script.world.process(OTHER)
    assert process is not None
    assert process.end is None
    script.open(OTHER, b"/file", 3)
    assert process.descriptors.at(3) is not None
    script.exited(OTHER, 0)
    assert (process.end, process.status, process.signal) == (script.now, 0, None)
    assert script.world.process(LEADER) is None
    assert script.world.ended[-1] is process


def test_a_killed_process_says_by_what() -> None:
    script = Script()
    script.feed((records.KILLED, LEADER, script.tick(), 9, False))
    assert (script.world.ended[-1].signal, script.world.ended[-1].status) == (9, None)


def test_an_id_that_is_used_again_is_another_process() -> None:
    script = Script()
    script.open(LEADER, b"/file", 3)
    script.fork(LEADER, CHILD)
    first = script.world.process(CHILD)
    script.exited(CHILD, 1)
    script.fork(LEADER, CHILD)
    second = script.world.process(CHILD)
    assert first is not second
    script.started(CHILD)  # nobody has told of the end
    third = script.world.process(CHILD)
    assert third is not second
    assert third is not None
    assert third.descriptors.at(3) is None


def test_few_of_those_that_have_ended_are_remembered() -> None:
    script = Script()
    for child in range(1000, 1000 + 2 * population.REMEMBERED):
        script.fork(LEADER, child)
        script.exited(child)
    assert len(script.world.ended) == population.REMEMBERED
    assert [*script.world.processes] == [*script.world.threads] == [LEADER]
    assert not script.world.open
    assert not script.world.starting


def test_a_child_may_be_seen_before_anybody_says_whose_it_is() -> None:
    script = Script()
    script.open(LEADER, b"/file", 3)
    script.enter(LEADER, "clone", 17)
    script.started(CHILD)  # no parent
    script.open(CHILD, b"/own", 4)
    assert script.world.processes[CHILD].parent == LEADER  # only one can have started it
    assert (script.name(CHILD, 3), script.name(CHILD, 4)) == (b"/file", b"/own")
    script.leave(LEADER, CHILD)
    assert (script.name(CHILD, 3), script.name(LEADER, 4)) == (b"/file", None)


def test_of_several_possible_parents_the_one_whose_call_returns_it_is_it() -> None:
    script = Script()
    script.open(LEADER, b"/file", 3)
    script.open(LEADER, b"/closed", 5)
    script.call(LEADER, "chdir", PATH, before={PATH: b"/where\0"})
    script.started(300)
    script.enter(300, "clone", 17)
    script.enter(LEADER, "clone", 17)
    script.started(CHILD)
    assert script.world.processes[CHILD].parent is None
    assert script.name(CHILD, 3) is None
    script.open(CHILD, b"/own", 4)
    script.close(CHILD, 5)
    script.leave(LEADER, CHILD)
    assert script.world.processes[CHILD].parent == LEADER
    assert (script.name(CHILD, 3), script.name(CHILD, 4)) == (b"/file", b"/own")
    assert script.world.processes[CHILD].directory == b"/where"


def test_exec_of_a_thread_that_is_not_the_leader_ends_the_others() -> None:
    script = Script()
    script.open(LEADER, b"/file", 3)
    script.open(LEADER, b"/private", 4, O_CLOEXEC)
    script.fork(LEADER, OTHER, THREAD, LEADER)
    script.fork(LEADER, OTHER + 1, THREAD, LEADER)
    script.enter(LEADER, "read", 0)
    script.execute(OTHER, b"/bin/new", (b"new",), leader=LEADER)
    process = script.world.process(LEADER)
    assert process is not None
    assert [*process.threads] == [*script.world.threads] == [LEADER]
    assert process.thread.tid == process.pid == LEADER
    assert process.name == b"new"
    assert (script.name(LEADER, 3), script.name(LEADER, 4)) == (b"/file", None)
    assert script.past(LEADER, 4) == [(b"/private", "execve")]


def test_an_exec_that_nobody_saw_leaves_the_name_unknown() -> None:
    script = Script()
    script.execute(LEADER)
    script.execed(LEADER)
    process = script.world.processes[LEADER]
    assert (process.name, process.program, process.arguments) == (None, None, None)
    script.holds(LEADER, command=b"sh", program=b"/bin/dash", arguments=[b"sh", b"-c"])
    assert (process.name, process.program, process.arguments) == (b"sh", b"/bin/dash", [b"sh", b"-c"])


def test_what_nobody_has_said_is_unknown() -> None:
    script = Script(leader=0)
    script.call(LEADER, "read", 3)
    assert script.world.process(LEADER) is None
    script.close(LEADER, 3)
    process = script.world.process(LEADER)
    assert process is not None
    assert (process.name, process.parent, process.start, process.directory, process.root) == (None,) * 5
    assert process.descriptors.at(0) is None
    assert not process.descriptors.whole
    assert process.memory.at(PATH) is None
    assert not process.memory.whole
    assert process.credentials.users == (None,) * 4


@pytest.mark.parametrize("facts", [{}, {"command": 3, "descriptors": [1], "maps": 7, "status": [], "arguments": b"x"}])
def test_facts_of_a_file_may_be_anything(facts: dict[str, Any]) -> None:
    script = Script()
    script.holds(LEADER, **facts)
    assert script.world.processes[LEADER].name is None


def test_clone3_says_its_flags_in_memory() -> None:
    script = Script()
    script.enter(LEADER, "clone3", DATA, 64, before={DATA: struct.pack("<8Q", THREAD, *(0,) * 7)})
    script.started(OTHER, LEADER, LEADER)
    script.leave(LEADER, OTHER)
    assert script.world.threads[OTHER].descriptors is script.world.threads[LEADER].descriptors
    script.enter(LEADER, "clone3", DATA, 64, before={DATA: struct.pack("<8Q", CLONE_FS, *(0,) * 7)})
    script.started(CHILD, CHILD, LEADER)
    script.leave(LEADER, CHILD)
    assert script.world.threads[CHILD].descriptors is not script.world.threads[LEADER].descriptors
    assert script.world.threads[CHILD].places is script.world.threads[LEADER].places


def test_vfork_shares_memory_until_exec_but_no_descriptors() -> None:
    script = Script()
    script.call(LEADER, "mmap", 0, 4096, 3, 0x22, -1, 0, result=0x10000)
    script.enter(LEADER, "vfork")
    script.started(CHILD, CHILD, LEADER)
    script.open(CHILD, b"/file", 3)
    script.call(CHILD, "mmap", 0, 4096, 3, 0x22, -1, 0, result=0x20000)
    parent, child = script.world.processes[LEADER], script.world.processes[CHILD]
    assert parent.memory is child.memory
    script.execute(CHILD)
    script.leave(LEADER, CHILD)
    assert parent.memory.at(0x20000) is not None
    assert child.memory.at(0x20000) is child.memory.at(0x10000) is None
    assert script.name(LEADER, 3) is None


def test_a_pidfd_of_clone_is_a_descriptor_that_names_the_child() -> None:
    script = Script()
    script.enter(LEADER, "clone", CLONE_PIDFD | 17, 0, DATA)
    script.started(CHILD, CHILD, LEADER)
    script.leave(LEADER, CHILD, {DATA: (5).to_bytes(4, "little")})
    entry = script.at(LEADER, 5)
    assert (entry.description.kind, entry.description.process, entry.close_on_exec) == ("pidfd", CHILD, True)
    assert script.world.threads[CHILD].descriptors.at(5) is None


def test_the_parent_of_a_sibling_is_the_parent_of_who_made_it() -> None:
    script = Script()
    script.fork(LEADER, CHILD)
    script.fork(CHILD, CHILD + 1, CLONE_PARENT)
    assert script.world.processes[CHILD + 1].parent == LEADER


# --- descriptors


def test_an_open_descriptor_says_what_it_is_and_who_made_it() -> None:
    script = Script()
    script.call(LEADER, "getpid")
    script.open(LEADER, b"/tmp/file", 3, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC)
    entry = script.at(LEADER, 3)
    description, event = entry.description, entry.opened
    assert event is not None
    assert (event.number, event.name, event.tid, event.when) == (2, "openat", LEADER, script.now)
    assert (description.kind, description.path, description.link) == ("file", b"/tmp/file", None)
    assert (description.flags, description.readable, description.writable) == (O_RDWR | O_APPEND, True, True)
    assert entry.close_on_exec
    assert entry.source is None
    assert entry.open


def test_a_closed_descriptor_says_who_closed_it() -> None:
    script = Script()
    script.fork(LEADER, OTHER, THREAD, LEADER)
    script.open(LEADER, b"/file", 3)
    script.close(OTHER, 3)
    [entry] = script.world.threads[LEADER].descriptors.history(3)
    assert not entry.open
    assert entry.closed is not None
    assert (entry.closed.tid, entry.closed.name) == (OTHER, "close")
    script.close(LEADER, 3, -errno.EBADF)
    assert len(script.world.threads[LEADER].descriptors.history(3)) == 1


@pytest.mark.parametrize("error", [errno.EINTR, errno.EIO, errno.ENOSPC, 512])
def test_a_close_that_fails_closes_all_the_same(error: int) -> None:
    script = Script()
    script.open(LEADER, b"/file", 3)
    script.close(LEADER, 3, -error)
    assert script.name(LEADER, 3) is None


def test_an_open_that_fails_opens_nothing() -> None:
    script = Script()
    script.open(LEADER, b"/file", -errno.ENOENT)
    assert not script.world.threads[LEADER].descriptors.entries


def test_a_result_that_was_invented_opens_nothing() -> None:
    script = Script()
    script.enter(LEADER, "openat", AT_FDCWD, PATH, 0, before={PATH: b"/file\0"})
    script.feed((records.TAMPERED, LEADER, script.tick(), records.TAMPERED_RESULT))
    script.leave(LEADER, 3)
    assert script.name(LEADER, 3) is None


def test_a_file_without_a_name_has_no_path() -> None:
    script = Script()
    script.open(LEADER, b"/tmp", 3, O_RDWR | 0o20200000)  # O_TMPFILE
    assert (script.name(LEADER, 3), script.at(LEADER, 3).description.kind) == (None, "file")


def test_paths_begin_where_their_directory_is() -> None:
    script = Script()
    script.open(LEADER, b"unknown", 9)
    assert script.name(LEADER, 9) is None
    assert script.at(LEADER, 9).description.kind == "file"
    script.holds(LEADER, directory=b"/home", root=b"/")
    script.open(LEADER, b"./a//b", 3)
    script.open(LEADER, b"dir", 4)
    script.call(LEADER, "openat", 4, PATH, 0, result=5, before={PATH: b"inside\0"})
    script.call(LEADER, "openat", 8, PATH, 0, result=6, before={PATH: b"inside\0"})  # of a directory nobody knows
    script.call(LEADER, "openat2", 4, PATH, DATA, 24, result=7, before={PATH: b"x\0", DATA: struct.pack("<3Q", 1, 0, 0)})
    script.call(LEADER, "creat", PATH, result=8, before={PATH: b"../up\0"})
    assert [script.name(LEADER, number) for number in range(3, 9)] == [
        b"/home/a/b", b"/home/dir", b"/home/dir/inside", None, b"/home/dir/x", b"/up",
    ]  # fmt: skip
    assert [script.at(LEADER, number).description.writable for number in (3, 7, 8)] == [False, True, True]


def test_what_the_kernel_says_of_a_descriptor_counts() -> None:
    script = Script()
    script.open(LEADER, b"/link", 3, after={place(LINKS, 3): b"/target"})
    assert (script.name(LEADER, 3), script.at(LEADER, 3).description.path) == (b"/target", b"/link")
    script.call(LEADER, "close", 7, before={place(LINKS, 7): b"/unseen"})
    assert script.past(LEADER, 7) == [(b"/unseen", "close")]
    script.call(LEADER, "fcntl", 3, 3, before={place(LINKS, 3): b"pipe:[5]"}, result=0)  # we have missed something
    assert (script.name(LEADER, 3), script.past(LEADER, 3)) == (b"pipe:[5]", [(b"/target", None)])
    script.call(LEADER, "openat", AT_FDCWD, PATH, 0, result=4, before={PATH: b"x\0", place(LINKS, AT_FDCWD): b"/cwd"})
    assert (script.name(LEADER, 4), script.world.processes[LEADER].directory) == (b"/cwd/x", b"/cwd")


def test_held_descriptors_are_all_that_are_open() -> None:
    script = Script()
    script.execute(LEADER)
    script.holds(LEADER, descriptors={0: b"/dev/null", 1: b"pipe:[1]", 2: b"socket:[2]", 3: b"anon_inode:[eventpoll]"})
    table = script.world.processes[LEADER].descriptors
    assert table.whole
    assert [script.at(LEADER, number).description.kind for number in range(4)] == ["file", "pipe", "socket", "epoll"]
    assert script.at(LEADER, 0).opened is None
    assert script.at(LEADER, 0).close_on_exec is False  # for it has outlived one
    script.execute(LEADER)
    assert sorted(table.entries) == [0, 1, 2, 3]


def test_where_nobody_knows_the_flag_nobody_knows_what_exec_leaves() -> None:
    script = Script(how=records.START_ATTACH)
    script.holds(LEADER, descriptors={0: b"/a", 1: b"/b", 2: b"/c"})
    script.call(LEADER, "fcntl", 1, 1, result=0)  # F_GETFD
    script.call(LEADER, "fcntl", 2, 1, result=1)
    script.execute(LEADER)
    assert [script.name(LEADER, number) for number in range(3)] == [None, b"/b", None]
    assert script.past(LEADER, 2) == [(b"/c", "execve")]
    assert not script.world.processes[LEADER].descriptors.whole


def test_held_descriptors_have_flags_where_somebody_could_say() -> None:
    script = Script(how=records.START_ATTACH)
    script.holds(LEADER, descriptors={0: b"/a", 1: b"/b"}, flags={0: O_WRONLY | O_CLOEXEC, 1: O_RDWR})
    assert [script.at(LEADER, number).close_on_exec for number in (0, 1)] == [True, False]
    assert [script.at(LEADER, number).description.flags for number in (0, 1)] == [O_WRONLY, O_RDWR]
    script.execute(LEADER)
    assert [script.name(LEADER, number) for number in (0, 1)] == [None, b"/b"]


def test_duplicates_are_one_description() -> None:
    script = Script()
    script.open(LEADER, b"/file", 3, O_CLOEXEC)
    script.call(LEADER, "dup", 3, result=4)
    script.call(LEADER, "dup2", 3, 5, result=5)
    script.call(LEADER, "dup3", 3, 6, O_CLOEXEC, result=6)
    script.call(LEADER, "fcntl", 3, 0, 10, result=10)
    script.call(LEADER, "fcntl", 3, 1030, 10, result=11)
    entries = [script.at(LEADER, number) for number in (4, 5, 6, 10, 11)]
    assert all(entry.description is script.at(LEADER, 3).description for entry in entries)
    assert [entry.close_on_exec for entry in entries] == [False, False, True, False, True]
    assert {entry.source for entry in entries} == {3}
    script.call(LEADER, "fcntl", 4, 4, O_NONBLOCK)  # F_SETFL
    assert script.at(LEADER, 3).description.flags == O_NONBLOCK
    script.call(LEADER, "dup", 77, result=7)  # of what nobody knows
    assert (script.name(LEADER, 7), script.at(LEADER, 7).description.kind) == (None, None)


def test_dup2_closes_what_was_there_and_onto_itself_does_nothing() -> None:
    script = Script()
    script.open(LEADER, b"/old", 1)
    script.open(LEADER, b"/new", 3)
    script.call(LEADER, "dup2", 3, 1, result=1)
    assert (script.name(LEADER, 1), script.past(LEADER, 1)) == (b"/new", [(b"/old", "dup2")])
    before = script.at(LEADER, 1)
    script.call(LEADER, "dup2", 1, 1, result=1)
    assert script.at(LEADER, 1) is before


def test_the_close_on_exec_flag_is_followed() -> None:
    script = Script()
    for number in (3, 4, 5, 6):
        script.open(LEADER, b"/%d" % number, number)
    script.call(LEADER, "fcntl", 3, 2, 1)  # F_SETFD
    script.call(LEADER, "ioctl", 4, 0x5451)  # FIOCLEX
    script.call(LEADER, "fcntl", 5, 2, 1)
    script.call(LEADER, "ioctl", 5, 0x5450)  # FIONCLEX
    script.execute(LEADER)
    assert [script.name(LEADER, number) for number in (3, 4, 5, 6)] == [None, None, b"/5", b"/6"]
    assert script.past(LEADER, 3) == [(b"/3", "execve")]


def test_a_range_is_closed_marked_or_made_private() -> None:
    script = Script()
    script.fork(LEADER, OTHER, THREAD, LEADER)
    for number in range(3, 9):
        script.open(LEADER, b"/%d" % number, number)
    script.call(LEADER, "close_range", 7, 0xFFFFFFFF, 0)
    script.call(LEADER, "close_range", 5, 5, 4)  # CLOEXEC
    assert sorted(script.world.threads[OTHER].descriptors.entries) == [3, 4, 5, 6]
    assert script.at(OTHER, 5).close_on_exec
    script.call(LEADER, "close_range", 3, 4, 2)  # UNSHARE
    assert sorted(script.world.threads[LEADER].descriptors.entries) == [5, 6]
    assert sorted(script.world.threads[OTHER].descriptors.entries) == [3, 4, 5, 6]


def test_a_table_is_shared_copied_and_unshared() -> None:
    script = Script()
    script.open(LEADER, b"/file", 3)
    script.fork(LEADER, CHILD)
    script.fork(LEADER, CHILD + 1, CLONE_FILES)
    script.close(LEADER, 3)
    assert (script.name(CHILD, 3), script.name(CHILD + 1, 3)) == (b"/file", None)
    script.open(CHILD + 1, b"/theirs", 3)
    assert script.name(LEADER, 3) == b"/theirs"
    script.call(CHILD + 1, "unshare", CLONE_FILES)
    script.close(CHILD + 1, 3)
    assert script.name(LEADER, 3) == b"/theirs"
    script.fork(LEADER, CHILD + 2, CLONE_FILES)
    script.execute(CHILD + 2)
    script.close(CHILD + 2, 3)
    assert script.name(LEADER, 3) == b"/theirs"
    assert script.past(CHILD, 3) == []


def test_a_child_knows_what_its_parent_has_closed() -> None:
    script = Script()
    script.open(LEADER, b"/file", 3)
    script.close(LEADER, 3)
    script.fork(LEADER, CHILD)
    assert script.past(CHILD, 3) == [(b"/file", "close")]


@pytest.mark.parametrize(("name", "args", "kind", "link", "closing"), [
    ("epoll_create", (1,), "epoll", b"anon_inode:[eventpoll]", False),
    ("epoll_create1", (O_CLOEXEC,), "epoll", b"anon_inode:[eventpoll]", True),
    ("eventfd2", (0, O_CLOEXEC), "eventfd", b"anon_inode:[eventfd]", True),
    ("eventfd", (0,), "eventfd", b"anon_inode:[eventfd]", False),
    ("timerfd_create", (0, O_CLOEXEC), "timerfd", b"anon_inode:[timerfd]", True),
    ("signalfd4", (-1, DATA, 8, 0), "signalfd", b"anon_inode:[signalfd]", False),
    ("inotify_init", (), "inotify", b"anon_inode:inotify", False),
    ("inotify_init1", (O_CLOEXEC,), "inotify", b"anon_inode:inotify", True),
    ("fanotify_init", (1, 0), "fanotify", b"anon_inode:[fanotify]", True),
    ("userfaultfd", (O_CLOEXEC,), "userfaultfd", b"anon_inode:[userfaultfd]", True),
    ("io_uring_setup", (8, DATA), "io_uring", b"anon_inode:[io_uring]", True),
    ("perf_event_open", (DATA, 0, 0, -1, 8), "perf_event", b"anon_inode:[perf_event]", True),
    ("memfd_create", (PATH, 1), "memfd", b"/memfd:some (deleted)", True),
    ("memfd_secret", (0,), "memfd", b"/secretmem (deleted)", False),
    ("socket", (2, 1 | O_CLOEXEC, 0), "socket", None, True),
    ("pidfd_open", (LEADER, 0), "pidfd", b"anon_inode:[pidfd]", True),
    ("bpf", (0, DATA, 72), None, None, None),
    ("seccomp", (1, 8, DATA), None, None, None),
])  # fmt: skip
def test_what_makes_a_descriptor_says_its_kind(
    name: str, args: tuple[int, ...], kind: str | None, link: bytes | None, closing: bool | None
) -> None:
    script = Script()
    script.call(LEADER, name, *args, result=5, before={PATH: b"some\0"})
    if name == "seccomp":  # what it returns the table does not say
        return
    entry = script.at(LEADER, 5)
    assert (entry.description.kind, entry.description.link, entry.close_on_exec) == (kind, link, closing)


def test_signalfd_of_one_that_there_is_makes_no_other() -> None:
    script = Script()
    script.call(LEADER, "signalfd4", -1, DATA, 8, 0, result=5)
    before = script.at(LEADER, 5)
    script.call(LEADER, "signalfd4", 5, DATA, 8, 0, result=5)
    assert script.at(LEADER, 5) is before


def test_pipes_have_two_ends() -> None:
    script = Script()
    script.call(LEADER, "pipe2", DATA, O_CLOEXEC, after={DATA: two(3, 4)})
    reading, writing = script.at(LEADER, 3), script.at(LEADER, 4)
    assert reading.description.other is writing.description
    assert writing.description.other is reading.description
    assert (reading.description.readable, reading.description.writable) == (True, False)
    assert (writing.description.readable, writing.description.writable) == (False, True)
    assert reading.close_on_exec
    assert writing.close_on_exec
    script.call(LEADER, "socketpair", 1, 1, 0, DATA, after={DATA: two(5, 6), place(LINKS, 5): b"socket:[7]"})
    assert script.at(LEADER, 5).description.other is script.at(LEADER, 6).description
    assert script.name(LEADER, 5) == b"socket:[7]"


def inet(port: int) -> bytes:
    return struct.pack("<H", 2) + struct.pack(">H4B8x", port, 127, 0, 0, 1)


def test_sockets_know_their_addresses() -> None:
    script = Script()
    script.call(LEADER, "socket", 2, 1, 0, result=3)
    script.call(LEADER, "bind", 3, DATA, 16, before={DATA: inet(80)})
    size = {MORE: (16).to_bytes(4, "little")}
    script.call(LEADER, "accept4", 3, DATA, MORE, O_CLOEXEC, result=4, before=size, after={DATA: inet(999), **size})
    assert (script.at(LEADER, 3).description.local, script.at(LEADER, 3).description.peer) == (inet(80), None)
    accepted = script.at(LEADER, 4)
    assert (accepted.description.local, accepted.description.peer, accepted.close_on_exec) == (inet(80), inet(999), True)
    script.call(LEADER, "accept", 3, 0, 0, result=5)
    assert script.at(LEADER, 5).description.peer is None
    script.call(LEADER, "socket", 2, 1, 0, result=6)
    script.call(LEADER, "dup", 6, result=7)
    script.call(LEADER, "connect", 6, DATA, 16, result=-errno.EINPROGRESS, before={DATA: inet(80)})
    script.call(LEADER, "getsockname", 6, DATA, MORE, before=size, after={DATA: inet(1234), **size})
    assert (script.at(LEADER, 7).description.local, script.at(LEADER, 7).description.peer) == (inet(1234), inet(80))
    script.call(LEADER, "connect", 6, DATA, 16, result=-errno.ECONNREFUSED, before={DATA: inet(81)})
    assert script.at(LEADER, 6).description.peer == inet(80)
    script.call(LEADER, "connect", 6, DATA, 16, before={DATA: bytes(16)})
    assert script.at(LEADER, 6).description.peer is None


def test_descriptors_come_in_messages() -> None:
    script = Script()
    control = struct.pack("<Qii", 16 + 8, 1, 1) + two(7, 8)
    header = struct.pack("<QIxxxxQQQQixxxx", 0, 0, 0, 0, MORE, len(control), 0)
    script.call(
        LEADER, "recvmsg", 3, DATA, 0x40000000, result=1,
        after={DATA: header, MORE: control, place(LINKS, 7): b"/etc/hostname"},
    )  # fmt: skip
    assert (script.name(LEADER, 7), script.at(LEADER, 7).close_on_exec) == (b"/etc/hostname", True)
    assert (script.name(LEADER, 8), script.at(LEADER, 8).opened is not None) == (None, True)
    script.call(LEADER, "recvmsg", 3, DATA, 0, result=1, after={DATA: header[:40] + bytes(16)})
    script.call(LEADER, "recvmsg", 3, DATA, 0, result=1, after={DATA: header, MORE: b"\1" + bytes(40)})
    assert sorted(script.world.threads[LEADER].descriptors.entries) == [7, 8]


def test_a_descriptor_of_another_process_is_the_same_description() -> None:
    script = Script()
    script.fork(LEADER, CHILD)
    script.open(CHILD, b"/theirs", 9)
    script.call(LEADER, "pidfd_open", CHILD, 0, result=3)
    script.call(LEADER, "pidfd_getfd", 3, 9, 0, result=4)
    assert script.at(LEADER, 4).description is script.at(CHILD, 9).description


def test_what_another_thread_opens_while_one_closes_stays_open() -> None:
    script = Script()
    script.fork(LEADER, OTHER, THREAD, LEADER)
    script.open(LEADER, b"/old", 3)
    script.enter(LEADER, "close", 3)
    script.open(OTHER, b"/new", 3)  # the number was free already
    script.leave(LEADER)
    assert (script.name(LEADER, 3), script.past(LEADER, 3)) == (b"/new", [(b"/old", "close")])
    script.close(LEADER, 3)
    assert script.name(LEADER, 3) is None


def test_a_number_that_is_given_again_was_closed_unseen() -> None:
    script = Script()
    script.open(LEADER, b"/old", 3)
    script.open(LEADER, b"/new", 3)
    assert (script.name(LEADER, 3), script.past(LEADER, 3)) == (b"/new", [(b"/old", None)])


def test_a_table_remembers_few_closed_ones_and_bounds_the_open() -> None:
    script = Script()
    for _ in range(2 * tables.REMEMBERED):
        script.open(LEADER, b"/file", 3)
        script.close(LEADER, 3)
    table = script.world.threads[LEADER].descriptors
    assert len(table.past) == tables.REMEMBERED
    for first in (10, 40000, 80000):
        numbers = struct.pack("<15000i", *range(first, first + 15000))
        header = struct.pack("<QIxxxxQQQQixxxx", 0, 0, 0, 0, MORE, 16 + 60000, 0)
        data = struct.pack("<Qii", 16 + 60000, 1, 1) + numbers
        for _ in range(2):
            script.call(LEADER, "recvmsg", 3, DATA, 0, result=1, after={DATA: header, MORE: data})
    assert len(table.entries) == 45000 <= tables.MOST


def test_calls_of_i386_are_the_same_calls() -> None:
    script = Script()
    script.arch, script.numbers = AUDIT_ARCH_I386, NUMBER_I386
    script.call(LEADER, "open", PATH, 1, result=3, before={PATH: b"/file\0"})
    script.call(LEADER, "socketcall", 1, DATA, result=4, before={DATA: struct.pack("<3I", 2, 1 | O_CLOEXEC, 0)})  # socket
    bound = {DATA: struct.pack("<3I", 4, MORE, 16), MORE: inet(80)}
    script.call(LEADER, "socketcall", 2, DATA, before=bound)  # bind
    pair = {DATA: struct.pack("<4I", 1, 1, 0, MORE)}
    script.call(LEADER, "socketcall", 8, DATA, before=pair, after={MORE: two(5, 6)})  # socketpair
    script.call(LEADER, "dup2", 3, 7, result=7)
    script.call(LEADER, "socketcall", 1, DATA, result=-errno.EFAULT)
    assert (script.name(LEADER, 7), script.at(LEADER, 4).description.local) == (b"/file", inet(80))
    assert script.at(LEADER, 4).close_on_exec
    assert script.at(LEADER, 5).description.other is script.at(LEADER, 6).description
    mapped = {DATA: struct.pack("<6I", 0, 4096, 1, 2, 3, 0)}
    script.call(LEADER, "mmap", DATA, result=0xF7000000 - (1 << 32), before=mapped)
    script.call(LEADER, "mmap2", 0, 8192, 3, 1, 3, 2, result=0x10000)
    memory = script.world.processes[LEADER].memory
    old, new = memory.at(0xF7000FFF), memory.at(0x11FFF)
    assert old is not None
    assert new is not None
    assert (old.file, old.protection, new.file, new.offset, new.shared) == (b"/file", 1, b"/file", 8192, True)
    script.call(LEADER, "ipc", 23, 0, 8192, 0, result=5)  # shmget
    script.call(LEADER, "ipc", 21, 5, 0, MORE, 0, after={MORE: (0x40000).to_bytes(4, "little")})  # shmat
    assert memory.at(0x41FFF) is not None
    script.call(LEADER, "ipc", 22, 0, 0, 0, 0x40000)  # shmdt
    assert memory.at(0x40000) is None


def test_calls_of_x32_are_the_same_calls() -> None:
    script = Script()
    script.bit = X32_BIT
    script.open(LEADER, b"/file", 3)
    assert script.name(LEADER, 3) == b"/file"


# --- places


def test_working_directories_are_followed_and_shared() -> None:
    script = Script()
    script.holds(LEADER, directory=b"/home", root=b"/", status=b"Umask:\t0022\n")
    script.fork(LEADER, OTHER, THREAD, LEADER)
    script.fork(LEADER, CHILD)
    script.call(OTHER, "chdir", PATH, before={PATH: b"user\0"})
    directories = [script.world.threads[tid].places.directory for tid in (LEADER, OTHER, CHILD)]
    assert directories == [b"/home/user", b"/home/user", b"/home"]
    script.open(LEADER, b"/var", 3)
    script.call(LEADER, "fchdir", 3)
    assert script.world.threads[OTHER].places.directory == b"/var"
    script.call(OTHER, "unshare", CLONE_FS)
    script.call(OTHER, "chdir", PATH, before={PATH: b"log\0"})
    assert [script.world.threads[tid].places.directory for tid in (LEADER, OTHER)] == [b"/var", b"/var/log"]
    script.call(LEADER, "fchdir", 77)
    assert script.world.processes[LEADER].directory is None
    script.call(LEADER, "chdir", PATH, before={PATH: b"x\0"})
    assert script.world.processes[LEADER].directory is None
    script.call(LEADER, "getcwd", DATA, 100, result=6, after={DATA: b"/here\0"})
    assert script.world.processes[LEADER].directory == b"/here"
    script.call(LEADER, "chdir", PATH, result=-errno.ENOENT, before={PATH: b"/nowhere\0"})
    assert script.world.processes[LEADER].directory == b"/here"


def test_another_root_stands_before_absolute_paths() -> None:
    script = Script()
    script.holds(LEADER, directory=b"/", root=b"/")
    script.call(LEADER, "chroot", PATH, before={PATH: b"/jail\0"})
    script.open(LEADER, b"/etc/passwd", 3)
    assert (script.world.processes[LEADER].root, script.name(LEADER, 3)) == (b"/jail", b"/jail/etc/passwd")


def test_the_mask_of_new_files_is_followed() -> None:
    script = Script()
    assert script.world.threads[LEADER].places.mask is None
    script.holds(LEADER, status=b"Name:\tx\nUmask:\t0022\n")
    assert script.world.threads[LEADER].places.mask == 0o22
    script.call(LEADER, "umask", 0o77, result=0o22)
    assert script.world.threads[LEADER].places.mask == 0o77


# --- credentials

STATUS = b"Name:\tsh\nUid:\t0\t0\t0\t0\nGid:\t5\t5\t5\t5\nGroups:\t1 2 \nCapPrm:\t00000000000000c0\nCapEff:\t00000000000000c0\n"


def test_credentials_are_those_of_the_status_file() -> None:
    script = Script()
    script.holds(LEADER, status=STATUS)
    known = script.world.processes[LEADER].credentials
    assert (known.users, known.groups, known.others) == ((0,) * 4, (5,) * 4, (1, 2))
    assert (known.permitted, known.capabilities, known.certain) == (0xC0, 0xC0, True)
    script.execute(LEADER)
    assert not script.world.processes[LEADER].credentials.certain


@pytest.mark.parametrize(("name", "args", "users"), [
    ("setuid", (9,), (9, 9, 9, 9)),
    ("setreuid", (-1, 9), (0, 9, 9, 9)),
    ("setreuid", (0, -1), (0, 0, 0, 0)),
    ("setresuid", (1, 2, 3), (1, 2, 3, 2)),
    ("setresuid", (-1, 2, -1), (0, 2, 0, 2)),
    ("setfsuid", (4,), (0, 0, 0, 4)),
])  # fmt: skip
def test_user_ids_are_followed(name: str, args: tuple[int, ...], users: tuple[int, ...]) -> None:
    script = Script()
    script.holds(LEADER, status=STATUS)
    script.call(LEADER, name, *args)
    assert script.world.processes[LEADER].credentials.users == users


def test_ids_of_threads_are_their_own_and_groups_are_followed() -> None:
    script = Script()
    script.holds(LEADER, status=STATUS)
    script.fork(LEADER, OTHER, THREAD, LEADER)
    script.call(OTHER, "setresgid", 7, 8, 9)
    script.call(OTHER, "setgroups", 2, DATA, before={DATA: struct.pack("<2I", 30, 31)})
    own, other = script.world.threads[LEADER].credentials, script.world.threads[OTHER].credentials
    assert (own.groups, other.groups, other.others) == ((5,) * 4, (7, 8, 9, 8), (30, 31))
    data = struct.pack("<6I", 1, 2, 3, 4, 5, 6)
    script.call(OTHER, "capset", PATH, DATA, before={DATA: data})
    changed = script.world.threads[OTHER].credentials
    assert (changed.capabilities, changed.permitted) == (1 | 4 << 32, 2 | 5 << 32)


def test_capabilities_go_with_the_effective_user() -> None:
    script = Script()
    script.holds(LEADER, status=STATUS)
    script.call(LEADER, "setresuid", -1, 9, -1)
    assert script.world.processes[LEADER].credentials.capabilities == 0
    script.call(LEADER, "setresuid", -1, 0, -1)
    assert script.world.processes[LEADER].credentials.capabilities == 0xC0


def test_where_ids_are_unknown_answers_teach_them() -> None:
    script = Script()
    script.call(LEADER, "setuid", 9)
    assert script.world.processes[LEADER].credentials.users == (None, 9, None, 9)
    script.call(LEADER, "getuid", result=9)
    assert script.world.processes[LEADER].credentials.users == (9, 9, None, 9)
    answers = {DATA: b"\1\0\0\0", MORE: b"\2\0\0\0", PATH: b"\3\0\0\0"}
    script.call(LEADER, "getresuid", DATA, MORE, PATH, after=answers)
    assert script.world.processes[LEADER].credentials.users[:3] == (1, 2, 3)


def test_short_ids_of_i386_have_their_own_minus_one() -> None:
    script = Script()
    script.holds(LEADER, status=STATUS)
    script.arch, script.numbers = AUDIT_ARCH_I386, NUMBER_I386
    script.call(LEADER, "setresuid", 0xFFFF, 9, 0xFFFF)
    assert script.world.processes[LEADER].credentials.users == (0, 9, 0, 9)
    script.call(LEADER, "setresuid32", 0xFFFFFFFF, 0xFFFF, 7)
    assert script.world.processes[LEADER].credentials.users == (0, 0xFFFF, 7, 0xFFFF)


# --- memory


def test_mappings_say_what_they_are_and_who_made_them() -> None:
    script = Script()
    script.open(LEADER, b"/lib/some.so", 3)
    script.call(LEADER, "mmap", 0, 0x2800, 1, 2, 3, 0x1000, result=0x10000)
    memory = script.world.processes[LEADER].memory
    mapping = memory.at(0x12FFF)
    assert mapping is not None
    assert (mapping.start, mapping.end, mapping.protection, mapping.shared) == (0x10000, 0x13000, 1, False)
    assert (mapping.file, mapping.offset, mapping.made and mapping.made.number) == (b"/lib/some.so", 0x1000, 2)
    assert memory.at(0x13000) is memory.at(0xFFFF) is None


def test_a_part_may_be_protected_replaced_or_removed() -> None:
    script = Script()
    script.call(LEADER, "mmap", 0, 0x5000, 3, 0x22, -1, 0, result=0x10000)
    script.call(LEADER, "mprotect", 0x11000, 0x1000, 0)
    script.call(LEADER, "munmap", 0x12000, 0x1000)
    script.call(LEADER, "mmap", 0x13000, 0x1000, 1, 0x32, -1, 0, result=0x13000)
    memory = script.world.processes[LEADER].memory
    seen = [(one.start, one.end, one.protection, one.made and one.made.number) for one in memory]
    assert seen == [
        (0x10000, 0x11000, 3, 1), (0x11000, 0x12000, 0, 1), (0x13000, 0x14000, 1, 4), (0x14000, 0x15000, 3, 1),
    ]  # fmt: skip
    guarded, gone, replaced = memory.at(0x11000), memory.removed(0x12FFF), memory.removed(0x13000)
    assert guarded is not None
    assert guarded.protected is not None
    assert guarded.protected.name == "mprotect"
    assert gone is not None
    assert gone.removed is not None
    assert (gone.removed.name, gone.made and gone.made.number) == ("munmap", 1)
    assert replaced is not None
    assert replaced.removed is not None
    assert replaced.removed.name == "mmap"
    assert memory.removed(0x10000) is None


def test_mappings_move_grow_and_shrink() -> None:
    script = Script()
    script.open(LEADER, b"/file", 3)
    script.call(LEADER, "mmap", 0, 0x2000, 3, 1, 3, 0x4000, result=0x10000)
    memory = script.world.processes[LEADER].memory
    script.call(LEADER, "mremap", 0x10000, 0x2000, 0x3000, 0, result=0x10000)
    grown = memory.at(0x12000)
    assert grown is not None
    assert (grown.file, grown.offset) == (b"/file", 0x6000)
    script.call(LEADER, "mremap", 0x10000, 0x3000, 0x1000, 0, result=0x10000)
    assert memory.at(0x11000) is None
    script.call(LEADER, "mremap", 0x10000, 0x1000, 0x2000, 1, result=0x50000)
    moved = memory.at(0x51FFF)
    assert moved is not None
    assert memory.at(0x10000) is None
    assert (moved.start, moved.end, moved.file, moved.offset) == (0x50000, 0x52000, b"/file", 0x4000)
    script.call(LEADER, "mremap", 0x50000, 0x2000, 0x2000, 5, 0, result=0x60000)  # DONTUNMAP
    assert memory.at(0x50000) is not None
    assert memory.at(0x60000) is not None
    script.call(LEADER, "mremap", 0x90000, 0x1000, 0x1000, 1, result=0xA0000)  # of what nobody knows
    unknown = memory.at(0xA0000)
    assert unknown is not None
    assert (unknown.protection, unknown.file, unknown.shared) == (None, None, None)


def test_the_heap_follows_brk() -> None:
    script = Script()
    memory = script.world.processes[LEADER].memory
    script.call(LEADER, "brk", 0, result=0x100000)
    assert (memory.end, memory.at(0x100000)) == (0x100000, None)
    script.call(LEADER, "brk", 0x120800, result=0x120800)
    heap = memory.at(0x120FFF)
    assert heap is not None
    assert (heap.file, heap.start, heap.end) == (b"[heap]", 0x100000, 0x121000)
    script.call(LEADER, "brk", 0x110000, result=0x110000)
    assert memory.at(0x110000) is None
    assert memory.at(0x10FFFF) is not None


def test_shared_memory_is_as_long_as_was_asked_for() -> None:
    script = Script()
    script.call(LEADER, "shmget", 0, 0x2800, 0, result=5)
    script.call(LEADER, "shmat", 5, 0, 0o10000, result=0x10000)
    script.call(LEADER, "shmat", 6, 0, 0, result=0x20000)  # of another's making: it has one page at least
    memory = script.world.processes[LEADER].memory
    known, unknown = memory.at(0x12FFF), memory.at(0x20FFF)
    assert known is not None
    assert unknown is not None
    assert (known.protection, known.shared, memory.at(0x21000)) == (1, True, None)
    script.call(LEADER, "shmdt", 0x10000)
    assert memory.at(0x10000) is memory.at(0x12000) is None
    assert memory.at(0x20000) is not None


MAPS = (
    b"5000-6000 r-xp 00001000 fe:00 26 /usr/bin/a b\n8000-9000 rw-s 00000000 00:00 0 \n"
    b"9000-a000 rw-p 00000000 00:00 0 [heap]\nnonsense\n"
)


def test_the_maps_of_the_kernel_are_all_that_is_mapped() -> None:
    script = Script()
    script.holds(LEADER, maps=MAPS)
    memory = script.world.processes[LEADER].memory
    seen = [(one.start, one.end, one.protection, one.shared, one.file, one.offset) for one in memory]
    assert seen == [
        (0x5000, 0x6000, 5, False, b"/usr/bin/a b", 0x1000), (0x8000, 0x9000, 3, True, b"", 0),
        (0x9000, 0xA000, 3, False, b"[heap]", 0),
    ]  # fmt: skip
    assert (memory.whole, memory.end) == (True, 0xA000)
    script.fork(LEADER, CHILD)
    script.call(CHILD, "munmap", 0x5000, 0x1000)
    assert memory.at(0x5000) is not None
    script.feed((records.SPACE, CHILD, script.tick(), CHILD, MAPS, b""))
    assert script.world.processes[CHILD].memory.at(0x5000) is not None
    script.execute(CHILD)
    assert not [*script.world.processes[CHILD].memory]


def test_a_world_may_know_nothing_of_memory() -> None:
    script = Script()
    script.world = World(memory=False)
    script.started(LEADER)
    script.holds(LEADER, maps=MAPS, descriptors={0: b"/a"})
    script.call(LEADER, "mmap", 0, 4096, 3, 0x22, -1, 0, result=0x10000)
    memory = script.world.processes[LEADER].memory
    assert (memory.mappings, memory.whole) == ([], False)
    assert script.name(LEADER, 0) == b"/a"


def test_spaces_are_bounded() -> None:
    script = Script()
    for index in range(2 * spaces.REMEMBERED):
        script.call(LEADER, "mmap", 0, 4096, 3, 0x22, -1, 0, result=0x10000 + index * 4096)
        script.call(LEADER, "munmap", 0x10000 + index * 4096, 4096)
    memory = script.world.processes[LEADER].memory
    assert (len(memory.past), len(memory.mappings)) == (spaces.REMEMBERED, 0)


def test_the_running_number_counts_all_calls() -> None:
    script = Script()
    script.enter(LEADER, "read", 0)
    script.started(CHILD, CHILD, 0)
    script.call(CHILD, "getpid")
    script.leave(LEADER, 0)
    script.open(LEADER, b"/x", 3)
    event = script.at(LEADER, 3).opened
    assert event is not None
    assert (script.world.count, event.number) == (3, 3)


def test_what_a_call_touches_is_asked_before_it_is_fed() -> None:
    script = Script()
    script.holds(LEADER, directory=b"/home", root=b"/")
    script.open(LEADER, b"file", 3)
    registers = script.registers((3, PATH, 10))
    read = (records.CALL, LEADER, 1, AUDIT_ARCH_X86_64, NUMBER["read"], registers, 0, None, 2, 5, False, 0, None)
    touch = script.world.touched(read)
    assert (touch.path, touch.descriptor, touch.entry) == (None, 3, script.at(LEADER, 3))
    registers = script.registers((AT_FDCWD, PATH, 0))
    chunks = {PATH: b"other\0"}
    unlink = (records.ENTRY, LEADER, 1, AUDIT_ARCH_X86_64, NUMBER["unlinkat"], registers, 0, chunks)
    touch = script.world.touched(unlink)
    assert (touch.path, touch.descriptor, touch.entry) == (b"/home/other", None, None)
    assert script.world.threads[LEADER].descriptors.at(4) is None


# --- random sequences against a tiny model of tables

Step = tuple[str, int, int, int]
steps = st.lists(
    st.tuples(
        st.sampled_from(["open", "private", "dup2", "close", "fork", "thread", "exec", "unshare", "exit"]),
        st.integers(0, 5),
        st.integers(0, 7),
        st.integers(0, 7),
    ),
    max_size=60,
)


@settings(max_examples=150, deadline=None)
@given(steps)
def test_any_sequence_of_calls_leaves_what_the_kernel_would_have(sequence: list[Step]) -> None:
    script = Script()
    table_of: dict[int, dict[int, tuple[bytes, bool]]] = {LEADER: {}}  # by thread; processes of one thread
    following = CHILD
    for serial, (what, who, first, second) in enumerate(sequence):
        tid = sorted(table_of)[who % len(table_of)]
        table = table_of[tid]
        if what in ("open", "private"):
            number = next(number for number in range(1000) if number not in table)
            script.open(tid, b"/%d" % serial, number, O_CLOEXEC if what == "private" else 0)
            table[number] = b"/%d" % serial, what == "private"
        elif what == "dup2":
            known = first in table
            script.call(tid, "dup2", first, second, result=second if known else -errno.EBADF)
            if known and first != second:
                table[second] = table[first][0], False
        elif what == "close":
            script.close(tid, first, 0 if first in table else -errno.EBADF)
            table.pop(first, None)
        elif what in ("fork", "thread"):
            following += 1
            script.fork(tid, following, CLONE_FILES if what == "thread" else 0)
            table_of[following] = table if what == "thread" else table.copy()
        elif what == "exec":
            script.execute(tid)
            table_of[tid] = {number: entry for number, entry in table.items() if not entry[1]}
        elif what == "unshare":
            script.call(tid, "unshare", CLONE_FILES)
            table_of[tid] = table.copy()
        elif len(table_of) > 1:
            script.exited(tid)
            del table_of[tid]
    for tid, table in table_of.items():
        entries = script.world.threads[tid].descriptors.entries
        assert {number: (one.description.name, one.close_on_exec) for number, one in entries.items()} == table
    assert script.world.threads.keys() == table_of.keys()


anything = st.integers(0, (1 << 64) - 1) | st.sampled_from([0, 1, 3, PATH, DATA])
hostile = st.lists(
    st.tuples(
        st.sampled_from([AUDIT_ARCH_X86_64, AUDIT_ARCH_I386]),
        st.integers(0, 470),
        st.tuples(*[anything] * 7),
        st.integers(-600, 1 << 40),
        st.dictionaries(st.sampled_from([PATH, DATA, MORE, place(LINKS, 3)]), st.binary(max_size=80), max_size=3),
    ),
    max_size=20,
)


@settings(max_examples=60, deadline=None)
@given(hostile)
def test_no_record_is_too_strange(calls: list[Any]) -> None:
    script = Script()
    for arch, number, args, result, chunks in calls:
        failed = result < 0
        script.feed((records.CALL, LEADER, 1, arch, number, args, 0, chunks, 2, result, failed, 0, chunks))


# --- real records

PROGRAM = """
import array, os, select, signal, socket, subprocess, tempfile, threading
a, b = socket.socketpair()
with open('/etc/hostname') as file:
    socket.send_fds(a, [b'x'], [file.fileno()])
    _, fds, _, _ = socket.recv_fds(b, 10, 4)
    os.read(fds[0], 1)
server = socket.socket(); server.bind(('127.0.0.1', 0)); server.listen()
def serve():
    with server.accept()[0] as client:
        client.sendall(client.recv(10))
thread = threading.Thread(target=serve); thread.start()
with socket.create_connection(server.getsockname()) as client:
    client.sendall(b'hello'); client.recv(10)
thread.join()
os.read(os.eventfd(1), 8); select.epoll().poll(0); os.write(os.memfd_create('name'), b'x')
os.chdir('/usr')
subprocess.run(['cat'], input=b'x', stdout=subprocess.PIPE, cwd='/tmp')
subprocess.run('cat /etc/hostname | cat | cat >/dev/null; exec 5</etc/passwd; cat <&5 >&-', shell=True)
for _ in range(5):
    if os.fork() == 0:
        os.dup2(fds[0], 0); os.close(fds[0]); os.read(0, 1); os._exit(0)
    os.wait()
"""
OUTSIDE = range(LINKS, COMMANDS)


def without_answers(chunks: dict[int, bytes] | None) -> dict[int, bytes] | None:
    """What is captured where nobody asks for what is behind descriptors."""
    return {key: data for key, data in chunks.items() if key not in OUTSIDE} if chunks else chunks


def compared(path: Path) -> Iterator[tuple[bool, bytes, Any]]:
    """For each descriptor of each call whether the model, which is not told, agrees with the kernel."""
    world = World()
    for batch in Recording(str(path)).batches():
        for record in batch:
            if record[0] not in (records.CALL, records.ENTRY, records.EXIT):
                world.feed([record])
                continue
            if record[0] != records.EXIT:
                yield from answers(world, record[1], record[7] or {})
                record = (*record[:7], without_answers(record[7]), *record[8:])
            after = record[-1] if record[0] != records.ENTRY else None
            if after is not None:
                record = (*record[:-1], without_answers(after))
            world.feed([record])
            if after is not None:
                yield from answers(world, record[1], after)


def answers(world: World, tid: int, chunks: dict[int, bytes]) -> Iterator[tuple[bool, bytes, Any]]:
    thread = world.threads[tid]
    for key, link in chunks.items():
        if not LINKS <= key < DETAILS or not link:
            continue
        number = key - LINKS >> APART
        if number == AT_FDCWD & 0xFFFFFFFF:
            yield thread.places.directory == link, link, thread.places.directory
            continue
        entry = thread.descriptors.at(number)
        if entry is None:
            yield False, link, None
            continue
        description = entry.description
        known, kind = description.name, description.kind
        if (known, kind) == (None, None):
            continue  # it came in a message, so nobody but the kernel can know; the model does not pretend to
        if kind in ("pipe", "socket"):
            yield kind == kind_of(link), link, kind
        else:
            yield kind == kind_of(link) and known is not None and same(known, link), link, (kind, known)


def same(path: bytes, link: bytes) -> bool:
    """Whether a path leads to what the link says."""
    return path == link or os.path.realpath(path) == link.removesuffix(b" (deleted)")


@pytest.mark.ptrace
def test_the_kernel_agrees_with_what_calls_say(tmp_path: Path) -> None:
    path = tmp_path / "recording"
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    done = ptracer("-f", "-yy", "--record", str(path), "sh", "-c", f"cd /etc; {os.path.realpath('/proc/self/exe')} {program}")
    assert done.returncode == 0, done.stderr
    seen = Counter[bool]()
    wrong = []
    for agreed, link, known in compared(path):
        seen[agreed] += 1
        if not agreed:
            wrong.append((link, known))
    assert seen[True] > 1000
    assert not wrong[:10]


@pytest.mark.ptrace
def test_the_memory_of_a_process_is_what_the_kernel_says(tmp_path: Path) -> None:
    path = tmp_path / "recording"
    code = "import os,sys; maps=open('/proc/self/maps').read(); os.write(2, maps.encode())"
    done = ptracer("--record", str(path), os.path.realpath("/proc/self/exe"), "-S", "-c", code)
    world = World()
    for batch in Recording(str(path)).batches():
        for record in batch:
            called = record[0] in (records.CALL, records.ENTRY) and record[3:5] == (AUDIT_ARCH_X86_64, NUMBER["write"])
            if called and record[5][0] == 2:
                break
            world.feed([record])
        else:
            continue
        break
    memory = next(iter(world.processes.values())).memory
    assert memory.whole
    for line in done.stderr.encode().splitlines():
        found = spaces.parsed(line)
        if found is None or found.file in (b"[stack]", b"[vsyscall]") or found.file is None:
            continue
        for address in (found.start, found.end - 1):
            mapping = memory.at(address)
            assert mapping is not None, line
            assert mapping.protection == found.protection, line
            if found.file.startswith(b"/"):
                assert mapping.file is not None
                assert same(mapping.file, found.file), line


@pytest.mark.ptrace
def test_what_a_process_holds_is_understood() -> None:
    script = Script(leader=os.getpid())
    script.holds(os.getpid(), **held(os.getpid()))
    process = script.world.processes[os.getpid()]
    assert process.credentials.users[0] == os.getuid()
    assert process.directory == os.fsencode(os.getcwd())
    assert process.memory.whole
    assert process.descriptors.whole
    with open("/dev/null") as file:
        script.holds(os.getpid(), **held(os.getpid()))
        entry = script.at(os.getpid(), file.fileno())
    assert (entry.description.name, entry.description.readable, entry.close_on_exec) == (b"/dev/null", True, True)
