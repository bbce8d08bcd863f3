"""The live view: what it draws, in tables that are fed by hand and in a real terminal; and that it leaves everything as it was."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from running import PTRACER, alive, field, kill, ptracer, traced, until
from test_statistics import AT_FDCWD, CLOSE, MS, OPENAT, PATH, READ, call, started

from ptracer.capture import records
from ptracer.statistics.part import Statistics
from ptracer.statistics.text import Line, plain
from ptracer.statistics.view import View


class FakeScreen:
    """Keys that are pressed one after another, and what is drawn."""

    def __init__(self, keys: list[str], size: tuple[int, int] = (80, 24)) -> None:
        self.keys, self.size = keys, size
        self.drawn: list[str] = []
        self.entered = self.left = 0

    def enter(self) -> None:
        self.entered += 1

    def leave(self) -> None:
        self.left += 1

    def write(self, text: str) -> None:
        self.drawn.append(text)

    def key(self, patience: float) -> str:
        return self.keys.pop(0) if self.keys else ""


def view(keys: list[str], size: tuple[int, int] = (80, 24)) -> View:
    """One over a few calls."""
    statistics = Statistics(["syscall", "path", "thread"])
    made = View(statistics, statistics.feed, 0.01, "make -j4", FakeScreen(keys, size))
    made.feed(
        [
            started(7, 7),
            *[call(READ, start=number, wall=MS, result=-11 if number % 2 else 1) for number in range(40)],
            *[call(OPENAT, AT_FDCWD, PATH, memory={PATH: b"/etc/%d\0" % number}) for number in range(60)],
            call(CLOSE, wall=90 * MS),
        ]
    )
    return made


def text_of(made: View, columns: int = 80, rows: int = 24) -> list[str]:
    return plain(made.lines(columns, rows)).splitlines()


def test_a_picture_has_what_is_traced_the_calls_and_the_keys() -> None:
    made = view([])
    made.look(made.looked + 2)
    lines = text_of(made)
    assert lines[0].startswith("ptracer: make -j4") and lines[0].endswith("s")
    assert lines[1] == "101 calls, 50/s, 20 errors, by syscall  EAGAIN 20"
    assert lines[2].split() == ["calls/s", "calls", "errors", "total", "p50", "p99", "max", "syscall"]
    assert [line.split()[-1] for line in lines[3:6]] == ["close", "read", "openat"]
    assert len(lines) == 24 and lines[-1].startswith(" quit space pause by restart")


@pytest.mark.parametrize("columns, rows", [(20, 6), (40, 10), (60, 24), (80, 24), (81, 5), (160, 50), (300, 100)])
def test_every_size_is_filled_and_not_exceeded(columns: int, rows: int) -> None:
    from ptracer.statistics.text import cut

    made = view([])
    for word in made.words:
        made.word = word
        lines = made.lines(columns, rows)
        assert len(lines) == rows
        width = sum(len(text) for text, _ in cut(lines[3], columns))
        assert width <= columns
        assert max(len(line) for line in plain([cut(line, columns) for line in lines]).splitlines()) <= columns


def test_what_does_not_fit_is_counted() -> None:
    made = view([])
    made.word = "path"
    lines = text_of(made, 80, 12)
    assert "(54 more)" in lines and sum("/etc/" in line for line in lines) == 6


@pytest.mark.parametrize("key, first", [("t", "close"), ("c", "openat"), ("e", "read"), ("m", "close"), ("9", "close"), ("n", "close")])
def test_keys_sort(key: str, first: str) -> None:
    made = view([])
    assert made.press(key)
    assert text_of(made)[3].split()[-1] == first


def test_the_option_that_sorts_tables_sorts_the_view() -> None:
    made = Statistics(["syscall"], sort="errors")
    assert View(made, made.feed, 1, "", FakeScreen([])).sort == "e"


def test_a_key_puts_calls_into_other_groups() -> None:
    made = view([])
    seen = []
    for _ in range(4):
        seen.append(made.word)
        made.press("b")
    assert seen == ["syscall", "path", "thread", "syscall"]


def test_counting_can_begin_again() -> None:
    made = view([])
    made.press("r")
    made.feed([call(READ)])
    assert text_of(made)[1].startswith("1 calls")


def test_a_thread_is_shown_with_the_call_that_it_is_in() -> None:
    made = view([])
    entry = call(READ, 0, start=1)[:8]
    made.feed([(records.ENTRY, *entry[1:])])
    made.feed([(records.ENTRY, 9, *entry[2:])])
    made.word = "thread"
    for key in "tsce59mn":
        made.press(key)
        lines = text_of(made, 120)
        assert any("7  read " in line for line in lines) and any(line.strip().startswith("9  read ") for line in lines)


def test_quitting_ends_tracing_and_gives_the_terminal_back() -> None:
    made, ended = view([" ", "b", "q"]), []
    made.begin(lambda: ended.append(True))
    made.join(10)
    made.end()
    made.end()
    screen: Any = made.screen
    assert ended == [True] and screen.entered == 1 and screen.left >= 1
    assert made.statistics.shown == ["path"] and any("paused" in drawn for drawn in screen.drawn)


def test_a_failure_gives_the_terminal_back_and_is_told(capfd: pytest.CaptureFixture[str]) -> None:
    made, ended = view([]), []

    def fails(columns: int, rows: int) -> list[Line]:
        raise KeyError("something")

    made.lines = fails  # type: ignore[method-assign]
    made.begin(lambda: ended.append(True))
    made.join(10)
    made.end()
    screen: Any = made.screen
    assert ended and screen.left and "the live view has ended (KeyError" in capfd.readouterr().err


# --- in a terminal

needs_tmux = pytest.mark.skipif(shutil.which("tmux") is None, reason="there is no tmux")
BUSY = "import time\nwhile True:\n  open('/etc/hostname').read(); time.sleep(0.002)\n"


class Terminal:
    """A shell in a terminal of its own."""

    def __init__(self, columns: int, rows: int, directory: Path) -> None:
        self.name = f"ptracer-{uuid.uuid4().hex[:12]}"
        self.directory = directory
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", str(columns), "-y", str(rows), "env PS1='ready> ' bash --norc --noprofile")
        until(lambda: "ready>" in self.text, "a prompt")

    def tmux(self, *arguments: str) -> str:
        return subprocess.run(
            ["tmux", "-L", self.name, *arguments], capture_output=True, text=True, timeout=20, check=True
        ).stdout

    @property
    def text(self) -> str:
        return self.tmux("capture-pane", "-p")

    def type(self, *keys: str) -> None:
        self.tmux("send-keys", *keys)

    def run(self, *arguments: str) -> None:
        self.type(f"cd {shlex.quote(str(Path(__file__).parent.parent))}; clear; {shlex.join([*PTRACER, *arguments])}; echo status=$?", "Enter")

    def until(self, text: str) -> None:
        until(lambda: text in self.text, text)

    def restored(self) -> None:
        """The shell's screen is back, lines are edited and echoed."""
        self.until("status=")
        mode = self.directory / "mode"
        self.type(f"stty -a > {mode}; echo d''one", "Enter")
        self.until("done")
        words = mode.read_text().replace(";", " ").split()
        assert "icanon" in words and "echo" in words and "^Z" in words
        assert self.tmux("display-message", "-p", "#{alternate_on} #{cursor_flag}").split() == ["0", "1"]

    def close(self) -> None:
        subprocess.run(["tmux", "-L", self.name, "kill-server"], capture_output=True, timeout=20)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Callable[[int, int], Terminal]]:
    made: list[Terminal] = []

    def make(columns: int = 80, rows: int = 24) -> Terminal:
        made.append(Terminal(columns, rows, tmp_path))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def busy(tmp_path: Path) -> Iterator[list[str]]:
    """A command that goes on for ever, and says its process id in a file."""
    pid = tmp_path / "pid"
    yield [sys.executable, "-I", "-S", "-c", f"import os; print(os.getpid(), file=open({str(pid)!r}, 'w'), flush=True)\n{BUSY}"]
    if pid.exists() and pid.read_text().strip():
        kill(int(pid.read_text()))


def pid_of(directory: Path) -> int:
    pid = directory / "pid"
    until(lambda: pid.exists() and pid.read_text().strip(), "the command runs")
    return int(pid.read_text())


def tracer_of(pid: int) -> int:
    until(lambda: traced(pid), "it is traced")
    return int(field(pid, "TracerPid"))


@needs_tmux
@pytest.mark.ptrace
def test_the_view_in_a_terminal_and_a_command_that_goes_on_when_it_is_left(
    terminal: Callable[..., Terminal], busy: list[str], tmp_path: Path
) -> None:
    screen = terminal(80, 24)
    screen.run("--top", "--interval=0.2", *busy)
    screen.until("calls/s")
    screen.until("openat")
    pid = pid_of(tmp_path)
    screen.type("b")
    screen.until("by path")
    screen.until("/etc/hostname")
    screen.type("c")
    screen.until("sort t s c e 5 9 m n: calls")
    screen.type("Space")
    screen.until("paused")
    assert all(len(line) <= 80 for line in screen.text.splitlines()) and traced(pid)
    screen.type("q")
    screen.until("status=0")
    assert "total" in screen.text and "calls/s" not in screen.text
    until(lambda: not traced(pid), "nobody traces it")
    assert alive(pid)
    screen.restored()


@needs_tmux
@pytest.mark.ptrace
def test_the_view_of_a_process_that_lives_already(terminal: Callable[..., Terminal], busy: list[str], tmp_path: Path) -> None:
    with subprocess.Popen(busy, stdin=subprocess.DEVNULL) as process:
        try:
            pid = pid_of(tmp_path)
            screen = terminal(60, 15)
            screen.run("--top", "--by=fd", "--interval=0.2", "-p", str(pid))
            screen.until("hostname>")
            screen.type("q")
            screen.until("status=0")
            until(lambda: not traced(pid), "nobody traces it")
            assert alive(pid)
            screen.restored()
        finally:
            process.kill()


@needs_tmux
@pytest.mark.ptrace
def test_what_the_command_writes_to_the_terminal_does_not_spoil_the_picture(terminal: Callable[..., Terminal]) -> None:
    screen = terminal(80, 24)
    screen.run("--top", "--interval=0.2", "-f", "sh", "-c", "for n in 1 2 3 4 5; do echo SPOILED; echo SPOILED >&2; sleep 0.3; done; exit 3")
    screen.until("clock_nanosleep")
    assert "SPOILED\n" not in screen.text
    screen.until("status=3")
    screen.restored()


@needs_tmux
@pytest.mark.ptrace
@pytest.mark.parametrize("how", ["key", "SIGTERM"])
def test_a_signal_gives_the_terminal_back(how: str, terminal: Callable[..., Terminal], busy: list[str], tmp_path: Path) -> None:
    screen = terminal(80, 24)
    screen.run("--top", "--interval=0.2", *busy)
    screen.until("openat")
    pid = pid_of(tmp_path)
    if how == "key":
        screen.type("C-c")
        until(lambda: "calls/s" not in screen.text and "ready>" in screen.text, "the shell is back")
        screen.type("echo status=$?", "Enter")
    else:
        os.kill(tracer_of(pid), signal.SIGTERM)
    screen.until("status=1")  # 128 and the number of the signal
    screen.restored()


@needs_tmux
@pytest.mark.ptrace
def test_a_terminal_that_is_gone_ends_it(terminal: Callable[..., Terminal], busy: list[str], tmp_path: Path) -> None:
    screen = terminal(80, 24)
    screen.run("--top", "--interval=0.2", *busy)
    screen.until("openat")
    tracer = tracer_of(pid_of(tmp_path))
    screen.tmux("kill-session")
    until(lambda: not alive(tracer), "nobody traces any more")


@needs_tmux
@pytest.mark.ptrace
def test_only_the_calls_that_are_wanted_and_the_command_goes_on_behind_a_filter(
    terminal: Callable[..., Terminal], busy: list[str], tmp_path: Path
) -> None:
    screen = terminal(80, 24)
    screen.run("--top", "--interval=0.2", "-f", "-e", "trace=openat", *busy)
    screen.until("openat")
    pid = pid_of(tmp_path)
    screen.type("q")
    screen.until("status=0")
    assert alive(pid)
    screen.restored()


@pytest.mark.ptrace
def test_without_a_terminal_nothing_is_started(tmp_path: Path) -> None:
    run = ptracer("--top", "touch", str(tmp_path / "touched"), start_new_session=True)
    assert run.returncode == 1 and "--top needs a terminal" in run.stderr
    assert not (tmp_path / "touched").exists()
