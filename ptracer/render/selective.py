"""Renderers between the decoder and the one that writes: they leave things out, or say things beside."""

from __future__ import annotations

from collections.abc import Callable

from ptracer.capture import records
from ptracer.decode import notices
from ptracer.decode.call import Call
from ptracer.decode.decoder import Renderer
from ptracer.decode.values import Name
from ptracer.hints import Any
from ptracer.plans import COMMANDS

Holds = Callable[[str], bool]


class Passing:
    """Hands everything on to the next renderer; the base of those that do not."""

    def __init__(self, inner: Renderer) -> None:
        self.inner = inner
        # Found in the instance, the next renderer's methods cost no call of ours.
        for name in ("call", "enter", "leave", "abandon", "notice"):
            if getattr(type(self), name) is getattr(Passing, name):
                setattr(self, name, getattr(inner, name))

    def call(self, call: Call) -> None:
        self.inner.call(call)

    def enter(self, call: Call) -> None:
        self.inner.enter(call)

    def leave(self, call: Call) -> None:
        self.inner.leave(call)

    def abandon(self, call: Call) -> None:
        self.inner.abandon(call)

    def notice(self, notice: notices.Notice) -> None:
        self.inner.notice(notice)


class ByStatus(Passing):
    """Only calls that ended as somebody asked for; so each is written when it has ended, in that order."""

    def __init__(self, inner: Renderer, wanted: Holds) -> None:
        super().__init__(inner)
        self.successful, self.failed = wanted("successful"), wanted("failed")
        self.unfinished, self.unavailable = wanted("unfinished"), wanted("unavailable")
        self.detached = wanted("detached")
        self.open: dict[int, Call] = {}

    def call(self, call: Call) -> None:
        if self.failed if call.error else self.successful:
            self.inner.call(call)

    def enter(self, call: Call) -> None:
        self.open[call.tid] = call

    def leave(self, call: Call) -> None:
        self.open.pop(call.tid, None)
        self.call(call)

    def abandon(self, call: Call) -> None:
        self.open.pop(call.tid, None)
        # A call that never returns, such as exit_group, has no result; any other one was cut short.
        if self.unavailable if call.signature.result_of is None else self.unfinished:
            self.inner.enter(call)
            self.inner.abandon(call)

    def notice(self, notice: notices.Notice) -> None:
        if isinstance(notice, notices.Detached):
            call = self.open.pop(notice.tid, None)
            if call is not None and self.detached:
                self.inner.enter(call)
        elif isinstance(notice, notices.Superseded) and notice.former in self.open:
            self.open[notice.tid] = self.open.pop(notice.former)
        self.inner.notice(notice)


class BySignal(Passing):
    """Only the signals that somebody asked for."""

    def __init__(self, inner: Renderer, wanted: Callable[[int], bool]) -> None:
        super().__init__(inner)
        self.wanted = wanted

    def notice(self, notice: notices.Notice) -> None:
        if not isinstance(notice, (notices.Signal, notices.Stopped)) or self.wanted(notice.signal.number):
            self.inner.notice(notice)


class Announcing(Passing):
    """Says on standard error whom the trace gains and loses; ``flush`` comes first, for the order of lines."""

    def __init__(self, inner: Renderer, flush: Callable[[], None], say: Callable[[str], None]) -> None:
        super().__init__(inner)
        self.flush, self.say = flush, say

    def notice(self, notice: notices.Notice) -> None:
        text = announcement(notice)
        if text is not None:
            self.flush()
            self.say(text)
        self.inner.notice(notice)


class Naming(Passing):
    """Knows what each living thread's command is called; in ``commands`` it stands ready to be written behind ids."""

    def __init__(self, inner: Renderer, commands: dict[int, str], spell: Callable[[Name], str]) -> None:
        super().__init__(inner)
        self.commands, self.spell = commands, spell

    def note(self, call: Call) -> None:
        name = call.entry_chunks.get(COMMANDS) if call.entry_chunks else None
        if name is not None:
            self.commands[call.tid] = f"<{self.spell(Name(name))}>"

    def call(self, call: Call) -> None:
        self.note(call)
        self.inner.call(call)

    def enter(self, call: Call) -> None:
        self.note(call)
        self.inner.enter(call)

    def notice(self, notice: notices.Notice) -> None:
        if isinstance(notice, notices.Started) and notice.parent in self.commands:
            self.commands.setdefault(notice.tid, self.commands[notice.parent])
        self.inner.notice(notice)
        if isinstance(notice, (notices.Exited, notices.Killed, notices.Detached)):
            self.commands.pop(notice.tid, None)


class Finishing(Passing):
    """Tells ``finished`` of threads of which no line will follow."""

    def __init__(self, inner: Renderer, finished: Callable[[int], None]) -> None:
        super().__init__(inner)
        self.finished = finished

    def notice(self, notice: notices.Notice) -> None:
        self.inner.notice(notice)
        if isinstance(notice, (notices.Exited, notices.Killed, notices.Detached)):
            self.finished(notice.tid)


def announcement(notice: notices.Notice) -> str | None:
    """``Process N attached`` for children; whoever attaches to a live process says so itself."""
    if isinstance(notice, notices.Started) and notice.how == records.START_FORK:
        return f"Process {notice.tid} attached"
    if isinstance(notice, notices.Detached):
        return f"Process {notice.tid} detached"
    return None


class Silent:
    """Writes nothing: for ``-c``."""

    def call(self, call: Any) -> None: ...
    def enter(self, call: Any) -> None: ...
    def leave(self, call: Any) -> None: ...
    def abandon(self, call: Any) -> None: ...
    def notice(self, notice: Any) -> None: ...
