"""The result of mmap, used as an address although it says that it has failed. Source: mmap(2), MAP_FAILED."""

from __future__ import annotations

import signal
from collections.abc import Iterable

from ptracer.decode.notices import Notice, Signal
from ptracer.decode.values import Fields
from ptracer.explain.case import Case
from ptracer.explain.findings import SURE, Reason
from ptracer.explain.habits import Habit, habit
from ptracer.explain.remembered import keep
from ptracer.explain.saying import errno_name, signal_name
from ptracer.model.processes import Event
from ptracer.model.world import World

PAGE = 4096
FAULTS = frozenset((signal.SIGSEGV, signal.SIGBUS))


@habit
class UncheckedMappings(Habit):
    """A thread dies at MAP_FAILED, or at a small offset from it, right after mmap has failed."""

    calls = "mmap mmap2 mremap shmat munmap"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.failed: dict[int, tuple[Event, int, int]] = {}  # by thread: the call, its error, the size of its words in bits

    def call(self, case: Case) -> Iterable[Reason]:
        call = case.call
        if call.error:
            keep(self.failed, call.tid, (case.event, call.error, 8 * call.abi.word_size))
        elif self.failed:
            self.failed.pop(call.tid, None)
        return ()

    def notice(self, notice: Notice) -> Iterable[Reason]:
        if not isinstance(notice, Signal) or notice.signal.number not in FAULTS or notice.tid not in self.failed:
            return
        event, error, bits = self.failed.pop(notice.tid)
        information = notice.information
        address = dict(information.pairs).get("si_addr") if isinstance(information, Fields) else None
        number = address if isinstance(address, int) else getattr(address, "number", None)
        if number is None:
            return
        offset = number + 1 & (1 << bits) - 1  # MAP_FAILED is -1
        if offset < PAGE:
            text = (
                f"{event.name}() failed at call {event.number} with {errno_name(error)}, and its result was used as an address"
                f" all the same ({signal_name(notice.signal.number)} at {number:#x})"
            )
            yield Reason("result.unchecked", text, "Compare the result with MAP_FAILED before it is used.", SURE, key=event.name)
