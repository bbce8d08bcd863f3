"""Signals for ptracer itself: when they reach it, and what then happens.

``-I``: ``anywhere`` and ``waiting`` let the tracees go between two stops (nothing of ptracer runs while a
tracee is half handled, so the two are the same here), ``never`` ignores the signals, ``never_tstp`` ^Z too.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from types import FrameType

from ptracer import own_signals as signal
from ptracer.capture.bell import Bell
from ptracer.hints import NoReturn
from ptracer.options import NEVER, NEVER_TSTP
from ptracer.tracer import Tracer

FATAL = (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM)
PATIENCE = 2  # signals after which we end at once, whatever tracees still do


class Interrupts:
    """Notes signals in the tracer; to be entered after the command was started, which must not inherit this."""

    def __init__(self, tracer: Tracer, interruptible: int, ours: bool = False) -> None:
        """``ours`` says that another thread of ours may want to interrupt the tracer, whatever signals do."""
        self.ours = ours
        self.tracer = tracer
        self.interruptible = interruptible
        self.bell = Bell(tracer.capture)
        self.count = 0
        self.dying: Callable[[], None] | None = None  # called before we end at once
        tracer.heard = self.bell.heard

    def __enter__(self) -> Interrupts:
        # A tracer in the background must be able to write to its terminal.
        for number in (signal.SIGTTOU, signal.SIGTTIN):
            signal.signal(number, signal.SIG_IGN)
        if self.interruptible >= NEVER:
            for number in FATAL:
                signal.signal(number, signal.SIG_IGN)
            if self.interruptible == NEVER_TSTP:
                signal.signal(signal.SIGTSTP, signal.SIG_IGN)
            if self.ours:
                self.bell.__enter__()
            return self
        self.bell.__enter__()
        for number in FATAL:
            signal.signal(number, self.note)
        return self

    def __exit__(self, *error: object) -> None:
        if self.interruptible < NEVER or self.ours:
            self.bell.__exit__(None, None, None)

    def note(self, number: int, frame: FrameType | None) -> None:
        """The handler; the bell brings the tracer to look."""
        self.tracer.interrupted = self.tracer.interrupted or number
        self.count += 1
        self.tracer.capture.give_up()  # whoever is to let go must not wait for room
        if self.count > PATIENCE:
            if self.dying is not None:
                self.dying()
            die_of(number)


def exit_like(status: int | None) -> int:
    """The exit status of a command with this wait status; or its death."""
    if status is None:
        return 0
    if os.WIFSIGNALED(status):
        die_of(os.WTERMSIG(status))
    return os.WEXITSTATUS(status)


def die_of(number: int) -> NoReturn:
    """End by a signal, without a core dump of our own."""
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    try:
        signal.signal(number, signal.SIG_DFL)
    except OSError:
        pass  # SIGKILL and SIGSTOP cannot be changed, and 32 and 33 belong to the C library, which lets nobody
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [number])
    os.kill(os.getpid(), number)
    os._exit(128 + number)
