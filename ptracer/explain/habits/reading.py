"""Reading: records that came in pieces, of which only the first was taken. Sources: read(2), pipe(7), recv(2).

A short read is no mistake: it is how streams are read. It is one where the reader knows how much must come, and takes what
has come for all of it. That it knows is evident when the number was read right before (a length before the data), or when the
other end of a pipe, which is traced too, has written exactly as much in one call as the reader has asked for, that is no
usual size of a buffer, and the reader reads once and never again (who copies a stream reads to its end).
"""

from __future__ import annotations

from collections.abc import Iterable

from ptracer.explain.case import Case
from ptracer.explain.findings import SURE, Reason
from ptracer.explain.habits import Habit, habit
from ptracer.explain.habits.transfers import O_NONBLOCK, is_stream, of_process, owner, target
from ptracer.explain.remembered import keep
from ptracer.explain.saying import descriptor, memory
from ptracer.model.descriptors import Description
from ptracer.model.processes import Process
from ptracer.model.world import World

MSG_PEEK = 2
LENGTHS = (2, 4, 8)  # bytes that a length before the data has
PAGE = 4096
MOST_SIZES = 16  # different ones that are remembered of one pipe


class Short:
    """A read that has got a part."""

    __slots__ = ("case", "number", "name", "asked", "got", "announced", "only")

    def __init__(self, case: Case, announced: bool, only: bool) -> None:
        call = case.call
        self.case, self.number, self.announced, self.only = case, case.event.number, announced, only
        self.name = descriptor(case, call.args[0] & 0xFFFFFFFF)
        self.asked, self.got = call.args[2], call.result

    def reason(self, why: str) -> Reason:
        call = self.case.call
        text = (
            f"{call.signature.name} of {self.asked} bytes from {self.name} got only {self.got} (call {self.number}), although"
            f" {why}, and the rest was not read"
        )
        advice = "Read on, behind what has come, until all is there or read returns 0 (recv: MSG_WAITALL)."
        return Reason("io.short_read", text, advice, SURE, key=self.name, call=call)


ANNOUNCED = "that length was read right before it"
WRITTEN = "the other end has written that many in one call"


@habit
class ShortReads(Habit):
    """See above."""

    calls = "read recvfrom write sendto close"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.lengths: dict[tuple[int, Description], bytes] = {}  # what the latest read has got, if it may be a length
        self.short: dict[tuple[int, Description], Short] = {}
        self.begun: dict[Description, bool] = {}  # it was read from before
        self.sizes: dict[Description, set[int]] = {}  # what was written in one call, by the end that reads
        self.given_up: dict[Description, Short] = {}

    def call(self, case: Case) -> Iterable[Reason]:
        description = target(case)
        if description is None or not is_stream(description):
            return ()
        key = owner(case), description
        if case.name in ("write", "sendto"):
            return self.written(case, description)
        if case.name == "close":
            return self.closed(key)
        return self.read(case, key) if not case.call.error else ()

    def written(self, case: Case, description: Description) -> Iterable[Reason]:
        """Somebody writes to a pipe: how much in one call?"""
        if case.complains:
            for _ in of_process(self.short, owner(case)):
                pass  # it complains
        asked, reader = case.call.args[2], description.other
        if reader is None or asked <= PAGE or not asked % PAGE:
            return
        if (description.flags or 0) & O_NONBLOCK and case.call.result != asked:
            return  # the rest has not been written yet
        given_up = self.given_up.get(reader)
        if given_up is not None and given_up.asked == asked:
            del self.given_up[reader]
            yield given_up.reason(WRITTEN)
        sizes = self.sizes.get(reader, set())
        if len(sizes) < MOST_SIZES:
            sizes.add(asked)
            keep(self.sizes, reader, sizes)

    def closed(self, key: tuple[int, Description]) -> Iterable[Reason]:
        """Nothing more will be read."""
        self.lengths.pop(key, None)
        short = self.short.get(key)
        if short is not None and short.only and not short.announced and short.asked not in self.sizes.get(key[1], ()):
            keep(self.given_up, key[1], self.short.pop(key))
        return ()  # until the end: it may complain

    def read(self, case: Case, key: tuple[int, Description]) -> Iterable[Reason]:
        """A read has got something."""
        call = case.call
        address, asked, got = call.args[1:3] + (call.result,)
        former, length = self.short.pop(key, None), self.lengths.pop(key, b"")
        begun = self.begun.get(key[1], False)
        keep(self.begun, key[1], True)
        if case.name == "recvfrom" and call.args[3] & MSG_PEEK or not got:
            return
        if former is not None:
            place = former.case.call.args[1]
            behind = address == place + former.got or asked == former.asked - former.got
            if not behind and place < address < place + former.asked:
                behind = True  # somewhere in the same record
            if not behind and former.announced:
                yield former.reason(ANNOUNCED)
        if got < asked:
            announced = bool(length) and asked in (int.from_bytes(length, "little"), int.from_bytes(length, "big"))
            keep(self.short, key, Short(case, announced, not begun))
        elif got in LENGTHS:
            keep(self.lengths, key, memory(call, address, got))

    def ended(self, process: Process, status: int | None) -> Iterable[Reason]:
        mine = [(key[1], one) for key, one in self.short.items() if key[0] == process.pid]
        for _ in of_process(self.short, process.pid):
            pass
        for description, one in mine:
            if status == 0 and one.announced:
                yield one.reason(ANNOUNCED)
            elif status == 0 and one.only and one.asked in self.sizes.get(description, ()):
                yield one.reason(WRITTEN)
            elif status == 0 and one.only:
                keep(self.given_up, description, one)
        for _ in of_process(self.lengths, process.pid):
            pass
