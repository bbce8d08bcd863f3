"""Calls that there are not, in scripted cases: of old kernels, under filters, of recordings."""

from __future__ import annotations

from errno import ENOSYS

import msgspec
import pytest
from decoding import number_of

from ptracer.decode.call import Call
from ptracer.decode.detail import Detail
from ptracer.decode.registry import Signatures
from ptracer.explain.case import Case
from ptracer.explain.causes.features import no_such_call
from ptracer.explain.evidence import EVIDENCE
from ptracer.explain.remembered import Remembered
from ptracer.model.world import World
from ptracer.regs import SYSTEM_CALL_ABIS, X86_64
from ptracer.tables.since import SINCE, UNTIL, since, table, until, version

OLD, NEW = "Linux 3.10.0-1160.el7.x86_64", "Linux 6.18.44"


def said(name: str, system: str, **facts: int) -> str:
    """What is said of a call that failed with ENOSYS in a recording: text and kind."""
    number = number_of(name) if not name.isdecimal() else int(name)
    args = (0,) * 6
    call = Call(1, Signatures(Detail()).find(X86_64, number, args), number, args, 0, {EVIDENCE: msgspec.msgpack.encode(facts)})
    call.error, call.result = ENOSYS, -ENOSYS
    world = World()
    world.system = system
    reason = no_such_call(Case(call, world, False, Remembered()))
    return "" if reason is None else f"{reason.text} [{reason.name}]"


def test_a_call_that_is_newer_than_the_kernel() -> None:
    assert said("getrandom", OLD) == f"getrandom exists since Linux 3.17, and this is {OLD} [feature.too_old]"
    assert said("openat2", "Linux 5.5.19", seccomp=2) == "openat2 exists since Linux 5.6, and this is Linux 5.5.19 [feature.too_old]"


def test_a_call_that_was_removed() -> None:
    assert said("_sysctl", NEW) == "_sysctl is no more: Linux 5.5 has removed it [feature.no_such_call]"
    assert "removed" not in said("_sysctl", OLD, seccomp=0)
    assert said("tuxcall", OLD) == "tuxcall has a number only: Linux never did anything for it [feature.no_such_call]"


def test_a_call_that_a_filter_forbids() -> None:
    assert said("clone3", NEW, seccomp=2, filters=3) == (
        "3 seccomp filters look at every call, and this kernel is new enough for clone3: it is most probably forbidden [feature.seccomp]"
    )


def test_a_call_that_the_kernel_was_built_without() -> None:
    assert said("kexec_load", NEW, seccomp=0) == f"{NEW} is new enough for kexec_load: it was built without it [feature.not_configured]"


def test_a_number_that_no_table_has() -> None:
    assert said("9999", NEW) == "x86_64 has no call 9999 [feature.no_such_call]"
    assert said("403", NEW) == "x86_64 has no call 403; on i386 that is clock_gettime64 [feature.no_such_call]"


def test_nothing_is_said_where_nothing_is_known() -> None:
    assert said("kexec_load", "") == ""
    assert said("kexec_load", NEW) == ""


@pytest.mark.parametrize(("text", "found"), [("Linux 6.18.44-fc", (6, 18, 44)), ("3.17", (3, 17)), ("", ()), ("FreeBSD 14.0", ())])
def test_versions(text: str, found: tuple[int, ...]) -> None:
    assert version(text) == found


def test_the_table_speaks_of_calls_that_there_are() -> None:
    known = {name for abi in SYSTEM_CALL_ABIS for name in abi.names}
    assert not set(table(SINCE)) - known
    assert not set(table(UNTIL)) - known
    assert since("openat2") == "5.6" and not since("read") and until("_sysctl") == "5.5"
