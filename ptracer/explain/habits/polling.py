"""Waiting that does not wait. Sources: poll(2), epoll_wait(2), select(2)."""

from __future__ import annotations

from collections.abc import Iterable
from errno import EAGAIN

from ptracer.explain.case import Case
from ptracer.explain.findings import LIKELY, SURE, Reason
from ptracer.explain.habits import Habit, habit
from ptracer.explain.remembered import keep
from ptracer.explain.saying import descriptor, memory
from ptracer.model.world import World

# The place of the timeout: of an int in milliseconds, of a pointer to a structure.
MILLISECONDS = {"poll": 2, "epoll_wait": 3, "epoll_pwait": 3}
STRUCTURES = {"ppoll": 2, "select": 4, "pselect6": 4, "epoll_pwait2": 3}
TRIES = frozenset(("read", "readv", "recvfrom", "recvmsg", "accept", "accept4", "write", "sendto"))
# What somebody calls between two looks without doing anything.
IDLE = frozenset(("sched_yield", "clock_gettime", "gettimeofday", "time", "getpid", "gettid"))
# An event loop that has something else to do looks without waiting, but does it meanwhile, by calls or for a while;
# and none that waits finds the same thing ready so often without doing anything about it.
MANY = 1000
LONGEST = 1_000_000_000 * 10  # nanoseconds that so many may take: else it does something between them


class Streak:
    """The same thing again and again, and nothing else."""

    __slots__ = ("what", "count", "since")

    def __init__(self, what: tuple[str, int, int], since: int) -> None:
        self.what, self.since, self.count = what, since, 0


@habit
class BusyWaiting(Habit):
    """A thread does nothing but ask whether there is something to do."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.streaks: dict[int, Streak] = {}  # by thread

    def call(self, case: Case) -> Iterable[Reason]:
        call, name = case.call, case.name
        if name in MILLISECONDS or name in STRUCTURES:
            if call.error or not call.result and not self.at_once(case):
                what = None
            else:
                what = (name, call.args[0], int(call.result > 0))
        elif name in TRIES and call.error == EAGAIN:
            what = (name, call.args[0], -1)
        elif name in IDLE:
            return
        else:
            what = None
        streak = self.streaks.get(call.tid)
        if what is None:
            if streak is not None:
                del self.streaks[call.tid]
            return
        if streak is None or streak.what != what:
            streak = Streak(what, call.start)
            keep(self.streaks, call.tid, streak)
        streak.count += 1
        if streak.count == MANY:
            streak.count = 0
            taken, streak.since = call.end - streak.since, call.end
            if taken < LONGEST:
                yield self.reason(case, what)

    @staticmethod
    def at_once(case: Case) -> bool:
        """Whether the call was not to wait."""
        call, name = case.call, case.name
        if name in MILLISECONDS:
            return call.args[MILLISECONDS[name]] & 0xFFFFFFFF == 0
        size = 16 if call.abi.word_size == 8 else 8
        address = call.args[STRUCTURES[name]]
        data = memory(call, address, size) if address else b""
        return len(data) >= 8 and not any(data)

    @staticmethod
    def reason(case: Case, what: tuple[str, int, int]) -> Reason:
        name, _, ready = what
        if ready > 0:
            text = f"{MANY} times in a row {name} said that something is ready, and the program did nothing about it"
            advice = "Read until there is nothing more, close what has ended (POLLHUP), or do not ask for it."
            return Reason("poll.busy", text, advice, SURE, key=what)
        if ready < 0:
            text = (
                f"{MANY} times in a row {name} on {descriptor(case, case.call.args[0] & 0xFFFFFFFF)} failed with EAGAIN, and the"
                " program did not wait"
            )
            return Reason("poll.busy", text, "Wait with poll until it can be done, or clear O_NONBLOCK.", LIKELY, key=what)
        text = f"{MANY} times in a row {name} was to wait for no time, found nothing, and the program did nothing else"
        return Reason("poll.busy", text, "Give a timeout: -1 (NULL) to wait as long as it takes.", LIKELY, key=what)
