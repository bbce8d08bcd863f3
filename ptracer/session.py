"""One run: options become an output, a renderer, a decoder, a capture and a tracer, which then work."""

from __future__ import annotations

import os

from ptracer import launch, messages
from ptracer import own_signals as signal
from ptracer.capture import choose
from ptracer.capture.events import OPTION_EXITKILL
from ptracer.capture.protocol import Capture
from ptracer.errors import PtracerError
from ptracer.filtering import Filter, filter_for, goes_inside
from ptracer.front import Back, split
from ptracer.hints import TYPE_CHECKING, Any
from ptracer.interrupts import Interrupts, exit_like
from ptracer.options import NEVER, PROCESSES, Options
from ptracer.outputs import open_destination
from ptracer.pipeline import Calls, DecodingThread, prepare_threads
from ptracer.spawn import Child, become, start
from ptracer.tracer import Tracer

if TYPE_CHECKING:
    from ptracer.origin import Origin

EXECVE = 59
LATER = 0.5  # seconds that an output has for what is left when somebody interrupts
PATIENCE = 10  # seconds that processes which were attached to wait for an output that takes nothing


class Session:
    """Everything between the options and the exit status."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.back: Back | None = None
        self.finished = False
        self.child: Child | None = None

    def run(self) -> int:
        """Trace until the end; the exit status."""
        options = self.options
        self.inside = goes_inside(options)
        filter = filter_for(options, self.inside)
        command = launch.command(options, filter.install if filter is not None else None) if options.command else None
        if filter is not None and not options.apart:
            self.back = split()
        if options.top:
            from ptracer.statistics import screen

            os.close(screen.open_terminal())  # rather than find out when the command runs
        self.destination = open_destination(options)
        if command is not None:
            self.child = become(command, options.apart) if options.apart else start(command)
        if self.child is not None:
            self.step_aside()
        self.build(filter)
        interrupting = bool(options.ends_early or options.rules or options.recent or options.top)
        self.interrupts = Interrupts(self.tracer, options.interruptible, interrupting)
        self.interrupts.dying = self.feed.rest
        if self.feed.listing is not None:
            self.feed.listing.limit_reached = self.enough
        if options.recent:
            signal.signal(signal.SIGUSR1, self.save)
        with self.interrupts:
            self.trace()
        self.finish()
        if self.back is not None:
            self.back.report(self.wait_status())
            os._exit(0)
        if options.apart:
            return 0  # nobody waits for us
        status = self.wait_status()
        return exit_like(status)

    def save(self, number: int, frame: object) -> None:
        """Handler of SIGUSR1: write what is kept of the recording, and go on."""
        assert self.feed.recorder is not None
        self.feed.recorder.save()

    def enough(self) -> None:
        """Called by the decoding thread when it has written all that was asked for."""
        self.tracer.enough = True
        self.interrupts.bell.ring()

    def fail(self) -> None:
        """Called by the decoding thread when it can do no more. A command is still waited for, and its records taken."""
        if self.options.attach:
            self.enough()

    def step_aside(self) -> None:
        """Leave the command's standard streams to it: a pipe whose reader is closed must be felt by its writer."""
        nothing = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
        os.dup2(nothing, 0)
        os.dup2(nothing, 1)
        os.close(nothing)

    def build(self, filter: Filter | None) -> None:
        """Make the parts and put them together."""
        from ptracer.rendering import Feed

        options = self.options
        origin = self.origin() if options.describes else None
        try:
            self.capture: Capture = choose.make(options.ring << 20, say=messages.say if options.debug else None)
        except MemoryError:
            raise PtracerError(f"there is no memory for {options.ring} MiB of --ring") from None
        if self.inside:
            from ptracer.capture import inside

            inside.begin(self.capture)
        self.feed = Feed(options, self.destination, origin)
        if options.record is not None or options.measures or (options.summary and not options.wall_clock):
            self.capture.configure(cpu_time=True)
        patience = options.patience if options.patience is not None else PATIENCE if options.attach else 0
        self.capture.configure(patience=patience * 1_000_000_000)
        make = self.tampering_tracer if options.rules else Tracer
        self.tracer = make(
            self.capture,
            self.feed.calls,
            follow=options.follow > 0,
            options=OPTION_EXITKILL if options.kill_on_exit else 0,
            filtered=filter is not None,
        )
        self.tracer.ended = self.end_early
        self.tracer.detach_on_exec = options.detach_on_exec
        self.tracer.naming = any(word in options.processes for word in PROCESSES)
        self.tracer.stacks = bool(options.stacks)
        self.tracer.secretive = "arguments" in options.redacted
        self.tracer.pointing = options.pointer
        if options.describes:  # where execve is not traced nobody else says what a program is called
            self.tracer.describing = "once" if options.trace.shows("execve") else "programs"
        self.thread = DecodingThread(self.capture, self.feed, self.feed.flush, self.fail)

    def origin(self) -> Origin:
        """Where and how the trace is made."""
        from ptracer.listing import RECORDED
        from ptracer.origin import here

        options = self.options
        command, written = options.command, options.written
        if "arguments" in options.redacted:
            command, written = command[:1], [word for word in written if not word.startswith("--argv0")]
        made = here(
            command, options.attach, written, [*launch.environment(options.environment)],
            max(options.string_limit, RECORDED if options.record is not None else 0),
        )  # fmt: skip
        made.process = self.child.pid if self.child is not None else 0
        return made

    def tampering_tracer(self, capture: Capture, calls: Calls, **options: Any) -> Tracer:
        """The tracer that changes calls by rules."""
        from ptracer.tampering.tracer import TamperingTracer

        def strike() -> None:
            self.interrupts.bell.strike()  # which is made later

        listing = self.feed.listing
        return TamperingTracer(
            self.options.rules, strike, listing.touches if listing is not None else None, capture, calls, **options
        )

    def trace(self) -> None:
        """From the first seize to the end of the last tracee, or until interrupted."""
        self.thread.start()
        prepare_threads()
        try:
            self.feed.begin(self.enough)
            attached = self.attach()
            if self.child is not None:
                self.seize(self.child)
                if self.options.apart and "attach" not in self.options.quiet:
                    messages.say(f"Process {self.child.pid} attached")
                self.child.release()
            elif not attached:
                self.farewell()
                raise PtracerError("")
            self.tracer.run()
        finally:
            try:
                self.feed.rest()
            finally:
                self.drain()

    def seize(self, child: Child) -> None:
        """Begin to trace the command. PtracerError: we may not trace even our own child."""
        try:
            self.tracer.start(child.pid, EXECVE)
        except OSError as error:
            from ptracer import attach

            message, *more = attach.explain_command(child.pid, error)
            raise PtracerError(message, more=more) from None

    def attach(self) -> int:
        """Seize the processes of ``-p``, say what became of each; how many there were."""
        if not self.options.attach:
            return 0
        from ptracer import attach

        attached = 0
        for pid in self.options.attach:
            try:
                if pid == os.getpid():
                    raise PermissionError(1, os.strerror(1))
                threads = attach.attach(pid, self.tracer.attach, self.options.follow > 0)
            except OSError as error:
                for line in attach.explain(pid, error):
                    messages.say(line)
                continue
            attached += 1
            if "attach" not in self.options.quiet:
                many = f" with {threads} threads" if threads > 1 else ""
                messages.say(f"Process {pid} attached{many}")
        return attached

    def drain(self, patience: float | None = None) -> bool:
        """Wait until everything captured has been written, for so many seconds; whether it has."""
        if self.capture.gave_up() and not self.tracer.interrupted:
            messages.say("nothing takes the trace: it ends here, and what was traced goes on")
        if self.thread.is_alive() or not self.finished:
            self.capture.finish()
            self.thread.join(patience)
        return not self.thread.is_alive()

    def finish(self) -> None:
        """What comes after the last record."""
        if self.finished:
            return
        self.finished = True
        code = self.child.exec_error() if self.child is not None and not self.tracer.interrupted else 0
        if code:
            messages.say(f"exec: {os.strerror(code)}")
        try:
            self.feed.close()
        finally:
            if self.thread.error is not None:
                raise self.thread.error
        for name, error in self.feed.calls.signatures.defects.items():
            messages.say(f"{name} could not be decoded and is shown raw ({type(error).__name__}: {error}); please report this")
        self.farewell()

    def farewell(self) -> None:
        """The tip that was asked for."""
        if self.options.tips:
            from ptracer import tips

            tips.show(self.options)

    def end_early(self) -> None:
        """Only silent tracees are left: the front process need not wait for them."""
        # Who interrupts us does not wait for somebody who does not read: tracees go on, and what is left is written later.
        if not self.drain(LATER if self.tracer.interrupted else None):
            return
        self.finish()
        if self.back is not None:
            self.back.report(self.wait_status())

    def wait_status(self) -> int:
        """How ptracer ends, as a wait status."""
        if self.tracer.interrupted and self.options.interruptible < NEVER:
            return self.tracer.interrupted
        status = self.tracer.command_status or 0
        return 1 << 8 if not status and self.destination.failed else status


