"""Why there is no memory. Source: mmap(2), brk(2), mlock(2), getrlimit(2), proc_sys_vm(5), proc_meminfo(5)."""

from __future__ import annotations

from errno import EAGAIN, ENOMEM

from ptracer.explain.case import Case
from ptracer.explain.causes import cause
from ptracer.explain.causes.faults import named
from ptracer.explain.causes.limits import limit
from ptracer.explain.findings import LIKELY, SURE, Reason
from ptracer.explain.saying import by, size

ABSURD = 1 << 46  # a quarter of what x86-64 can address: no program means that
ASKED = {"mmap": "length", "mmap2": "length", "mremap": "new_size", "mlock": "length", "mlock2": "length"}
MAP_NORESERVE, MAP_LOCKED, PROT_WRITE = 0x4000, 0x2000, 2
LOCKING = frozenset(("mlock", "mlock2", "mlockall"))
NEVER = 2  # overcommit_memory


@cause(ENOMEM)
def no_memory(case: Case) -> Reason | None:
    hole = case.facts.get("hole")
    if isinstance(hole, dict) and isinstance(hole.get("at"), int):
        return unmapped(case, hole["at"], hole.get("before"))
    asked = case.argument(ASKED.get(case.name, ""))
    if asked is not None and asked >= ABSURD:
        negative = f" (as a signed number {asked - (1 << 64)})" if asked >> 63 else ""
        text = f"{asked} bytes were asked for{negative}, more than a process can address"
        return Reason("memory.absurd_size", text, "Check how the size was computed: did it overflow, or is it negative?", SURE)
    return limited(case, asked) or exhausted(case, asked)


def unmapped(case: Case, at: int, before: object) -> Reason:
    """A call that works on a range of addresses."""
    process = case.process
    gone = process.memory.removed(at) if process is not None else None
    text = f"at {at:#x} nothing is mapped"
    if gone is not None and gone.removed is not None:
        text = f"at {at:#x} nothing is mapped any more: it was unmapped{by(gone.removed)}"
    elif isinstance(before, list) and len(before) == 5 and before[1] == at:
        text = f"at {at:#x} nothing is mapped: {named(before)} ends there"
    quiet = case.name in ("msync", "mincore", "madvise")  # by these unwinders ask what is mapped
    return Reason("memory.unmapped_range", text, "Give a range that is mapped as a whole.", LIKELY, quiet, (case.name, at))


def limited(case: Case, asked: int | None) -> Reason | None:
    """A limit of the process."""
    has = case.facts.get("memory")
    if not isinstance(has, dict):
        return None
    if case.name in LOCKING or (case.argument("flags") or 0) & MAP_LOCKED:
        most = limit(case, "locked")
        if most is not None:
            text = f"no more than {size(most)} may be locked in memory (RLIMIT_MEMLOCK), and {size(has.get('locked', 0))} are"
            return Reason("memory.lock_limit", text, "Lock less, or raise the limit (ulimit -l).", SURE)
    if case.name == "brk":
        asked = 0
    for name, constant, meaning in (("address_space", "RLIMIT_AS", "address space"), ("data", "RLIMIT_DATA", "data")):
        most, now = limit(case, name), has.get(name)
        if most is not None and isinstance(now, int) and asked is not None and now + asked > most:
            more = f", and {size(asked)} more were asked for" if asked else ""
            text = f"the process may have {size(most)} of {meaning} ({constant}); it has {size(now)}{more}"
            return Reason("memory.limit", text, "Use less, or raise the limit (ulimit -v, -d).", SURE, key=name)
    mappings, most = case.facts.get("mappings"), has.get("max_map_count")
    if isinstance(mappings, int) and isinstance(most, int) and mappings >= most - 1:
        text = f"the process has {mappings} mappings, as many as it may have (/proc/sys/vm/max_map_count)"
        return Reason("memory.mappings", text, "Unmap what is not used, or map larger pieces.", SURE)
    return None


def exhausted(case: Case, asked: int | None) -> Reason | None:
    """The machine has not enough."""
    has = case.facts.get("memory")
    if not isinstance(has, dict) or not asked:
        return None
    free, committed, most = has.get("available", 0) + has.get("swap", 0), has.get("committed", 0), has.get("commit_limit", 0)
    if has.get("overcommit_memory") == NEVER and committed + asked > most:
        left = size(max(most - committed, 0))
        text = f"{size(asked)} were asked for, and {left} may still be promised (overcommit_memory is 2)"
        return Reason("memory.overcommit", text, "Ask for less, map with MAP_NORESERVE, or raise vm.overcommit_ratio.", SURE)
    if has.get("overcommit_memory") == 0 and asked > free:
        text = f"{size(asked)} were asked for at once, and the machine has {size(free)} left (overcommit_memory is 0)"
        return Reason("memory.overcommit", text, "Ask for less, or map address space with MAP_NORESERVE.", LIKELY, True)
    return None


@cause(EAGAIN, call="mlock mlock2 mlockall mmap mremap")
def cannot_lock(case: Case) -> Reason | None:
    text = "the pages could not be locked in memory: RLIMIT_MEMLOCK allows no more, or there is not enough"
    return Reason("memory.lock_limit", text, "Lock less, or raise the limit (ulimit -l).", LIKELY)
