"""Sets of system calls and of signals."""

from __future__ import annotations

import pytest
from compare import find_strace, strace_version

from ptracer.errors import PtracerError
from ptracer.filters import parse_signals, parse_syscalls
from ptracer.regs import ABI, I386, SYSTEM_CALL_ABIS, X32, X86_64
from ptracer.tables.classes import CLASSES


def members(text: str, abi: ABI = X86_64) -> set[str]:
    wanted = parse_syscalls(text)
    return {name for name in abi.numbers.values() if wanted.has(name, abi)}


def test_names_numbers_and_their_alternatives() -> None:
    assert members("close,read") == {"close", "read"}
    assert members("3") == {"close"}
    assert members("3", I386) == {"read"}


def test_all_none_and_everything_else() -> None:
    every = set(X86_64.numbers.values())
    assert members("all") == every == members("!none") == members("close,all")
    assert members("none") == set() == members("!all")
    assert members("!close") == every - {"close"}
    assert parse_syscalls("all").is_all and parse_syscalls("!none").is_all
    assert not parse_syscalls("all@64").is_all and not parse_syscalls("!close").is_all


def test_what_strace_forgives() -> None:
    assert members("!!close") == members(",close,") == {"close"}
    assert members("!!!close") == members("!close")


def test_a_call_can_be_of_one_abi_only() -> None:
    assert members("close@32", I386) == {"close"}
    assert members("close@32") == set()
    assert members("all@x32,close@64") == {"close"}
    assert members("socketcall") == set() and members("socketcall", I386) == {"socketcall"}


def test_patterns() -> None:
    assert members("/^m.*lock$") == {"mlock", "munlock"}


def test_classes() -> None:
    assert members("%stat") == {"stat"}
    assert members("%%stat") == {"stat", "lstat", "fstat", "newfstatat", "statx"}
    assert members("%net") == members("network") == members("%network")
    assert {"openat", "execve", "mount"} <= members("%file")


@pytest.mark.parametrize("text", ["close", "!close", "!all", "none", "%net", "all@32"])
def test_calls_that_nobody_knows_are_in_every_trace(text: str) -> None:
    assert parse_syscalls(text).shows("syscall_0x1c7")


def test_a_call_may_be_in_the_set_on_one_abi_only() -> None:
    assert parse_syscalls("read@32")("read", I386) and not parse_syscalls("read@32")("read", X86_64)


@pytest.mark.parametrize(
    "text, message",
    [
        ("foo", "invalid system call 'foo'"),
        ("", "invalid system call ''"),
        ("!", "invalid system call '!'"),
        ("!,", "invalid system call '!,'"),
        ("99999", "invalid system call '99999'"),
        ("close,none", "invalid system call 'none'"),
        ("close,!brk", "invalid system call '!brk'"),
        ("%none", "invalid system call '%none'"),
        ("net", "invalid system call 'net'"),
        ("socketcall@64", "invalid system call 'socketcall@64'"),
        ("open@foo", "incorrect personality designator 'foo' in qualification 'open@foo'"),
        ("opneat", "invalid system call 'opneat'; did you mean 'openat'?"),
        ("%fille", "invalid system call '%fille'; did you mean '%file'?"),
    ],
)
def test_what_does_not_exist(text: str, message: str) -> None:
    with pytest.raises(PtracerError) as caught:
        parse_syscalls(text)
    assert caught.value.message.startswith(message)
    assert "\n" not in caught.value.message


def test_a_pattern_that_is_none() -> None:
    with pytest.raises(PtracerError, match="regcomp"):
        parse_syscalls("/[")


def test_a_question_mark_forgives() -> None:
    assert members("?foo,close") == {"close"}


def test_every_member_of_a_class_is_a_call() -> None:
    names = {name for abi in SYSTEM_CALL_ABIS for name in abi.names}
    for name, calls in CLASSES.items():
        assert set(calls) <= names, name


def test_signals_by_name_and_number() -> None:
    wanted = parse_signals("SEGV,sigint,10,RT_1")
    assert all(number in wanted for number in (11, 2, 10, 33)) and 15 not in wanted
    assert 17 not in parse_signals("!SIGCHLD") and 15 in parse_signals("!SIGCHLD")
    assert 15 not in parse_signals("none") and 15 in parse_signals("all")
    assert 32 in parse_signals("SIGRTMIN")


@pytest.mark.parametrize("text", ["foo", "SIGRT_33", "", "SEGV,foo", "CLD"])
def test_signals_that_do_not_exist(text: str) -> None:
    with pytest.raises(PtracerError, match="invalid signal"):
        parse_signals(text)


def test_x32_calls_are_found_by_their_own_numbers() -> None:
    assert members("/^rt_sigaction", X32) == {"rt_sigaction", "rt_sigaction#64"}


@pytest.mark.slow
@pytest.mark.ptrace
def test_classes_are_those_of_strace() -> None:
    strace = find_strace()
    if strace is None or strace_version(strace) < (7, 2):
        pytest.skip("needs strace 7.2")
    import importlib.util
    from pathlib import Path

    path = Path(__file__).parent.parent / "tools" / "classes.py"
    specification = importlib.util.spec_from_file_location("tools_classes", path)
    assert specification is not None and specification.loader is not None
    tool = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(tool)
    assert tool.text(tool.measure(strace)) == tool.TARGET.read_text()
