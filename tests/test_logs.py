"""Merging logs by time, and the tree of processes in a log."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ptracer.errors import PtracerError
from ptracer.logs import files
from ptracer.logs.lines import SECOND, Line
from ptracer.logs.merge import merge
from ptracer.logs.processes import arguments
from ptracer.logs.tree import duration, tree
from tests.running import ptracer


def logs(directory: Path, **texts: str) -> list[str]:
    """Files ``trace.PID``; a name here is ``pPID``."""
    names = []
    for name, text in texts.items():
        path = directory / f"trace.{name[1:]}"
        path.write_text(text)
        names.append(str(path))
    return names


def merged(names: list[str]) -> list[str]:
    return [line.decode().rstrip("\n") for line in merge(names)]


def shown(directory: Path, text: str) -> list[str]:
    (directory / "log").write_text(text)
    return [line.decode().rstrip("\n") for line in tree([str(directory / "log")])]


@pytest.mark.parametrize(
    "text, pid, time, call",
    [
        (b"close(3) = 0", 0, None, b"close(3) = 0"),
        (b"1234  close(3) = 0", 1234, None, b"close(3) = 0"),
        (b"1234<sh> close(3) = 0", 1234, None, b"close(3) = 0"),
        (b"[pid  1234] 00:00:01.5 close(3) = 0", 1234, 1_500_000_000, b"close(3) = 0"),
        (b"1234  1700000000.000001 close(3) = 0", 1234, 1_700_000_000 * SECOND + 1000, b"close(3) = 0"),
        (b"1700000000 close(3) = 0", 0, 1_700_000_000 * SECOND, b"close(3) = 0"),
        (b"7 12:00:00 (+     0.000100) [   3] [00007f0000000000] close(3) = 0", 7, 12 * 3600 * SECOND, b"close(3) = 0"),
        (b"7      0.000100 close(3) = 0", 7, None, b"close(3) = 0"),
    ],
)
def test_what_stands_before_a_call(text: bytes, pid: int, time: int | None, call: bytes) -> None:
    line = Line(text)
    assert (line.pid, line.time, line.call) == (pid, time, call)


def test_logs_are_merged_by_time(tmp_path: Path) -> None:
    names = logs(tmp_path, p10="10:00:01.1 a() = 0\n10:00:03.0 b() = 0\n", p9="10:00:02.0 c() = 0\n10:00:03.0 d() = 0")
    assert merged(names) == [
        "10    10:00:01.1 a() = 0",
        "9     10:00:02.0 c() = 0",
        "10    10:00:03.0 b() = 0",
        "9     10:00:03.0 d() = 0",
    ]


def test_lines_without_a_time_stay_with_the_one_before(tmp_path: Path) -> None:
    names = logs(tmp_path, p1="1700000001.0 write() = 1\n | 00000  61\n1700000004.0 a() = 0\n", p2="1700000002.0 b() = 0\n")
    assert [line.split(" ", 1)[1].strip() for line in merged(names)] == [
        "1700000001.0 write() = 1",
        "| 00000  61",
        "1700000002.0 b() = 0",
        "1700000004.0 a() = 0",
    ]


def test_midnight_comes_after_the_evening(tmp_path: Path) -> None:
    names = logs(
        tmp_path,
        p1="23:59:58 a() = 0\n00:00:07 f() = 0\n",
        p2="23:59:59 b() = 0\n00:00:01 c() = 0\n",
        p3="00:00:02 d() = 0\n",
        p4="00:00:05 e() = 0\n",
    )
    assert re.sub(r"[^a-f]", "", "".join(merged(names))) == "abcdef"


def test_a_clock_that_is_set_back_makes_no_day(tmp_path: Path) -> None:
    names = logs(tmp_path, p1="02:59:59 a() = 0\n02:00:00 b() = 0\n", p2="03:30:00 c() = 0\n")
    assert [line[-7] for line in merged(names)] == ["a", "b", "c"]


def test_more_logs_than_can_be_open(tmp_path: Path) -> None:
    import resource

    names = logs(tmp_path, **{f"p{n}": f"17000{n:05}.0 a() = 0\n17000{n:05}.5 b() = 0\n" for n in range(1, 200)})
    former = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, former[1]))
    try:
        lines = merged(names)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, former)
    assert len(lines) == 398 and [int(line.split()[0]) for line in lines] == sorted(int(line.split()[0]) for line in lines)


@pytest.mark.parametrize(
    "texts, message",
    [
        ({"p1": "close(3) = 0\n"}, "has no time"),
        ({"p1": "10:00:00 a() = 0\n", "p2": "1700000000 a() = 0\n"}, "cannot be merged"),
        ({"pname": "10:00:00 a() = 0\n"}, "which process"),
    ],
)
def test_what_cannot_be_merged(tmp_path: Path, texts: dict[str, str], message: str) -> None:
    with pytest.raises(PtracerError, match=message):
        merged(logs(tmp_path, **texts))


def test_the_name_given_to_the_tracer_stands_for_its_logs(tmp_path: Path) -> None:
    names = logs(tmp_path, p10="", p9="", pnone="")
    assert files([str(tmp_path / "trace")]) == [names[1], names[0]]
    with pytest.raises(PtracerError, match="no such file, nor any"):
        files([str(tmp_path / "other")])


# --- the tree

LOG = """\
10    12:00:00.000000 execve("/bin/sh", ["sh", "-c", "true; false"], 0x7 /* 3 vars */) = 0
10    12:00:00.100000 clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|SIGCHLD <unfinished ...>
11    12:00:00.200000 execve("/bin/true", ["true"], 0x7 /* 3 vars */ <unfinished ...>
10    12:00:00.250000 <... clone resumed>, child_tidptr=0x7) = 11
11    12:00:00.300000 <... execve resumed>) = 0
11    12:00:00.400000 +++ exited with 0 +++
10    12:00:00.500000 vfork() = 12
12    12:00:00.500000 execve("/bin/no", ["no"], 0x7 /* 3 vars */) = -1 ENOENT (No such file or directory)
12    12:00:00.600000 +++ killed by SIGSEGV (core dumped) +++
10    12:00:00.700000 clone3({flags=CLONE_VM|CLONE_THREAD|CLONE_SIGHAND} => {parent_tid=[13]}, 88) = 13
10    12:00:00.700000 clone3({flags=CLONE_VM|CLONE_THREAD|CLONE_SIGHAND} => {parent_tid=[14]}, 88) = 14
10    12:02:00.000000 +++ exited with 3 +++
"""


def test_who_started_whom(tmp_path: Path) -> None:
    assert shown(tmp_path, LOG) == [
        "10 sh -c 'true; false'  [2 min 0 s, exited with 3]",
        "├─ 11 true  [0.200 s]",
        "├─ 12 (fork of sh)  [0.100 s, killed by SIGSEGV (core dumped)]",
        "└─ 2 threads",
    ]


def test_numbers_are_used_again(tmp_path: Path) -> None:
    log = "10 fork() = 11\n11 +++ exited with 0 +++\n10 fork() = 11\n11 +++ exited with 1 +++\n"
    assert shown(tmp_path, log) == ["10 (command unknown)", "├─ 11 (command unknown)", "└─ 11 (command unknown)  [exited with 1]"]


def test_a_thread_that_executes_becomes_the_leader(tmp_path: Path) -> None:
    log = """\
10 execve("./a", ["a"], 0x7 /* 3 vars */) = 0
10 clone(flags=CLONE_THREAD) = 11
11 execve("./b", ["b"], 0x7 /* 3 vars */ <unfinished ...>
10 +++ superseded by execve in pid 11 +++
10 <... execve resumed>) = 0
10 +++ exited with 0 +++
"""
    assert shown(tmp_path, log) == ["10 a => b", "└─ 11 thread  [superseded]"]


def test_on_a_terminal_messages_break_calls_and_the_command_has_no_number_at_first(tmp_path: Path) -> None:
    log = """\
execve("/bin/sh", ["sh"], 0x7 /* 3 vars */) = 0
clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|SIGCHLDstrace: Process 11 attached
, child_tidptr=0x7) = 11
[pid    11] execve("/bin/a", ["a"], 0x7 /* 3 vars */ <unfinished ...>
[pid    10] vfork(strace: Process 12 attached
 <unfinished ...>
[pid    11] <... execve resumed>) = 0
[pid    11] +++ exited with 0 +++
[pid    12] execve("/bin/b", ["b"], 0x7 /* 3 vars */) = 0
[pid    10] <... vfork resumed>) = 12
[pid    12] +++ exited with 0 +++
--- SIGCHLD {si_signo=SIGCHLD} ---
+++ exited with 0 +++
"""
    assert shown(tmp_path, log) == ["10 sh", "├─ 11 a", "└─ 12 b"]


def test_children_in_other_namespaces_have_the_tracer_s_numbers(tmp_path: Path) -> None:
    assert shown(tmp_path, "10 clone(flags=CLONE_NEWPID) = 2 /* 11 in strace's PID NS */\n11 +++ exited with 0 +++\n") == [
        "10 (command unknown)",
        "└─ 11 (command unknown)",
    ]


def test_a_deep_tree_is_no_recursion(tmp_path: Path) -> None:
    log = "".join(f"{n} fork() = {n + 1}\n" for n in range(1, 3000))
    assert len(shown(tmp_path, log)) == 3000


@pytest.mark.parametrize(
    "call, words",
    [
        (rb'execve("/bin/a", ["a", "b c", "\"\\\n\33\xff"], 0x7 /* 1 var */) = 0', [b"a", b"b c", b'"\\\n\x1b\xff']),
        (rb'execve("/bin/a", ["a", "long"..., ...], 0x7 /* 1 var */) = 0', [b"a", b"long...", b"..."]),
        (rb'execve(pathname="/bin/a", argv=["a]"], envp=0x7 /* 1 var */) = 0', [b"a]"]),
        (rb'execve("/bin/a", 0x7fff, 0x7fff) = 0', [b"/bin/a"]),
        (rb'execveat(3</bin/a>, "", ["a"], NULL, AT_EMPTY_PATH) = 0', [b"a"]),
    ],
)
def test_argument_vectors_are_read_from_text(call: bytes, words: list[bytes]) -> None:
    assert arguments(call) == words


def test_durations() -> None:
    assert [duration(s * SECOND) for s in (0, 99, 100, 4000)] == ["0.000 s", "99.000 s", "1 min 40 s", "1 h 6 min"]


@pytest.mark.ptrace
def test_a_trace_can_be_merged_and_drawn(tmp_path: Path) -> None:
    command = ("sh", "-c", "/bin/true; (/bin/false; exit 4); exit 3")
    ptracer("-ff", "-tt", "-o", str(tmp_path / "trace"), *command)
    ptracer("--merge", "-o", str(tmp_path / "merged"), str(tmp_path / "trace"))
    lines = (tmp_path / "merged").read_text().splitlines()
    assert lines == sorted(lines, key=lambda line: line.split()[1])
    expected = "N sh -c '/bin/true; (/bin/false; exit 4);...'\n├─ N /bin/true\n└─ N (fork of sh)\n   └─ N /bin/false\n"
    for name in ("trace", "merged"):
        text = ptracer("--tree", str(tmp_path / name), env={"PYTHONIOENCODING": "utf-8", "PATH": "/usr/bin:/bin"}).stdout
        text = re.sub(r"(^|─ )\d+", r"\1N", text, flags=re.MULTILINE)
        assert re.sub(r"  \[.*\]", "", text) == expected
        assert [int(status) for status in re.findall(r"exited with (\d+)", text)] == [3, 4, 1]


def test_a_log_is_not_overwritten_while_it_is_read(tmp_path: Path) -> None:
    [name] = logs(tmp_path, p1="10:00:00 a() = 0\n")
    run = ptracer("--merge", "-o", name, name)
    assert run.returncode == 1 and "read and written at once" in run.stderr
    assert Path(name).read_text()
    assert ptracer("--tree").stderr.startswith("ptracer: --tree needs the names of logs\n")
