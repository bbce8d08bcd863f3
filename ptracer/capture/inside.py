"""Recording calls inside the traced program instead of stopping it: what decides whether and where. See docs/inside.md.

The C side is ``_inside.h`` and what it includes. Sources: seccomp(2), linux/seccomp.h, ptrace(2).
"""

from __future__ import annotations

from collections.abc import Callable

from ptracer.capture import seccomp
from ptracer.capture.protocol import Capture
from ptracer.capture.seccomp import ALLOW, JUMP_ALWAYS, JUMP_EQUAL, LOAD, OFFSET_ARCH, OFFSET_POINTER, RETURN, TRACE, Instruction
from ptracer.regs import ABI, X86_64

NUMBERS = 512  # _inside_shared.h

# What C must know of calls, as sets of the bits of _inside_shared.h.
KEEPS_OUT, SETS_BASE, REMAPS, SETS_FILTER = 1, 2, 4, 8
TRAITS = {
    # Never recorded inside, for what they do to the thread that makes them: another program, another thread, its end, a
    # return to somewhere else, or another base of gs, where the thread's area is.
    KEEPS_OUT: ("execve", "execveat", "clone", "clone3", "fork", "vfork", "exit", "exit_group", "rt_sigreturn"),
    KEEPS_OUT | SETS_BASE: ("arch_prctl", "modify_ldt"),
    # A filter of the program's own may answer calls before ours is asked.
    KEEPS_OUT | SETS_FILTER: ("prctl", "seccomp"),
    # After these a page that could be read may be another one, or none.
    REMAPS: ("brk", "mmap", "mprotect", "mremap", "munmap", "pkey_mprotect", "remap_file_pages", "shmat", "shmdt"),
}
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
    watched = {name for trait, names in TRAITS.items() if trait & (SETS_BASE | SETS_FILTER) for name in names}
    rest: list[Instruction] = [(RETURN, 0, 0, TRACE)]
    if wanted is not None:
        rest = seccomp.program(lambda name, abi: name in watched or wanted(name, abi))
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
    traits = bytearray(NUMBERS)
    for trait, names in TRAITS.items():
        for name in names:
            traits[numbers[name]] = trait
    capture.go_inside(bytes(traits))


def unsteady_clock() -> str:
    """Why times of a program cannot be compared with ours; empty: they can."""
    try:
        with open(CLOCK) as file:
            source = file.read().strip()
    except OSError:
        source = "unknown"
    return "" if source == "tsc" else f"the kernel's clock is {source}, not the time stamp counter"
