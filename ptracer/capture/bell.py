"""Makes sure that a signal for ptracer ends a wait.

wait4(2) ends early when a signal arrives *while* it blocks. A signal that arrives a moment before, or
while the C loop is busy with tracees that never rest, would run Python's handler only after the next stop
that needs policy, which may never come. So a thread that otherwise sleeps hears of every signal, notes it
in the capture, and repeats a harmless one, until the tracer says that it has heard::

    with Bell(capture) as bell:
        event = capture.wait()
        if event == (INTERRUPTED,):
            bell.heard()
            ...  # only now look at what the signal handlers noted
"""

from __future__ import annotations

import os
import threading
import time
from types import FrameType, TracebackType

from ptracer import own_signals as signal
from ptracer.capture.protocol import Capture

# The runtime of Go interrupts its threads by the same signal, for the same reasons: nobody uses it for
# anything else, it is ignored by default, and it may come too often.
RING = signal.SIGURG
FOREIGN = b"\0"  # what stands in the pipe for a reason that is no signal
INTERVAL = 0.002  # seconds between two rings


class Bell:
    """To be made, entered and left in the main thread, which is also the one that waits.

    The handlers of the signals themselves are the tracer's; they need do nothing but note the signal.
    """

    def __init__(self, capture: Capture) -> None:
        self._capture = capture
        self._ringing = self._closed = False
        self._writer = -1
        self._waiter = threading.main_thread().ident or 0

    def __enter__(self) -> Bell:
        self._reader, self._writer = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        os.set_blocking(self._reader, True)
        self._former_handler = signal.signal(RING, _do_nothing)
        self._former_writer = signal.set_wakeup_fd(self._writer, warn_on_full_buffer=False)
        self._thread = threading.Thread(target=self._listen, name="bell", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        signal.set_wakeup_fd(self._former_writer)
        self._closed = True
        os.close(self._writer)
        self._thread.join()
        os.close(self._reader)
        signal.signal(RING, self._former_handler)

    def heard(self) -> None:
        """The wait has ended. What handlers noted must be looked at after this, not before."""
        self._ringing = False
        # Who arrived before that line must have been noted when we return: this runs the handlers that are due.
        signal.pthread_sigmask(signal.SIG_BLOCK, ())

    def ring(self) -> None:
        """End the wait, for a reason that the tracer will find when it looks; before it was entered, at the next stop.

        May be called by any thread, and waits for nobody: the tracer may just then wait for that very thread.
        """
        if self._writer < 0:
            self._capture.note_interrupt()
            return
        try:
            os.write(self._writer, FOREIGN)
        except BlockingIOError:
            pass  # nobody reads because it is being rung

    def _listen(self) -> None:
        """Python's C handler writes the number of each signal into the pipe."""
        while numbers := os.read(self._reader, 64):
            if any(number != RING for number in numbers):
                self._ringing = True
                self._ring()

    def _ring(self) -> None:
        while self._ringing and not self._closed:
            self.strike()
            time.sleep(INTERVAL)

    def strike(self) -> None:
        """Ring once, which is not always heard: see above."""
        if not self._closed:
            self._capture.note_interrupt()
            signal.pthread_kill(self._waiter, RING)


def _do_nothing(number: int, frame: FrameType | None) -> None:
    pass
