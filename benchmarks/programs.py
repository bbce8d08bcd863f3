"""How much slower programs are when they are traced.

    python benchmarks/programs.py [--rounds N] [--only WORD] [--strace PATH]

Each program runs untraced, then with each tracer, again and again; what is printed is the ratio of medians to the untraced run. A
server is put under its own benchmark, whose time counts. Nothing here asserts.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

PTRACER = [str(Path(sys.executable).with_name("ptracer"))]
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
SOURCES = 40  # of the program that make builds
FILES = 3000  # of the tree that git looks at
ROWS = 100_000
INSERT = f"""
import sqlite3
c = sqlite3.connect('rows', isolation_level=None)
c.execute('create table t(a)')
for batch in range({ROWS // 100}):
    c.execute('begin')
    c.executemany('insert into t values (?)', [(i,) for i in range(100)])
    c.execute('commit')
"""

Run = Callable[[list[str]], float]  # with a tracer before it; seconds


def run(command: list[str], directory: Path) -> float:
    begin = time.perf_counter()
    null = subprocess.DEVNULL
    done = subprocess.run(command, cwd=directory, stdout=null, stderr=null, env=ENVIRONMENT, timeout=300)
    if done.returncode:
        print(f"{command[0]} ... {command[-1][:40]} has failed", file=sys.stderr)
    return time.perf_counter() - begin


def git_status(directory: Path) -> Run:
    for number in range(FILES):
        place = directory / "tree" / str(number % 60)
        place.mkdir(parents=True, exist_ok=True)
        (place / f"file{number}").write_text(str(number))
    for command in (["init", "-q"], ["add", "."]):
        subprocess.run(["git", *command], cwd=directory / "tree", check=True)
    return lambda tracer: run([*tracer, "git", "status"], directory / "tree")


def sqlite_inserts(directory: Path) -> Run:
    def measure(tracer: list[str]) -> float:
        (directory / "rows").unlink(missing_ok=True)
        return run([*tracer, sys.executable, "-c", INSERT], directory)

    return measure


def import_ssl(directory: Path) -> Run:
    return lambda tracer: run([*tracer, sys.executable, "-c", "import ssl"], directory)


def make(directory: Path) -> Run:
    names = [f"part{number}" for number in range(SOURCES)]
    for name in names:
        (directory / f"{name}.c").write_text(f"#include <stdio.h>\nint {name}(void) {{ return printf(\"%d\", 1); }}\n")
    objects = " ".join(f"{name}.o" for name in names)
    (directory / "Makefile").write_text(f"all: {objects}\nclean:\n\trm -f *.o\n")

    def measure(tracer: list[str]) -> float:
        subprocess.run(["make", "-s", "clean"], cwd=directory, check=True)
        return run([*tracer, "make", "-j2"], directory)

    return measure


def redis(directory: Path) -> Run:
    def measure(tracer: list[str]) -> float:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = str(free.getsockname()[1])
        server = subprocess.Popen(
            [*tracer, "redis-server", "--port", port, "--save", "", "--bind", "127.0.0.1"],
            cwd=directory, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=ENVIRONMENT,
        )  # fmt: skip
        client = ["redis-cli", "-p", port]
        while subprocess.run([*client, "ping"], capture_output=True).returncode:
            time.sleep(0.05)
        elapsed = run(["redis-benchmark", "-p", port, "-q", "-t", "get,set", "-n", "20000"], directory)
        subprocess.run([*client, "shutdown", "nosave"], capture_output=True)
        server.wait(60)
        return elapsed

    return measure


PROGRAMS: dict[str, tuple[str, Callable[[Path], Run]]] = {
    f"git status, {FILES:,} files": ("git", git_status),
    f"sqlite3, {ROWS:,} inserts": (sys.executable, sqlite_inserts),
    "python3 -c 'import ssl'": (sys.executable, import_ssl),
    f"make -j2, {SOURCES} files": ("make", make),
    "redis-server under redis-benchmark": ("redis-server", redis),
}


def tracers(strace: str | None, output: str) -> dict[str, list[str]]:
    to = ["-f", "-o", output]
    known = {
        "inside": [*PTRACER, "--capture=inside", *to],
        "inside -c": [*PTRACER, "--capture=inside", "-c", *to],
        "stops": [*PTRACER, "--capture=stops", *to],
    }
    if strace:
        known["strace"] = [strace, *to]
    if perf_trace_works():
        known["perf trace"] = ["perf", "trace", "-o", output]
    return known


def perf_trace_works() -> bool:
    command = ["perf", "trace", "-o", os.devnull, "true"]
    return bool(shutil.which("perf")) and not subprocess.run(command, capture_output=True).returncode


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="", help="programs whose name has this word")
    parser.add_argument("--strace", default=shutil.which("strace"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        known = tracers(options.strace, str(Path(name, "trace")))
        machine = f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"
        print(f"times the untraced run; {options.rounds} rounds, medians; {machine}")
        print(f"{'':36} {'untraced':>9}" + "".join(f"{tracer:>12}" for tracer in known))
        for title, (needs, prepare) in PROGRAMS.items():
            if options.only not in title or not shutil.which(needs):
                continue
            directory = Path(name, needs.rpartition("/")[2] + title[:3])
            directory.mkdir()
            measure = prepare(directory)
            alone: list[float] = []
            times: dict[str, list[float]] = {tracer: [] for tracer in known}
            for _ in range(options.rounds):
                alone.append(measure([]))
                for tracer, command in known.items():
                    times[tracer].append(measure(command))
            base = statistics.median(alone)
            ratios = "".join(f"{statistics.median(times[tracer]) / base:>12.1f}" for tracer in known)
            print(f"{title:36} {base:>8.2f}s{ratios}", flush=True)


if __name__ == "__main__":
    main()
