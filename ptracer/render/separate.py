"""Where each thread's lines go: one descriptor for all, or a file for each; or a command's standard input."""

from __future__ import annotations

import os
import select
from collections.abc import Callable

from ptracer.errors import PtracerError
from ptracer.render.output import Output

FIRST_FREE = 3  # 0, 1 and 2 may be closed by whoever started us; a trace must never take their place

Failed = Callable[[OSError], None]


def open_file(path: str, append: bool) -> int:
    """A descriptor to write to, closed on exec. PtracerError: it cannot be."""
    how = os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | (os.O_APPEND if append else os.O_TRUNC)
    try:
        return out_of_the_way(os.open(path, how, 0o666))
    except OSError as error:
        raise PtracerError(f"Can't fopen '{path}': {error.strerror}") from None


def out_of_the_way(descriptor: int) -> int:
    """The same file with a number that no program takes for a standard stream."""
    import fcntl

    if descriptor >= FIRST_FREE:
        return descriptor
    moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, FIRST_FREE)
    os.close(descriptor)
    return moved


class Pipe:
    """A command of the shell that reads what we write.

    It is the child of a child that has ended, so that waiting for tracees never waits for it; its pidfd tells
    when it has ended.
    """

    def __init__(self, command: str) -> None:
        reading, self.descriptor = os.pipe()
        told, tell = os.pipe()
        child = os.fork()
        if child == 0:
            self.start(command, reading, tell)
        os.close(reading)
        os.close(tell)
        pid = int.from_bytes(os.read(told, 4), "little")
        os.close(told)
        self.process: int | None = None
        try:
            self.process = os.pidfd_open(pid)
        except OSError:
            pass  # it has ended already
        os.waitpid(child, 0)

    @staticmethod
    def start(command: str, reading: int, tell: int) -> None:
        """In the child: start the shell, say its id, and end."""
        try:
            pid = os.fork()
            if pid == 0:
                os.dup2(reading, 0)
                os.execv("/bin/sh", ["sh", "-c", command])
            # Wait until the other side has read it, or the id may be somebody else's by then.
            os.write(tell, pid.to_bytes(4, "little"))
        finally:
            os._exit(127)

    def wait(self) -> None:
        """Until the command has ended; its input must have been closed."""
        if self.process is not None:
            select.select([self.process], [], [])


class Separate:
    """A file for each thread: ``FILE.TID``."""

    def __init__(self, path: str, append: bool, failed: Failed, make: Callable[[int], Output]) -> None:
        self.path, self.append, self.failed, self.output_on = path, append, failed, make
        self.outputs: dict[int, Output] = {}

    def __call__(self, tid: int) -> Output:
        """The output of a thread."""
        output = self.outputs.get(tid)
        if output is None:
            output = self.outputs[tid] = self.make(tid)
        return output

    def make(self, tid: int) -> Output:
        """Open the file of a thread; if that cannot be its lines are dropped."""
        try:
            return self.output_on(open_file(f"{self.path}.{tid}", self.append))
        except PtracerError as error:
            self.failed(OSError(0, error.message))
            output = Output(-1, self.failed)
            output.broken = True
            return output

    def finished(self, tid: int) -> None:
        """A thread is gone: its descriptor is needed elsewhere."""
        output = self.outputs.pop(tid, None)
        if output is not None:
            output.close()
            if output.descriptor >= 0:
                os.close(output.descriptor)
