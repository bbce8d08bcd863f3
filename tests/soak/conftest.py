"""The oracle for soak tests, and what they counted, at the end."""

from __future__ import annotations

from collections import Counter
from typing import Any

from test_against_strace import environment, oracle

__all__ = ["environment", "oracle"]


def pytest_terminal_summary(terminalreporter: Any) -> None:
    reports = [report for reports in terminalreporter.stats.values() for report in reports if getattr(report, "when", "") == "call"]
    told = [text for report in reports for name, text in report.user_properties if name == "figure"]
    if told:
        terminalreporter.section("figures")
        for text in told:
            terminalreporter.write_line(text)
    counted = [found for report in reports if "lines" in (found := dict(report.user_properties))]
    totals: Counter[str] = Counter()
    for each in counted:
        totals.update({what: each[what] for what in ("lines", "identical", "calls", "differing calls") if what in each})
    if not totals["lines"]:
        return
    by_chance = sum("reason" in each for each in counted)
    terminalreporter.section("beside strace")
    for each in sorted((each for each in counted if each["identical"] < each["lines"]), key=lambda each: each["identical"] / each["lines"]):
        share = 100 * each["identical"] / each["lines"]
        reason = f"  ({each['reason']})" if "reason" in each else ""
        terminalreporter.write_line(f"{share:6.2f} % of {each['lines']:6}  {each['command'][:90]}{reason}")
    share = 100 * totals["identical"] / totals["lines"]
    terminalreporter.write_line(
        f"{len(counted)} commands ({by_chance} that no two runs share), {totals['lines']:,} lines, {totals['identical']:,} identical "
        f"({share:.3f} %), {totals['calls']:,} calls, {totals['differing calls']:,} of them in another order or number")
