"""argv -> options -> pipeline; the only module that knows everyone."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence

from ptracer import own_signals as signal
from ptracer.errors import PtracerError
from ptracer.hints import NoReturn


def main() -> NoReturn:
    """The ``ptracer`` command."""
    gc.disable()  # until the trace begins there is nothing but imports, which stay
    status = run(sys.argv[1:])
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    os._exit(status)  # taking the interpreter down in order would cost as much as a short trace


def run(arguments: Sequence[str]) -> int:
    """One run of ptracer; the exit status. Every PtracerError ends here."""
    from ptracer import messages

    plug()
    refusal = privileged(os.getresuid(), os.getresgid())
    if refusal:
        messages.say(refusal)
        return 1
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # until the tracer has its own there is nothing to clean up
    try:
        return trace(arguments)
    except PtracerError as error:
        messages.report(error)
        return error.status
    except MemoryError:
        messages.say("no memory is left: the trace ends here, and what was traced goes on")
        return 1


def privileged(users: tuple[int, int, int], groups: tuple[int, int, int]) -> str:
    """Why we must not run: whoever may execute a set-uid or set-gid tracer could do whatever its owner may. Empty: we may.

    ``users`` and ``groups`` are real, effective and saved ids.
    """
    kinds = [name for name, ids in (("set-uid", users), ("set-gid", groups)) if len(set(ids)) > 1]
    return f"refusing to run {' and '.join(kinds)}: everybody could trace, and change, what its owner may" if kinds else ""


def plug() -> None:
    """Whoever started us may have closed standard streams: nothing we open must take their place.

    What is opened here is closed by exec, so the command finds its streams as they were.
    """
    for stream in (0, 1, 2):
        try:
            os.fstat(stream)
        except OSError:
            os.open(os.devnull, os.O_RDWR)


def trace(arguments: Sequence[str]) -> int:
    """Parse, then help or trace."""
    from ptracer import messages
    from ptracer.options import parse

    options = parse(arguments)
    for warning in options.warnings:
        messages.say(warning)
    if options.help or options.version:
        from ptracer import usage

        usage.show(options)
        return 0
    if options.companion == "diff":
        from ptracer import comparing

        return comparing.run(options)
    if options.companion:
        from ptracer import logs

        return logs.run(options)
    if options.question:
        from ptracer import questions

        return questions.run(options)
    if options.replay:
        from ptracer.recordings import replay

        return replay.run(options)
    if options.announcement and not options.quietness and "quiet=" not in options.given:
        messages.say(options.announcement)
    if not (options.command or options.attach):
        from ptracer import tips

        tips.show(options)
        return 0
    from ptracer.session import Session

    return Session(options).run()


