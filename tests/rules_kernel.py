"""Asks the running kernel about rules: makes a call in a process of its own, and says what came of it and which rule explains it."""

from __future__ import annotations

import atexit
import ctypes
import gc
import json
import os
import shutil
import signal
import tempfile
from collections.abc import Callable
from typing import Any

from decoding import number_of

from ptracer.capture.processes import descriptors
from ptracer.decode.call import LiveCall
from ptracer.decode.detail import Detail
from ptracer.decode.registry import Signatures
from ptracer.explain.case import Case
from ptracer.explain.causes.arguments import broken_rule
from ptracer.explain.remembered import Remembered
from ptracer.model.world import World
from ptracer.regs import X86_64
from ptracer.tables.rules import rules_of

Arguments = tuple[Any, ...] | Callable[[], tuple[Any, ...]]
LIBC = ctypes.CDLL(None, use_errno=True)
WORD = (1 << 64) - 1
SIGNATURES = Signatures(Detail())
LONGEST = 5  # seconds a call may take
kept: list[Any] = []  # buffers, while the kernel looks at them
SEEN: dict[int, int] = {}  # flags of descriptors that a trace would have seen opened
BOUND: list[int] = []  # sockets that it would have seen bound
SCRATCH = tempfile.mkdtemp(prefix="ptracer-rules-")
atexit.register(shutil.rmtree, SCRATCH, True)


def buffer(data: bytes) -> int:
    """The address of bytes that stay."""
    made = ctypes.create_string_buffer(data, len(data))
    kept.append(made)
    return ctypes.addressof(made)


def registers(arguments: Arguments) -> tuple[int, ...]:
    """Six of them; bytes are passed by their address."""
    values = arguments() if callable(arguments) else arguments
    found = [buffer(one) if isinstance(one, bytes) else int(one) & WORD for one in values]
    return (*found, *[0] * (6 - len(found)))


def made(call: str, arguments: Arguments) -> tuple[int, int, str]:
    """Make a call: its errno, the place of the rule that it breaks (-1: none), and what is said of it."""
    args = registers(arguments)
    number = number_of(call)
    world = World()
    pid = os.getpid()
    world.holds(pid, {"descriptors": descriptors(pid)})
    for fd, flags in SEEN.items():
        world.thread(pid).descriptors.entries[fd].description.flags = flags
    for fd in BOUND:
        world.thread(pid).descriptors.entries[fd].description.local = bytes(16)
    memory = os.open("/proc/self/mem", os.O_RDONLY)
    live = LiveCall(pid, SIGNATURES.find(X86_64, number, args), number, args, 0, {})

    def fetch(address: int, size: int) -> bytes:
        try:
            return os.pread(memory, size, address) if address < 1 << 47 else b""
        except (OSError, OverflowError):
            return b""

    live.fetch = fetch
    live.entered = live.signature.entry(live)
    ctypes.set_errno(0)
    result = LIBC.syscall(*[ctypes.c_long(one) for one in (number, *args)])
    live.error = ctypes.get_errno() if result == -1 else 0
    live.result = -live.error
    live.exited = live.signature.exit(live)
    found = broken_rule(Case(live, world, False, Remembered())) if live.error else None
    rules = rules_of(call)
    return live.error, -1 if found is None else rules.index(found[0]), "" if found is None else found[1]


def asked(call: str, *ways: Arguments) -> list[tuple[int, int, str]]:
    """The same of several arguments, one after the other in a process of its own."""
    SIGNATURES.find(X86_64, number_of(call), (0,) * 6)  # once, for all of them
    reading, writing = os.pipe()
    gc.freeze()
    child = os.fork()
    if not child:
        gc.disable()
        for arguments in ways:
            try:
                signal.alarm(LONGEST)
                answer: Any = made(call, arguments)
            except BaseException as error:  # the parent must hear of it
                answer = [-1, -1, f"{type(error).__name__}: {error}"]
            os.write(writing, json.dumps(answer).encode() + b"\n")
        os._exit(0)
    os.close(writing)
    with open(reading, "rb") as file:
        found = [tuple(json.loads(line)) for line in file]
    os.waitpid(child, 0)
    return found + [(-1, -1, "it died")] * (len(ways) - len(found))
