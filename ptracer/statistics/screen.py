"""The terminal while it shows a live view: another screen, keys one by one; and everything as it was, afterwards."""

from __future__ import annotations

import os
import select
import tempfile
import termios
from typing import IO, Any

from ptracer.errors import PtracerError
from ptracer.render.output import write_all

SHOW, HIDE = "\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l"  # the other screen without a cursor, and back: xterm's ctlseqs
TERMINAL = "/dev/tty"
QUIT = "q"


def open_terminal() -> int:
    """The terminal that we were started from, wherever standard streams go. PtracerError: there is none."""
    try:
        return os.open(TERMINAL, os.O_RDWR | os.O_CLOEXEC)
    except OSError as error:
        raise PtracerError(f"--top needs a terminal: {TERMINAL}: {error.strerror}") from None


class Screen:
    """To be entered before something is drawn and left afterwards, from whichever thread; leaving twice does no harm.

    What anybody writes to our standard error meanwhile would spoil the picture: it is kept and comes after it.
    """

    def __init__(self) -> None:
        self.terminal = open_terminal()
        self.former: list[Any] | None = None
        self.said: IO[bytes] | None = None
        self.standard_error = -1

    def enter(self) -> None:
        """Take the terminal."""
        self.former = termios.tcgetattr(self.terminal)
        changed = termios.tcgetattr(self.terminal)
        changed[3] &= ~(termios.ICANON | termios.ECHO)
        # A key that stops us would stop the command as well, with nobody left to see it.
        changed[6][termios.VSUSP] = b"\0"
        changed[6][termios.VMIN], changed[6][termios.VTIME] = 1, 0
        termios.tcsetattr(self.terminal, termios.TCSADRAIN, changed)
        if os.isatty(2):
            self.said = tempfile.TemporaryFile()
            self.standard_error = os.dup(2)
            os.set_inheritable(self.standard_error, False)
            os.dup2(self.said.fileno(), 2)
        self.write(SHOW)

    def leave(self) -> None:
        """Give it back as it was."""
        former, self.former = self.former, None
        if former is None:
            return
        self.write(HIDE)
        try:
            termios.tcsetattr(self.terminal, termios.TCSADRAIN, former)
        except termios.error:
            pass  # it is gone
        if self.said is not None:
            os.dup2(self.standard_error, 2)
            os.close(self.standard_error)
            self.said.seek(0)
            try:
                os.write(2, self.said.read())
            except OSError:
                pass  # nobody can be told
            self.said.close()
            self.said = None

    def write(self, text: str) -> None:
        """Draw."""
        try:
            write_all(self.terminal, text.encode("utf-8", "replace"))
        except OSError:
            pass  # the terminal is gone; its hang-up ends us

    def key(self, patience: float) -> str:
        """The keys that were pressed; empty: none in so many seconds. A terminal that is gone quits."""
        if not select.select([self.terminal], [], [], patience)[0]:
            return ""
        try:
            return os.read(self.terminal, 64).decode("ascii", "replace") or QUIT
        except OSError:
            return QUIT

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows."""
        try:
            columns, rows = os.get_terminal_size(self.terminal)
        except OSError:
            return 80, 24
        return columns or 80, rows or 24
