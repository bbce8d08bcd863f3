"""Conditions on calls: what they mean, what can be known of them beforehand, and where they are wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from decoding import number_of
from hypothesis import given
from hypothesis import strategies as st
from running import ptracer

from ptracer.conditions.grammar import parse
from ptracer.conditions.meaning import Condition
from ptracer.conditions.words import Wrong
from ptracer.decode.call import Call
from ptracer.decode.decoder import Decoder
from ptracer.decode.detail import Detail
from ptracer.decode.registry import Signatures
from ptracer.errors import PtracerError
from ptracer.regs import AUDIT_ARCH_X86_64, is_error
from ptracer.render.selective import Silent

MEMORY = {0x10: b"/etc/passwd\0", 0x20: b"/etcetera\0", 0x30: b"\2\0\0\x50\x7f\0\0\1" + bytes(8)}
AT_FDCWD = 0xFFFFFF9C


class Kept(Silent):
    """Keeps the latest call."""

    def __init__(self) -> None:
        self.last: Any = None

    def call(self, call: Call) -> None:
        self.last = call


def call(name: str, *args: int, result: int = 0, duration: int = 0, after: dict[int, bytes] | None = None) -> Call:
    kept = Kept()
    registers = (*args, *(0,) * (7 - len(args)))
    record = (0, 9, 1000, AUDIT_ARCH_X86_64, number_of(name), registers, 0, MEMORY, 1000 + duration, result, is_error(result), 0, after)
    Decoder(Signatures(Detail()), kept).feed([record])
    return kept.last  # type: ignore[no-any-return]


OPEN = call("openat", AT_FDCWD, 0x10, 0o102, 0o644, result=3)  # O_RDWR|O_CREAT
MISSING = call("openat", AT_FDCWD, 0x20, 0, result=-2, duration=5_000_000)
CLOSE = call("close", 3)
CONNECT = call("connect", 4, 0x30, 16)
STAT = call("fstat", 3, 0x40, after={0x40: bytes(24) + b"\xa4\x81\0\0" + bytes(20) + (1 << 21).to_bytes(8, "little") + bytes(88)})


@pytest.mark.parametrize(
    ("condition", "true", "false"),
    [
        ("openat", [OPEN, MISSING], [CLOSE]),
        ("%file", [OPEN, MISSING], [CLOSE]),
        ("!openat", [CLOSE], [OPEN]),
        ("openat && flags & O_CREAT", [OPEN], [MISSING, CLOSE]),
        ("flags == 0x42", [OPEN], [MISSING]),
        ("mode == 0644", [OPEN], [MISSING, CLOSE]),
        ("pathname under /etc", [OPEN], [MISSING, CLOSE]),
        ('pathname == "/etc/passwd"', [OPEN], [MISSING]),
        ("pathname == /etc/passwd", [OPEN], [MISSING]),
        ('pathname =~ "wd$"', [OPEN], [MISSING, CLOSE]),
        ('pathname !~ "wd$"', [MISSING], [OPEN, CLOSE]),
        ("dirfd == AT_FDCWD", [OPEN], [CLOSE]),
        ("fd == 3", [CLOSE, STAT], [OPEN]),
        ("fd in (2, 3)", [CLOSE], [OPEN]),
        ("ret == -ENOENT", [MISSING], [OPEN, CLOSE]),
        ("error == ENOENT", [MISSING], [OPEN]),
        ("error in (EACCES, ENOENT)", [MISSING], [OPEN]),
        ("ret < 0", [MISSING], [OPEN, CLOSE]),
        ("dur > 4ms && dur <= 5ms", [MISSING], [OPEN]),
        ("dur >= 0.005s", [MISSING], [OPEN]),
        ("addr.sa_family == AF_INET", [CONNECT], [OPEN]),
        ("statbuf.st_size == 2M", [STAT], [OPEN]),
        ("statbuf.st_mode & S_IFREG", [STAT], [OPEN]),
        ("tid == 9", [OPEN], []),
        ('call == "close" || call == "fstat"', [CLOSE, STAT], [OPEN]),
        ("openat || close && fd == 4", [OPEN], [CLOSE]),
        ("(openat || close) && fd == 3", [CLOSE], [OPEN]),
        ("!(ret >= 0)", [MISSING], [OPEN]),
        ("nosuch.field == 1 || close", [], []),
    ],
)
def test_what_conditions_mean(condition: str, true: list[Call], false: list[Call]) -> None:
    if condition.startswith("nosuch"):
        pytest.raises(Wrong, Condition, condition)
        return
    holds = Condition(condition).holds
    assert [holds(call) for call in true] == [True] * len(true)
    assert [holds(call) for call in false] == [False] * len(false)


@pytest.mark.parametrize(
    ("condition", "calls"),
    [
        ("openat && flags & O_CREAT", {"openat"}),
        ("openat || close", {"openat", "close"}),
        ("(openat || close) && openat", {"openat"}),
        ("openat || ret < 0", None),
        ("!openat", None),
        ("ret < 0", None),
    ],
)
def test_which_calls_a_condition_leaves_is_known_beforehand(condition: str, calls: set[str] | None) -> None:
    assert Condition(condition).calls == calls


def test_what_must_wait_for_the_end_of_a_call_is_known() -> None:
    assert Condition("flags & O_CREAT").known_at_entry(OPEN)
    assert not Condition("ret == 3").known_at_entry(OPEN)
    assert not Condition("statbuf.st_size > 1k").known_at_entry(STAT)


@pytest.mark.parametrize(
    ("condition", "column", "what"),
    [
        ("", 1, "a value is missing"),
        ("openat &&", 10, "a value is missing"),
        ("openat && flgas & O_CREAT", 11, "did you mean 'flags'"),
        ("(openat", 1, "not closed"),
        ("openat)", 7, "too much"),
        ("fd = 3", 4, "nothing begins with '='"),
        ("dur > 5q", 8, "no unit 'q'"),
        ("fd in 3", 7, "parentheses"),
        ('pathname =~ "["', 13, "no regular expression"),
        ("pathname =~ x", 13, "in quotation marks"),
        ('pathname == "x', 13, "no end"),
        ("%fiel", 1, "did you mean '%file'"),
        ("addr. == 1", 7, "field is missing"),
    ],
)
def test_a_wrong_condition_says_where(condition: str, column: int, what: str) -> None:
    with pytest.raises(PtracerError) as caught:
        Condition(condition)
    first, shown, mark = str(caught.value).split("\n")
    assert f"at column {column} " in first and what in first
    assert shown == f"  {condition}"
    assert mark == " " * (column + 1) + "^"


WORDS = st.sampled_from(["openat", "fd", "ret", "3", "-", "!", "&&", "||", "(", ")", "==", "in", ",", "under", "/etc", '"x"', "&", "."])


@given(st.lists(WORDS, max_size=12))
def test_any_text_is_a_condition_or_wrong(words: list[str]) -> None:
    try:
        parse(" ".join(words))
    except Wrong:
        pass


@pytest.mark.ptrace
def test_a_trace_is_filtered(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    assert ptracer("-e", "filter=openat && pathname under /etc", "-o", str(trace), "ls", "/").returncode == 0
    *lines, last = trace.read_text().splitlines()
    assert lines and all(line.startswith('openat(AT_FDCWD, "/etc/') for line in lines)
    assert last == "+++ exited with 0 +++"


@pytest.mark.ptrace
def test_conditions_add_up_and_count(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    options = ("-c", "-U", "name,calls", "--filter=%file", "-e", "filter=ret < 0", "-o", str(trace))
    assert ptracer(*options, "sh", "-c", ": < /nowhere").returncode != 0
    assert "openat" in trace.read_text() and "close" not in trace.read_text()


def test_a_wrong_condition_starts_nothing(tmp_path: Path) -> None:
    run = ptracer("-e", "filter=openat &&", "touch", str(tmp_path / "touched"))
    assert run.returncode == 1 and "column 10" in run.stderr
    assert not (tmp_path / "touched").exists()
