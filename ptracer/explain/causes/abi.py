"""Calls that fail because they were not made as the kernel wants them made: see ``explain/conventions.py``."""

from __future__ import annotations

from errno import EBADF, EFAULT, EINVAL, ENOMEM, ENOSYS

from ptracer.explain import conventions
from ptracer.explain.case import Case
from ptracer.explain.causes import cause
from ptracer.explain.findings import Reason

BY_CODE = (conventions.other_table, conventions.fourth_argument)
BY_ARGUMENTS = {
    EBADF: (conventions.error_used,),
    EFAULT: (
        conventions.error_used, conventions.pointer_truncated, conventions.arguments_in_memory, conventions.upper_half,
        conventions.pointer_cut,
    ),
    EINVAL: (conventions.error_used, conventions.upper_half, conventions.pointer_cut),
    ENOMEM: (conventions.error_used, conventions.upper_half, conventions.pointer_cut),
    ENOSYS: (conventions.foreign_number,),
}  # fmt: skip


@cause(*range(1, 134))
def made_wrongly(case: Case) -> Reason | None:
    site = case.remembered.sites.at(case)
    if site.odd:
        for by_code in BY_CODE:
            reason = by_code(case, site)
            if reason is not None:
                return reason
    for by_arguments in BY_ARGUMENTS.get(case.call.error, ()):
        reason = by_arguments(case)
        if reason is not None:
            return reason
    return conventions.meant_otherwise(case, site) if case.call.error in BY_ARGUMENTS else None
