"""Looking for the same thing again and again where it is not. Source: path_resolution(7)."""

from __future__ import annotations

from collections.abc import Iterable
from errno import EACCES, ENOENT, ENOTDIR

from ptracer.explain.case import Case
from ptracer.explain.findings import ODD, Reason
from ptracer.explain.habits import Habit, habit
from ptracer.explain.habits.transfers import of_process, owner
from ptracer.explain.saying import errno_name, quoted
from ptracer.model.processes import Process
from ptracer.model.world import World

MANY = 1000
MOST = 4096  # paths that are remembered
ERRORS = frozenset((ENOENT, ENOTDIR, EACCES))


@habit
class RepeatedLookups(Habit):
    """One process asks for one path a thousand times, and always fails: what has no answer is to be remembered too.

    Programs that wait for a file ask a few times each second, and wait between; so only what follows closely counts: no longer
    than a hundredth of a second from one to the next.
    """

    calls = "open openat stat lstat newfstatat statx access faccessat faccessat2 readlink readlinkat"
    longest = 10_000_000  # nanoseconds on the average from one to the next

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.counts: dict[tuple[int, bytes, int], tuple[int, int]] = {}  # how often, since when

    def call(self, case: Case) -> Iterable[Reason]:
        call = case.call
        if call.error not in ERRORS:
            return
        path = next(iter(case.paths()), b"")
        if not path:
            return
        key = owner(case), path, call.error
        if key not in self.counts and len(self.counts) >= MOST:
            seldom = sorted(self.counts, key=lambda one: self.counts[one][0])
            for one in seldom[: MOST // 2]:
                del self.counts[one]
        count, since = self.counts.get(key, (0, call.start))
        self.counts[key] = count + 1, since
        if count + 1 == MANY and call.end - since < MANY * self.longest:
            text = f"{quoted(path)} was looked for {MANY} times by the same process, always with {errno_name(call.error)}"
            advice = "Remember that it is not there, or look for it seldom (inotify tells when it comes)."
            yield Reason("lookup.repeated", text, advice, ODD, key=path)

    def ended(self, process: Process, status: int | None) -> Iterable[Reason]:
        for _ in of_process(self.counts, process.pid):
            pass
        return ()
