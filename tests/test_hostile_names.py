"""Names that talk to terminals or look like lines of a trace: nothing of them gets out as it is, in any output."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from running import PTRACER, ptracer

from ptracer.cli import privileged
from ptracer.errors import PtracerError
from ptracer.messages import visible
from ptracer.questions.showing import field
from ptracer.statistics.text import picture, plain

FORGED = "forged(AT_FDCWD) = 3"
EVIL = f"\x1b]0;owned\x07\x1b[31m\x9b2J\n{FORGED}\nptracer: {FORGED}\r\x7f\u202e"
RAW = os.fsencode(EVIL) + b"\xff\x9b"
COMMAND = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# A line of a trace begins with a process, or a call, or what happened; that a process was attached to comes within its clone.
LINE = re.compile(r"^(\[pid +\d+(<.*?>)?\] |\d+ +)?([a-z_0-9]+\(|<\.\.\. |\+\+\+ |--- |ptracer: |, child_tidptr| <unfinished)")
PROGRAM = """
import ctypes, os, sys
libc = ctypes.CDLL(None)
evil = sys.argv[2].encode("utf-8", "surrogateescape") + b"\\xff\\x9b"
libc.prctl(15, b"\\x1b[31m\\nopen(", 0, 0, 0)
os.chdir(sys.argv[1])
file = os.open(evil, os.O_CREAT | os.O_RDWR, 0o600)
os.write(file, evil)
os.pread(file, 100, 0)
os.mkdir(b"d" + evil)
os.chdir(b"d" + evil)
os.rename(b"../" + evil, b"f" + evil)
child = os.fork()
if not child:
    try:
        os.execve(b"nothing" + evil, [evil, b"more"], {b"A": evil})
    except OSError:
        pass
    os._exit(1)
os.wait()
try:
    os.open(b"missing" + evil, os.O_RDONLY)
except OSError:
    pass
os.read(file, 100)
os.close(file)
"""


def clean(data: bytes) -> list[str]:
    """The lines of an output, none of which has a byte that moves a cursor."""
    text = data.decode("utf-8")
    bad = [one for one in text if one != "\n" and one != "\t" and not one.isprintable()]
    assert not bad, (bad, text[:2000])
    return text.splitlines()


def run(*arguments: str | bytes, cwd: Path | None = None) -> tuple[list[str], list[str]]:
    """What ptracer writes on standard output and standard error."""
    done = subprocess.run([*PTRACER, *arguments], capture_output=True, timeout=100, cwd=cwd)
    return clean(done.stdout), clean(done.stderr)


def on_a_terminal(*arguments: str) -> str:
    """What ptracer writes on a terminal without colours."""
    ours, its = os.openpty()
    with subprocess.Popen([*PTRACER, *arguments], stdout=its, stderr=its, env={**os.environ, "NO_COLOR": "1"}) as process:
        os.close(its)
        data = b""
        with contextlib.suppress(OSError):  # nobody has the terminal any more
            while piece := os.read(ours, 65536):
                data += piece
        process.wait(60)
    os.close(ours)
    return data.decode().replace("\r\n", "\n")


def words(thing: Any) -> Iterator[str]:
    """All strings in an object."""
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, dict | list):
        for part in thing.values() if isinstance(thing, dict) else thing:
            yield from words(part)


def hostile(directory: Path) -> list[str]:
    """The command line of the program."""
    return [sys.executable, "-c", PROGRAM, str(directory), EVIL]


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("recorded")
    run("-f", "-yy", "--record", str(directory / "recording"), *hostile(directory))
    return directory / "recording"


def forged(lines: list[str]) -> list[str]:
    """Lines that begin with what a name says."""
    return [line for line in lines if line.startswith((FORGED, f"ptracer: {FORGED}"))]


@pytest.mark.ptrace
@pytest.mark.parametrize(
    "options",
    [["-f"], ["-f", "-yy", "-Y", "-v", "-s", "999"], ["-f", "-N", "--registers", "-y"], ["-x"], ["-X", "raw", "-y"], ["--color=never", "-k"]],
    ids=" ".join,
)  # fmt: skip
def test_a_trace_has_only_lines_of_its_own(tmp_path: Path, options: list[str]) -> None:
    _, lines = run(*options, *hostile(tmp_path))
    if "-k" not in options:
        assert all(LINE.match(line) for line in lines), [line for line in lines if not LINE.match(line)][:3]
    assert not forged(lines) and len(lines) > 50


@pytest.mark.ptrace
@pytest.mark.parametrize(
    "options",
    [["--explain=all"], ["--by=path,fd,peer,process,thread,syscall"], ["--account"], ["--slowest=50"], ["-c"], ["--format=collapsed"], ["-d"]],
    ids=" ".join,
)  # fmt: skip
def test_no_other_output_has_commands_to_terminals(recording: Path, tmp_path: Path, options: list[str]) -> None:
    if options == ["-d"]:
        out, err = run(*options, *hostile(tmp_path))
    else:
        out, err = run("--replay", str(recording), "-f", "-yy", *options)
    assert not forged(out) and not forged(err) and out + err


@pytest.mark.ptrace
@pytest.mark.parametrize(
    "options",
    [["--format=json"], ["--format=chrome"], ["--format=collapsed"], ["--format=speedscope"], ["--format=csv"], ["--explain=all"]],
    ids=" ".join,
)  # fmt: skip
def test_formats_for_programs_are_tame_on_a_terminal(recording: Path, options: list[str]) -> None:
    text = on_a_terminal("--replay", str(recording), "-f", "-yy", *options)
    assert len(text) > 100 and not COMMAND.findall(text)
    if options == ["--format=json"]:
        assert any(EVIL in word for line in text.splitlines() for word in words(json.loads(line)))


@pytest.mark.ptrace
def test_answers_are_tame_on_a_terminal(recording: Path) -> None:
    for form in ("csv", "json", "strace"):
        text = on_a_terminal("--format", form, "--color=never", "--sql", "SELECT * FROM calls", str(recording))
        ours = re.sub(r"\x1b\[[01]m", "", text)  # bold
        assert len(text) > 100 and not COMMAND.findall(ours), form


@pytest.mark.ptrace
def test_neither_have_trees_differences_and_answers(recording: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    ptracer("-f", "-tt", "-o", str(log), *hostile(tmp_path))
    for options in (
        ["--tree", str(log)], ["--merge", str(log)], ["--diff", str(recording), str(recording)],
        ["--sql", "SELECT * FROM calls", str(recording)], ["--sql", "SELECT * FROM processes", str(recording)],
        ["--sql", "slow-files", str(recording)], ["--sql", "SELECT '\x1b[31m' AS e", str(recording)],
    ):  # fmt: skip
        out, err = run(*options)
        assert not forged(out) and not forged(err), options


@pytest.mark.parametrize(
    "arguments",
    [
        [f"/nothing{EVIL}"], [EVIL], [b"no\x9b\xff\x1b"], ["-o", f"/no/directory/{EVIL}", "true"], ["-e", f"trace={EVIL}", "true"],
        [f"--{EVIL}"], [f"-e{EVIL}=1", "true"], ["-u", EVIL, "true"], ["--filter", f"a {EVIL}", "true"], ["--record", f"/no/{EVIL}", "true"],
        ["--replay", f"/no/{EVIL}"], ["--tree", f"/no/{EVIL}"], ["--diff", f"/no/{EVIL}", f"/no/{EVIL}"], ["--sql", f"SELECT {EVIL}"],
        ["-e", f"inject={EVIL}:error=1", "true"], ["-p", EVIL], ["--preset", EVIL, "true"], ["-s", EVIL, "true"], ["-E", "A=1", EVIL],
        ["--until", f"open && {EVIL}", "true"], ["--by", EVIL, "true"], ["--format", EVIL, "true"], ["-a", EVIL, "true"],
    ],
    ids=range(23),
)  # fmt: skip
def test_messages_have_nothing_that_moves_a_cursor(arguments: list[str]) -> None:
    out, err = run(*arguments)
    assert not forged(out + err) and err
    assert all(line.startswith(("ptracer: ", "Try 'ptracer -h'")) for line in err), err


@pytest.mark.ptrace
def test_neither_have_those_on_paths_and_on_outputs_that_fail(tmp_path: Path) -> None:
    (tmp_path / "real").touch()
    link = os.fsencode(tmp_path) + b"/" + RAW.replace(b"/", b"")
    os.symlink("real", link)
    for arguments in ([b"-P", link, b"true"], [b"-o", b"/dev/full", b"-P", link, b"true"], [b"--argv0", EVIL, b"true"]):
        _, err = run(*arguments)
        assert not forged(err)


@pytest.mark.ptrace
def test_files_have_the_mode_that_their_creator_wants(tmp_path: Path) -> None:
    for umask, mode in ((0o077, 0o600), (0o022, 0o644)):
        trace, kept = tmp_path / f"trace{umask}", tmp_path / f"kept{umask}"
        subprocess.run([*PTRACER, "-o", trace, "--record", kept, "true"], check=True, timeout=60, umask=umask)
        assert trace.stat().st_mode & 0o777 == mode
        assert kept.stat().st_mode & 0o777 == 0o600


def test_who_got_rights_from_a_file_is_refused() -> None:
    assert privileged((1000, 1000, 1000), (100, 100, 100)) == ""
    assert privileged((0, 0, 0), (0, 0, 0)) == ""
    assert "set-uid" in privileged((1000, 0, 0), (100, 100, 100))
    assert "set-uid" in privileged((1000, 1000, 0), (100, 100, 100))
    assert "set-gid" in privileged((1000, 1000, 1000), (100, 5, 5))


def test_what_can_be_seen_stays_as_it_is() -> None:
    assert visible("naïve 東京 'x' \\") == "naïve 東京 'x' \\"
    assert visible("a\nb\x1b[m\x9b\udcff\u202e") == "a\\nb\\x1b[m\\x9b\\xff\\u202e"


def test_a_message_has_lines_only_where_it_was_given_lines() -> None:
    assert PtracerError("a\nb").lines == ["a\nb"]
    assert PtracerError("a", more=["b"]).lines == ["a", "b"]


def test_tables_pictures_and_fields_are_clean() -> None:
    line = [("name\x1b[2J\n", "bold"), ("x", "")]
    assert plain([line]) == "name\\x1b[2J\\nx\n"
    drawn = re.sub(r"\x1b\[[0-9;]*[mKJH]", "", picture([line], 80, 10))
    assert clean(drawn.replace("\r", "").encode()) == ["name\\x1b[2J\\nx"]
    assert field("a\tb\\\x1b") == "a\\tb\\\\\\x1b"
