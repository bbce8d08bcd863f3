"""The faulty programs of tests/faulty: what they must be found to do, how they are built and run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from running import PTRACER

DIRECTORY = Path(__file__).parent / "faulty"
KEYS = ("finds", "says", "below", "options", "needs", "stdin")
SUFFIXES = (".c", ".S", ".py", ".sh")


@dataclass
class Program:
    """One of them, and what its comments say."""

    path: Path
    said: dict[str, list[str]] = field(default_factory=lambda: {key: [] for key in KEYS})

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def fine(self) -> bool:
        """Whether nothing may be found."""
        return self.name.startswith("fine_")

    def lacks(self) -> str:
        """What it needs and the machine has not; empty: nothing."""
        needs = " ".join(self.said["needs"]).split()
        if "root" in needs and os.geteuid():
            return "root"
        if "i386" in needs and not compiles("-m32"):
            return "a compiler for i386"
        return next((need for need in needs if need not in ("root", "i386") and not shutil.which(need)), "")


def programs() -> list[Program]:
    """All of them."""
    return [read(path) for path in sorted(DIRECTORY.iterdir()) if path.suffix in SUFFIXES]


def read(path: Path) -> Program:
    """What the comments at the beginning say."""
    program = Program(path)
    for line in path.read_text().splitlines():
        if not line.startswith(("//", "#", "/*", " *")):
            break
        key, colon, value = line.lstrip("/#* ").partition(":")
        if colon and key in KEYS:
            program.said[key].append(value.strip())
    return program


def compiles(*flags: str) -> bool:
    """Whether the compiler can do that."""
    source = "int main(void) { return 0; }"
    made = subprocess.run(["cc", *flags, "-x", "c", "-", "-o", "/dev/null"], input=source, text=True, capture_output=True)
    return made.returncode == 0


def command(program: Program, directory: Path) -> list[str]:
    """What runs it, built if that is needed."""
    if program.path.suffix == ".py":
        return [sys.executable, str(program.path)]
    if program.path.suffix == ".sh":
        return ["sh", str(program.path)]
    binary = directory.parent / f"{directory.name}-{program.name}"
    flags = ["-m32"] if "i386" in " ".join(program.said["needs"]).split() else []
    plain = ["-nostdlib", "-static"] if program.path.suffix == ".S" else ["-pthread"]
    subprocess.run(["cc", "-g", "-O0", "-w", *flags, *plain, str(program.path), "-o", str(binary)], check=True)
    return [str(binary)]


@dataclass
class Found:
    """What came of it: objects of findings, and the text of the trace."""

    findings: list[dict[str, object]]
    text: str

    @property
    def names(self) -> list[object]:
        return [finding["name"] for finding in self.findings]


def explain(program: Program, directory: Path) -> Found:
    """Run it under ptracer, for findings as JSON; once more for the text where that has to say something."""
    directory.mkdir(exist_ok=True)
    argv = command(program, directory)
    options = ["-f", "--explain=all", *" ".join(program.said["options"]).split()]
    outputs = []
    for form in ("json", "strace")[: 2 if program.said["below"] else 1]:
        place = directory / form
        place.mkdir()
        output = directory / f"{form}.trace"
        subprocess.run(
            [*PTRACER, *options, f"--format={form}", "-o", str(output), *argv],
            cwd=place,
            input="\n".join(program.said["stdin"]),
            text=True,
            capture_output=True,
            timeout=60,
        )
        outputs.append(output.read_text(errors="surrogateescape"))
    objects = [json.loads(line) for line in outputs[0].splitlines()]
    return Found([one for one in objects if one["type"] == "finding"], outputs[-1])
