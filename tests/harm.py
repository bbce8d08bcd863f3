"""What may happen to ptracer while it traces a program that checks itself, and what must have become of that program."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from programs.build import build
from running import PTRACER, alive, field

PATIENCE = 60.0  # seconds that a program may take to end on a busy machine


@dataclass
class Outcome:
    """What became of one round."""

    said: str  # by the program
    began: bool  # it was running when ptracer was hit
    stopped: list[int]  # of its threads, those that were left stopped or traced

    @property
    def unharmed(self) -> bool:
        return not self.stopped and (self.said == "steady\n" or (not self.began and self.said == ""))


def steady() -> str:
    """The program that checks itself."""
    return str(build("steady"))


def strike_a_command(directory: Path, chance: random.Random, seconds: float, strike: Callable[[subprocess.Popen[bytes]], None]) -> Outcome:
    """Start it under ptracer, and do something to ptracer after a while."""
    said = directory / "said"
    with said.open("wb") as out:
        tracer = subprocess.Popen(
            [*PTRACER, "-f", "-o", os.devnull, steady(), str(seconds)], stdout=out, stderr=subprocess.DEVNULL, start_new_session=True
        )
    time.sleep(chance.uniform(0, seconds + 0.5))
    pids = members(tracer.pid)
    strike(tracer)
    tracer.wait(PATIENCE)
    return outcome(said, pids)


def strike_an_attacher(directory: Path, chance: random.Random, seconds: float, strike: Callable[[subprocess.Popen[bytes]], None]) -> Outcome:
    """Start it alone, attach, and do something to ptracer after a while."""
    said = directory / "said"
    with said.open("wb") as out:
        program = subprocess.Popen([steady(), str(seconds)], stdout=out, start_new_session=True)
    tracer = subprocess.Popen([*PTRACER, "-f", "-o", os.devnull, "-p", str(program.pid)], stderr=subprocess.DEVNULL)
    time.sleep(chance.uniform(0, seconds))
    strike(tracer)
    tracer.wait(PATIENCE)
    program.wait(PATIENCE)
    return outcome(said, [program.pid])


def outcome(said: Path, pids: list[int]) -> Outcome:
    """Wait for the program's end; what it said, and who was left behind."""
    end = time.monotonic() + PATIENCE
    while any(alive(pid) for pid in pids) and time.monotonic() < end:
        time.sleep(0.01)
    left = [pid for pid in pids if alive(pid)]
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    return Outcome(said.read_text(), bool(pids), left)


def members(session: int) -> list[int]:
    """The processes of a session that run the program."""
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                if os.getsid(int(name)) == session and os.readlink(f"/proc/{name}/exe") == steady():
                    found.append(int(name))
            except OSError:
                pass
    return found


def kill(tracer: subprocess.Popen[bytes]) -> None:
    """The worst that can happen, except to a tracer that is not there any more."""
    tracer.kill()


def interrupt(tracer: subprocess.Popen[bytes]) -> None:
    """What a person does."""
    tracer.send_signal(signal.SIGINT)


def state(pid: int) -> str:
    """``T (stopped)`` and its like."""
    return field(pid, "State")
