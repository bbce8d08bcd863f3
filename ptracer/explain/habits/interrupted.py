"""Calls that a signal has interrupted, and that nobody has repeated. Source: signal(7), sigaction(2)."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable
from errno import EINTR

from ptracer.decode.call import Call
from ptracer.decode.notices import Notice, Signal
from ptracer.explain.case import Case
from ptracer.explain.findings import LIKELY, SURE, Reason
from ptracer.explain.habits import Habit, habit
from ptracer.explain.remembered import keep
from ptracer.explain.saying import descriptor, signal_name, written
from ptracer.model.processes import Process
from ptracer.model.world import World

ERESTARTSYS = 512  # linux/errno.h: EINTR, unless the handler was installed with SA_RESTART
TRANSFERS = "read write readv writev pread64 pwrite64 recvfrom recvmsg sendto sendmsg"
# These come whenever something else in the world changes, and nobody sends them to have a call broken off.
HARMLESS = frozenset((signal.SIGWINCH, signal.SIGCONT, signal.SIGPROF, signal.SIGVTALRM, signal.SIGURG))
COMPLAINT = os.strerror(EINTR).encode()
ADVICE = "Repeat a call that fails with EINTR, or install the handler with SA_RESTART."


class Interrupted:
    """A call that a signal has interrupted, and which."""

    __slots__ = ("call", "name", "signal", "returned")

    def __init__(self, call: Call, name: str) -> None:
        self.call, self.name = call, name
        self.signal, self.returned = 0, False

    def text(self) -> str:
        return (
            f"{self.call.signature.name} on {self.name} was interrupted by {signal_name(self.signal)}, whose handler was"
            " installed without SA_RESTART"
        )


@habit
class NotRepeated(Habit):
    """That a call was interrupted is ordinary, and signals are sent to have a program stop what it does. It is wrong to take it
    for an error, of which a program complains; and to give up what one was reading or writing because of a signal that
    means nothing of the kind."""

    calls = f"{TRANSFERS} rt_sigreturn sigreturn close"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.interrupted: dict[int, Interrupted] = {}  # by thread

    def call(self, case: Case) -> Iterable[Reason]:
        call = case.call
        if call.error == ERESTARTSYS and case.name not in ("rt_sigreturn", "sigreturn"):
            keep(self.interrupted, call.tid, Interrupted(call, descriptor(case, call.args[0] & 0xFFFFFFFF)))
            return
        one = self.interrupted.get(call.tid) if self.interrupted else None
        if one is None:
            return
        if case.name in ("rt_sigreturn", "sigreturn"):
            if call.error != EINTR or not one.signal:
                del self.interrupted[call.tid]
            elif not one.returned:
                one.returned = True
        elif one.returned and case.complains and COMPLAINT in written(call):
            del self.interrupted[call.tid]
            text = f"{one.text()}, and the program takes it for an error"
            yield Reason("retry.interrupted", text, ADVICE, LIKELY, key=one.call.args[0], call=one.call)
        elif one.returned and call.args[0] == one.call.args[0]:
            del self.interrupted[call.tid]
            if case.name == "close":
                yield from self.given_up(one, "it was closed without having been tried again")

    @staticmethod
    def given_up(one: Interrupted, how: str) -> Iterable[Reason]:
        if one.signal in HARMLESS:
            yield Reason("retry.interrupted", f"{one.text()}, and {how}", ADVICE, SURE, key=one.call.args[0], call=one.call)

    def notice(self, notice: Notice) -> Iterable[Reason]:
        if isinstance(notice, Signal) and notice.tid in self.interrupted:
            one = self.interrupted[notice.tid]
            if not one.signal:
                one.signal = notice.signal.number
        return ()

    def ended(self, process: Process, status: int | None) -> Iterable[Reason]:
        one = self.interrupted.pop(process.pid, None)
        if one is not None and one.returned and status == 0:
            yield from self.given_up(one, "the program has ended without having tried again")
