"""What it costs to turn a recording into each format: processor seconds for a million calls, and bytes a call.

    python benchmarks/formats.py [RECORDING] [--times 3]

Without a recording one is made of `find /usr/share`. Of several runs the cheapest counts, for nobody has a machine to himself.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PTRACER = (sys.executable, "-m", "ptracer")
FORMATS = ("strace", "json", "csv", "parquet", "sqlite", "chrome", "speedscope", "collapsed")


def used() -> float:
    """Processor seconds of children so far."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def size(place: Path) -> int:
    """Bytes of a file, or of all in a directory."""
    files = place.rglob("*") if place.is_dir() else [place]
    return sum(file.stat().st_size for file in files if file.is_file())


def measured(recording: str, format: str, place: Path) -> tuple[float, int]:
    """Seconds and bytes of one conversion."""
    before = used()
    subprocess.run([*PTRACER, "--replay", recording, f"--format={format}", "-o", str(place)], check=True)
    seconds, bytes = used() - before, size(place)
    shutil.rmtree(place) if place.is_dir() else place.unlink()
    return seconds, bytes


def main() -> None:
    """Measure all formats in turn, so that what else happens on the machine falls on all alike."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recording", nargs="?")
    parser.add_argument("--times", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        recording = options.recording
        if recording is None:
            recording = os.path.join(directory, "recording")
            command = [*PTRACER, "--record", recording, "find", "/usr/share", "-size", "+1c", "-name", "x"]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        counted = Path(directory, "counted")
        subprocess.run([*PTRACER, "--replay", recording, "--format=csv", "-o", str(counted)], check=True)
        with open(counted, "rb") as file:
            calls = sum(1 for _ in file) - 1
        found: dict[str, list[tuple[float, int]]] = {format: [] for format in FORMATS}
        for _ in range(options.times):
            for format in FORMATS:
                found[format].append(measured(recording, format, Path(directory, "out")))
        print(f"{calls} calls; the recording has {size(Path(recording)) / calls:.0f} bytes a call")
        for format, results in found.items():
            seconds, bytes = min(results)
            print(f"{format:10} {seconds * 1e6 / calls:6.1f} s a million calls  {bytes / calls:6.1f} bytes a call")


if __name__ == "__main__":
    main()
