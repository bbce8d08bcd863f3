"""Writing: what was written only in part and never finished; writing on after an error that does not pass.

Sources: write(2), pipe(7), socket(7).
"""

from __future__ import annotations

from collections.abc import Iterable
from errno import ECONNRESET, EDQUOT, EFBIG, EIO, ENOSPC, EPIPE

from ptracer.decode.call import Call
from ptracer.explain.case import Case
from ptracer.explain.findings import LIKELY, SURE, Reason
from ptracer.explain.habits import Habit, habit
from ptracer.explain.habits.transfers import (
    O_NONBLOCK,
    Segment,
    after,
    contents,
    is_file,
    is_stream,
    of_process,
    owner,
    segments,
    target,
    total,
)
from ptracer.explain.remembered import keep
from ptracer.explain.saying import descriptor, errno_name
from ptracer.model.descriptors import Description
from ptracer.model.processes import Process
from ptracer.model.world import World

WRITES = "write pwrite64 writev sendto"
WAITS = "poll ppoll select pselect6 epoll_wait epoll_pwait epoll_pwait2 io_uring_enter nanosleep clock_nanosleep"
MOVES = "lseek ftruncate"  # then it has noticed, and begins anew
COMPARED = 8  # bytes of contents that must be known to say that they differ
PERSISTENT = frozenset((EPIPE, ENOSPC, EFBIG, EIO, EDQUOT, ECONNRESET))
# Programs whose output has no reader any more write some lines until they look at what came of it (a flush of each of
# their streams, an error message); none that looks at all writes so often.
OFTEN = 8


class Partial:
    """A write that was not done to its end."""

    __slots__ = ("call", "number", "name", "parts", "done", "asked", "rest", "waited", "file")

    def __init__(self, case: Case, number: int, parts: list[Segment], file: bool) -> None:
        call = case.call
        self.call, self.number, self.parts, self.file = call, number, parts, file
        self.name = descriptor(case, call.args[0] & 0xFFFFFFFF)
        self.done, self.asked = call.result, total(parts)
        self.rest = contents(call, parts, call.result)
        self.waited = False  # for something, since then: perhaps until the rest can be written

    def goes_on(self, call: Call, parts: list[Segment]) -> bool | None:
        """Whether a call writes the rest; None: perhaps."""
        asked = total(parts)
        if after(self.parts, self.done) in [address for address, _ in parts] or asked == self.asked - self.done:
            return True
        if call.signature.name == "pwrite64" or self.call.signature.name == "pwrite64":
            return call.args[3] == self.call.args[3] + self.done or None
        data = contents(call, parts, 0)
        known = min(len(data), len(self.rest))
        if known and data[:known] == self.rest[:known]:
            return True
        if known >= min(COMPARED, asked):
            return False
        inside = any(start <= address < start + length for start, length in self.parts for address, _ in parts)
        return False if asked < self.asked - self.done and not inside else None

    def reason(self, followed: str) -> Reason:
        """What is wrong with it."""
        text = (
            f"{self.call.signature.name} of {self.asked} bytes to {self.name} wrote only {self.done} (call {self.number}),"
            f" and {followed}"
        )
        advice = "Look at the result, and write the rest from where it ended until nothing is left."
        return Reason("io.short_write", text, advice, SURE, key=self.name, call=self.call)


@habit
class ShortWrites(Habit):
    """A write may do less than it is asked, and says so; who does not go on from there has lost the rest.

    Wrong for certain is: what is written next is known to be something else; or the process ends, as if all were well,
    without having written anything to a file again, or to a pipe or socket that would have blocked without having
    waited for anything (else it may have been told meanwhile that nobody wants the rest).
    """

    calls = f"{WRITES} {WAITS} {MOVES}"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.partial: dict[tuple[int, Description], Partial] = {}

    def call(self, case: Case) -> Iterable[Reason]:
        call, name = case.call, case.name
        if name not in WRITES:
            if not self.partial:
                return
            pid = owner(case)
            if name in MOVES:
                moved = target(case)
                if moved is not None:
                    self.partial.pop((pid, moved), None)
            else:
                for key, one in self.partial.items():
                    if key[0] == pid:
                        one.waited = True
            return
        # Most writes are done whole, and of those that are not most is heard soon.
        if not self.partial and (call.error or name != "writev" and call.result >= call.args[2]):
            return
        description = target(case)
        if description is None:
            return
        pid = owner(case)
        if self.partial and case.complains:
            for _ in of_process(self.partial, pid):
                pass  # it complains
        key = pid, description
        former, parts = self.partial.get(key), segments(call)
        if parts is None or name == "sendto" and call.args[4]:
            self.partial.pop(key, None)
            return
        if former is not None:
            goes_on = former.goes_on(call, parts)
            if goes_on is not False and call.error:
                return  # not yet
            del self.partial[key]
            if goes_on is False and not call.error:
                yield former.reason("the next write begins with something else")
        if not call.error and 0 < call.result < total(parts):
            file, stream = is_file(description), is_stream(description)
            if file or stream:
                keep(self.partial, key, Partial(case, case.event.number, parts, file))

    def executed(self, process: Process, call: Call) -> Iterable[Reason]:
        for _ in of_process(self.partial, process.pid):
            pass
        return ()

    def ended(self, process: Process, status: int | None) -> Iterable[Reason]:
        mine = [(key[1], one) for key, one in self.partial.items() if key[0] == process.pid]
        for description, one in mine:
            del self.partial[process.pid, description]
            would_block = bool((description.flags or 0) & O_NONBLOCK)
            if status == 0 and (one.file or would_block and not one.waited):
                yield one.reason("the rest was never written")


@habit
class WritesAfterErrors(Habit):
    """Writing to something fails for good, and the program does not notice."""

    calls = f"{WRITES} {WAITS}"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.failed: dict[tuple[int, Description], tuple[int, int]] = {}  # the error, how often

    def call(self, case: Case) -> Iterable[Reason]:
        call = case.call
        if not self.failed and call.error not in PERSISTENT:
            return
        pid = owner(case)
        if case.name not in WRITES:
            for _ in of_process(self.failed, pid):
                pass  # it waits before it tries again
            return
        description = target(case)
        if description is None:
            return
        key = pid, description
        if call.error not in PERSISTENT:
            self.failed.pop(key, None)
            return
        error, count = self.failed.get(key, (call.error, 0))
        count = count + 1 if error == call.error else 1
        keep(self.failed, key, (call.error, count))
        if count == OFTEN:
            text = (
                f"{OFTEN} writes to {descriptor(case, call.args[0] & 0xFFFFFFFF)} have failed with {errno_name(call.error)}"
                " one after the other, and the program goes on writing"
            )
            advice = "Look at the result of writing, and stop when it fails: nobody gets what is written."
            yield Reason("io.after_error", text, advice, LIKELY, key=call.args[0])

    def ended(self, process: Process, status: int | None) -> Iterable[Reason]:
        for _ in of_process(self.failed, process.pid):
            pass
        return ()
