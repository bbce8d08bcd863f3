"""Who waits for whom, and whether that is a circle in which nobody will ever go on."""

from __future__ import annotations

from ptracer.explain.waiting import Wait
from ptracer.explain.waiting.sight import Sight

MOST = 512  # threads


def stuck(sight: Sight, start: int) -> dict[int, Wait]:
    """The threads that ``start`` waits for, it too, of which none can go on before another one of them does; without ends.

    Somebody who may be woken by any of several is stuck when all of these are.
    """
    known: dict[int, Wait] = {}
    seen, todo = {start}, [start]
    while todo and len(seen) < MOST:
        tid = todo.pop()
        wait = sight.wait(tid)
        if wait is None or wait.wakers is None or wait.ends:
            continue
        known[tid] = wait
        todo += wait.wakers - seen
        seen |= wait.wakers
    while free := [tid for tid, wait in known.items() if not (wait.wakers or frozenset()) <= known.keys()]:
        for tid in free:
            del known[tid]
    return known


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
