"""Why one call failed. Each module explains some errnos by functions marked with ``cause(errno, ...)``.

Called with a ``Case`` they return a ``Reason``, or None where they cannot tell: nobody guesses. The first that knows is
believed; those for single calls, ``cause(EINVAL, call="mmap")``, come before those for all.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable

from ptracer.explain.case import Case
from ptracer.explain.findings import Reason

Cause = Callable[[Case], Reason | None]
CAUSES: dict[tuple[int, str], list[Cause]] = {}


def cause(*errors: int, call: str = "") -> Callable[[Cause], Cause]:
    """Marks a function that explains some errnos, of one call or of all; several calls are named with blanks between them."""

    def mark(function: Cause) -> Cause:
        for error in errors:
            for name in call.split() or [""]:
                functions = CAUSES.setdefault((error, name), [])
                functions.append(function)
                functions.sort(key=lambda one: one.__module__)  # whoever was imported first
        return function

    return mark


def prepare() -> None:
    """Import all modules."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")


def explain(case: Case) -> Reason | None:
    """Why the call failed; None: nobody can tell."""
    error = case.call.error
    for function in (*CAUSES.get((error, case.name), ()), *CAUSES.get((error, ""), ())):
        try:
            reason: Reason | None = function(case)
        except (TypeError, ValueError, LookupError, AttributeError):
            continue  # facts may come from a recording, which may hold anything
        if reason is not None:
            return reason
    return None
