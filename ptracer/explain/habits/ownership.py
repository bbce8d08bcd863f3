"""Descriptors that were closed by somebody who does not own them. Source: close(2)."""

from __future__ import annotations

from collections.abc import Iterable
from errno import EBADF

from ptracer.decode.behind import DESCRIPTOR
from ptracer.explain.case import Case
from ptracer.explain.findings import SURE, Reason
from ptracer.explain.habits import Habit, habit
from ptracer.explain.saying import by, what
from ptracer.model.effects import descriptor


@habit
class StolenDescriptors(Habit):
    """A thread closes a number twice, between which another thread was given it for something else, which then finds it closed.

    Threads hand descriptors to each other, so that one closes what another has opened is no mistake by itself; but who has
    closed a number before, did not get it anew, and closes it again while somebody else goes on using it, is mistaken.
    """

    def call(self, case: Case) -> Iterable[Reason]:
        call, thread = case.call, case.thread
        if call.error != EBADF or thread is None:
            return
        for one in call.signature.parameters:
            if one.type.behind == DESCRIPTOR:
                history = thread.descriptors.history(descriptor(call.args[one.index]))[-2:]
                if len(history) < 2 or any(entry.open or entry.closed is None or entry.opened is None for entry in history):
                    continue
                first, second = history
                assert first.closed is not None and second.closed is not None and second.opened is not None
                thief = second.closed.tid
                if first.closed.tid == thief != second.opened.tid and call.tid == second.opened.tid:
                    number = second.number
                    meant = what(second.description)
                    text = (
                        f"descriptor {number}{f' ({meant})' if meant else ''} was closed{by(second.closed, str(number))}, which"
                        f" had closed its own descriptor {number} already at call {first.closed.number}"
                    )
                    advice = "Close a descriptor once, and forget its number then: others may be given it."
                    yield Reason("descriptor.stolen", text, advice, SURE, key=number)
