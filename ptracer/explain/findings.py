"""What was found: each kind has a stable name, a weight, and says where it happened and what can be done."""

from __future__ import annotations

from collections.abc import Sequence

from ptracer.decode.call import Call

SURE, LIKELY, ODD = 90, 60, 30  # weights: it is wrong; it is most probably; it is worth a look


class Reason:
    """Why a call failed, or what is wrong with it.

    ``name`` is stable and has a family and a kind: ``path.missing``, ``fault.unmapped``. ``text`` is one line without a full
    stop that names the cause and the evidence. ``advice`` says how to put it right. ``ordinary`` reasons are those that
    well-behaved programs meet all the time, who look whether a file is there: they become findings only if the program
    fails of them. ``key`` tells apart what is not the same cause under one name (a path, a descriptor). ``call`` is the call
    that it is about, if that is not the one at which it was found. ``lines`` say more where one line is too short.
    """

    __slots__ = ("name", "text", "advice", "weight", "ordinary", "key", "call", "lines")

    def __init__(
        self,
        name: str,
        text: str,
        advice: str = "",
        weight: int = LIKELY,
        ordinary: bool = False,
        key: object = None,
        call: Call | None = None,
        lines: Sequence[str] = (),
    ) -> None:
        self.name, self.text, self.advice = name, text, advice
        self.weight, self.ordinary, self.key, self.call = weight, ordinary, key, call
        self.lines = lines

    @property
    def whole(self) -> str:
        """All that is said, in one line."""
        return f"{self.text}: {'; '.join(self.lines)}" if self.lines else self.text


class Finding:
    """A reason with the first call that it was found at; ``count`` is how often."""

    __slots__ = ("reason", "call", "process", "command", "line", "stack", "count")

    def __init__(self, reason: Reason, call: Call | None, process: int, command: str, line: str, stack: str = "") -> None:
        self.reason, self.call, self.process, self.command = reason, call, process, command
        self.line, self.stack = line, stack
        self.count = 1


class Findings:
    """All findings, the same one once for each process."""

    def __init__(self) -> None:
        self.known: dict[tuple[int, str, object], Finding] = {}

    def add(self, finding: Finding) -> bool:
        """Note it; whether it is new."""
        key = finding.process, finding.reason.name, finding.reason.key
        known = self.known.get(key)
        if known is not None:
            known.count += 1
            return False
        self.known[key] = finding
        return True

    def ordered(self) -> list[Finding]:
        """The weightiest first, and then in the order of time."""
        return sorted(self.known.values(), key=lambda finding: -finding.reason.weight)
