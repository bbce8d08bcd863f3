"""The C loop under AddressSanitizer and UndefinedBehaviorSanitizer: its contract, and programs that fight it.

The extension is compiled once more, into a directory of its own, and found there by tests that run in a process of their own, into
which the runtime of AddressSanitizer is loaded first. Whatever it finds ends that process.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

pytestmark = [pytest.mark.ptrace, pytest.mark.timeout(3600)]

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCE = ROOT / "ptracer" / "capture" / "_capture.c"
FLAGS = ("-O1", "-g", "-fno-omit-frame-pointer", "-fsanitize=address,undefined", "-fno-sanitize-recover=undefined", "-Wall", "-Wextra")
LIMIT = float(os.environ.get("SOAK_SECONDS", "600"))  # of one run of tests
FILES = {"test_capture_contract.py": "native", "test_taking.py": "native", "test_ring.py": "not pure"}  # and which of their tests
# The site hook: whoever imports the extension gets the one that was compiled here.
HOOK = """
import importlib.machinery, importlib.util, sys

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "ptracer.capture._capture":
            loader = importlib.machinery.ExtensionFileLoader(name, {path!r})
            return importlib.util.spec_from_file_location(name, {path!r}, loader=loader)

sys.meta_path.insert(0, Finder())
"""


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """In which Python finds the extension that was compiled with sanitizers."""
    directory = tmp_path_factory.mktemp("sanitized")
    compiler = os.environ.get("CC") or shutil.which("gcc")
    runtime = subprocess.run([compiler or "false", "-print-file-name=libasan.so"], capture_output=True, text=True).stdout.strip()
    if compiler is None or not os.path.isabs(runtime):
        pytest.skip("there is no compiler with AddressSanitizer")
    made = directory / "_capture.abi3.so"
    command = [compiler, *FLAGS, "-shared", "-fPIC", f"-I{sysconfig.get_paths()['include']}", str(SOURCE), "-o", str(made), "-pthread"]
    subprocess.run(command, check=True)
    (directory / "sitecustomize.py").write_text(HOOK.replace("{path!r}", repr(str(made))))
    options = "detect_leaks=0:abort_on_error=1:allocator_may_return_null=1:handle_segv=0"
    return {
        **os.environ, "LD_PRELOAD": runtime, "PYTHONPATH": f"{directory}:{ROOT / 'tests'}", "ASAN_OPTIONS": options,
        "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1", "PYTHONMALLOC": "malloc", "PTRACER_CAPTURE": "c",
    }  # fmt: skip


def run(environment: dict[str, str], *command: str, **more: str) -> subprocess.CompletedProcess[str]:
    """A command with the sanitizers; its output if they have found nothing."""
    done = subprocess.run(
        [sys.executable, *command], capture_output=True, text=True, timeout=LIMIT, env={**environment, **more}, cwd=ROOT, errors="replace"
    )
    said = done.stdout + done.stderr
    assert "ERROR: AddressSanitizer" not in said and "runtime error:" not in said, said[-8000:]
    return done


def test_the_extension_is_the_one_with_sanitizers(environment: dict[str, str]) -> None:
    code = "import ptracer.capture._capture as made; print(made.__file__); print('asan' in open('/proc/self/maps').read())"
    done = run(environment, "-c", code)
    assert "sanitized" in done.stdout and "True" in done.stdout, done.stderr


@pytest.mark.parametrize("file", FILES)
def test_the_contract(environment: dict[str, str], file: str) -> None:
    """Of the C loop: what is in Python has nothing to find, and is too slow here for tests that are about milliseconds."""
    done = run(environment, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "--timeout=300", "-k", FILES[file], f"tests/{file}")
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


@pytest.mark.parametrize("options", ["-v -s 4096", "-yy -Y", "-k", "--record FILE", "-e trace=openat,write", "--redact"])
@pytest.mark.parametrize("program", ["racing_memory", "memory_faults", "exit_in_threads", "thread_exec", "strings", "storm"])
def test_programs_that_fight_it(environment: dict[str, str], tmp_path: Path, program: str, options: str) -> None:
    from programs.build import build

    words = options.replace("FILE", str(tmp_path / "kept")).split()
    amount = {"storm": ["20000"], "racing_memory": ["20"]}.get(program, [])
    # What is traced has none of it.
    traced = ["/usr/bin/env", "-u", "LD_PRELOAD", str(build(program)), *amount]
    done = run(environment, "-m", "ptracer", "-f", "-o", str(tmp_path / "trace"), *words, *traced)
    assert done.returncode >= 0, done.stderr[-4000:]
