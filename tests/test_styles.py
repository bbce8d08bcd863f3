"""The styles of constants, and what is shown of memory that nobody wants to be looked into."""

from __future__ import annotations

import pytest

from ptracer.decode import notices
from ptracer.decode.call import Call
from ptracer.decode.detail import never
from ptracer.decode.registry import Signatures
from ptracer.decode.signature import Signature
from ptracer.decode.values import Symbol
from ptracer.regs import I386, X86_64
from ptracer.render.spelling import Spelling
from ptracer.render.text import Layout, TextRenderer
from tests.decoding import Detail, Lines, text_of, words

PLACE, OTHER = 0x10000, 0x20000


def styles(name: str, args: tuple[int, ...], result: int = 0, **more: object) -> list[str]:
    """The same call in all styles."""
    return [text_of(name, args, result, constants=style, **more) for style in ("abbrev", "raw", "verbose")]  # type: ignore[arg-type]


def test_a_choice_that_explains_a_result_is_a_name_in_every_style() -> None:
    assert [line.partition(" = ")[2] for line in styles("sched_getscheduler", (1,))] == ["0 (SCHED_OTHER)"] * 3


def test_flags_that_explain_a_result_are_names_where_names_are_wanted() -> None:
    lines = [line.partition(" = ")[2] for line in styles("prctl", (27,), 5)]
    assert lines == ["0x5 (SECBIT_NOROOT|SECBIT_NO_SETUID_FIXUP)", "0x5", "0x5 (SECBIT_NOROOT|SECBIT_NO_SETUID_FIXUP)"]


def test_constants_in_a_macro() -> None:
    assert styles("ioprio_set", (1, 4, 1)) == [
        "ioprio_set(IOPRIO_WHO_PROCESS, 4, IOPRIO_PRIO_VALUE(IOPRIO_CLASS_NONE, 1)) = 0",
        "ioprio_set(0x1, 4, 1) = 0",
        "ioprio_set(0x1 /* IOPRIO_WHO_PROCESS */, 4, 1 /* IOPRIO_PRIO_VALUE(0 /* IOPRIO_CLASS_NONE */, 1) */) = 0",
    ]


def test_parts_of_a_number_that_are_spelled_apart() -> None:
    assert styles("personality", (0x40000,)) == [
        "personality(PER_LINUX|ADDR_NO_RANDOMIZE) = 0 (PER_LINUX)",
        "personality(0|0x40000) = 0 (0)",
        "personality(0 /* PER_LINUX */|0x40000 /* ADDR_NO_RANDOMIZE */) = 0 (0 /* PER_LINUX */)",
    ]


def test_permissions_are_a_number_and_a_meaning() -> None:
    memory = {PLACE: b"x\0"}
    assert styles("mknod", (PLACE, 0o644), memory=memory)[2] == 'mknod("x", 0644 /* 0644 */) = 0'


@pytest.mark.parametrize(("name", "args", "shown"), [
    ("setgroups", (0, PLACE), "[]"),
    ("setgroups", (2, PLACE), "0x10000"),
    ("writev", (1, PLACE, 0), "[]"),
    ("sendto", (1, PLACE, 2, 0, 0, 0), '"hi"'),
])  # fmt: skip
def test_without_a_look_text_is_shown_and_empty_arrays_are_empty(name: str, args: tuple[int, ...], shown: str) -> None:
    assert shown in text_of(name, args, memory={PLACE: b"hi"}, verbose=never)


def test_what_comes_after_an_output_is_what_it_was_at_exit() -> None:
    line = text_of("io_getevents", (1, 0, 1, OTHER, PLACE), 0, {PLACE: words(1, 2)}, {PLACE: words(3, 4)})
    assert line == "io_getevents(0x1, 0, 1, [], {tv_sec=3, tv_nsec=4}) = 0"
    line = text_of("rt_sigtimedwait", (0, 0, PLACE, 8), -11, {PLACE: words(1, 2)}, {PLACE: words(3, 4)})
    assert "{tv_sec=1, tv_nsec=2}" in line


def test_the_registers_of_a_32_bit_program_are_others() -> None:
    line = text_of("ptrace", (13, 1, 0, PLACE), 0, {PLACE: words(*range(17), size=4)}, abi=I386)
    assert line.startswith("ptrace(PTRACE_SETREGS, 1, {ebx=0, ecx=0x1, edx=0x2,")


def test_the_number_of_the_latest_call_stands_before_notices() -> None:
    output = Lines()
    layout = Layout(column=0, number=True, pointer=True)
    renderer = TextRenderer(Spelling(), layout, None, lambda tid: output)  # type: ignore[arg-type]
    signature: Signature = Signatures(Detail()).find(X86_64, 39, (0,) * 6)
    call = Call(1, signature, 39, (0,) * 6, 0, None)
    call.pointer = 0x1234
    renderer.call(call)
    renderer.notice(notices.Signal(1, 0, Symbol(10, "SIGUSR1"), 0, 0x5678))
    renderer.notice(notices.Exited(1, 0, 0))
    assert output.text.splitlines() == [
        "[  39] [0000000000001234] getpid() = 0",
        "[  39] [0000000000005678] --- SIGUSR1 0 ---",
        "[  39] [????????????????] +++ exited with 0 +++",
    ]
