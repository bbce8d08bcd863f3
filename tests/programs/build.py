#!/usr/bin/env python3
"""Compiles the programs of this directory: `build("storm")` returns the path of the executable.

    python tests/programs/build.py [DIRECTORY]      compiles all of them and prints their paths

Executables are kept in a cache directory under a name that depends on source, compiler and flags. Those for
i386 are static and come from the compiler of the `ziglang` package: no other headers or libraries are needed.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

SOURCES = Path(__file__).resolve().parent
FLAGS = ("-std=gnu11", "-O1", "-g", "-pthread", "-Wall", "-Wextra", "-Wno-unused-result", "-Wno-unused-parameter")
# Programs for one architecture: only x86_64 can execute the other instruction set's `int $0x80`, and what makes every
# call of a family by its number needs the ABI that has such numbers.
I386_ONLY = frozenset({"calls_i386"})
NATIVE_ONLY = frozenset({"int80", "own_base", "sites"}) | {path.stem for path in SOURCES.glob("calls_*.c")} - I386_ONLY


class CannotBuild(Exception):
    """There is no compiler for this architecture here."""


def names(architecture: str = "native") -> list[str]:
    """The programs that can be compiled for this architecture."""
    programs = sorted(path.stem for path in SOURCES.glob("*.c"))
    others = {"native": I386_ONLY, "i386": NATIVE_ONLY}.get(architecture, I386_ONLY | NATIVE_ONLY)
    return [name for name in programs if name not in others]


def compiler(architecture: str) -> list[str]:
    if architecture == "native":
        for candidate in (os.environ.get("CC", ""), "gcc", "cc", "clang"):
            if candidate and shutil.which(candidate.split()[0]):
                return candidate.split()
        raise CannotBuild("no C compiler is installed")
    if importlib.util.find_spec("ziglang") is None:
        raise CannotBuild(f"the package ziglang, which compiles for {architecture}, is not installed")
    target = {"i386": "x86-linux-musl", "aarch64": "aarch64-linux-musl"}[architecture]
    return [sys.executable, "-m", "ziglang", "cc", "-target", target, "-static"]


def cache_directory() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base, "ptracer-tests", "programs")


def build(name: str, architecture: str = "native", directory: Path | None = None) -> Path:
    """Compiles one program unless that was done before, and returns its path. Raises CannotBuild."""
    source = SOURCES / f"{name}.c"
    command = [*compiler(architecture), *FLAGS]
    texts = [source.read_bytes(), *(header.read_bytes() for header in sorted(SOURCES.glob("*.h")))]
    digest = hashlib.sha256(b"".join(texts) + "\0".join(command[1:]).encode()).hexdigest()[:12]
    # The directory has the digest, not the program: names are shown in traces and should stay the same.
    target = (directory or cache_directory()) / architecture / digest / name
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        unfinished = target.with_name(f"{name}.{os.getpid()}")
        subprocess.run([*command, str(source), "-o", str(unfinished)], check=True)
        unfinished.replace(target)  # several test processes may compile the same program
    return target


def main(arguments: Sequence[str]) -> int:
    directory = Path(arguments[0]) if arguments else None
    status = 0
    for architecture in ("native", "i386"):
        try:
            compiler(architecture)
        except CannotBuild as problem:
            print(f"{architecture}: {problem}", file=sys.stderr)
            continue
        for name in names(architecture):
            try:
                print(build(name, architecture, directory))
            except subprocess.CalledProcessError:
                status = 1  # the compiler said why
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
