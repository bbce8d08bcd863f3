"""Ratios of ptracer to strace and to the untraced run, measured side by side: ``make bench``.

Every row alternates its commands in one run and compares medians, for these machines are shared and
absolute times mean little. Nothing here asserts; the table is the result.

    python benchmarks/bench.py [--rounds N] [--only WORD] [--strace PATH]
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
PTRACER = [str(Path(sys.executable).with_name("ptracer"))]
STORM_CALLS = "20000"  # of each kind: reads and writes
LONG_STORM = "60000"  # where a start would otherwise be most of what is measured
# A shell that forbids Python to keep its compiled modules would measure the compiler.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


@dataclass
class Row:
    """One comparison: what is run, against what, and the ratio that was promised."""

    name: str
    subject: list[str]
    reference: list[str]
    promise: float
    unit: str = "times"
    samples: dict[str, list[float]] = field(default_factory=lambda: {"subject": [], "reference": []})

    def measure(self) -> None:
        """One round: the subject and the reference, one after the other."""
        self.samples["reference"].append(seconds(self.reference))
        self.samples["subject"].append(seconds(self.subject))

    def ratio(self) -> float:
        """Of medians."""
        return statistics.median(self.samples["subject"]) / statistics.median(self.samples["reference"])

    def spread(self) -> str:
        """The smallest and largest ratio of a single round: how far the machine can be believed."""
        ratios = [s / r for s, r in zip(self.samples["subject"], self.samples["reference"], strict=True)]
        return f"{min(ratios):.2f}..{max(ratios):.2f}"


def seconds(command: list[str]) -> float:
    """Wall-clock time of a command."""
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=ENVIRONMENT)
    # Not wait(timeout): it sleeps for up to 50 ms between two looks.
    watchdog = threading.Timer(300, process.kill)
    watchdog.start()
    process.wait()
    elapsed = time.perf_counter() - begin
    watchdog.cancel()
    return elapsed


def build(directory: Path, name: str) -> str:
    """Compile a program of the tests."""
    target = directory / name
    source = HERE.parent / "tests" / "programs" / f"{name}.c"
    subprocess.run(["cc", "-O2", "-o", str(target), str(source), "-pthread"], check=True, timeout=60)
    return str(target)


def rows(strace: str, directory: Path) -> list[Row]:
    """The promises of the README, in order."""
    storm = [build(directory, "storm"), STORM_CALLS]
    forks = [build(directory, "forks"), "500", shutil.which("true") or "/bin/true"]
    filtered = [sys.executable, str(HERE / "filtered.py")]
    to = ["-o", str(directory / "trace")]
    long, inside = [storm[0], LONG_STORM], [*PTRACER, "--capture=inside", "-f"]
    kept = ["--record", str(directory / "recording")]
    return [
        Row("storm, -o FILE, against strace", [*PTRACER, *to, *storm], [strace, *to, *storm], 0.9),
        Row("storm, -c, against strace", [*PTRACER, "-c", *to, *storm], [strace, "-c", *to, *storm], 0.8),
        Row(
            "storm, -e trace=openat, against untraced",
            [*PTRACER, "-e", "trace=openat", *to, storm[0], "4000000"],
            [storm[0], "4000000"],
            1.2,
        ),
        Row("  of which any seccomp filter, without a tracer", [*filtered, storm[0], "4000000"], [storm[0], "4000000"], 0),
        Row("500 processes, -f, against strace", [*PTRACER, "-f", *to, *forks], [strace, "-f", *to, *forks], 1.2),
        Row("inside: storm, -c, against strace -c", [*inside, "-c", *to, *long], [strace, "-f", "-c", *to, *long], 0.05),
        Row("inside: storm, --record, against strace -o", [*inside, *kept, *long], [strace, "-f", *to, *long], 0.05),
        Row("inside: storm, -o FILE, against strace -o", [*inside, *to, *long], [strace, "-f", *to, *long], 0.3),
    ]


def peak_memory(command: list[str]) -> float:
    """Peak resident memory of a command's own process in megabytes."""
    pid = os.fork()
    if pid == 0:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        os.execvpe(command[0], command, ENVIRONMENT)
    _, _, usage = os.wait4(pid, 0)
    assert isinstance(usage, resource.struct_rusage)
    return usage.ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", default="", help="rows whose name has this word")
    parser.add_argument("--strace", default=shutil.which("strace"))
    options = parser.parse_args()
    if options.strace is None:
        sys.exit("strace is not installed here: install the Debian package strace")
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        version = subprocess.run([options.strace, "-V"], capture_output=True, text=True, check=True).stdout.split("\n")[0]
        print(f"{version}; {options.rounds} rounds, medians; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
        print(f"{'':50} {'ratio':>7} {'promise':>8}  single rounds")
        chosen = [row for row in rows(options.strace, directory) if options.only in row.name]
        for row in chosen:
            for _ in range(options.rounds):
                row.measure()
            print(f"{row.name:50} {row.ratio():7.2f} {row.promise or '':>8}  {row.spread()}", flush=True)
        start = [seconds([*PTRACER, "-o", os.devnull, "true"]) * 1000 for _ in range(options.rounds)]
        python = [seconds([sys.executable, "-c", "pass"]) * 1000 for _ in range(options.rounds)]
        print(f"{'start-up, milliseconds':50} {statistics.median(start):7.0f} {100:8}  {min(start):.0f}..{max(start):.0f}")
        print(f"{'  of which Python itself':50} {statistics.median(python):7.0f} {'':8}  {min(python):.0f}..{max(python):.0f}")
        memory = peak_memory([*PTRACER, "-o", str(directory / "trace"), str(directory / "storm"), "200000"])
        print(f"{'peak memory over 400,000 calls, megabytes':50} {memory:7.0f} {80:8}")


if __name__ == "__main__":
    main()
