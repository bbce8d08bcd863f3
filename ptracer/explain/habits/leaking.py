"""Descriptors that are opened again and again and never closed. Sources: open(2), getrlimit(2) (RLIMIT_NOFILE)."""

from __future__ import annotations

from collections.abc import Iterable

from ptracer.decode.call import Call
from ptracer.decode.notices import Detached, Notice
from ptracer.explain.case import Case
from ptracer.explain.findings import LIKELY, Reason
from ptracer.explain.habits import Habit, habit
from ptracer.explain.habits.transfers import is_stream, target
from ptracer.explain.remembered import keep
from ptracer.explain.saying import quoted
from ptracer.model.descriptors import Description, Entry
from ptracer.model.processes import Process
from ptracer.model.world import World

# Of one file: whoever means to have it open more than once has one for each thread or connection, and few programs have so many.
SAME_FILE = 64
# Connections and pipes that the other side has ended, of which nothing can come any more: it makes no sense to keep one.
AT_END = 16
# Files that were read to their end: programs that merge or compare files have many of them open, all opened before.
READ_FILES = 64
READS = "read recvfrom recvmsg readv"


@habit
class Leaks(Habit):
    """What a process has opened itself and leaves open at its end, or when it is traced no more, if it is much and of the same
    origin."""

    calls = READS

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.at_end: dict[Description, bool] = {}  # the last read of it has got nothing
        self.began: dict[int, int] = {}  # when a process has executed its program

    def call(self, case: Case) -> Iterable[Reason]:
        call = case.call
        if call.error or call.result and not self.at_end:
            return ()
        description = target(case)
        if description is not None:
            if call.result:
                self.at_end.pop(description, None)
            elif case.name != "read" or call.args[2]:
                keep(self.at_end, description, True)
        return ()

    def executed(self, process: Process, call: Call) -> Iterable[Reason]:
        keep(self.began, process.pid, call.end)
        return ()

    def notice(self, notice: Notice) -> Iterable[Reason]:
        if isinstance(notice, Detached):
            process = self.world.process(notice.tid)
            if process is not None and len(process.threads) == 1:
                yield from self.ended(process, None)

    def ended(self, process: Process, status: int | None) -> Iterable[Reason]:
        entries = process.descriptors.entries
        if len(entries) < AT_END:
            return
        began = max(self.began.get(process.pid, 0), process.start or 0)
        mine = [entry for entry in entries.values() if entry.opened is not None and entry.opened.when >= began]
        same: dict[tuple[str, bytes], list[Entry]] = {}
        over: dict[tuple[str, bool], list[Entry]] = {}
        for entry in mine:
            assert entry.opened is not None
            description = entry.description
            if description.kind == "file" and description.name is not None:
                same.setdefault((entry.opened.name, description.name), []).append(entry)
            if description in self.at_end:
                over.setdefault((entry.opened.name, is_stream(description)), []).append(entry)
        for (name, file), found in same.items():
            if len(found) >= SAME_FILE:
                yield self.reason(f"{quoted(file)} is open {len(found)} times, each opened by {name}()", found, (name, file))
        for (name, stream), found in over.items():
            if len(found) >= (AT_END if stream else READ_FILES):
                yield self.reason(f"{len(found)} descriptors made by {name}() were read to their end", found, (name, stream))

    @staticmethod
    def reason(text: str, found: list[Entry], key: object) -> Reason:
        first, last = (entry.opened.number if entry.opened is not None else 0 for entry in (found[0], found[-1]))
        text += f" (calls {first} to {last}, descriptors {found[0].number} to {found[-1].number}), and never closed"
        return Reason("descriptor.leaked", text, "Close each when it is no longer used.", LIKELY, key=key)
