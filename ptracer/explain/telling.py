"""Puts explanations into the trace: a line below a call that deserves it, and the list of findings at the end."""

from __future__ import annotations

from collections.abc import Callable

from ptracer.decode import notices
from ptracer.decode.call import Call
from ptracer.decode.decoder import Renderer
from ptracer.explain.engine import Engine
from ptracer.explain.findings import Finding, Reason
from ptracer.hints import TYPE_CHECKING
from ptracer.render.selective import Passing

if TYPE_CHECKING:
    from ptracer.explain.waiting.watch import Watch

MARK = "  ^ "  # before a line that explains the one above it

WriteBelow = Callable[[int, int, str], None]


class Judging(Passing):
    """Has every call judged, also those that are not shown; to stand before everything that leaves calls out."""

    def __init__(self, inner: Renderer, engine: Engine, reasons: dict[int, str]) -> None:
        super().__init__(inner)
        self.engine, self.reasons = engine, reasons
        self.watch: Watch | None = None

    def judge(self, call: Call) -> None:
        try:
            self.keep(call, self.engine.judge(call))
        except Exception as error:  # a defect of a rule must not cost anybody the trace
            self.engine.defect(call.signature.name, error)

    def keep(self, call: Call, reasons: list[Reason]) -> None:
        """For whoever writes them below the call."""
        if reasons:
            self.reasons[call.tid] = "".join(f"{MARK}{reason.text} [{reason.name}]\n" for reason in reasons)

    def call(self, call: Call) -> None:
        self.judge(call)
        self.inner.call(call)
        self.reasons.pop(call.tid, None)

    def leave(self, call: Call) -> None:
        if self.watch is not None:
            self.watch.returned(call)
        self.judge(call)
        self.inner.leave(call)
        self.reasons.pop(call.tid, None)

    def abandon(self, call: Call) -> None:
        if self.watch is not None:
            self.watch.returned(call)
        try:
            self.keep(call, self.engine.judge_abandoned(call))
        except Exception as error:
            self.engine.defect(call.signature.name, error)
        self.inner.abandon(call)
        self.reasons.pop(call.tid, None)

    def notice(self, notice: notices.Notice) -> None:
        self.inner.notice(notice)
        if self.watch is not None:
            self.watch.notice(notice)
        try:
            self.engine.notice(notice)
        except Exception as error:
            self.engine.defect(type(notice).__name__, error)


class Explaining(Passing):
    """Writes below a call what was found of it; to stand right before the one that writes."""

    def __init__(self, inner: Renderer, reasons: dict[int, str], write_below: WriteBelow) -> None:
        super().__init__(inner)
        self.reasons, self.write_below = reasons, write_below

    def call(self, call: Call) -> None:
        self.inner.call(call)
        self.explain(call)

    def leave(self, call: Call) -> None:
        self.inner.leave(call)
        self.explain(call)

    def abandon(self, call: Call) -> None:
        self.inner.abandon(call)
        self.explain(call)

    def explain(self, call: Call) -> None:
        text = self.reasons.get(call.tid)
        if text:
            self.write_below(call.tid, call.end, text)


def listed(findings: list[Finding]) -> str:
    """The findings as text; empty: there are none."""
    if not findings:
        return ""
    lines = [f"--- {len(findings)} finding{'s' * (len(findings) > 1)} ---"]
    for place, finding in enumerate(findings, 1):
        reason = finding.reason
        many = f" ({finding.count} times)" if finding.count > 1 else ""
        who = f"{finding.command or 'process'} {finding.process}"
        lines.append(f"{place}. {reason.text}{many} [{reason.name}]")
        if finding.line:
            lines.append(f"   in {who}: {finding.line}")
        else:
            lines.append(f"   in {who}")
        lines += [f"     {line}" for line in reason.lines]
        lines += [f"     {line}" for line in finding.stack.splitlines()]
        if reason.advice:
            lines.append(f"   {reason.advice}")
    return "".join(f"{line}\n" for line in lines)
