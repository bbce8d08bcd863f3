"""Hundreds of commands of a system (commands.txt) do the same under ptracer, under strace and alone, and both print the same.

For each: exit status, standard output and standard error, the calls of every process, and the share of identical lines;
every third with -v. With `-n 2` it takes some minutes; `-rP` shows what differed where not all lines were the same.
"""

from __future__ import annotations

import difflib
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from compare import Comparison, Run, compare, finish, start, working_directory
from test_against_strace import ATTEMPTS, GIT, Oracle

pytestmark = [pytest.mark.ptrace, pytest.mark.timeout(600)]

HERE = Path(__file__).parent
TIMEOUT = 60.0

COMMON = r"""
seq 100 >numbers
seq 20000 >long
printf 'b\nc\na\n' >letters
printf 'a\nb\nc\n' >sorted
printf 'a\na\nb\n' >repeated
printf 'a b\nb c\nc d\n' >pairs
printf 'a,1\nb,2\n' >table.csv
printf 'numbers\0letters\0' >names0
printf 'MFRGG===\n' >encoded
printf '\377\376\n' >bytes
printf '6 * 7\nquit\n' >sums.bc
printf '{"a": {"b": [1, 2]}}\n' >data.json
printf -- '--- letters\n+++ letters\n@@ -1,3 +1,3 @@\n b\n-c\n+C\n a\n' >change.patch
printf 'The quick brown fox jumps over the lazy dog, and then it does so again.\nIt ends here.\n' >poem
printf 'import sys\nif __name__ == "__main__":\n    print(sys.argv[1:])\n' >script.py
printf 'echo "$0" "$2" "$1"\ntest -d tree && . ./other.sh\n' >script.sh
printf 'echo read\n' >other.sh
printf 'use strict;\nprint "1\\n";\n' >script.pl
printf '=head1 NAME\n\nscript - does it\n\n=cut\n' >script.pod
printf 'print "1..1\\nok 1\\n";\n' >passing.t
printf 'puts [expr {6 * 7}]\n' >script.tcl
printf 'msgid "hello"\nmsgstr "hallo"\n' >hello.po
printf '#include <stdio.h>\nint main(int count, char **words) { (void)words; printf("%%d\\n", count); return count - 1; }\n' >hello.c
printf 'int broken(\n' >broken.c
: >empty.c
mkdir -p tree/one/two tree/empty
cp poem tree/one
cp letters tree/one/two
ln -s one/poem tree/link
ln -s numbers link
ln -s numbers link-to-file
ln -s nowhere dangling
truncate -s 1M holes
gzip -nc numbers >made.gz
tar cf made.tar numbers letters tree/one
"""
COMPILED = r"""
printf 'both: one two\none:\n\techo 1\ntwo:\n\techo 2\n' >Makefile
printf '#include <vector>\nint sum() { std::vector<int> a{1, 2}; return a[0] + a[1]; }\n' >hello.cc
printf '.globl here\nhere: ret\n' >hello.s
gcc -g hello.c -o made
gcc -c hello.c -o made.o
ar rcs made.a made.o
"""
CMAKE = r"""
printf 'cmake_minimum_required(VERSION 3.10)\nproject(x NONE)\n' >CMakeLists.txt
"""
SETUPS = {  # by section: the files that its commands need beside the common ones
    "git": GIT + """
        git config user.name Name; git config user.email name@example.org; git config gc.auto 0
        git checkout -q -b other; echo other >other; git add other; git commit -qm other; git checkout -q -; echo 1 >one; git add one
        git commit -qm 'one more'
    """,
    "compilers": COMPILED,
    "databases": "sqlite3 made.db 'create table t (a); insert into t values (1), (2)'",
    "openssl": "openssl req -x509 -newkey ed25519 -nodes -subj /CN=x -keyout key -out cert.pem 2>&-; rm key",
    "network": f"cp {shlex.quote(str(HERE / 'serve.py'))} .",
    "others": CMAKE,
}
AGES = "find . -exec touch -h -d 2024-01-02T03:04:05 {} +"

# What tells one run of a command from another in what it writes.
VOLATILE = re.compile(rb"\d+(?:\.\d+)?|0x[0-9a-f]+|\b[0-9a-f]{8,}\b|(?:/tmp/|\btmp\.|\bhere\.)\w+")


@dataclass(frozen=True)
class Command:
    section: str
    line: str
    reason: str  # why two traces of it have little in common; nothing: they are the same
    options: str

    def __str__(self) -> str:
        return f"{self.section}: {self.line[:60]}{' -v' if '-v' in self.options else ''}"

    @property
    def words(self) -> list[str]:
        return shlex.split(self.line)


def read_commands() -> list[Command]:
    found: list[Command] = []
    section = pending = ""
    for line in (HERE / "commands.txt").read_text().splitlines():
        if not pending and (not line or line.startswith("#")):
            continue
        if not pending and (title := re.fullmatch(r"\[(\w+)\]", line)):
            section = title[1]
            continue
        pending += line
        text, _, reason = pending.partition(" ## ")
        try:
            shlex.split(text)
        except ValueError:  # a quoted word goes on in the next line
            pending += "\n"
            continue
        found.append(Command(section, text, reason, "-f" if len(found) % 3 else "-f -v"))
        pending = ""
    return found


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """For a section, the shell command that fills an empty directory with its files."""
    made: dict[str, str] = {}

    def prepare(section: str) -> str:
        if section not in made:
            place = tmp_path_factory.mktemp(section)
            script = "\n".join(("set -e; umask 022", COMMON, SETUPS.get(section, ""), AGES))
            environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(place), "LC_ALL": "C.UTF-8"}
            run = subprocess.run(["sh", "-c", script], cwd=place, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)
            made[section] = "" if run.returncode else f"cp -a {shlex.quote(str(place))}/. ."
            if run.returncode:
                print(run.stderr)
        return made[section] or pytest.skip(f"the files of {section} cannot be made here")

    return prepare


def run_alone(command: Command, fresh: str, environment: Mapping[str, str]) -> Run:
    with working_directory(fresh, None) as place:
        process = start(command.words, place, environment, subprocess.DEVNULL)
        output, errors = finish(process, TIMEOUT)
    return Run({}, process.returncode, output, errors, 0)


def outcome(run: Run) -> dict[str, str]:
    """What the command's caller sees, without what changes from run to run."""
    texts = {"output": run.output, "errors": run.errors}
    return {"status": str(run.status), **{name: VOLATILE.sub(b"*", text).decode(errors="replace") for name, text in texts.items()}}


def complaints(comparison: Comparison, alone: Run) -> list[str]:
    """What somebody who only looks at the command sees of ptracer.

    What strace itself changes (a command may look at its parent), or changes from run to run, is no fault of ptracer.
    """
    found = outcome(comparison.runs["ptracer"])
    known = [outcome(run) for name, run in comparison.runs.items() if name != "ptracer"]
    said = []
    for what, text in found.items():
        expected = {each[what] for each in known}
        if len(expected) == 1 and text not in expected | {outcome(alone)[what]}:
            lines = list(difflib.unified_diff(expected.pop().splitlines(), text.splitlines(), "strace", "ptracer", lineterm="", n=0))
            said += [f"{what} of the command differs:", *lines[:20]]
    return said


@pytest.mark.parametrize("command", read_commands(), ids=str)
def test_a_command_does_what_it_does_beside_strace(command: Command, oracle: Oracle, environment: dict[str, str],
                                                   prepared: Callable[[str], str], record_property: Callable[[str, object], None]) -> None:
    environment["PATH"] += ":/usr/sbin:/sbin"
    environment["PERL_HASH_SEED"] = "0"  # as PYTHONHASHSEED: where memory lies depends on it
    if "/" not in command.words[0] and shutil.which(command.words[0], path=environment["PATH"]) is None:
        pytest.skip(f"{command.words[0]} is not installed")
    fresh = prepared(command.section)
    alone = run_alone(command, fresh, environment)
    for _ in range(ATTEMPTS):  # chance differs each time, faults do not
        comparison = compare(command.words, command.options, strace=oracle.path, fresh=fresh, environment=environment,
                             extra_runs=0 if command.reason else 3, timeout=TIMEOUT)
        said = complaints(comparison, alone)
        good = not said and (bool(command.reason) or oracle.agrees(comparison))
        if good:
            break
    threads = comparison.threads
    for name, value in {
        "command": command.line,
        "lines": sum(thread.total for thread in threads),
        "identical": sum(thread.identical for thread in threads),
        "calls": sum(thread.found_lines for thread in threads),
        "differing calls": sum(thread.total - thread.identical for thread in threads if thread.calls in {"differs", "missing", "unexpected"}),
    }.items():
        record_property(name, value)
    if command.reason:
        record_property("reason", command.reason)
    report = "\n".join([*said, comparison.report()])
    if comparison.differences:
        print(f"{command}\n{report}")
    if not good:
        pytest.fail(report, pytrace=False)
