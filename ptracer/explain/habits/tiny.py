"""Reading and writing byte by byte. Source: setvbuf(3), and what each call costs."""

from __future__ import annotations

from collections.abc import Iterable

from ptracer.explain.case import Case
from ptracer.explain.findings import ODD, Reason
from ptracer.explain.habits import Habit, habit
from ptracer.explain.habits.transfers import is_file, of_process, owner, target
from ptracer.explain.remembered import keep
from ptracer.explain.saying import descriptor
from ptracer.model.descriptors import Description
from ptracer.model.processes import Process
from ptracer.model.world import World

MANY = 1000
STANDARD_INPUT, STANDARD_OUTPUT = 0, 1


@habit
class TinyTransfers(Habit):
    """Very many bytes in a row, each by a call of its own, with hardly another call of anybody between them.

    Not counted is what has a reason to be so: standard input, of which a shell's ``read`` must not take more than its line, for
    its children go on there; pipes and sockets that wake an event loop, and terminals. A dot for each of a thousand
    things that were done has other calls before it.
    """

    calls = "read write"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.streaks: dict[tuple[int, Description, str], tuple[int, int]] = {}  # how many, and the number of the first

    def call(self, case: Case) -> Iterable[Reason]:
        call = case.call
        if call.args[2] != 1 and not self.streaks:
            return
        description = target(case)
        if description is None:
            return
        key = owner(case), description, case.name
        if call.args[2] != 1 or call.result != 1:
            self.streaks.pop(key, None)
            return
        number = call.args[0] & 0xFFFFFFFF
        if not is_file(description) and not (number == STANDARD_OUTPUT and description.kind == "pipe"):
            return
        if number == STANDARD_INPUT:
            return
        count, first = self.streaks.get(key, (0, case.event.number))
        count += 1
        keep(self.streaks, key, (count, first))
        if count == MANY and case.event.number - first < 2 * MANY:
            verb = "read from" if case.name == "read" else "written to"
            text = f"{MANY} bytes in a row were {verb} {descriptor(case, number)} with one call each"
            advice = "Use a buffer (stdio, setvbuf), or larger pieces: each call costs as much as copying thousands of bytes."
            yield Reason("io.tiny", text, advice, ODD, key=(number, case.name))

    def ended(self, process: Process, status: int | None) -> Iterable[Reason]:
        for _ in of_process(self.streaks, process.pid):
            pass
        return ()
