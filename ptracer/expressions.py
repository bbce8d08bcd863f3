"""What options do whose values are expressions: sets of calls, signals, descriptors, words; conditions and rules."""

from __future__ import annotations

import os

from ptracer import filters
from ptracer.actions import LARGEST, Apply, choice, invalid, number
from ptracer.errors import PtracerError
from ptracer.options import DESCRIPTORS, PROCESSES, QUIET, REDACTED, STATUSES, Options


def syscalls(attribute: str) -> Apply:
    """A set of system calls."""
    return lambda options, value, written: setattr(options, attribute, filters.parse_syscalls(value))


def signals(options: Options, value: str, written: str) -> None:
    """A set of signals."""
    options.signals = filters.parse_signals(value)


def statuses(options: Options, value: str, written: str) -> None:
    """What became of the calls that are wanted."""
    options.statuses = filters.parse_words(value, "status", STATUSES)


def only_status(status: str) -> Apply:
    """``-z`` and ``-Z``."""

    def apply(options: Options, value: None, written: str) -> None:
        if options.given & {"successful-only", "failed-only"}:
            options.warnings.append(
                "Only the last of -z/--successful-only/-Z/--failed-only options will take effect. "
                "See status qualifier for more complex filters."
            )
        options.statuses = filters.parse_words(status, "status", STATUSES)

    return apply


def quiet(options: Options, value: str | None, written: str) -> None:
    """Kinds of messages to leave out, or one more ``-q``."""
    if value is None:
        options.quietness += 1
    else:
        options.quiet = filters.parse_words(value, "quiet", QUIET)
        options.given.add("quiet=")


def descriptors(options: Options, value: str | None, written: str) -> None:
    """What is shown of what is behind descriptors."""
    options.descriptors = filters.parse_words("all" if value is None else value, "decode-fds", DESCRIPTORS)
    options.given.add("decode-fds")


def redact(options: Options, value: str | None, written: str) -> None:
    """What is kept out of the trace."""
    chosen = filters.parse_words("data,environment" if value is None else value, "redact", REDACTED)
    options.redacted = frozenset(word for word in REDACTED if word in chosen)


def processes(options: Options, value: str, written: str) -> None:
    """What is shown of processes behind their numbers."""
    options.processes = filters.parse_words(value, "decode-pids", PROCESSES)


def numbers(attribute: str) -> Apply:
    """A set of descriptors."""
    return lambda options, value, written: setattr(options, attribute, filters.parse_descriptors(value))


def limit(options: Options, value: str, written: str) -> None:
    """A number of calls."""
    if not (value.isascii() and value.isdigit() and 0 < int(value) <= LARGEST):
        raise invalid(written, value)
    options.limit = int(value)


def namespaces(options: Options, value: str, written: str) -> None:
    """Which namespaces are shown: those a process enters."""
    if value != "new":
        raise PtracerError(f"invalid -e namespace= argument: '{value}'")
    options.namespaces = True


def virtual_processors(options: Options, value: str, written: str) -> None:
    """Of virtual processors only one thing can be shown."""
    if value != "vcpu":
        raise PtracerError(f"invalid -e kvm= argument: '{value}'")
    options.virtual_processors = True


def contexts(options: Options, value: str | None, written: str) -> None:
    """Security contexts, which only SELinux has."""
    for word in (value or "").split(",") if value else ():
        if word not in ("full", "mismatch", "all", "none", "!full", "!mismatch"):
            raise PtracerError(f"invalid secontext '{word}'")
    if os.path.exists("/sys/fs/selinux"):
        raise PtracerError(f"option {written} is not supported where SELinux is enabled")
    options.warnings.append("SELinux is not enabled here: --secontext has nothing to show")


def condition(options: Options, value: str, written: str) -> None:
    """A condition on calls."""
    from ptracer.conditions.meaning import Condition

    options.conditions.append(Condition(value))


def until(options: Options, value: str, written: str) -> None:
    """A condition that ends the trace."""
    from ptracer.conditions.meaning import Condition

    options.until.append(Condition(value))


def explain(options: Options, value: str | None, written: str) -> None:
    """What is explained."""
    options.explain = value or "errors"


def recent(options: Options, value: str, written: str) -> None:
    """How much is kept: checked now, for it is needed when the trace runs."""
    from ptracer.recordings.recent import parse

    parse(value)
    options.recent = value


def process(what: str) -> Apply:
    """``-Y`` and ``--pidns-translation``."""
    return lambda options, value, written: processes(options, what, written)


def rule(kind: str) -> Apply:
    """What is done to calls."""

    def apply(options: Options, value: str, written: str) -> None:
        from ptracer.tampering.grammar import parse

        options.rules.append(parse(value, kind, options.warnings.append))

    return apply


def stack_trace(options: Options, value: str | None, written: str) -> None:
    """``symbol`` or ``source``; given twice without either it is ``source``."""
    if value is None:
        value = "source" if options.stacks else "symbol"
    choice("stacks", ("symbol", "source"))(options, value, written)


def stack_limit(options: Options, value: str, written: str) -> None:
    """A number of frames."""
    number("stack_limit")(options, value, written)
    if not options.stack_limit:
        raise invalid(written, value)


QUALIFIERS: dict[str, Apply] = {
    **dict.fromkeys(("trace", "t"), syscalls("trace")),
    **dict.fromkeys(("abbrev", "a"), syscalls("abbreviate")),
    **dict.fromkeys(("verbose", "v"), syscalls("verbose")),
    **dict.fromkeys(("raw", "x"), syscalls("raw")),
    **dict.fromkeys(("signal", "signals", "s"), signals),
    "status": statuses,
    **dict.fromkeys(("quiet", "silent", "silence", "q"), quiet),
    **dict.fromkeys(("trace-fds", "trace-fd", "fds", "fd"), numbers("trace_descriptors")),
    **dict.fromkeys(("read", "reads", "r"), numbers("dump_reads")),
    **dict.fromkeys(("write", "writes", "w"), numbers("dump_writes")),
    **dict.fromkeys(("decode-fds", "decode-fd"), descriptors),
    **dict.fromkeys(("decode-pids", "decode-pid"), processes),
    "inject": rule("inject"),
    "fault": rule("fault"),
    "namespace": namespaces,
    "filter": condition,
    "secontext": contexts,
    "kvm": virtual_processors,
}


def expression(options: Options, value: str, written: str) -> None:
    """``qualifier=value``; without a qualifier it is a set of system calls to trace."""
    name, equals, rest = value.partition("=")
    if equals and name in QUALIFIERS:
        QUALIFIERS[name](options, rest, f"-e {name}")
    else:
        QUALIFIERS["trace"](options, value, written)
