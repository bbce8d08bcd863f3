"""Colours: what they are put around, and that nothing else is changed."""

from __future__ import annotations

import re

import pytest

from ptracer.render.terminal import Painter, strace_colors, wanted

LINES = [
    'openat(AT_FDCWD, "/etc/passwd", O_RDONLY|O_CLOEXEC) = 3\n',
    'access("/nonexistent", R_OK)            = -1 ENOENT (No such file or directory)\n',
    "[pid   123] close(3)                    = 0\n",
    '1234  12:00:00.123456 [ 231] [00007f00] write(1, "a \\"quoted\\" = 3 (x", 10) = 10 <0.000012>\n',
    "--- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=7} ---\n",
    "+++ exited with 0 +++\n",
    "[pid 7] <... wait4 resumed>)              = 7\n",
    "vfork( <unfinished ...>\n",
    "fstat(3, {st_rdev=makedev(0x1, 0x3), ...}) = 0\n",
    "nanosleep({tv_sec=1, tv_nsec=0}, 0x7ffe) = ? ERESTART_RESTARTBLOCK (Interrupted by signal)\n",
    "[pid   123<a b>] read(3</dev/NULL<char 1:3>>, 7<TCP:[127.0.0.1:80]>) = 4</x>(deleted)\n",
    " | 00000  45 4c 46                                          ELF              |\n",
    " > /usr/lib/libc.so.6(__read+0x14) [0x10e9e0]\n",
]
SEQUENCE = re.compile(r"\x1b\[[0-9;]*m")


@pytest.mark.parametrize("line", LINES)
def test_without_the_sequences_a_line_is_what_it_was(line: str) -> None:
    assert SEQUENCE.sub("", Painter()(line)) == line


@pytest.mark.parametrize("line", LINES)
def test_every_colour_ends(line: str) -> None:
    painted = Painter()(line)
    sequences = SEQUENCE.findall(painted)
    assert sequences and sequences[-1] == "\x1b[0m"
    assert not re.search(r"\x1b\[[1-9;]+m[^\x1b]*\x1b\[[1-9]", painted), "one begins within another"


def test_what_is_painted() -> None:
    paint = Painter("syscall=1:string=2:const=3:error=4:retval=5:argname=6:call=7")
    assert paint(LINES[0]).startswith("\x1b[1mopenat\x1b[0m(\x1b[3mAT_FDCWD\x1b[0m, \x1b[2m\"/etc/passwd\"\x1b[0m")
    assert "= \x1b[4m-1 ENOENT (No such file or directory)\x1b[0m\n" in paint(LINES[1])
    assert "\x1b[6mst_rdev\x1b[0m=\x1b[7mmakedev\x1b[0m(" in paint(LINES[8])


def test_what_stands_below_a_call_and_behind_a_number_is_one_part() -> None:
    paint = Painter("punct=2:const=3:syscall=1:retval=5")
    assert paint(" | 00000  45  ELF |\n") == "\x1b[2m | 00000  45  ELF |\x1b[0m\n"
    assert paint("close(3</dev/NULL<char 1:3>>)\n") == "\x1b[1mclose\x1b[0m(3\x1b[2m</dev/NULL<char 1:3>>\x1b[0m)\n"
    assert paint("[pid 7<sh>] close(3)\n").startswith("\x1b[2m[pid 7<sh>] \x1b[0m\x1b[1mclose")


def test_control_characters_never_reach_a_terminal() -> None:
    painted = Painter()('open("\x1b[31m\x07") = 3\n\x1b]0;title\x07\x9b1m')
    assert not re.search(r"[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f]", painted)
    assert "\x1b[31m" not in painted and "\x1b]" not in painted


def test_the_environment_chooses_colours() -> None:
    assert strace_colors("syscall=1;33:nonsense=4:const=x:error=31") == {"syscall": "1;33", "error": "31"}


def test_automatic_means_a_terminal_that_has_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.isatty", lambda descriptor: True)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert wanted("auto", 2, False) and not wanted("auto", 2, True) and wanted("always", 2, True)
    monkeypatch.setenv("NO_COLOR", "1")
    assert not wanted("auto", 2, False) and wanted("always", 2, False)
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert not wanted("auto", 2, False)
