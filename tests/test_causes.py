"""Why calls fail, from records alone: no process is traced, and none is looked at."""

from __future__ import annotations

import struct
from errno import EAGAIN, EBADF, ECHILD, ECONNREFUSED, EFAULT, EMFILE, ENOENT, ENOMEM, EPERM, EPIPE, ESRCH
from typing import Any

import msgspec
import pytest
from traces import call, entry

from ptracer.capture import records
from ptracer.capture.records import Record
from ptracer.decode.call import Call
from ptracer.decode.detail import Detail
from ptracer.decode.registry import Signatures
from ptracer.explain import causes
from ptracer.explain.case import Case
from ptracer.explain.evidence import EVIDENCE
from ptracer.explain.findings import Reason
from ptracer.explain.remembered import Remembered
from ptracer.explain.saying import quoted, size, spoken
from ptracer.model.world import World
from ptracer.regs import abi_of

TID = 100
PATH, BUFFER = 0x1000, 0x7000_0000_0000
NONBLOCK, CLOEXEC = 0o4000, 0o2000000
MINUS_ONE = (1 << 64) - 1


def explained(*trace: Record, facts: dict[str, Any] | None = None) -> Reason | None:
    """What is said of the last call of a trace."""
    causes.prepare()
    signatures = Signatures(Detail())
    world, remembered = World(signatures), Remembered()
    case = None
    for record in trace:
        if record[0] == records.CALL:
            _, tid, start, arch, number, args, _, before, end, result, failed, _, after = record
            abi, plain = abi_of(arch, number)
            made = Call(tid, signatures.find(abi, plain, args), plain, args, start, before)
            made.end, made.result, made.error = end, result, -result if failed else 0
            if after or record is trace[-1] and facts:
                made.chunks = made.exit_chunks = {**(before or {}), **(after or {})}
            if record is trace[-1] and facts:
                made.exit_chunks[EVIDENCE] = msgspec.msgpack.encode(facts)
            case = Case(made, world, False, remembered)
            if record is not trace[-1]:
                remembered.note(case)
        if record is not trace[-1]:
            world.feed([record])
    assert case is not None
    return causes.explain(case)


def failing(name: str, args: tuple[int, ...], error: int, start: int = 900, **more: Any) -> Record:
    return call(TID, start, name, args, -error, **more)


def opened(number: int, flags: int = 0, path: bytes = b"/etc/hosts", start: int = 1) -> Record:
    return call(TID, start, "openat", (-100, PATH, flags), number, {PATH: path + b"\0"})


def described(number: int, link: bytes | None, flags: int | None = None) -> dict[str, Any]:
    return {"descriptors": [{"argument": "fd", "number": number, "link": link, "flags": flags}]}


def text(reason: Reason | None) -> str:
    assert reason is not None
    return f"{reason.name}: {reason.text}"


def test_a_closed_descriptor_is_told_with_who_closed_it() -> None:
    reason = explained(
        opened(3), call(TID, 2, "close", (3,)), failing("read", (3, BUFFER, 1), EBADF), facts=described(3, None)
    )  # fmt: skip
    assert text(reason) == "descriptor.closed: descriptor 3 ('/etc/hosts') was closed by thread 100 at call 2, close(3)"
    assert reason is not None and not reason.ordinary


def test_a_second_close_is_wrong_unless_all_numbers_are_closed() -> None:
    again = failing("close", (5,), EBADF)
    closes = [call(TID, 2, "close", (number,)) for number in (3, 4)]
    reason = explained(opened(5), call(TID, 2, "close", (5,)), again, facts=described(5, None))
    assert reason is not None and reason.name == "descriptor.closed_twice" and not reason.ordinary
    reason = explained(opened(5), call(TID, 2, "close", (5,)), *closes, again, facts=described(5, None))
    assert reason is not None and reason.ordinary


def test_the_result_of_a_failed_call_is_known_again() -> None:
    reason = explained(
        failing("openat", (-100, PATH, 0), ENOENT, 1, memory={PATH: b"gone\0"}),
        failing("read", (-1, BUFFER, 1), EBADF),
        facts=described(-1, None),
    )
    assert text(reason).startswith("descriptor.of_failed_call: -1 was used as a descriptor: openat() failed at call 1")


def test_an_anonymous_mapping_must_be_said_to_be_one() -> None:
    reason = explained(failing("mmap", (0, 4096, 1, 2, -1, 0), EBADF), facts=described(-1, None))
    assert text(reason).startswith("descriptor.not_anonymous")


def test_reading_needs_a_descriptor_that_was_opened_for_it() -> None:
    reason = explained(opened(3, 1), failing("read", (3, BUFFER, 1), EBADF), facts=described(3, b"/etc/hosts", 1))
    assert "was opened for writing only by thread 100 at call 1" in text(reason)


def fault(address: int, length: int = 10, at: int | None = None, **around: Any) -> dict[str, Any]:
    found = {"argument": "buf", "part": "", "address": address, "size": length, "use": "written", "at": address if at is None else at}
    return {"faults": [{**found, "mapping": None, "before": None, "after": None, **around}]}


@pytest.mark.parametrize(
    ("facts", "kind"),
    [
        (fault(0), "fault.null: buf is NULL"),
        (fault(24), "fault.null: buf is 0x18: a NULL pointer plus 24"),
        (fault(MINUS_ONE), "fault.minus_one"),
        (fault(BUFFER), "fault.wild"),
        (fault(BUFFER, 100, BUFFER + 96, before=[BUFFER - 4000, BUFFER + 96, b"rw-p", b"[heap]", 0]), "fault.past_end"),
        (fault(BUFFER, mapping=[BUFFER, BUFFER + 4096, b"r--p", b"/bin/x", 0]), "fault.not_writable"),
    ],
)
def test_what_is_wrong_with_an_address(facts: dict[str, Any], kind: str) -> None:
    assert text(explained(failing("read", (3, BUFFER, 1), EFAULT), facts=facts)).startswith(kind)


def test_memory_that_went_away_is_told_with_the_call_that_unmapped_it() -> None:
    reason = explained(
        call(TID, 1, "mmap", (0, 4096, 3, 0x22, -1, 0), BUFFER),
        call(TID, 2, "munmap", (BUFFER, 4096)),
        failing("read", (3, BUFFER, 1), EFAULT),
        facts=fault(BUFFER),
    )
    assert "was unmapped by thread 100 at call 2, munmap()" in text(reason)


def test_nothing_is_said_without_evidence() -> None:
    for name, args, error in (("read", (3, BUFFER, 1), EFAULT), ("read", (3, BUFFER, 1), EBADF), ("openat", (0, PATH, 0), EMFILE)):
        reason = explained(failing(name, args, error))
        assert reason is None or reason.name == "descriptor.never_open"


def test_facts_may_be_anything() -> None:
    for junk in (7, [], ["x"], {"at": "x"}, [{"at": None}], b"x"):
        for name, error in (("read", EFAULT), ("read", EBADF), ("mmap", ENOMEM), ("fork", EAGAIN), ("ptrace", EPERM), ("wait4", ECHILD)):
            names = ("faults", "descriptors", "limits", "memory", "hole", "other", "signals", "credentials", "words", "files")
            explained(failing(name, (3, BUFFER, 1), error), facts=dict.fromkeys(names, junk))


def test_who_has_all_descriptors() -> None:
    trace = [opened(number) for number in range(3, 10)]
    reason = explained(*trace, failing("openat", (-100, PATH, 0), EMFILE), facts={"limits": {"files": 10}})
    assert "7 of them are '/etc/hosts', made by openat(), the first at call 1" in text(reason)


def test_what_does_not_block_is_ordinary() -> None:
    reason = explained(opened(3, NONBLOCK), failing("read", (3, BUFFER, 1), EAGAIN))
    assert text(reason) == "wait.would_block: descriptor 3 ('/etc/hosts') is non-blocking and has nothing to be read"
    assert reason is not None and reason.ordinary


def test_a_child_is_waited_for_once() -> None:
    reason = explained(call(TID, 1, "wait4", (200, 0, 0, 0), 200), failing("wait4", (200, 0, 0, 0), ECHILD))
    assert text(reason) == "wait.waited_already: process 200 was waited for already by thread 100 at call 1, wait4()"


def test_how_a_process_ended_that_cannot_be_signalled() -> None:
    reason = explained(
        entry(TID, 1, "fork", ()),
        (records.STARTED, 200, 2, TID, records.START_FORK, 200),
        (records.EXITED, 200, 3, 3),
        failing("kill", (200, 15), ESRCH),
    )
    assert text(reason) == "process.ended: process 200 exited with 3"


def test_who_closed_the_other_end_of_a_pipe() -> None:
    ends = struct.pack("<ii", 3, 4)
    reason = explained(
        call(TID, 1, "pipe2", (BUFFER, 0), 0, None, {BUFFER: ends}),
        call(TID, 2, "close", (3,)),
        failing("write", (4, BUFFER, 1), EPIPE),
    )
    assert "process 100 closed it as descriptor 3 at call 2, close(3)" in text(reason)


def test_a_refused_connection_names_the_address() -> None:
    address = struct.pack("<HBB4s8x", 2, 0, 80, bytes((127, 0, 0, 1)))
    reason = explained(failing("connect", (3, PATH, 16), ECONNREFUSED, memory={PATH: address}))
    assert text(reason) == "connection.refused: nobody listens on 127.0.0.1:80"


def test_the_capability_that_is_needed() -> None:
    nobody = {"uid": 65534, "gid": 65534, "groups": [], "capabilities": 0}
    assert "CAP_SYS_CHROOT" in text(explained(failing("chroot", (PATH,), EPERM), facts={"credentials": nobody}))
    assert explained(failing("chroot", (PATH,), EPERM), facts={"credentials": {**nobody, "capabilities": MINUS_ONE}}) is None


def test_nothing_in_a_name_reaches_the_terminal() -> None:
    assert quoted(b"a\x1b[31m\n") == "'a\\x1b[31m\\x0a'"
    assert quoted(b"\xff") == "'\\xff'"
    assert len(quoted(b"x" * 5000)) < 300


def test_how_things_are_spoken_of() -> None:
    assert [size(number) for number in (1, 4095, 4096, 1 << 20, 200 << 20)] == ["1 byte", "4095 bytes", "4 KiB", "1 MiB", "200 MiB"]
    assert spoken(struct.pack("<HBB4s8x", 2, 0, 80, bytes(4))) == "0.0.0.0:80"
    assert spoken(b"\x0a\0" + b"\0\x50" + bytes(4) + bytes(15) + b"\x01" + bytes(4)) == "[::1]:80"
    assert spoken(b"\x01\0\0name") == "@'name'"
    assert spoken(b"\x01\0/run/x\0") == "'/run/x'"
