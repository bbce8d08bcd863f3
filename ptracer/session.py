"""One run: options become an output, a renderer, a decoder, a capture and a tracer, which then work."""

from __future__ import annotations

import os
import signal
from typing import NoReturn

from ptracer import messages
from ptracer.capture._capture import Capture
from ptracer.decode.decoder import Decoder
from ptracer.decode.detail import Detail
from ptracer.decode.registry import Signatures
from ptracer.options import Options
from ptracer.pipeline import Calls, DecodingThread, prepare_threads
from ptracer.render.clock import Clock
from ptracer.render.output import Output
from ptracer.render.spelling import Spelling
from ptracer.render.text import Layout, TextRenderer
from ptracer.spawn import Command, initial_environment, start
from ptracer.tracer import Tracer

EXECVE = 59


class Session:
    """Everything between the options and the exit status."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.failed = False  # writing the trace

    def output_failed(self, error: OSError) -> None:
        """Say it once; the command goes on."""
        if not self.failed:
            self.failed = True
            messages.say(f"{self.options.output or 'standard error'}: {error.strerror}")

    def run(self) -> int:
        options = self.options
        fd = 2
        if options.output is not None:
            fd = os.open(options.output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o666)
        detail = Detail(options.string_limit, options.abbreviate, options.verbose, options.raw)
        signatures = Signatures(detail)
        output = Output(fd, self.output_failed)
        renderer = TextRenderer(self.spelling(), self.layout(), self.clock(), lambda tid: output)
        decoder = Decoder(signatures, renderer)
        command = Command(options.command, initial_environment())
        child = start(command)
        capture = Capture()
        wanted = None if options.trace.is_all else options.trace.has
        tracer = Tracer(capture, Calls(signatures, wanted), follow=options.follow > 0)
        thread = DecodingThread(capture, decoder, renderer.flush)
        thread.start()
        prepare_threads()
        tracer.start(child.pid, EXECVE)
        child.release()
        tracer.run()
        capture.finish()
        thread.join()
        renderer.close()
        if thread.error:
            raise thread.error
        return exit_like(tracer.command_status)

    def spelling(self) -> Spelling:
        """How values are written."""
        return Spelling(self.options.strings, self.options.constants)

    def layout(self) -> Layout:
        """What stands around a call."""
        options = self.options
        pid = ""
        if options.follow:
            pid = "file" if options.output is not None else "terminal"
        quiet = options.quiet
        return Layout(
            column=options.column,
            pid=pid,
            duration=options.duration,
            pointer=options.pointer,
            number=options.number,
            names=options.names,
            exits="exit" not in quiet,
            personality="personality" not in quiet,
            superseded="thread-execve" not in quiet,
        )

    def clock(self) -> Clock | None:
        """Time stamps, if any were asked for."""
        options = self.options
        if options.absolute_format is None and options.relative is None:
            return None
        return Clock(options.absolute_format, options.absolute_precision, options.relative is not None, options.relative or "us")


def exit_like(status: int | None) -> int:
    """The exit status of the command, or its death."""
    if status is None:
        return 0
    if os.WIFSIGNALED(status):
        die_of(os.WTERMSIG(status))
    return os.WEXITSTATUS(status)


def die_of(number: int) -> NoReturn:
    """End by the same signal as the command, without a second core dump."""
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    if number not in (signal.SIGKILL, signal.SIGSTOP):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [number])
    os.kill(os.getpid(), number)
    os._exit(128 + number)


