"""The fuzzer of ``tests/fuzz`` for as long as ``SOAK_FUZZ`` says, in seconds. What it finds is said, and kept beside the corpus."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SECONDS = int(os.environ.get("SOAK_FUZZ", "300"))
HARNESS = Path(__file__).resolve().parent.parent / "fuzz" / "harness.py"
pytestmark = pytest.mark.timeout(SECONDS * 2 + 600)  # what it instruments first takes minutes where there is little of a processor


def test_nothing_is_found(tmp_path: Path) -> None:
    corpus = Path(os.environ.get("SOAK_CORPUS", str(tmp_path / "corpus")))
    corpus.mkdir(exist_ok=True)
    command = [sys.executable, str(HARNESS), f"--seconds={SECONDS}", str(corpus)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, errors="replace")
    kept = [path.name for path in tmp_path.iterdir() if path.is_file()]
    assert done.returncode == 0 and not kept, (kept, done.stdout[-2000:], done.stderr[-6000:])
