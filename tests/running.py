"""Running the ``ptracer`` command in tests."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

PTRACER = (sys.executable, "-m", "ptracer")
PATIENCE = 20.0  # seconds that anything may take on a busy machine


def ptracer(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run it to its end."""
    return subprocess.run([*PTRACER, *arguments], capture_output=True, text=True, timeout=60, **options)


def start(*arguments: str, **options: Any) -> subprocess.Popen[str]:
    """Start it; its standard error is a pipe."""
    return subprocess.Popen([*PTRACER, *arguments], stderr=subprocess.PIPE, text=True, **options)


def until(holds: Callable[[], object], what: str = "") -> None:
    """Wait for something that will be so soon."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, f"still not so: {what or holds}"
        time.sleep(0.02)


def field(pid: int, name: str) -> str:
    """A field of /proc/PID/status; empty when the process is gone."""
    try:
        with open(f"/proc/{pid}/status") as file:
            return next((line.split(":", 1)[1].strip() for line in file if line.startswith(f"{name}:")), "")
    except OSError:
        return ""


def alive(pid: int) -> bool:
    """Whether a process exists and is no zombie."""
    return field(pid, "State")[:1] not in ("", "Z")


def traced(pid: int) -> bool:
    """Whether somebody traces it."""
    return field(pid, "TracerPid") not in ("", "0")


def kill(*pids: int) -> None:
    """Clean up."""
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
