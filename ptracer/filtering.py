"""Whether the command gets a seccomp filter, and which."""

from __future__ import annotations

import os

from ptracer.attach import has_capability
from ptracer.errors import PtracerError
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


def goes_inside(options: Options) -> bool:
    """Whether calls are recorded inside the program. PtracerError: that was asked for, and cannot be."""
    from ptracer.capture import choose

    wanted = options.capture or ("auto" if choose.inside_by_default() else "stops")
    if wanted == "stops" or options.replay:
        return False
    hindrance = hindrance_of(options, wanted == "auto")
    if hindrance and wanted == "inside":
        raise PtracerError(f"--capture=inside: {hindrance}")
    return not hindrance


def hindrance_of(options: Options, alike: bool) -> str:
    """Why the calls of a command cannot be recorded inside of it, or (``alike``) would be shown otherwise; empty: they can."""
    if not options.command or options.attach:
        return "only a command that ptracer starts can have its calls recorded inside"
    for holds, what in (
        (options.rules, "what changes calls"), (options.stacks, "stack traces"), (options.explain, "explanations"),
        (options.registers, "registers"), (options.detach_on_exec, "-b"), (options.ends_early, "--until and --syscall-limit"),
        (options.debug, "--debug"),
    ):  # fmt: skip
        if holds:
            return f"{what} need each call to stop"
    if alike and options.summary and not options.wall_clock:
        return "how long calls computed can only be seen at stops; -w counts how long they took"
    if os.environ.get("PTRACER_SECCOMP") == "0" or not available():
        return "it needs seccomp filters"
    if not options.follow and not has_capability(CAP_SYS_ADMIN):
        return "without -f it needs CAP_SYS_ADMIN"
    from ptracer.capture import choose, inside

    return choose.why_not_native() or inside.unsteady_clock()


def filter_for(options: Options, inside: bool = False) -> Filter | None:
    """The filter for these options, or None where every call stops: see ``capture.seccomp`` for the reasons."""
    wanted = options.trace
    if inside:
        from ptracer.capture import inside as block
        from ptracer.capture import seccomp

        return Filter(seccomp.packed(block.program(None if wanted.is_all else wanted.shows)))
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
