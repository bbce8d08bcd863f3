"""Calls that are made wrongly although they succeed, and results that are used wrongly: see ``explain/conventions.py``."""

from __future__ import annotations

from collections.abc import Iterable

from ptracer.explain import conventions
from ptracer.explain.case import Case
from ptracer.explain.findings import Reason
from ptracer.explain.habits import Habit, habit

ALWAYS = (conventions.compared, conventions.result_cut, conventions.result_signed, conventions.seventh_argument)


@habit
class Conventions(Habit):
    """Looks at the code around each call, once for each place."""

    def call(self, case: Case) -> Iterable[Reason]:
        site = case.remembered.sites.at(case)
        if not site.odd:
            return ()
        found = [judge(case, site) for judge in ALWAYS]
        if not case.call.error:
            found += [conventions.other_table(case, site), conventions.fourth_argument(case, site)]
        return [*(reason for reason in found if reason is not None), *conventions.registers_lost(case, site)]

    def abandoned(self, case: Case) -> Iterable[Reason]:
        site = case.remembered.sites.at(case)
        reason = conventions.other_table(case, site) if site.way else None
        return () if reason is None else (reason,)
