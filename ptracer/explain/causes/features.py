"""System calls that there are not: in this kernel, in any, or because a filter says so. Source: syscalls(2), seccomp(2)."""

from __future__ import annotations

import functools
from errno import ENOSYS

from ptracer.explain.case import Case
from ptracer.explain.causes import cause
from ptracer.explain.causes.arguments import broken_rule
from ptracer.explain.findings import LIKELY, SURE, Reason
from ptracer.regs import SYSTEM_CALL_ABIS, X32_BIT
from ptracer.tables.since import since, until, version

NEWER = 64  # numbers
FILTERS = 2  # the mode of seccomp that has them
PRESENT, ABSENT, UNSAID = 1, 0, -1
PREFIX = {"x86_64": "__x64_sys_", "x32": "__x64_sys_", "i386": "__ia32_sys_"}
ADVICE = "Fall back to what older kernels have; the C library often does by itself."


@cause(ENOSYS)
def no_such_call(case: Case) -> Reason | None:
    if broken_rule(case) is not None:
        return None  # it exists, and means an argument
    call, abi = case.call, case.call.abi
    number, name = call.number, case.name
    if abi.name == "x32":
        text = "the call is one of the x32 ABI (its number has bit 30), and this kernel has none (CONFIG_X86_X32_ABI)"
        return Reason("feature.not_configured", text, "Build the program for x86-64.", SURE, key=abi.name)
    if name.startswith("syscall_") and number not in abi.numbers:
        text = f"{abi.name} has no call {number & 0xFFFFFFFF:d}" + elsewhere(abi.name, number)
        newer = 0 < number - max(abi.numbers) < NEWER  # it may be one of the next version, which somebody tries
        weight = LIKELY if newer else SURE
        return Reason("feature.no_such_call", text, "See that the number is one of this architecture.", weight, newer, number)
    gone = until(name)
    if gone == "0":
        return reason("feature.no_such_call", f"{name} has a number only: Linux never did anything for it", name)
    running = version(case.world.system)
    if gone and running and running >= version(gone):
        return reason("feature.no_such_call", f"{name} is no more: Linux {gone} has removed it", name)
    first = since(name)
    if first and running and running < version(first):
        text = f"{name} exists since Linux {first}, and this is {case.world.system}"
        return reason("feature.too_old", text, name)
    state = configured(name, abi.name) if case.live else UNSAID
    if state == ABSENT:
        return reason("feature.not_configured", f"this kernel was built without {name}", name)
    mode = case.facts.get("seccomp")
    if mode == FILTERS:
        filters = case.facts.get("filters")
        many = f"{filters} seccomp filter{'s' * (filters > 1)}" if isinstance(filters, int) and filters else "a seccomp filter"
        look = "looks" if many.startswith(("a ", "1 ")) else "look"
        if state == PRESENT:
            text = f"this kernel has {name}, but {many} {look} at every call, and this one is forbidden"
            return reason("feature.seccomp", text, name)
        text = f"{many} {look} at every call, and this kernel is new enough for {name}: it is most probably forbidden"
        return reason("feature.seccomp", text, name) if running and first else None
    if mode == 0 and state == UNSAID and running and not gone:
        return reason("feature.not_configured", f"{case.world.system} is new enough for {name}: it was built without it", name)
    return None


def reason(kind: str, text: str, call: str) -> Reason:
    """Programs try what a kernel can do, and do without."""
    return Reason(kind, text, ADVICE, LIKELY, True, call)


def elsewhere(here: str, number: int) -> str:
    """What a number is on another architecture."""
    if number & X32_BIT:
        return ""
    for abi in SYSTEM_CALL_ABIS:
        if abi.name not in (here, "x32") and number in abi.numbers:
            return f"; on {abi.name} that is {abi.numbers[number]}"
    return ""


def configured(name: str, abi: str) -> int:
    """Whether the running kernel was built with a call: of those that it lacks it has only weak names."""
    symbols = kernel_symbols()
    prefix = PREFIX.get(abi, "")
    kind = symbols.get(prefix + name) or (symbols.get("__x64_sys_" + name) if abi == "i386" else None)
    return UNSAID if kind is None else ABSENT if kind in "Ww" else PRESENT


@functools.cache
def kernel_symbols() -> dict[str, str]:
    """The kinds of the functions that are system calls; empty where nobody says. Source: /proc/kallsyms, nm(1)."""
    found: dict[str, str] = {}
    try:
        with open("/proc/kallsyms") as file:
            for line in file:
                if "_sys_" in line:
                    _, kind, name, *_ = line.split()
                    if name.startswith(("__x64_sys_", "__ia32_sys_")):
                        found[name] = kind
    except OSError:
        pass
    return found
