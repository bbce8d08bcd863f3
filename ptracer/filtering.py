"""Whether the command gets a seccomp filter, and which."""

from __future__ import annotations

import os

from ptracer.attach import has_capability
from ptracer.options import Options

CAP_SYS_ADMIN = 21
ACTIONS = "/proc/sys/kernel/seccomp/actions_avail"


class Filter:
    """A seccomp filter that was decided on."""

    def __init__(self, instructions: bytes) -> None:
        self.instructions = instructions

    def install(self) -> None:
        """Runs in the command's process just before its exec."""
        from ptracer.capture import seccomp

        seccomp.install(self.instructions)


def filter_for(options: Options) -> Filter | None:
    """The filter for these options, or None where every call stops: see ``capture.seccomp`` for the reasons."""
    wanted = options.trace
    if not options.command or options.attach or wanted.is_all or options.detach_on_exec or options.ends_early:
        return None
    if any(rule.effects.signal for rule in options.rules):
        return None  # a signal can be sent at the stop of an entry, which is another than that of a filter
    if os.environ.get("PTRACER_SECCOMP") == "0" or not available():
        return None
    if not options.follow and not has_capability(CAP_SYS_ADMIN):
        return None
    from ptracer.capture import seccomp

    if options.stacks:
        from ptracer.stacks.asking import MAPPING

        return Filter(seccomp.packed(seccomp.program(lambda name, abi: name in MAPPING or wanted.shows(name, abi))))
    return Filter(seccomp.packed(seccomp.program(wanted.shows)))


def available() -> bool:
    """Whether the kernel has filters that stop for a tracer."""
    try:
        with open(ACTIONS) as file:
            return "trace" in file.read().split()
    except OSError:
        return False
