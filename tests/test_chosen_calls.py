"""What is left out of a trace, and what is shown besides: by file, by descriptor, by number, and all data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from decoding import Lines, number_of

from ptracer.capture.records import CALL, DETACHED, ENTRY, EXIT, EXITED
from ptracer.decode.decoder import Decoder, Renderer
from ptracer.decode.detail import Detail
from ptracer.decode.registry import Signatures
from ptracer.plans import APART, LINKS
from ptracer.regs import AUDIT_ARCH_X86_64, is_error
from ptracer.render.dump import Dumping, lines_of
from ptracer.render.selective import Chosen, Limiting, Touching
from ptracer.render.spelling import Spelling
from ptracer.render.text import Layout, TextRenderer


def call(name: str, *args: int, result: int = 0, memory: dict[int, bytes] | None = None, after: Any = None) -> tuple[Any, ...]:
    """A record of a call of thread 1."""
    registers = (*args, *(0,) * (7 - len(args)))
    entry = (CALL, 1, 0, AUDIT_ARCH_X86_64, number_of(name), registers, 0, memory)
    return (*entry, 0, result, is_error(result), 0, after)


def parts(record: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    """The same in two records."""
    return [(ENTRY, *record[1:8]), (EXIT, record[1], *record[8:])]


def text_of(records: list[Any], wrap: Callable[[Renderer, Lines], Renderer], **detail: Any) -> list[str]:
    """The lines that come through."""
    output = Lines()
    text = TextRenderer(Spelling(), Layout(column=0, personality=False), None, lambda tid: output)  # type: ignore[arg-type,return-value]
    Decoder(Signatures(Detail(**detail)), wrap(text, output)).feed(records)
    return output.text.splitlines()


def link(fd: int, path: bytes) -> dict[int, bytes]:
    return {LINKS + (fd << APART): path}


def touching(*paths: bytes, holds: Callable[[int], bool] | None = None) -> Callable[[Renderer, Lines], Renderer]:
    return lambda inner, output: Chosen(inner, Touching(frozenset(paths), holds))


RECORDS = [
    call("unlink", 0x10, memory={0x10: b"/a\0"}),
    call("unlink", 0x10, memory={0x10: b"/b\0"}),
    call("rename", 0x10, 0x20, memory={0x10: b"/b\0", 0x20: b"/a\0"}),
    call("symlink", 0x10, 0x20, memory={0x10: b"/a\0", 0x20: b"/c\0"}),
    call("fsync", 3, memory=link(3, b"/a")),
    call("fsync", 4, memory=link(4, b"/b")),
    call("fsync", 5, result=-9),
    call("getpid", result=1),
]


def test_calls_are_chosen_by_the_files_they_name_or_have_open() -> None:
    expected = ['unlink("/a") = 0', 'rename("/b", "/a") = 0', "fsync(3) = 0"]
    assert text_of(RECORDS, touching(b"/a"), links=True) == expected
    assert text_of([part for record in RECORDS for part in parts(record)], touching(b"/a"), links=True) == expected


def test_calls_are_chosen_by_their_descriptors_open_or_not() -> None:
    lines = text_of(RECORDS, touching(holds=lambda fd: fd in (4, 5)), links=True)
    assert lines == ["fsync(4) = 0", "fsync(5) = -1 EBADF (Bad file descriptor)"]


def test_after_so_many_calls_nothing_follows_but_the_end_of_tracing() -> None:
    reached: list[bool] = []
    wrap = lambda inner, output: Limiting(inner, 2, lambda: reached.append(True))  # noqa: E731
    half = (ENTRY, *call("getppid")[1:8])
    records = [call("getpid", result=1), *parts(call("getuid")), half, call("getgid"), (EXITED, 1, 0, 0), (DETACHED, 1, 0)]
    assert text_of(records, wrap) == ["getpid() = 1", "getuid() = 0"]
    assert reached == [True]


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"", ""),
        (b"abc", " | 00000  61 62 63                                          abc              |\n"),
        (b"\0\x7f\xff 0123456789abc",
         " | 00000  00 7f ff 20 30 31 32 33  34 35 36 37 38 39 61 62  ... 0123456789ab |\n"
         " | 00010  63                                                c                |\n"),
    ],
)  # fmt: skip
def test_data_is_dumped_sixteen_bytes_a_line(data: bytes, lines: str) -> None:
    assert lines_of(data) == lines


def dumping(inner: Renderer, output: Lines) -> Renderer:
    return Dumping(inner, lambda tid: output, lambda fd: True, lambda fd: fd == 4)  # type: ignore[arg-type,return-value]


BOTH = frozenset({False, True})


def test_all_that_is_written_is_dumped_and_of_what_is_read_what_has_come() -> None:
    records = [
        call("write", 4, 0x10, 3, result=1, memory={0x10: b"abc"}),
        call("write", 5, 0x10, 3, result=1, memory={0x10: b"abc"}),
        call("read", 3, 0x10, 9, result=2, after={0x10: b"xy"}),
        call("read", 3, 0x10, 9, result=-9),
        call("read", 3, 0x10, 9, result=2),
    ]
    lines = [line for line in text_of(records, dumping, dumps=BOTH) if line.startswith(" ")]
    assert [line[10:18] for line in lines] == ["61 62 63", "78 79   "]


def vector(*bases_and_lengths: int) -> bytes:
    return b"".join(number.to_bytes(8, "little") for number in bases_and_lengths)


def test_pieces_are_dumped_up_to_an_empty_one_or_to_what_has_come() -> None:
    memory = {0x100: vector(0x10, 2, 0x20, 3, 0x30, 0, 0x10, 2), 0x10: b"ab", 0x20: b"cde"}
    written = call("writev", 4, 0x100, 4, result=7, memory=memory)
    read = call("readv", 3, 0x100, 4, result=3, after=memory)
    headings = [line for line in text_of([written, read], dumping, dumps=BOTH) if line.startswith(" *")]
    assert headings == [
        " * 2 bytes in buffer 0", " * 3 bytes in buffer 1",
        " * 2 bytes in buffer 0", " * 1 bytes in buffer 1",
    ]  # fmt: skip
