"""Two processes instead of one, where children of the command may have to be traced after its end.

A seccomp filter is inherited, and what it stops for fails with ENOSYS once there is no tracer. So when the
command has a filter and has ended, the tracer lives on silently until the last of its descendants has ended.
Whoever started ptracer waits for the command only: that is the front process. It learns from the tracer how
the command ended and ends in the same way; meanwhile it hands on the signals that others send to it.
"""

from __future__ import annotations

import os

from ptracer import own_signals as signal
from ptracer.hints import NoReturn
from ptracer.interrupts import FATAL, exit_like

WATCHED = (*FATAL, signal.SIGUSR1, signal.SIGCHLD)


class Back:
    """What the tracer keeps of the front process."""

    def __init__(self, front: int, pipe: int) -> None:
        self.front, self.pipe = front, pipe
        self.reported = False

    def report(self, status: int) -> None:
        """Let the front process end as this wait status says, and give up what a terminal or a pipe waits for."""
        if self.reported:
            return
        self.reported = True
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nothing, stream)
        os.chdir("/")
        try:
            os.write(self.pipe, status.to_bytes(4, "little"))
            os.kill(self.front, signal.SIGCHLD)
        except (BrokenPipeError, ProcessLookupError):
            pass  # somebody killed it


def split() -> Back:
    """Fork. The child goes on; the parent stays in here as the front process."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    reading, writing = os.pipe()
    front = os.getpid()
    former = signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
    tracer = os.fork()
    if tracer == 0:
        os.close(reading)
        signal.pthread_sigmask(signal.SIG_SETMASK, former)
        return Back(front, writing)
    os.close(writing)
    os.set_blocking(reading, False)
    wait(tracer, reading)


def wait(tracer: int, reading: int) -> NoReturn:
    """The front process: until the tracer reports or ends."""
    while True:
        information = signal.sigwaitinfo(WATCHED)
        if information.si_signo != signal.SIGCHLD:
            # The terminal sends its signals to the whole group, the tracer too: those come from the kernel.
            if information.si_code <= 0:
                os.kill(tracer, information.si_signo)
            continue
        pid, status = os.waitpid(tracer, os.WNOHANG)
        reported = report(reading)
        if reported is not None or pid:
            os._exit(exit_like(status if reported is None else reported))


def report(reading: int) -> int | None:
    """What the tracer has said, if it has."""
    try:
        data = os.read(reading, 4)
    except BlockingIOError:
        return None
    return int.from_bytes(data, "little") if data else None
