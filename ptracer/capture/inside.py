"""Recording calls inside the traced program instead of stopping it: what decides whether and where. See docs/inside.md.

The C side is ``_inside.h`` and what it includes. Sources: seccomp(2), linux/seccomp.h, ptrace(2).
"""

from __future__ import annotations

from collections.abc import Callable

from ptracer.capture import seccomp
from ptracer.capture.protocol import Capture
from ptracer.capture.seccomp import ALLOW, JUMP_ALWAYS, JUMP_EQUAL, LOAD, OFFSET_ARCH, RETURN, TRACE, Instruction
from ptracer.regs import ABI, X86_64

NUMBERS = 512  # _inside_shared.h
OFFSET_POINTER = 8  # of instruction_pointer in struct seccomp_data

# Never recorded inside, for what they do to the thread that makes them: another program, another thread, its end, a
# return to somewhere else, or another base of gs, where the thread's area is.
STOPPING = (
    "execve", "execveat", "clone", "clone3", "fork", "vfork", "exit", "exit_group", "rt_sigreturn", "arch_prctl", "modify_ldt",
)  # fmt: skip
CLOCK = "/sys/devices/system/clocksource/clocksource0/current_clocksource"


def program(wanted: Callable[[str, ABI], bool] | None) -> list[Instruction]:
    """A filter that lets calls from the block pass and stops all others that are ``wanted``; None: all are."""
    from ptracer.capture._capture import READY, TRUSTED

    # Where a call is seen to come from is the instruction behind it.
    checks: list[Instruction] = []
    for place in TRUSTED:
        checks += [(JUMP_EQUAL, 0, 1, place), (RETURN, 0, 0, ALLOW)]
    checks += [(JUMP_EQUAL, 0, 1, READY), (RETURN, 0, 0, TRACE)]
    places: list[Instruction] = [
        (LOAD, 0, 0, OFFSET_POINTER + 4),
        (JUMP_EQUAL, 1, 0, 0),
        (JUMP_ALWAYS, 0, 0, len(checks) + 1),
        (LOAD, 0, 0, OFFSET_POINTER),
        *checks,
    ]
    rest = seccomp.program(wanted) if wanted is not None else [(RETURN, 0, 0, TRACE)]
    return [
        (LOAD, 0, 0, OFFSET_ARCH),
        (JUMP_EQUAL, 1, 0, X86_64.audit_arch),
        (JUMP_ALWAYS, 0, 0, len(places)),
        *places,
        *rest,
    ]


def begin(capture: Capture) -> None:
    """Let a capture record inside of programs that have the filter and no other one but what ptracer has itself."""
    numbers = {name: number for number, name in X86_64.numbers.items()}
    stops = bytearray(NUMBERS)
    for name in STOPPING:
        stops[numbers[name]] = 1
    capture.go_inside(bytes(stops), own_filters() + 1)


def own_filters() -> int:
    """How many seccomp filters this process has."""
    with open("/proc/self/status") as file:
        for line in file:
            if line.startswith("Seccomp_filters:"):
                return int(line.split()[1])
    return 0


def unsteady_clock() -> str:
    """Why times of a program cannot be compared with ours; empty: they can."""
    try:
        with open(CLOCK) as file:
            source = file.read().strip()
    except OSError:
        source = "unknown"
    return "" if source == "tsc" else f"the kernel's clock is {source}, not the time stamp counter"
