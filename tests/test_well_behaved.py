"""Programs that do nothing wrong: nothing may be found in them, whatever is looked for.

They are real ones, each run as people run it. Whatever is reported of them is a defect of the rule that reports it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from running import PTRACER

pytestmark = pytest.mark.ptrace

LONGEST = 60  # seconds
ENVIRONMENT = {
    "LC_ALL": "C.UTF-8",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.org",
}  # fmt: skip

Preparation = Callable[[Path], None]


# --- what must be there first


def nothing(place: Path) -> None:
    """An empty directory will do."""


def tree(place: Path) -> None:
    """Some files in some directories."""
    for directory in ("one", "two/three"):
        (place / "tree" / directory).mkdir(parents=True)
        for number in range(5):
            (place / "tree" / directory / f"file{number}.txt").write_text(f"line {number}\n" * 200 * (number + 1))
    (place / "tree" / "link").symlink_to("one/file1.txt")


def large(place: Path) -> None:
    """A file of a megabyte."""
    (place / "large").write_text("".join(f"{number * 7919 % 100003:06d} some words that follow\n" for number in range(30000)))


def archive(place: Path) -> None:
    """Some files in an archive."""
    tree(place)
    subprocess.run(["tar", "czf", "tree.tar.gz", "tree"], cwd=place, check=True)


def repository(place: Path) -> None:
    """A repository with some commits."""
    tree(place)
    git = ["git", "-c", "init.defaultBranch=main", "-C", "tree"]
    environment = {**os.environ, **ENVIRONMENT}
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "first"], ["commit", "-qm", "second", "--allow-empty"]):
        subprocess.run([*git, *words], cwd=place, check=True, env=environment)


def sources(place: Path) -> None:
    """Two files in C, and how they become a program."""
    (place / "one.c").write_text("#include <stdio.h>\nint two(void);\nint main(void) { printf(\"%d\\n\", two()); return 0; }\n")
    (place / "two.c").write_text("#include <stdlib.h>\nint two(void) { return abs(-2); }\n")
    (place / "Makefile").write_text(
        "both: one.o two.o\n\t$(CC) -o $@ $^\nclean:\n\trm -f both *.o\n%.o: %.c\n\t$(CC) -c -o $@ $<\n"
    )


def modules(place: Path) -> None:
    """A package in Python."""
    (place / "package").mkdir()
    for number in range(8):
        (place / "package" / f"part{number}.py").write_text(f"def function_{number}(value):\n    return value * {number}\n")


# --- what is run

SQLITE = """
import sqlite3
database = sqlite3.connect("rows.db")
database.execute("create table rows (number integer primary key, text text)")
for group in range(5):
    with database:
        database.executemany("insert into rows (text) values (?)", [(f"row {n}",) for n in range(200)])
assert database.execute("select count(*) from rows").fetchone() == (1000,)
database.execute("vacuum")
database.close()
"""

HTTP = """
import http.server, threading, urllib.request
class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments): pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet)
threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
address = f"http://127.0.0.1:{server.server_address[1]}/large"
for _ in range(5):
    assert len(urllib.request.urlopen(address).read()) > 500000
server.shutdown()
server.server_close()
"""

SUBPROCESSES = """
import ssl, subprocess, tempfile, json, concurrent.futures, os
assert subprocess.run(["cat"], input=b"x" * 200000, capture_output=True).stdout == b"x" * 200000
with tempfile.NamedTemporaryFile() as file, tempfile.TemporaryDirectory() as directory:
    file.write(b"x"); file.flush(); open(os.path.join(directory, "a"), "w").close()
with concurrent.futures.ThreadPoolExecutor(4) as pool:
    assert sum(pool.map(lambda n: os.stat("/").st_mode and n, range(50))) == 1225
ssl.create_default_context()
"""

ASYNC = """
import asyncio
async def serve(reader, writer):
    writer.write(await reader.readline() * 20000)
    await writer.drain()
    writer.close()
async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async def ask():
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"hello\\n")
        assert len(await reader.read()) == 120000
        writer.close()
    await asyncio.gather(*(ask() for _ in range(20)))
    process = await asyncio.create_subprocess_exec("cat", "/etc/passwd", stdout=asyncio.subprocess.PIPE)
    assert (await process.communicate())[0]
    server.close()
asyncio.run(main())
"""

SPAWN = """
import subprocess, sys
children = [subprocess.Popen(["cat"], stdin=-1, stdout=-1, close_fds=True) for _ in range(6)]
for child in children:
    assert len(child.communicate(b"x" * 100000)[0]) == 100000
subprocess.run([sys.executable, "-c", "import sys; sys.stdin.read()"], input=b"")
"""

POOL = """
import multiprocessing
if __name__ == "__main__":
    with multiprocessing.get_context("fork").Pool(3) as pool:
        assert sum(pool.map(abs, range(-200, 0))) == 20100
"""

PIPELINE = """
set -e
shopt -s nullglob
exec 3>log
for f in large large; do wc -l < $f >&3; done
cat large | sort | uniq -c | head -n 3 > first
while read -r a rest; do echo "$a" >&3; done < first
diff <(sort -r large | tail -n 1) <(sort large | head -n 1) || true
x=$(printf '%s\\n' a b c | tr a-z A-Z); [[ $x == A* ]]
trap 'exec 3>&-' EXIT
( cd / && ls > /dev/null ) & wait
"""

REDIS = """
redis-server --port 0 --unixsocket ./redis.sock --dir . --save '' --daemonize no > /dev/null &
server=$!
i=0
until test -S redis.sock; do sleep 0.1; i=$((i + 1)); test $i -lt 100; done
redis-benchmark -s ./redis.sock -n 2000 -c 20 -t set,get,lpush -q > /dev/null
redis-cli -s ./redis.sock save > /dev/null
redis-cli -s ./redis.sock shutdown nosave
wait $server
"""

CURL = """
import http.server, subprocess, threading
class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments): pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet)
threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
subprocess.run(["curl", "-s", "-o", "copy", f"http://127.0.0.1:{server.server_address[1]}/large"], check=True)
"""

PERL = """
open(my $in, '<', 'large') or die; my %seen; while (<$in>) { my ($k) = split; $seen{substr($k, 0, 3)}++ } close $in;
open(my $out, '>', 'out') or die; print $out "$_ $seen{$_}\\n" for sort keys %seen; close $out or die;
my $text = `cat out | wc -l`; die unless $text > 10; local $SIG{ALRM} = sub { die "late" }; alarm 20; waitpid(fork || exit(0), 0);
"""

PERL_SOCKETS = """
my $s = IO::Socket::INET->new(Listen => 5, LocalAddr => "127.0.0.1") or die; my $pid = fork;
if (!$pid) { my $c = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => $s->sockport); print $c "hi\\n" x 1000; exit }
my $c = $s->accept; my $n = 0; while (<$c>) { $n++ } waitpid $pid, 0; system("true"); die if $n != 1000;
"""


def python(text: str) -> list[str]:
    """A program in Python."""
    return [sys.executable, "-c", text]


PROGRAMS: dict[str, tuple[list[str], Preparation]] = {
    "ls": (["ls", "-lR", "/etc"], nothing),
    "git_log": (["git", "-C", "tree", "log", "--stat"], repository),
    "git_status": (["git", "-C", "tree", "status"], repository),
    "git_clone": (["git", "clone", "-q", "--no-local", "tree", "copy"], repository),
    "git_commit": (["sh", "-c", "cd tree && echo x >> one/file1.txt && git commit -qam more && git gc -q && git diff HEAD~"], repository),
    "git_fetch": (["sh", "-c", "git clone -q --bare tree other && git -C tree fetch -q ../other && git -C tree gc -q"], repository),
    "gcc": (["gcc", "-O1", "-o", "both", "one.c", "two.c"], sources),
    "make": (["make", "-j2"], sources),
    "tar_create": (["tar", "czf", "out.tar.gz", "tree"], tree),
    "tar_extract": (["tar", "xf", "tree.tar.gz", "--one-top-level=out"], archive),
    "tar_pipe": (["sh", "-c", "mkdir out && tar c tree | tar x -C out"], tree),
    "gzip": (["sh", "-c", "gzip large && gzip -dc large.gz | wc -c"], large),
    "python_imports": (python(SUBPROCESSES), nothing),
    "python_compileall": ([sys.executable, "-m", "compileall", "-q", "package"], modules),
    "python_sqlite": (python(SQLITE), nothing),
    "python_http": (python(HTTP), large),
    "python_asyncio": (python(ASYNC), nothing),
    "python_pool": (python(POOL), nothing),
    "python_spawn": (python(SPAWN), nothing),
    "sqlite3": (["sqlite3", "some.db", "create table t (a); insert into t values (1), (2); select sum(a) from t;"], nothing),
    "perl_sockets": (["perl", "-MIO::Socket", "-e", PERL_SOCKETS], nothing),
    "perl": (["perl", "-e", PERL], large),
    "bash": (["bash", "-c", PIPELINE], large),
    "find": (["find", "tree", "-name", "*.txt", "-exec", "wc", "-l", "{}", "+"], tree),
    "xargs": (["sh", "-c", "find tree -type f -print0 | xargs -0 -n 4 -P 2 md5sum"], tree),
    "sort": (["sort", "-S", "256k", "-T", ".", "-o", "sorted", "large"], large),
    "awk": (["awk", "{ seen[substr($1, 1, 3)]++ } END { for (k in seen) print k, seen[k] > \"out\" }", "large"], large),
    "sed": (["sed", "-i", "s/words/things/g", "large"], large),
    "grep": (["sh", "-c", "grep -rc line tree; grep -c 00 tree/one/file1.txt || true"], tree),
    "openssl": (["sh", "-c", "openssl genrsa -out key 1024 2> /dev/null && openssl dgst -sha256 key && openssl rand -hex 8"], nothing),
    "curl": (python(CURL), large),
    "redis-server": (["sh", "-c", REDIS], nothing),
    "ssh-keygen": (["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "key"], nothing),
    "dpkg": (["dpkg", "-l"], nothing),
    "cp": (["cp", "-a", "tree", "copy"], tree),
    "rsync": (["rsync", "-a", "tree/", "copy/"], tree),
    "flock": (["flock", "lock", "ls"], nothing),
    "mktemp": (["sh", "-c", "f=$(mktemp) && echo x > $f && cat $f && rm $f"], nothing),
    "dd": (["dd", "if=/dev/zero", "of=zeros", "bs=10000", "count=20", "status=none", "conv=fsync"], nothing),
    "head": (["sh", "-c", "yes | head -n 1000 | wc -l; cat large | head -c 100; sort large | head -n 1"], large),
    "man": (["man", "-P", "cat", "ls"], nothing),
    "apt-cache": (["apt-cache", "policy", "bash"], nothing),
    "script": (["script", "-qc", "ls", "typescript"], nothing),
    "bash_trap": (["bash", "-c", "trap 'x=1' USR1; (sleep 0.2; kill -USR1 $$) & read x < <(sleep 0.5); wait"], nothing),
    "bash_read": (["bash", "-c", "while read -u 3 -r a b; do :; done 3< tree/one/file1.txt; enable -f x.so x 2> /dev/null; true"], tree),
    "timeout": (["timeout", "5", "sleep", "0.1"], nothing),
}  # fmt: skip


@pytest.mark.parametrize("name", PROGRAMS)
def test_nothing_is_found(name: str, tmp_path: Path) -> None:
    command, prepare = PROGRAMS[name]
    for needed in {command[0], name.partition("_")[0] if name.partition("_")[0] != "python" else "sh"}:
        if not shutil.which(needed):
            pytest.skip(f"needs {needed}")
    prepare(tmp_path)
    trace = tmp_path / "trace"
    ended = subprocess.run(
        [*PTRACER, "-f", "--explain=all", "-o", str(trace), *command],
        cwd=tmp_path, env={**os.environ, **ENVIRONMENT}, stdin=subprocess.DEVNULL, capture_output=True, timeout=LONGEST,
    )  # fmt: skip
    assert not ended.returncode, ended.stderr.decode(errors="replace")[-2000:]
    assert not ended.stderr, ended.stderr.decode(errors="replace")[-2000:]
    text = trace.read_text(errors="surrogateescape")
    _, found, findings = text.partition(" finding")
    assert not found, findings[:3000]
