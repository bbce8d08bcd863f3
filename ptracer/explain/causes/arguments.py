"""Arguments that a call does not accept, by the rules of ``ptracer/tables/rules``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from errno import (
    E2BIG,
    EAFNOSUPPORT,
    EDOM,
    EINVAL,
    ENOPROTOOPT,
    ENOSYS,
    EOPNOTSUPP,
    EOVERFLOW,
    EPROTONOSUPPORT,
    ERANGE,
    ESOCKTNOSUPPORT,
)

from ptracer.decode.values import Fields, Sequence, Value
from ptracer.explain.arguments import Arguments, CannotTell, of
from ptracer.explain.case import Case
from ptracer.explain.causes import cause
from ptracer.explain.findings import LIKELY, SURE, Reason
from ptracer.tables.rules import RESERVED, Rule, rules_of

SPARE = re.compile("_*(resv|reserved|pad|spare|zero|unused)[0-9]*$")
SPARE_COUNTS = frozenset(
    ("io_uring_setup", "io_uring_register", "sched_setattr", "perf_event_open", "mount_setattr", "statmount", "listmount")
)  # calls that look at them


@cause(
    EINVAL, EOPNOTSUPP, E2BIG, EDOM, ERANGE, EOVERFLOW, ENOSYS, EAFNOSUPPORT, ESOCKTNOSUPPORT, EPROTONOSUPPORT, ENOPROTOOPT
)  # fmt: skip
def against_rules(case: Case) -> Reason | None:
    broken = broken_rule(case)
    if broken is not None:
        rule, text = broken
        weight = LIKELY if rule.ordinary else SURE
        return Reason(rule.kind, text, rule.advice, weight, rule.ordinary, (case.name, rule.kind, rule.sentence))
    return reserved(case) if case.call.error == EINVAL else None


@cause(EOVERFLOW, call="open openat creat open_by_handle_at stat lstat fstat oldstat oldlstat oldfstat getdents lseek _llseek")
def large_file(case: Case) -> Reason | None:
    """Calls of a 32-bit ABI that have 32 bits for what needs more. Source: open(2), stat(2), ERRORS."""
    if case.call.abi.register_size == 8:
        return None
    opens = case.name.startswith(("open", "creat"))
    text = "the size, inode or place of the file needs more than 32 bits"
    if opens:
        text = "the file has 2 GiB or more, and flags lack O_LARGEFILE"
    return Reason("argument.large_file", text, "Compile with -D_FILE_OFFSET_BITS=64.", SURE, key=case.name)


def broken_rule(case: Case) -> tuple[Rule, str] | None:
    """The first rule that a call breaks, and what to say of it."""
    arguments = Arguments(case)
    for rule in rules_of(case.name):
        if rule.error == case.call.error:
            try:
                if rule.broken(arguments):
                    return rule, rule.text(arguments)
            except CannotTell:
                pass
    return None


def reserved(case: Case) -> Reason | None:
    """A field that has no meaning yet is not zero."""
    if case.name not in SPARE_COUNTS:
        return None
    for value in (*case.call.entered, *case.call.exited):
        for name, number in spare(of(value, 0).value):
            if number:
                text = f"the reserved field {name} is {number:#x}, and must be 0"
                return Reason(RESERVED, text, "Set the whole structure to zero first.", SURE, key=(case.name, name))
    return None


def spare(value: Value) -> Iterator[tuple[str, int]]:
    """The reserved fields of a structure."""
    if isinstance(value, Fields):
        for name, one in value.pairs:
            if SPARE.match(name):
                items = one.items if isinstance(one, Sequence) else [one]
                yield name, next((item for item in items if isinstance(item, int) and item), 0)
