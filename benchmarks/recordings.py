"""What recording costs the traced program, and what it costs to read a recording again.

    python benchmarks/recordings.py [--rounds 5] [--calls 100000]

Each round runs everything in turn, so that what else happens on the machine falls on all alike; ratios are of medians.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / "tests"))
from programs.build import build  # noqa: E402

PTRACER = (sys.executable, "-m", "ptracer")


def seconds(*command: str) -> float:
    """Wall time of a command."""
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def rounds(cases: dict[str, tuple[str, ...]], count: int) -> dict[str, float]:
    """The median of each case, all of them in turn."""
    found: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(count):
        for name, command in cases.items():
            found[name].append(seconds(*command))
    return {name: statistics.median(times) for name, times in found.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--calls", type=int, default=100_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        recording = os.path.join(directory, "recording")
        for name, command in {
            "storm": (str(build("storm")), str(options.calls // 2)),
            "find": ("find", "/usr/share", "-size", "+1c", "-name", "x"),
        }.items():
            text = os.path.join(directory, "text")
            cases = {
                "untraced": command,
                "-o": (*PTRACER, "-o", text, *command),
                "--record": (*PTRACER, "--record", recording, *command),
            }
            strace = shutil.which("strace")
            if strace:
                cases["strace -o"] = (strace, "-o", text, *command)
            found = rounds(cases, options.rounds)
            print(f"{name}: " + ", ".join(f"{case} {time / found['-o']:.2f}" for case, time in found.items()) + " of -o")
            with open(text) as file:
                lines = sum(1 for _ in file)
            size, text_size = os.path.getsize(recording), os.path.getsize(text)
            print(f"  {lines} calls, {size / lines:.1f} bytes a call recorded, {text_size / lines:.1f} as text")
            replays = {
                "to text": (*PTRACER, "--replay", recording, "-o", text),
                "-c": (*PTRACER, "--replay", recording, "-c", "-o", text),
                "--by": (*PTRACER, "--replay", recording, "--by", "-o", text),
                "to json": (*PTRACER, "--replay", recording, "--format=json", "-o", text),
                "nothing": (*PTRACER, "-V"),
            }
            found = rounds(replays, options.rounds)
            costs = {case: (time - found["nothing"]) / lines * 1e6 for case, time in found.items() if case != "nothing"}
            print("  seconds a million calls: " + ", ".join(f"{case} {cost:.1f}" for case, cost in costs.items()))


if __name__ == "__main__":
    main()
