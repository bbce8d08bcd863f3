"""The wall clock of each thread: between calls, in which call on what, stopped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from ptracer.capture import records
from ptracer.capture.records import Record
from ptracer.statistics.processes import Processes
from ptracer.statistics.text import Line, duration, share

MOST_ENDED = 1000  # threads that have ended and are kept apart
MOST_WAITS = 1000  # places at which a thread waited
SHOWN_THREADS, SHOWN_WAITS = 20, 5

Wait = tuple[int, int, bytes]  # architecture and number of the call, and what it touches


class Life:
    """One thread. ``last`` is when its latest call ended, or whatever else is known of it last; times are nanoseconds.

    ``running`` is time between calls, ``computing`` system CPU time in calls, ``waits`` the rest of the time in calls.
    """

    __slots__ = ("tid", "began", "last", "running", "stopped", "computing", "waits", "stopped_at", "inside", "many")

    def __init__(self, tid: int, began: int) -> None:
        self.tid, self.began, self.last = tid, began, began
        self.running = self.stopped = self.computing = self.stopped_at = 0
        self.waits: Counter[Wait] = Counter()
        self.inside: tuple[int, int, int] | None = None  # attached in a call: since when, and which
        self.many = 1  # threads that are counted together here

    def arrive(self, when: int) -> None:
        """It was between calls, or stopped, until now."""
        if self.stopped_at:
            self.running += max(self.stopped_at - self.last, 0)
            self.stopped += max(when - self.stopped_at, 0)
            self.stopped_at = 0
        else:
            self.running += max(when - self.last, 0)
        self.last = max(when, self.last)

    def spent(self, wait: Wait, wall: int, cpu: int) -> None:
        """It was in a call."""
        cpu = min(max(cpu, 0), wall)
        self.computing += cpu
        if len(self.waits) >= MOST_WAITS and wait not in self.waits:
            wait = (*wait[:2], b"")
        self.waits[wait] += wall - cpu

    @property
    def total(self) -> int:
        """All its time."""
        return self.running + self.stopped + self.computing + self.waits.total()

    def merge(self, other: Life) -> None:
        """Count another one's time here."""
        self.running += other.running
        self.stopped += other.stopped
        self.computing += other.computing
        self.many += other.many
        for wait, time in other.waits.items():
            self.spent(wait, time, 0)


class Account:
    """Follows every thread. ``touches`` says what a call is on, ``name`` what a thread is called."""

    def __init__(self, processes: Processes, touches: Callable[[Any], bytes], text: Callable[[bytes], str]) -> None:
        self.processes, self.touches, self.text = processes, touches, text
        self.living: dict[int, Life] = {}
        self.ended: list[Life] = []
        self.others: Life | None = None
        self.now = 0

    def life(self, tid: int, when: int) -> Life:
        """The one of a thread, which may be new."""
        life = self.living.get(tid)
        if life is None:
            life = self.living[tid] = Life(tid, when)
        return life

    def call(self, call: Any) -> None:
        """A call that has returned."""
        tid, start, end = call[1], call[2], call[8]
        life = self.life(tid, start)
        life.arrive(start)
        life.spent((*call[3:5], self.touches(call)), max(end - start, 0), call[11])
        life.last = max(end, life.last)
        self.now = max(end, self.now)

    def cut(self, call: Any, when: int) -> None:
        """A call that never returns, because its thread ends there, or the trace does."""
        life = self.life(call[1], call[2])
        life.arrive(call[2])
        life.spent((*call[3:5], self.touches((*call, when, -1, True, 0, None))), max(when - call[2], 0), 0)
        life.last = max(when, life.last)

    def notice(self, record: Record) -> None:
        """A record that is no call, after what it says of processes and open calls is known."""
        kind, tid, when = record[:3]
        self.now = max(when, self.now)
        if kind == records.STARTED:
            self.life(tid, when)
        elif kind == records.INSIDE:
            self.life(tid, when).inside = (when, *record[3:5])
        elif kind == records.EXIT:  # of a call that began before we came
            life = self.life(tid, when)
            if life.inside is not None:
                since, arch, number = life.inside
                life.inside = None
                life.arrive(since)
                life.spent((arch, number, b""), max(when - since, 0), 0)
                life.last = max(when, life.last)
        elif kind == records.STOPPED:
            self.life(tid, when).stopped_at = when
        elif kind == records.SIGNAL:
            self.life(tid, when).arrive(when)
        elif kind == records.EXECED:
            former = self.living.pop(record[3], None) if record[3] != tid else None
            if former is not None:
                self.end(tid, when)
                former.tid = tid
                self.living[tid] = former
        elif kind in (records.EXITED, records.KILLED, records.DETACHED):
            self.end(tid, when)

    def end(self, tid: int, when: int) -> None:
        """A thread is gone, or is traced no more."""
        life = self.living.pop(tid, None)
        if life is None:
            return
        life.arrive(when)
        self.ended.append(life)
        if len(self.ended) > MOST_ENDED:
            self.ended.sort(key=lambda life: life.total, reverse=True)
            self.others = self.others or Life(0, 0)
            self.others.many -= not self.others.total
            for one in self.ended[MOST_ENDED // 2 :]:
                self.others.merge(one)
            del self.ended[MOST_ENDED // 2 :]

    def settle(self, open_calls: dict[int, Any]) -> None:
        """The trace has ended: so has every call that is still open."""
        for tid, call in list(open_calls.items()):
            if tid in self.living:
                self.cut(call, self.now)
        for tid, life in list(self.living.items()):
            if life.inside is not None:
                since, arch, number = life.inside
                life.arrive(since)
                life.spent((arch, number, b""), max(self.now - since, 0), 0)
                life.last = self.now
            self.end(tid, self.now)

    def lines(self, name: Callable[[int, int], str]) -> list[Line]:
        """The account, longest life first; ``name`` gives that of a call."""
        lives = sorted(self.ended, key=lambda life: life.total, reverse=True)
        shown, rest = lives[:SHOWN_THREADS], lives[SHOWN_THREADS:]
        if rest or self.others is not None:
            others = self.others or Life(0, 0)
            if self.others is None:
                others.many = 0
            for life in rest:
                others.merge(life)
            shown.append(others)
        lines: list[Line] = []
        for life in shown:
            lines += self.of(life, name)
        return lines

    def of(self, life: Life, name: Callable[[int, int], str]) -> list[Line]:
        """The account of one."""
        title = self.processes.title(life.tid) if life.tid else f"{life.many} other threads"
        whole = life.total
        waiting = life.waits.total()
        lines: list[Line] = [[(title, "bold"), (f": {duration(whole)}", "")]]
        for text, time in (
            ("between calls", life.running),
            ("computing in calls", life.computing),
            ("stopped", life.stopped),
            ("blocked in calls", waiting),
        ):
            if time:
                lines.append(entry(text, time, whole, 2))
        for wait, time in life.waits.most_common(SHOWN_WAITS):
            if time:
                what = self.text(wait[2]) if wait[2] else ""
                lines.append(entry(f"{name(*wait[:2])} {what}".rstrip(), time, whole, 6))
        left = len(life.waits) - SHOWN_WAITS
        rest = waiting - sum(time for _, time in life.waits.most_common(SHOWN_WAITS))
        if left > 0 and rest > 0:
            lines.append(entry(f"{left} more", rest, whole, 6))
        return lines


def entry(text: str, time: int, whole: int, indent: int) -> Line:
    """A part of a thread's time."""
    return [(" " * indent, ""), (f"{share(time, whole):>6}", "cyan"), (f" {duration(time):>7}  ", "bold"), (text, "")]
