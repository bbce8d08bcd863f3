"""Memory stays flat however long a trace goes on."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from programs.build import build
from running import PTRACER, field, traced, until

pytestmark = [pytest.mark.ptrace, pytest.mark.timeout(3600)]

CALLS = int(os.environ.get("SOAK_CALLS", "50000000"))
PROCESSES = int(os.environ.get("SOAK_PROCESSES", "100000"))
WARM = 0.5  # of the run, in which tables are filled: Python's own are when some ten thousand processes have come and gone
QUITS = 5
LONGEST_END = 0.2  # seconds; the best of them, for others may work here too
ROW_OF_A_THREAD = 4096  # bytes, of --by=thread, which has one for each
ALLOWED = 4 << 20  # bytes that the rest of the run may add: what the allocator does, not what is kept


def resident(pid: int) -> int:
    """Bytes of a process that are in memory; 0: it is gone."""
    found = re.match(r"(\d+) kB", field(pid, "VmRSS"))
    return int(found[1]) * 1024 if found else 0


def growth(*arguments: str) -> tuple[list[int], int]:
    """Sizes of ptracer, looked at twenty times a second, and how much it grew after it was warm."""
    tracer = subprocess.Popen([*PTRACER, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    sizes = []
    while tracer.poll() is None:
        sizes.append(resident(tracer.pid))
        time.sleep(0.05)
    assert tracer.returncode == 0
    sizes = [size for size in sizes if size]
    warm = sizes[int(len(sizes) * WARM) :]
    third = max(len(warm) // 3, 1)
    return sizes, max(warm[-third:]) - max(warm[:third])


FORMS = {
    "text": ("-o", os.devnull),
    "counted": ("-c", "-o", os.devnull),
    "recorded": ("--record", "FILE"),
    "recent": ("--record", "FILE", "--last", "100000"),
    "tables": ("--by=syscall,thread,path", "-o", os.devnull),
    "explained": ("--explain=all", "-o", os.devnull),
    "json": ("--format=json", "-o", os.devnull),
}


def options(form: str, directory: Path) -> list[str]:
    return [str(directory / "file") if word == "FILE" else word for word in FORMS[form]]


@pytest.mark.parametrize("form", FORMS)
def test_many_calls(tmp_path: Path, form: str, record_property: Callable[[str, object], None]) -> None:
    calls = CALLS if form == "text" else CALLS // 10
    sizes, grown = growth("-f", *options(form, tmp_path), str(build("storm")), str(calls // 2))
    record_property("figure", f"{form}: {calls} calls, at most {max(sizes) >> 20} MiB, {grown / max(calls * (1 - WARM) / 1e6, 1e-9):.0f} bytes a million calls")
    assert grown < ALLOWED


@pytest.mark.parametrize("form", FORMS)
def test_many_processes(tmp_path: Path, form: str, record_property: Callable[[str, object], None]) -> None:
    count = PROCESSES if form == "text" else PROCESSES // 3
    sizes, grown = growth("-f", *options(form, tmp_path), str(build("forks")), str(count))
    record_property("figure", f"{form}: {count} processes, at most {max(sizes) >> 20} MiB, grew by {grown / count:.1f} bytes a process")
    assert grown < ALLOWED + (count * ROW_OF_A_THREAD if form == "tables" else 0)


WAKING = """
import threading, time
def work():
    while True:
        time.sleep(0.05)
for _ in range(199):
    threading.Thread(target=work, daemon=True).start()
print("ready", flush=True)
work()
"""


@pytest.mark.parametrize("options", [(), ("-k",), ("-v", "-yy")], ids=["text", "stacks", "full"])
def test_time_to_quit(options: tuple[str, ...], record_property: Callable[[str, object], None]) -> None:
    """From ^C to the end of ptracer, of a program with two hundred threads that make calls now and then."""
    program = subprocess.Popen([sys.executable, "-c", WAKING], stdout=subprocess.PIPE)
    assert program.stdout is not None and program.stdout.readline() == b"ready\n"
    taken = []
    try:
        for _ in range(QUITS):
            tracer = subprocess.Popen([*PTRACER, "-f", "-qq", *options, "-o", os.devnull, "-p", str(program.pid)])
            until(lambda: all(traced(int(tid)) for tid in os.listdir(f"/proc/{program.pid}/task")), "the attachment")
            time.sleep(1)
            began = time.monotonic()
            tracer.send_signal(signal.SIGINT)
            tracer.wait(60)
            taken.append(time.monotonic() - began)
    finally:
        program.kill()
        program.wait()
    taken.sort()
    what = " ".join(options) or "text"
    record_property("figure", f"^C ends it within {taken[0] * 1000:.0f} to {taken[-1] * 1000:.0f} ms, two hundred threads ({what})")
    assert taken[0] < LONGEST_END
