"""ptracer prints what strace prints: both trace the same commands, and compare.py says how much is the same.

The oracle is strace 7.2. PTRACER_ORACLE names it; without that variable it is fetched once into a cache directory, where
the script that does this is at hand; without either, the system's strace is used. An older strace prints other text, so
only the order of calls is compared with it. PTRACER_COMMAND names another ptracer than the one beside these tests.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from compare import ROOT, Comparison, Trace, compare, find_strace, judge, judge_summary, parse_trace, percent, strace_version
from programs.build import CannotBuild, build

# Real commands start other programs, which strace runs up to six times.
pytestmark = pytest.mark.timeout(300)


# ---------------------------------------------------------------------------------------------------------
# The comparison itself, on written traces: a judge that sees no difference would be worse than none.


STRACE = """\
10    execve("/bin/parent", ["parent"], 0x7ffe00000000 /* 3 vars */) = 0
10    brk(NULL)                         = 0x560000001000
10    openat(AT_FDCWD, "/etc/passwd", O_RDONLY) = 3
10    clone(child_stack=NULL, flags=SIGCHLD <unfinished ...>
11    getppid( <unfinished ...>
10    <... clone resumed>)              = 11
11    <... getppid resumed>)            = 10
10    wait4(11 <unfinished ...>
11    exit_group(0)                     = ?
11    +++ exited with 0 +++
10    <... wait4 resumed>, NULL, 0, NULL) = 11
10    --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=11, si_uid=0, si_status=0, si_utime=0, si_stime=0} ---
10    getrandom("\\x01\\x02", 2, 0)       = 2
10    exit_group(0)                     = ?
10    +++ exited with 0 +++
"""
AGAIN = (STRACE.replace("10   ", "210  ").replace("11   ", "211  ").replace("= 11", "= 211").replace("wait4(11", "wait4(211")
         .replace("si_pid=11", "si_pid=211").replace("= 10", "= 210").replace("0x5600000", "0x5612345")
         .replace("0x7ffe0", "0x7ffd7").replace("\\x01\\x02", "\\xfe\\xff"))
CANDIDATE = (AGAIN.replace("210", "310").replace("211", "311").replace("0x5612345", "0x55abcde").replace("0x7ffd7", "0x7ffc1")
             .replace("\\xfe\\xff", "\\x33\\x44"))


def share_of(candidate: str) -> float:
    """The percentage of lines of the written trace that are as in the two of strace."""
    references = [trace_of(STRACE), trace_of(AGAIN)]
    return percent(judge(references, references, trace_of(candidate)))


def trace_of(text: str) -> Trace:
    return parse_trace({None: text})


def test_runs_that_differ_only_in_volatile_values_are_identical() -> None:
    assert share_of(CANDIDATE) == 100


def test_unfinished_calls_are_put_together_and_threads_are_named_by_their_place_in_the_tree() -> None:
    trace = trace_of(STRACE)
    assert list(trace.threads) == [(1,), (1, 1)]
    assert trace.threads[1, 1].lines[0].text == "getppid() = 10"
    assert trace.threads[1,].calls == ["execve", "brk", "openat", "clone", "wait4", "getrandom", "exit_group"]


@pytest.mark.parametrize(("right", "wrong"), [
    ("O_RDONLY", "O_WRONLY"),
    ("= 3", "= 4"),
    ("/etc/passwd", "/etc/group"),
    ("si_pid=311", "si_pid=312"),
    ("= 310", "= 311"),
    ('"\\x33\\x44"', '"3D"...'),
    ('"\\x33\\x44"', "0x7ffc10000000"),
    ("0x55abcde01000", "0x55abcde"),
    ("0x55abcde01000", "93825000000000"),
    ("                         = 0x55", "                        = 0x55"),
    ("310   brk", "310 brk"),
    ("si_utime=0", "si_utime=7"),
    ("+++ exited with 0 +++", "+++ exited with 1 +++"),
    ("310   brk", "310   sbrk"),
    ('310   openat(AT_FDCWD, "/etc/passwd", O_RDONLY) = 3\n', ""),
    ("310   exit_group(0)", "310   getpid()                          = 310\n310   exit_group(0)"),
])  # fmt: skip
def test_a_wrong_line_is_seen(right: str, wrong: str) -> None:
    assert right in CANDIDATE
    assert share_of(CANDIDATE.replace(right, wrong, 1)) < 100


def test_one_line_too_many_does_not_spoil_the_lines_after_it() -> None:
    assert share_of(CANDIDATE.replace("310   brk", "310   getpid()                          = 310\n310   brk")) > 90


def test_another_order_of_calls_is_seen() -> None:
    references = [trace_of(STRACE), trace_of(AGAIN)]
    lines = CANDIDATE.splitlines(keepends=True)
    lines[1], lines[2] = lines[2], lines[1]
    parent, child = judge(references, references, trace_of("".join(lines)))
    assert (parent.calls, child.calls) == ("differs", "equal")
    assert parent.first_difference == "call 2: strace has brk, ptracer has openat"


def test_a_process_that_was_not_followed_is_missing() -> None:
    references = [trace_of(STRACE), trace_of(AGAIN)]
    lines = [line for line in CANDIDATE.splitlines(keepends=True) if not line.startswith("311")]
    assert [thread.calls for thread in judge(references, references, trace_of("".join(lines)))] == ["equal", "missing"]


def test_a_signal_may_arrive_one_line_earlier() -> None:
    lines = CANDIDATE.splitlines(keepends=True)
    lines[11], lines[12] = lines[12], lines[11]
    assert share_of("".join(lines)) == 100


def test_in_summaries_calls_and_errors_are_compared_and_times_are_not() -> None:
    table = """\
% time     seconds  usecs/call     calls    errors syscall
------ ----------- ----------- --------- --------- ----------------
 66.72    0.001995         498         4         1 wait4
 33.28    0.000307           5        53           mmap
------ ----------- ----------- --------- --------- ----------------
100.00    0.002302          40        57         1 total
"""
    expected = trace_of(table).summary
    assert expected is not None and list(expected.rows) == ["wait4", "mmap", "total"]
    assert judge_summary([expected], trace_of(table.replace("0.001995", "1.234567")).summary)[2] == []
    identical, rows, differences = judge_summary([expected], trace_of(table.replace(" 4         1", " 4         2")).summary)
    assert (identical, rows) == (3, 4)
    assert differences[0].found == "wait4: 4 calls, 2 errors"


# ---------------------------------------------------------------------------------------------------------
# The oracle


@dataclass(frozen=True)
class Oracle:
    path: str
    version: tuple[int, ...]

    def agrees(self, comparison: Comparison) -> bool:
        """Whether ptracer did as strace."""
        # An older strace prints other text, but the calls are the same.
        same_text = self.version < (7, 2) or comparison.passed(98.0)
        return same_text and comparison.calls_equal and not comparison.problems

    def check(self, comparison: Comparison) -> None:
        """Fails with the table and the differing lines when it did not."""
        if self.version < (7, 2) and any(problem.startswith("strace wrote nothing") for problem in comparison.problems):
            pytest.skip("this strace does not know the option")
        if not self.agrees(comparison):
            pytest.fail(comparison.report(), pytrace=False)


@pytest.fixture(scope="session")
def oracle() -> Oracle:
    path = find_strace()
    if path is None:
        pytest.skip("there is no strace to compare with: set PTRACER_ORACLE to one")
    # A tracer that cannot trace says so; that is the machine's fault and not ptracer's.
    probe = subprocess.run([path, "-f", "-o", os.devnull, "true"], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if probe.returncode:
        pytest.skip(f"strace cannot trace here, ptrace may not be permitted: {probe.stderr.strip()}")
    return Oracle(path, strace_version(path))


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The same few variables for every command, so that a user's settings change nothing."""
    home = tmp_path / "home"
    home.mkdir()
    yield {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": str(home),
        "LC_ALL": "C.UTF-8",
        "PYTHONPATH": str(ROOT),  # this ptracer, also where none is installed
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "GIT_CONFIG_NOSYSTEM": "1",
    }


ATTEMPTS = 3


@dataclass(frozen=True)
class Check:
    """Compares one command, and fails unless ptracer does as strace."""

    oracle: Oracle
    environment: dict[str, str]

    def __call__(self, *command: str, options: str = "-f", fresh: str | None = "true", attach: bool = False) -> Comparison:
        # Which thread comes first is chance, above all on a busy machine: what is wrong is wrong each time.
        for _ in range(ATTEMPTS):
            comparison = compare(command, options, strace=self.oracle.path, fresh=fresh, environment=self.environment,
                                 attach=attach, timeout=60)
            if self.oracle.agrees(comparison):
                break
        self.oracle.check(comparison)
        return comparison


@pytest.fixture
def check(oracle: Oracle, environment: dict[str, str]) -> Check:
    return Check(oracle, environment)


def program(name: str, architecture: str = "native") -> str:
    try:
        return str(build(name, architecture))
    except CannotBuild as problem:
        pytest.skip(str(problem))


# ---------------------------------------------------------------------------------------------------------
# Small programs, each for one thing that tracers get wrong


PROGRAMS = [
    "storm 100", "threads 4 50", "thread_exec", "forks 5", "forks 3 /bin/true", "vfork", "clone3", "signals", "group_stop",
    "restart", "killed 15", "killed 9", "killed 11", "killed 35", "killed 6 core", "exit_in_threads", "int80", "sockets",
    "files", "memory_faults", "times", "poll_select", "processes", "server both 3 10", "strings", "self_count 100", "ipc",
]  # fmt: skip


@pytest.mark.ptrace
@pytest.mark.parametrize("arguments", PROGRAMS)
def test_a_program_is_traced_as_strace_traces_it(check: Check, arguments: str) -> None:
    name, *rest = arguments.split()
    check(program(name), *rest)


@pytest.mark.ptrace
@pytest.mark.parametrize("arguments", [each for each in PROGRAMS if not each.startswith("int80")])
def test_a_32_bit_program_is_traced_as_strace_traces_it(check: Check, arguments: str) -> None:
    name, *rest = arguments.split()
    check(program(name, "i386"), *rest)


@pytest.mark.ptrace
def test_no_call_is_lost_that_a_program_counts(check: Check) -> None:
    comparison = check(program("self_count"), "300", options="-f -e trace=getppid,close,write")
    run = comparison.runs["ptracer"]
    counted = re.findall(r'(?m)^\d+ +(?:getppid\(\)|close\(-1\)|write\(3, "x", 1\)) ', run.files[None])
    assert len(counted) == int(run.output) == 900


@pytest.mark.ptrace
@pytest.mark.parametrize("arguments", ["self_count 100", "forks 5", "files", "memory_faults"])
def test_the_summary_counts_calls_and_errors_as_strace_does(check: Check, arguments: str) -> None:
    name, *rest = arguments.split()
    comparison = check(program(name), *rest, options="-f -c")
    assert comparison.summary_rows > 10
    assert not comparison.summary_differences, comparison.report()


# ---------------------------------------------------------------------------------------------------------
# Options that change the text


OPTIONS = {
    "files": [
        "-v", "-i", "-n", "-N", "-t", "-tt", "-ttt", "-r", "-T", "-tt -T", "-r -t", "-X raw", "-X verbose",
        "-z", "-Z", "-e trace=%file", "-e trace=%desc", "-e trace=!close,mmap", "-e status=failed", "-e abbrev=none",
        "-y", "-yy", "-tt -T -y", "-e verbose=none", "-e raw=openat", "-a 60", "-a 0", "-C", "--always-show-pid",
    ],
    "strings": ["-s 5", "-s 1000", "-x", "-xx"],
    "sockets": ["-y", "-yy", "-v", "-v -s 200", "-e trace=%network"],
    "signals": ["", "-f", "-f -Y", "-e signal=none", "-e signal=SIGSEGV", "-e trace=none"],
    "descriptors": [
        "-y", "-yy", "-y -x", "-yy -Xverbose", "--decode-fds=socket,dev", "--decode-fds=!path", "-f -yy -Y", "-e decode-fds=eventfd",
    ],
    "touch": [
        "-P l1", "-P l1 -P nowhere -y", "--trace-fds=3", "--trace-fds=999,20", "-e trace-fd=!3 -e trace=%desc", "-s 5 -e read=all -e write=all",
        "-e write=3 -e trace=none", "-e read=3,6 -f -y", "--syscall-limit=3", "--syscall-limit=20 -e trace=%file", "-z -P l1",
    ],
    "vfork": ["", "-q", "-qq", "-ff", "-f -qqq"],
}  # fmt: skip


@pytest.mark.ptrace
@pytest.mark.parametrize(("name", "options"), [(name, each) for name, several in OPTIONS.items() for each in several])
def test_an_option_changes_the_text_as_it_changes_straces(check: Check, name: str, options: str) -> None:
    check(program(name), options=options)


RULES = [
    "inject=chdir:error=EIO:when=2",
    "inject=chdir,getppid:retval=5:when=2+3",
    "fault=%file:error=EACCES:when=40+",
    "inject=chdir:signal=USR1:when=1..5+2",
    "inject=clock_nanosleep:error=EINTR:signal=USR1:when=2",
    "inject=chdir:error=EPERM:syscall=getpid:delay_exit=1ms",
    "inject=getuid,umask:delay_enter=2ms:when=2+2",
    "inject=chdir:poke_enter=@arg1=2f64657600:when=3+",
    "inject=read:poke_exit=@arg2=6162,@arg3=00:when=5+",
    "inject=read:retval=4:poke_exit=@arg2=61626364:when=4+2",
    "inject=readv:retval=3 -e inject=pipe2:error=EMFILE:when=3",
    "inject=pipe2:retval=0:poke_exit=@arg1=6300000064000000:when=4",
    "inject=poll:retval=1:poke_exit=@arg1=6300000001000100:when=2",
    "inject=uname:retval=0:poke_exit=@arg1=414200 -v",
    "inject=lseek,umask:retval=-5000",
    "inject=write:error=ENOSPC:when=2..3 -Z",
    "inject=%file,%desc:error=EIO:when=20+ -c",
    "inject=chdir,getuid:error=EIO -e trace=getppid,chdir",
    "inject=close:error=EBADF:when=3+2 -y",
    "inject=chdir:error=EIO:when=2 -P /",
    "inject=read:error=EIO:when=2 --trace-fds=3",
    "inject=getuid:error=1:when=1 -ff",
    "inject=clone,clone3,fork:error=EAGAIN",
    "inject=wait4:error=EINTR:when=1..3",
    "inject=exit_group,exit:error=EIO:when=1 -e trace=exit,exit_group",
]


@pytest.mark.ptrace
@pytest.mark.parametrize("rule", RULES)
def test_calls_are_changed_as_strace_changes_them(check: Check, rule: str) -> None:
    check(program("tampered"), options=f"-f -e {rule}")


@pytest.mark.ptrace
@pytest.mark.parametrize("rule", RULES[:6] + RULES[7:12])
def test_calls_of_a_32_bit_program_are_changed_alike(check: Check, rule: str) -> None:
    check(program("tampered", "i386"), options=f"-f -e {rule}")


# Every other option, and the long forms of those above.
EVERY = [
    "--follow-forks", "--follow-forks --output-separately", "-b execve", "--detach-on=execve", "-E NAME=value", "--env=PATH",
    "--argv0=another", "-u root", "-A", "--output-append-mode", "-I 1", "-I 2", "-I 3", "-I 4", "--interruptible=waiting",
    "--kill-on-exit", "-f --seccomp-bpf", "-F", "-D", "--daemonize=pgroup", "--trace=open,openat,close", "-e t=%file",
    "-e trace=?nosuch,openat", "-e trace=/^open", "-e trace=3,openat@64", "-e %desc", "--signal=!SIGCHLD", "--status=failed",
    "--successful-only", "--failed-only", "--failing-only", "--quiet=exit", "-e q=all", "--silence=attach,personality",
    "--no-abbrev", "--string-limit=7", "--columns=20", "--strings-in-hex", "--strings-in-hex=non-ascii",
    "--strings-in-hex=non-ascii-chars", "--const-print-style=raw", "--abbrev=openat", "--verbose=none", "--raw=close",
    "--decode-fds", "--decode-fds=path,dev", "--decode-pids=comm -f", "--pidns-translation", "--read=3", "--write=all",
    "--instruction-pointer", "--syscall-number", "--arg-names", "--stack-trace -e trace=openat",
    "-k --stack-trace-frame-limit=3 -e trace=openat", "--namespace=new", "-e kvm=vcpu", "--absolute-timestamps=unix,ns",
    "--absolute-timestamps=format:time,precision:ms", "--relative-timestamps=ns", "--syscall-times=ms", "-C -S calls -U name,calls",
    "-C -w -S name -U name,calls,errors", "-C --summary-sort-by=name -O 1us -U calls,name", "--tips=none", "--trace-path=file",
    "--trace-fds=3", "--syscall-limit=9", "--fault=openat:when=2", "--inject=close:retval=0:when=1",
]  # fmt: skip


@pytest.mark.ptrace
@pytest.mark.parametrize("options", EVERY)
def test_every_option_is_straces(check: Check, options: str) -> None:
    check(program("vfork") if "-f" in options.split() or "follow" in options else program("files"), options=options)


@pytest.mark.ptrace
@pytest.mark.parametrize("arguments", ["threads 3 20", "processes", "server both 2 5"])
@pytest.mark.parametrize("options", ["-f -v -s 200", "-ff", "-f -T", "-f -yy -s 200"])
def test_options_work_together_with_several_processes_and_threads(check: Check, arguments: str, options: str) -> None:
    name, *rest = arguments.split()
    check(program(name), *rest, options=options)


@pytest.mark.ptrace
@pytest.mark.parametrize("arguments", ["threads 3 20", "server both 2 5", "vfork"])
def test_names_of_processes_are_those_that_strace_shows(check: Check, arguments: str) -> None:
    name, *rest = arguments.split()
    check(program(name), *rest, options="-f -Y -T")


@pytest.mark.ptrace
@pytest.mark.parametrize("arguments", ["threads 3 20", "forks 3", "signals", "files"])
def test_a_process_that_runs_already_is_traced_as_strace_traces_it(check: Check, arguments: str) -> None:
    name, *rest = arguments.split()
    # The shell waits for a line, which it gets when the tracer is there.
    check("sh", "-c", 'read line; exec "$@"', "sh", program(name), *rest, attach=True)


# ---------------------------------------------------------------------------------------------------------
# Commands that people trace


MAKE = """\
cat >Makefile <<'END'
program: main.o other.o
\tgcc -o program main.o other.o
%.o: %.c
\tgcc -c $<
END
echo 'int other(void); int main(void) { return other(); }' >main.c
echo 'int other(void) { return 0; }' >other.c
"""
GIT = """\
git init -q .
for name in one two three; do
  echo $name >file
  git add file
  git -c user.name=Name -c user.email=name@example.org commit -qm $name
done
"""
SQLITE = """\
import sqlite3
connection = sqlite3.connect("numbers.db")
connection.execute("create table numbers (number)")
connection.executemany("insert into numbers values (?)", [(number,) for number in range(100)])
connection.commit()
print(connection.execute("select sum(number) from numbers").fetchone())
"""
COMMANDS: dict[str, tuple[str, list[str]]] = {
    "ls": ("true", ["ls", "-l", "/"]),
    "python": ("true", [sys.executable, "-c", "import ssl"]),
    "git": (GIT, ["git", "log"]),
    "a pipeline": ("true", ["sh", "-c", "echo a | cat | wc -c"]),
    "make": (MAKE, ["make", "-j2"]),
    "tar": ("mkdir files; for name in 1 2 3 4 5; do echo $name >files/$name; done", ["tar", "czf", "files.tgz", "files"]),
    "find": ("true", ["find", "/etc", "-name", "*.conf"]),
    "sed": ("seq 100 >numbers", ["sed", "-i", "s/1/2/", "numbers"]),
    "awk": ("seq 100 >numbers", ["awk", "{ sum += $1 } END { print sum }", "numbers"]),
    "perl": ("true", ["perl", "-e", "1"]),
    "sqlite": ("true", [sys.executable, "-c", SQLITE]),
    "bash": ("true", ["bash", "-c", "for word in one two three; do echo $word | cat; done"]),
}


@pytest.mark.ptrace
@pytest.mark.parametrize("name", COMMANDS)
def test_a_real_command_is_traced_as_strace_traces_it(check: Check, name: str) -> None:
    setup, command = COMMANDS[name]
    for needed in {command[0], *(["gcc"] if name == "make" else [])}:
        if shutil.which(needed, path=check.environment["PATH"]) is None:
            pytest.skip(f"{needed} is not installed")
    check(*command, fresh=setup)
