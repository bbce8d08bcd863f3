"""Stacks below the lines of the trace.

``Noting`` stands first, for what it learns it must learn of every call; ``Showing`` stands just before the renderer that
writes, so that a stack is shown only below what is shown.
"""

from __future__ import annotations

from collections.abc import Callable

from ptracer.capture import records
from ptracer.decode import notices
from ptracer.decode.call import Call
from ptracer.decode.decoder import Renderer
from ptracer.hints import Protocol
from ptracer.plans import MAPS, STACKS
from ptracer.render.selective import Passing


class Spaces(Protocol):
    """Address spaces, which make text of stacks (``ptracer.stacks.spaces``)."""

    def text(self, tid: int, data: bytes, kept: bool) -> str: ...
    def enter(self, tid: int, process: int, maps: bytes, vdso: bytes) -> None: ...
    def change(self, tid: int, maps: bytes) -> None: ...
    def interrupt(self, tid: int, data: bytes) -> None: ...
    def forget(self, tid: int) -> None: ...


class Stacks:
    """What the two share: ``entered`` are the stacks of calls at their entries, ``noticed`` those of coming notices."""

    def __init__(self, spaces: Spaces) -> None:
        self.spaces = spaces
        self.entered: dict[int, str] = {}
        self.noticed: dict[int, bytes] = {}
        self.starting: set[int] = set()  # commands whose first exec has yet to succeed; what is before is our own stack

    def noticed_of(self, tid: int) -> str:
        """The stack of a thread of which there is a notice."""
        data = self.noticed.get(tid)
        return self.spaces.text(tid, data, kept=False) if data else ""


class Noting(Passing):
    """Learns of address spaces and of stacks; drops calls that were recorded only for that: not ``wanted``."""

    def __init__(self, inner: Renderer, stacks: Stacks, wanted: Callable[[Call], bool]) -> None:
        super().__init__(inner)
        self.stacks, self.wanted = stacks, wanted

    def note_entry(self, call: Call) -> None:
        data = call.entry_chunks.get(STACKS) if call.entry_chunks else None
        if data:
            ours = call.tid in self.stacks.starting
            self.stacks.entered[call.tid] = "" if ours else self.stacks.spaces.text(call.tid, data, kept=True)

    def note_exit(self, call: Call) -> None:
        maps = call.exit_chunks.get(MAPS) if call.exit_chunks else None
        if maps:
            self.stacks.spaces.change(call.tid, maps)

    def call(self, call: Call) -> None:
        self.note_entry(call)
        self.note_exit(call)
        if self.wanted(call):
            self.inner.call(call)
        self.stacks.entered.pop(call.tid, None)

    def enter(self, call: Call) -> None:
        self.note_entry(call)
        if self.wanted(call):
            self.inner.enter(call)

    def leave(self, call: Call) -> None:
        self.note_exit(call)
        if self.wanted(call):
            self.inner.leave(call)
        self.stacks.entered.pop(call.tid, None)

    def abandon(self, call: Call) -> None:
        if self.wanted(call):
            self.inner.abandon(call)

    def notice(self, notice: notices.Notice) -> None:
        stacks = self.stacks
        match notice:
            case notices.Space():
                stacks.spaces.enter(notice.tid, notice.process, notice.maps, notice.vdso)
                return
            case notices.Stack() if notice.tid in stacks.starting:
                stacks.starting.discard(notice.tid)
                if notice.tid in stacks.entered:
                    stacks.entered[notice.tid] = stacks.spaces.text(notice.tid, notice.data, kept=False)
                return
            case notices.Stack():
                stacks.noticed[notice.tid] = notice.data
                return
            case notices.Started() if notice.how == records.START_COMMAND:
                stacks.starting.add(notice.tid)
        self.inner.notice(notice)
        match notice:
            case notices.Signal():
                stacks.spaces.interrupt(notice.tid, stacks.noticed.pop(notice.tid, b""))
            case notices.Superseded() if notice.former in stacks.entered:
                stacks.entered[notice.tid] = stacks.entered.pop(notice.former)
            case notices.Exited() | notices.Killed() | notices.Detached():
                stacks.spaces.forget(notice.tid)
                stacks.entered.pop(notice.tid, None)


class Showing(Passing):
    """Writes the stack of a thread below what is shown of it; that of a call which never returns below the thread's end."""

    def __init__(self, inner: Renderer, stacks: Stacks, write: Callable[[int, int, str], None]) -> None:
        super().__init__(inner)
        self.stacks, self.write = stacks, write

    def show(self, call: Call) -> None:
        self.write(call.tid, call.end, self.stacks.entered.pop(call.tid, ""))

    def call(self, call: Call) -> None:
        self.inner.call(call)
        self.show(call)

    def leave(self, call: Call) -> None:
        self.inner.leave(call)
        self.show(call)

    def notice(self, notice: notices.Notice) -> None:
        self.inner.notice(notice)
        match notice:
            case notices.Signal() | notices.Stopped():
                self.write(notice.tid, notice.when, self.stacks.noticed_of(notice.tid))
            case notices.Exited() | notices.Killed():
                self.write(notice.tid, notice.when, self.stacks.entered.pop(notice.tid, ""))
