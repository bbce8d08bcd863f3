#!/usr/bin/env python3
"""What a stack costs: a program that makes calls below 17 frames, under ``ptracer -k`` and ``strace -k``.

    python benchmarks/stacks.py [CALLS]

The first line is the work of the decoding thread alone, from registers and memory to text, warm; the others are what
the whole trace takes for each call, less what it takes to start.
"""

from __future__ import annotations

import os
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FRAMES = 17
PROGRAM = """
#include <stdlib.h>
#include <unistd.h>
static int calls;
__attribute__((noinline)) static int deep(int n)
{
    volatile int here = n;
    if (n)
        return deep(n - 1) + here;
    for (int i = 0; i < calls; i++)
        write(-1, "", 0);
    return here;
}
int main(int count, char **words)
{
    calls = atoi(words[1]);
    return deep(FRAMES - 6) & 0;
}
"""


def build(folder: Path) -> Path:
    """The program; the frames below ``deep`` are write, main and three of the C library."""
    source, program = folder / "deep.c", folder / "deep"
    source.write_text(PROGRAM)
    subprocess.run(["gcc", "-O1", "-fno-optimize-sibling-calls", f"-DFRAMES={FRAMES}", "-o", program, source], check=True)
    return program


def seconds(*command: object) -> float:
    start = time.perf_counter()
    subprocess.run([str(word) for word in command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start


def whole(tracer: list[str], program: Path, calls: int) -> float:
    """Microseconds of a trace for each call."""
    command = [*tracer, "-k", "-e", "trace=write", "-o", program.parent / "trace", program]
    few, many = (min(seconds(*command, count) for _ in range(3)) for count in (1, calls))
    return (many - few) / (calls - 1) * 1e6


def alone(program: Path) -> tuple[float, int]:
    """Microseconds from registers and memory to text, and how many frames those are."""
    from ptracer.stacks.spaces import Spaces

    data, maps = stopped(program)
    spaces = Spaces(256)
    spaces.enter(1, 1, maps, b"")
    frames = spaces.text(1, data, True).count("\n")
    times = []
    for _ in range(2000):
        start = time.perf_counter()
        spaces.text(1, data, True)
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1e6, frames


def stopped(program: Path) -> tuple[bytes, bytes]:
    """Registers and stack, and the mappings, of the program in its ``write``."""
    from ptracer.capture import choose, records, stacks
    from ptracer.plans import STACKS

    pid = os.fork()
    if not pid:
        os.kill(os.getpid(), 19)
        os.execv(program, [str(program), "1"])
    os.waitpid(pid, os.WUNTRACED)
    capture = choose.make(8 << 20)
    capture.seize(pid, 1 | 1 << 20)
    os.kill(pid, 18)
    found = b"", b""
    while (event := capture.wait()) is not None:
        if event[0] == records.NEED_PLAN:
            _, _, arch, number, _ = event
            from ptracer.plans import Plan

            capture.set_plan(arch, number, -1, 0, 0, Plan(live_entry=True) if number == 1 else None)
        elif event[0] == records.LIVE_ENTRY:
            found = stacks.read(capture, pid, STACKS), stacks.maps(pid)
            capture.resume(pid)
        elif os.WIFSTOPPED(event[2]):
            number = os.WSTOPSIG(event[2])
            capture.resume(pid, 0 if number in (5, 18, 19) else number)
    assert struct.calcsize("27Q") < len(found[0])
    return found


def main() -> None:
    calls = int(sys.argv[1]) if len(sys.argv) > 1 else 3000
    with tempfile.TemporaryDirectory() as folder:
        program = build(Path(folder))
        microseconds, frames = alone(program)
        print(f"{'a warm stack of ' + str(frames) + ' frames':32}{microseconds:8.1f} us")
        ptracer = [sys.executable, "-m", "ptracer"]
        print(f"{'ptracer -k, a call':32}{whole(ptracer, program, calls):8.1f} us")
        strace = os.environ.get("STRACE") or shutil.which("strace")
        if strace:
            print(f"{'strace -k, a call':32}{whole([strace], program, calls):8.1f} us")


if __name__ == "__main__":
    main()
