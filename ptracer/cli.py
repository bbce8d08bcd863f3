"""argv -> options -> pipeline; the only module that knows everyone."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import NoReturn

from ptracer.errors import PtracerError


def main() -> NoReturn:
    """The ``ptracer`` command."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """One run of ptracer; the exit status. Every PtracerError ends here."""
    from ptracer import messages

    try:
        return trace(arguments)
    except PtracerError as error:
        messages.report(error)
        return error.status


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
    from ptracer.session import Session

    return Session(options).run()


