"""Who waits for whom, and whether that is a circle in which nobody will ever go on."""

from __future__ import annotations

from ptracer.explain.waiting import Wait
from ptracer.explain.waiting.sight import Sight

MOST = 512  # threads
SIGCHLD = 1 << 16
# SIGALRM, SIGVTALRM, SIGPROF, SIGIO and those of timers, which are real-time signals.
COMING = 1 << 13 | 1 << 25 | 1 << 26 | 1 << 28 | (1 << 64) - (1 << 33)


def stuck(sight: Sight, start: int) -> dict[int, Wait]:
    """The threads that ``start`` waits for, it too, of which none can go on before another one of them does; without ends.

    Somebody who may be woken by any of several is stuck when all of these are.
    """
    known: dict[int, Wait] = {}
    needed: dict[int, frozenset[int]] = {}
    seen, todo = {start}, [start]
    while todo and len(seen) < MOST:
        tid = todo.pop()
        wait = sight.wait(tid)
        if wait is None or wait.wakers is None or wait.ends or timed(sight, tid, wait):
            continue
        known[tid] = wait
        wakers = wait.wakers | reporting(sight, tid)
        needed[tid] = wakers
        todo += wakers - seen
        seen |= wakers
    while free := [tid for tid in known if not needed[tid] <= known.keys()]:
        for tid in free:
            del known[tid]
    return known


def timed(sight: Sight, tid: int, wait: Wait) -> bool:
    """Whether a signal that comes by itself may end a wait; who waits for a lock goes on to wait for it."""
    return wait.kind != "futex" and bool(sight.caught(tid) & COMING)


def reporting(sight: Sight, tid: int) -> frozenset[int]:
    """Who ends the wait of a process that handles SIGCHLD as well: its children."""
    return sight.threads_of(set(sight.children(sight.process(tid)))) if sight.caught(tid) & SIGCHLD else frozenset()


def circle(sight: Sight, start: int) -> list[int]:
    """The threads of a circle to which ``start`` belongs or for which it waits, each waiting for the next; empty: none."""
    known = stuck(sight, start)
    path: list[int] = []
    tid = start
    while tid in known and tid not in path:
        path.append(tid)
        wakers = known[tid].wakers or frozenset()
        if not wakers:
            return []
        # Rather back into the circle than by another way; the first thread of a process else.
        tid = next((one for one in path if one in wakers), min(wakers))
    return path[path.index(tid) :] if tid in path else []


def switches(sight: Sight, tids: list[int]) -> list[str]:
    """How often threads have waited so far: while that stays the same they have not gone on."""
    return [sight.status(tid).get(name, "") for tid in tids for name in ("voluntary_ctxt_switches", "nonvoluntary_ctxt_switches")]
