"""A call that is to be explained, with all that is known of it."""

from __future__ import annotations

from ptracer.decode.call import Call
from ptracer.decode.values import Described, Labelled, Text, Value
from ptracer.explain.evidence import Facts, facts_in
from ptracer.hints import TYPE_CHECKING
from ptracer.model.processes import Event, Process, Thread
from ptracer.model.world import World

if TYPE_CHECKING:
    from ptracer.explain.remembered import Remembered

WRITING = frozenset(("write", "writev"))
STANDARD_ERROR = 2


class Case:
    """One call that has returned. ``facts`` were taken down at its stop; ``world`` is as it was before the call took effect.

    ``live``: the tracee is being traced now, so that one may look into /proc for what does not change quickly; it need not
    exist any more. ``remembered`` is what else is known of former calls.
    """

    def __init__(self, call: Call, world: World, live: bool, remembered: Remembered) -> None:
        self.call, self.world, self.live, self.remembered = call, world, live, remembered
        self.facts: Facts = facts_in(call.exit_chunks)
        self.name = call.signature.name

    @property
    def process(self) -> Process | None:
        """The process that made the call, where that is known."""
        return self.world.process(self.call.tid)

    @property
    def thread(self) -> Thread | None:
        """The thread that made the call, where anything is known of it."""
        return self.world.threads.get(self.call.tid)

    @property
    def event(self) -> Event:
        """The call as what has happened, with its number in the trace."""
        opened = self.world.open.get(self.call.tid)
        number = opened[0] if opened is not None else self.world.count + 1
        return Event(number, self.name, self.call.tid, self.call.end)

    @property
    def complains(self) -> bool:
        """Whether it writes to standard error, or to a duplicate of it, which perror(3) makes."""
        if self.name not in WRITING or self.call.error:
            return False
        number, thread = self.call.args[0] & 0xFFFFFFFF, self.thread
        if number == STANDARD_ERROR or thread is None:
            return number == STANDARD_ERROR
        entry, known = thread.descriptors.at(number), thread.descriptors.at(STANDARD_ERROR)
        return entry is not None and known is not None and entry.description is known.description

    @property
    def heard(self) -> bool:
        """Whether complaints go anywhere: who has standard error thrown away expects that something fails."""
        thread = self.thread
        entry = thread.descriptors.at(STANDARD_ERROR) if thread is not None else None
        return entry is None or entry.description.name != b"/dev/null"

    def argument(self, name: str) -> int | None:
        """The register of an argument, unsigned; None: the call has none of that name."""
        for one in self.call.signature.parameters:
            if one.name == name:
                return self.call.args[one.index]
        return None

    def value(self, name: str) -> Value | None:
        """The decoded value of an argument, without what is only said beside it."""
        signature = self.call.signature
        for label, value in zip(signature.labels(self.call), (*self.call.entered, *self.call.exited)):
            if label == name:
                while type(value) in (Labelled, Described):
                    value = value.value
                return value
        return None

    def paths(self) -> list[bytes]:
        """The paths that the call names, in order."""
        return [value.data for value in self.call.entered if type(value) is Text and value.path]
