"""Renderers between the decoder and the one that writes: they leave things out, or say things beside."""

from __future__ import annotations

from collections.abc import Callable

from ptracer.capture import records
from ptracer.decode import notices
from ptracer.decode.behind import DESCRIPTOR
from ptracer.decode.call import Call
from ptracer.decode.decoder import Renderer
from ptracer.decode.values import Name, Text
from ptracer.hints import Any, Protocol
from ptracer.plans import APART, COMMANDS, DETAILS, LINKS
from ptracer.regs import X32, X32_BIT

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


NOT_TOUCHED = {("symlink", "oldpath"), ("symlinkat", "target")}  # what a link says


class Touching:
    """Calls that name one of some files, or have one of them behind a descriptor, or one of some descriptors."""

    def __init__(self, paths: frozenset[bytes], descriptors: Callable[[int], bool] | None) -> None:
        self.paths, self.descriptors = paths, descriptors

    def known_at_entry(self, call: Call) -> bool:
        return True

    def holds(self, call: Call) -> bool:
        """Whether the call, as it is known at its entry, has to do with one of them."""
        paths = self.paths
        if paths and any(
            type(value) is Text and value.path and value.data in paths and (call.signature.name, name) not in NOT_TOUCHED
            for name, value in zip(call.signature.names, call.entered)
        ):
            return True
        chunks = call.entry_chunks or {}
        behind = [(place - LINKS >> APART, link) for place, link in chunks.items() if LINKS <= place < DETAILS]
        if any(link in paths for number, link in behind if number < 1 << 31):
            return True
        holds = self.descriptors
        if holds is None:
            return False
        numbers = [call.args[one.index] & 0xFFFFFFFF for one in call.signature.parameters if one.type.behind == DESCRIPTOR]
        return any(holds(number) for number in (*numbers, *(number for number, _ in behind)) if number < 1 << 31)


class Test(Protocol):
    """Chooses calls."""

    def known_at_entry(self, call: Call) -> bool:
        """Whether a call can be judged when it begins."""

    def holds(self, call: Call) -> bool:
        """Whether it is chosen."""


class Chosen(Passing):
    """Only calls that pass a test; what can be judged only at its end is written then, in one piece."""

    def __init__(self, inner: Renderer, test: Test) -> None:
        super().__init__(inner)
        self.test = test
        self.shown: set[int] = set()  # threads in a call that is shown

    def call(self, call: Call) -> None:
        if self.test.holds(call):
            self.inner.call(call)

    def enter(self, call: Call) -> None:
        if self.test.known_at_entry(call) and self.test.holds(call):
            self.shown.add(call.tid)
            self.inner.enter(call)

    def leave(self, call: Call) -> None:
        if call.tid in self.shown:
            self.shown.discard(call.tid)
            self.inner.leave(call)
        elif not self.test.known_at_entry(call):
            self.call(call)

    def abandon(self, call: Call) -> None:
        if call.tid in self.shown:
            self.shown.discard(call.tid)
            self.inner.abandon(call)

    def notice(self, notice: notices.Notice) -> None:
        if isinstance(notice, notices.Superseded) and notice.former in self.shown:
            self.shown.discard(notice.former)
            self.shown.add(notice.tid)
        self.inner.notice(notice)


class Limiting(Passing):
    """Passes on so many calls, then says so by ``reached`` and passes on nothing but the end of tracing."""

    def __init__(self, inner: Renderer, limit: int, reached: Callable[[], None]) -> None:
        super().__init__(inner)
        self.left, self.reached = limit, reached
        self.open: set[int] = set()

    def count(self) -> None:
        self.left -= 1
        if not self.left:
            self.reached()

    def call(self, call: Call) -> None:
        if self.left:
            self.inner.call(call)
            self.count()

    def enter(self, call: Call) -> None:
        if self.left:
            self.open.add(call.tid)
            self.inner.enter(call)

    def leave(self, call: Call) -> None:
        if self.left and call.tid in self.open:
            self.inner.leave(call)
            self.count()

    def abandon(self, call: Call) -> None:
        if self.left and call.tid in self.open:
            self.inner.abandon(call)

    def notice(self, notice: notices.Notice) -> None:
        if self.left or isinstance(notice, notices.Detached):
            self.inner.notice(notice)


class Until(Passing):
    """Passes on everything up to the first call that passes a test, then tells ``reached`` when that was."""

    def __init__(self, inner: Renderer, test: Test, reached: Callable[[int], None]) -> None:
        super().__init__(inner)
        self.test, self.reached = test, reached
        self.over = False

    def judge(self, call: Call) -> None:
        if self.test.holds(call):
            self.over = True
            self.reached(call.end or call.start)

    def call(self, call: Call) -> None:
        if not self.over:
            self.inner.call(call)
            self.judge(call)

    def enter(self, call: Call) -> None:
        if not self.over:
            self.inner.enter(call)
            if self.test.known_at_entry(call):
                self.judge(call)

    def leave(self, call: Call) -> None:
        if not self.over:
            self.inner.leave(call)
            self.judge(call)

    def abandon(self, call: Call) -> None:
        if not self.over:
            self.inner.abandon(call)

    def notice(self, notice: notices.Notice) -> None:
        if not self.over or isinstance(notice, notices.Detached):
            self.inner.notice(notice)


class Counting(Passing):
    """Hands finished calls to the summary, where some calls are left out of it."""

    def __init__(self, inner: Renderer, feed: Callable[[list[Any]], None]) -> None:
        super().__init__(inner)
        self.feed = feed

    def call(self, call: Call) -> None:
        self.count(call)
        self.inner.call(call)

    def leave(self, call: Call) -> None:
        self.count(call)
        self.inner.leave(call)

    def count(self, call: Call) -> None:
        number = call.number | (X32_BIT if call.abi is X32 else 0)
        entry = (records.CALL, call.tid, call.start, call.abi.audit_arch, number, call.args, call.pointer, None)
        self.feed([(*entry, call.end, call.result, bool(call.error), call.cpu, None)])


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


class Warning(Passing):
    """Says on standard error what could not be done; ``flush`` comes first, for the order of lines."""

    def __init__(self, inner: Renderer, flush: Callable[[], None], say: Callable[[str], None]) -> None:
        super().__init__(inner)
        self.flush, self.say = flush, say

    def notice(self, notice: notices.Notice) -> None:
        if isinstance(notice, notices.Warning):
            self.flush()
            self.say(notice.text)
        else:
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
