"""What programs do wrong although their calls succeed, told by scripted records: the borders of each rule."""

from __future__ import annotations

import errno
import struct
from typing import Any

import pytest
from test_model import AT_FDCWD, CHILD, DATA, LEADER, MORE, O_CREAT, O_NONBLOCK, O_WRONLY, PATH, Script

from ptracer.capture import records
from ptracer.decode.decoder import Decoder
from ptracer.decode.registry import Signatures
from ptracer.explain.explained import Explained
from ptracer.listing import detail
from ptracer.options import Options
from ptracer.render.selective import Silent
from ptracer.render.spelling import Spelling

O_EXCL = 0o200
PIPE = {DATA: struct.pack("<2i", 3, 4)}
RESTARTED, INTERRUPTED = -512, -errno.EINTR
WINCH, USR1 = 28, 10
ROOT, NOBODY = b"Uid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nGroups:\t0\n", 65534


class Judged(Script):
    """Records that are judged, too."""

    def __init__(self) -> None:
        self.explained = Explained("all", Spelling(), False)
        self.decode = Decoder(Signatures(detail(Options(), recorded=True)), self.explained.judging(Silent())).feed
        super().__init__()
        self.world = self.explained.world
        self.started(LEADER)

    def feed(self, record: tuple[Any, ...]) -> None:
        self.decode([record])
        self.explained.world.feed([record])

    @property
    def names(self) -> list[str]:
        return [finding.reason.name for finding in self.explained.findings()]

    # what is done again and again

    def pipe(self, flags: int = 0) -> None:
        self.call(LEADER, "pipe2", DATA, flags, after=PIPE)

    def write(self, number: int, address: int, count: int, result: int, data: bytes = b"") -> None:
        self.call(LEADER, "write", number, address, count, result=result, before={address: data} if data else None)

    def read(self, number: int, address: int, count: int, data: bytes, result: int = 0) -> None:
        self.call(LEADER, "read", number, address, count, result=result or len(data), after={address: data} if data else None)

    def interrupted(self, signal: int) -> None:
        """A read that a signal ends, whose handler returns."""
        self.call(LEADER, "read", 3, MORE, 10, result=RESTARTED)
        self.feed((records.SIGNAL, LEADER, self.tick(), signal, None))
        self.call(LEADER, "rt_sigreturn", result=INTERRUPTED)


# --- writing


@pytest.mark.parametrize(
    ("address", "count", "data", "found"),
    [
        (MORE + 60, 40, b"", []),  # from where it ended
        (DATA, 40, b"", []),  # moved
        (DATA, 140, b"", []),  # moved, with more behind it: nobody can tell
        (MORE, 100, b"", []),  # the buffer has been filled up
        (DATA, 100, b"the rest of it", []),  # the same contents somewhere else
        (DATA, 100, b"something else", ["io.short_write"]),
        (DATA, 9, b"", ["io.short_write"]),  # less than the rest, from another place
    ],
)
def test_what_follows_a_short_write(address: int, count: int, data: bytes, found: list[str]) -> None:
    script = Judged()
    script.pipe()
    script.write(4, MORE, 100, 60, b"x" * 60 + b"the rest of it")
    script.write(4, address, count, count, data)
    assert script.names == found


@pytest.mark.parametrize(
    ("flags", "waits", "complains", "status", "found"),
    [
        (O_NONBLOCK, False, False, 0, ["io.short_write"]),
        (O_NONBLOCK, True, False, 0, []),  # it may have been told that nobody reads
        (O_NONBLOCK, False, True, 0, []),
        (O_NONBLOCK, False, False, 1, []),
        (0, False, False, 0, []),  # the reader has gone in the middle of it
    ],
)
def test_a_short_write_at_the_end(flags: int, waits: bool, complains: bool, status: int, found: list[str]) -> None:
    script = Judged()
    script.pipe(flags)
    script.holds(LEADER, descriptors={2: b"/dev/pts/0"})
    script.pipe(flags)
    script.write(4, MORE, 100, 60)
    if waits:
        script.call(LEADER, "poll", PATH, 1, -1, result=1)
    if complains:
        script.write(2, MORE, 5, 5, b"error")
    script.exited(LEADER, status)
    assert script.names == found


def test_writing_on_after_an_error() -> None:
    script = Judged()
    script.pipe()
    for _ in range(7):
        script.write(4, MORE, 5, -errno.EPIPE)
    assert script.names == []
    script.write(4, MORE, 5, -errno.EPIPE)
    assert script.names == ["io.after_error"]


def test_who_waits_before_writing_again_does_look() -> None:
    script = Judged()
    script.open(LEADER, b"/log", 3, O_WRONLY)
    for _ in range(20):
        script.write(3, MORE, 5, -errno.ENOSPC)
        script.call(LEADER, "nanosleep", PATH, 0)
    assert script.names == []


# --- reading


def test_a_length_and_a_part_of_what_it_announces() -> None:
    script = Judged()
    script.pipe()
    script.read(3, DATA, 4, struct.pack(">I", 100))
    script.read(3, MORE, 100, b"x" * 60)
    script.read(3, DATA, 4, struct.pack(">I", 7))
    assert script.names == ["io.short_read"]


def test_a_length_and_all_of_what_it_announces() -> None:
    script = Judged()
    script.pipe()
    script.read(3, DATA, 4, struct.pack(">I", 100))
    script.read(3, MORE, 100, b"x" * 60)
    script.read(3, MORE + 60, 40, b"x" * 40)
    script.exited(LEADER)
    assert script.names == []


def test_who_reads_to_the_end_may_get_pieces() -> None:
    script = Judged()
    script.pipe()
    script.write(4, MORE, 100000, 100000)
    script.read(3, MORE, 100000, b"", 65536)
    script.call(LEADER, "read", 3, MORE, 100000)
    script.exited(LEADER)
    assert script.names == []


@pytest.mark.parametrize(("number", "count", "found"), [(4, 1000, ["io.tiny"]), (4, 999, []), (0, 2000, [])])
def test_byte_by_byte(number: int, count: int, found: list[str]) -> None:
    script = Judged()
    script.open(LEADER, b"/file", number)
    for _ in range(count):
        script.call(LEADER, "read", number, DATA, 1, result=1)
    assert script.names == found


# --- signals


@pytest.mark.parametrize(("signal", "found"), [(WINCH, ["retry.interrupted"]), (USR1, [])])
def test_what_is_given_up_because_of_a_signal(signal: int, found: list[str]) -> None:
    script = Judged()
    script.pipe()
    script.interrupted(signal)
    script.close(LEADER, 3)
    assert script.names == found


def test_what_is_repeated_after_a_signal() -> None:
    script = Judged()
    script.pipe()
    script.interrupted(WINCH)
    script.read(3, MORE, 10, b"x")
    script.close(LEADER, 3)
    assert script.names == []


def test_who_complains_of_a_signal() -> None:
    script = Judged()
    script.pipe()
    script.interrupted(USR1)
    script.write(2, DATA, 30, 30, b"read: Interrupted system call\n")
    assert script.names == ["retry.interrupted"]


# --- descriptors


def child(script: Judged, *arguments: bytes) -> None:
    """A child executes a program and ends."""
    script.fork(LEADER, CHILD)
    script.execute(CHILD, b"/bin/other", (b"other", *arguments))


@pytest.mark.parametrize(("flags", "mode", "found"), [(O_CREAT, 0o600, True), (O_CREAT, 0o644, False), (O_CREAT | O_EXCL, 0o600, False)])
def test_which_files_children_must_not_have(flags: int, mode: int, found: bool) -> None:
    script = Judged()
    script.holds(LEADER, program=b"/bin/program")
    script.call(LEADER, "openat", AT_FDCWD, PATH, flags | O_WRONLY, mode, result=3, before={PATH: b"/file\0"})
    child(script)
    script.exited(CHILD)
    assert script.names == ["descriptor.inherited"] * found


@pytest.mark.parametrize(
    ("program", "arguments", "used"), [(b"/bin/sh", (), False), (b"/bin/program", (b"--fd=3",), False), (b"/bin/program", (), True)]
)
def test_what_is_passed_on_purpose(program: bytes, arguments: tuple[bytes, ...], used: bool) -> None:
    script = Judged()
    script.holds(LEADER, program=program)
    script.call(LEADER, "socket", 2, 1, 0, result=3)
    child(script, *arguments)
    if used:
        script.call(CHILD, "getsockname", 3, DATA, MORE)
    script.exited(CHILD)
    assert script.names == []


def test_a_socket_that_a_child_has() -> None:
    script = Judged()
    script.holds(LEADER, program=b"/bin/program")
    script.call(LEADER, "socket", 2, 1, 0, result=3)
    child(script)
    script.exited(CHILD)
    assert script.names == ["descriptor.inherited"]


@pytest.mark.parametrize(("count", "found"), [(64, ["descriptor.leaked"]), (63, [])])
def test_the_same_file_again_and_again(count: int, found: list[str]) -> None:
    script = Judged()
    for number in range(3, 3 + count):
        script.open(LEADER, b"/file", number)
    script.exited(LEADER)
    assert script.names == found


def test_what_a_process_has_open_when_it_is_let_go() -> None:
    script = Judged()
    for number in range(3, 100):
        script.open(LEADER, b"/file", number)
    script.feed((records.DETACHED, LEADER, script.tick()))
    assert script.names == ["descriptor.leaked"]


def test_who_closes_what_was_opened() -> None:
    script = Judged()
    for _ in range(200):
        script.open(LEADER, b"/file", 3)
        script.close(LEADER, 3)
    script.exited(LEADER)
    assert script.names == []


# --- files


@pytest.mark.parametrize(
    ("mode", "found"), [(0o644, []), (0o100644, []), (0o7777, []), (0x7FFE4001A4, ["file.no_mode"]), (0o40644, ["file.no_mode"])]
)
def test_modes(mode: int, found: list[str]) -> None:
    script = Judged()
    script.call(LEADER, "open", PATH, O_CREAT | O_WRONLY, mode, result=3, before={PATH: b"/file\0"})
    assert script.names == found


@pytest.mark.parametrize(
    ("path", "arguments", "flags", "found"),
    [
        (b"/tmp/program.100", [b"program"], 0, ["file.predictable"]),
        (b"/tmp/settings.tmp", [b"program"], 0, ["file.predictable"]),
        (b"/tmp/settings.tmp", [b"program"], O_EXCL, []),
        (b"/tmp/settings.tmp", [b"program", b"-o", b"/tmp/settings.tmp"], 0, []),
        (b"/tmp/settings.tmp-journal", [b"program", b"settings.tmp"], 0, []),
        (b"/tmp/ccXr41aB.o", [b"program"], 0, []),
        (b"/tmp/mine/settings", [b"program"], 0, []),
    ],
)
def test_names_in_shared_directories(path: bytes, arguments: list[bytes], flags: int, found: list[str]) -> None:
    script = Judged()
    script.holds(LEADER, arguments=b"", program=b"/bin/program")
    process = script.world.process(LEADER)
    assert process is not None
    process.arguments = arguments
    script.call(LEADER, "openat", AT_FDCWD, PATH, O_CREAT | O_WRONLY | flags, 0o600, result=3, before={PATH: path + b"\0"})
    assert script.names == found


@pytest.mark.parametrize(("steps", "found"), [("wsrd", []), ("wrd", ["file.not_durable"]), ("wr", []), ("wswr", ["file.not_durable"])])
def test_replacing_a_file(steps: str, found: list[str]) -> None:
    """w: write, s: fsync, r: rename, d: fsync of the directory."""
    script = Judged()
    script.open(LEADER, b"/etc/new", 3, O_WRONLY)
    script.open(LEADER, b"/etc", 4)
    for step in steps:
        if step == "w":
            script.write(3, DATA, 5, 5)
        elif step == "r":
            script.call(LEADER, "rename", PATH, MORE, before={PATH: b"/etc/new\0", MORE: b"/etc/old\0"})
        else:
            script.call(LEADER, "fsync", 3 if step == "s" else 4)
    assert script.names == found


# --- privileges


def test_setgroups_after_setuid() -> None:
    script = Judged()
    script.holds(LEADER, status=ROOT)
    script.call(LEADER, "setuid", NOBODY)
    script.call(LEADER, "setgroups", 0, 0, result=-errno.EPERM)
    assert "privilege.order" in script.names


@pytest.mark.parametrize(("status", "complains", "found"), [(0, False, True), (1, False, False), (0, True, False)])
def test_root_that_was_not_given_up(status: int, complains: bool, found: bool) -> None:
    script = Judged()
    script.holds(LEADER, status=ROOT)
    script.call(LEADER, "setuid", NOBODY, result=-errno.EAGAIN)
    if complains:
        script.write(2, DATA, 5, 5, b"error")
    script.exited(LEADER, status)
    assert ("privilege.unchecked" in script.names) == found


# --- sizes, waiting, looking


@pytest.mark.parametrize(("count", "found"), [(-1, True), (-22, True), (1 << 62, False), (-(1 << 63), False)])
def test_negative_sizes(count: int, found: bool) -> None:
    script = Judged()
    script.call(LEADER, "read", 3, DATA, count, result=-errno.EFAULT)
    assert ("argument.negative_size" in script.names) == found


@pytest.mark.parametrize(("timeout", "between", "found"), [(0, "", True), (1, "", False), (0, "clock_gettime", True), (0, "read", False)])
def test_asking_without_waiting(timeout: int, between: str, found: bool) -> None:
    script = Judged()
    for _ in range(1000):
        script.call(LEADER, "poll", PATH, 1, timeout)
        if between:
            script.call(LEADER, between, 3, DATA, 1, result=0)
    assert script.names == ["poll.busy"] * found


def test_looking_for_what_is_not_there() -> None:
    script = Judged()
    for number in range(2000):
        path = b"/same\0" if number % 2 else b"/other%d\0" % number
        script.call(LEADER, "access", PATH, 4, result=-errno.ENOENT, before={PATH: path})
    assert script.names == ["lookup.repeated"]
