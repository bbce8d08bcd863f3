"""Where a thread is, for whoever asks at a stop in Python: its registers and stack, and what is mapped.

What the steps STACK and MAPPINGS of a plan copy; the C loop does the same by itself. Source: proc_pid_maps(5).
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Container

from ptracer.capture.processes import process_of
from ptracer.capture.protocol import Capture
from ptracer.plans import MAPS

RSP, FS_BASE = 19 * 8, 21 * 8  # places in struct user_regs_struct
MOST_OF_STACK = 1 << 18  # bytes: 256 frames, as many as are shown, of a kilobyte each
MOST_OF_MAPS = 1 << 19
MOST_OF_VDSO = 1 << 16


def stack(registers: bytes, memory: Callable[[int, int], bytes], most: int) -> bytes:
    """Registers, then the stack from its pointer upwards.

    What follows a stack is as a rule not mapped; behind that of a thread lies its control block, which the base of
    fs points to.
    """
    (pointer,), (base,) = struct.unpack_from("<Q", registers, RSP), struct.unpack_from("<Q", registers, FS_BASE)
    size = min(most, base - pointer) if base > pointer else most
    return registers + memory(pointer, size)


def maps(tid: int, most: int = MOST_OF_MAPS) -> bytes:
    """What is mapped; nothing where that cannot be said."""
    try:
        with open(f"/proc/{tid}/maps", "rb") as file:
            return file.read(most)
    except OSError:
        return b""


def read(capture: Capture, tid: int, address: int, size: int = MOST_OF_STACK) -> bytes:
    """What stands at ``STACKS`` or ``MAPS``. ProcessLookupError: the thread has died."""
    if address >= MAPS:
        return maps(tid, size)
    return stack(capture.registers(tid), lambda place, wanted: capture.read(tid, place, wanted), size)


def space(capture: Capture, tid: int, known: Container[int]) -> tuple[int, bytes, bytes]:
    """(process, maps, vDSO) of a thread; of a thread of a ``known`` process only which one that is."""
    process = process_of(tid)
    if process != tid and process in known:
        return process, b"", b""
    mapped = maps(tid)
    start, end = vdso_in(mapped)
    return process, mapped, capture.read(tid, start, min(end - start, MOST_OF_VDSO)) if end else b""


def vdso_in(mapped: bytes) -> tuple[int, int]:
    """Where the kernel's own code that every process has begins and ends; zeros: nowhere."""
    for line in mapped.splitlines():
        if line.endswith(b"[vdso]"):
            start, _, end = line.split(None, 1)[0].partition(b"-")
            return int(start, 16), int(end, 16)
    return 0, 0
