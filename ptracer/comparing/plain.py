"""What was found as JSON: one object, with what the summary says and all rows of it."""

from __future__ import annotations

import msgspec

from ptracer.comparing import origins
from ptracer.comparing.differences import ANSWER, DATA, OUTCOME, REQUEST, Comparison, Topic
from ptracer.comparing.normal import Line
from ptracer.comparing.parting import parting
from ptracer.comparing.report import bare
from ptracer.comparing.side import Program, Side
from ptracer.hints import Any

KINDS = {OUTCOME: "outcome", REQUEST: "request", ANSWER: "answer", DATA: "data"}


def document(found: Comparison) -> str:
    """The text of it, with a line end."""
    slower = found.timing.slower()
    parted = parting(found) if found.different else None
    usual, factor = found.timing.noise()
    content = {
        "a": side(found.a),
        "b": side(found.b),
        "different": found.different,
        "same": found.same,
        "moved": found.moved,
        "by_chance": dict(found.chance),
        "origin": [{"what": what, "a": left, "b": right} for what, left, right in origins.differences(found.a, found.b)],
        "parting": None if parted is None else {
            "process": parted.program.label, "ns": parted.when, "after": text(parted.last), "a": text(parted.before),
            "b": text(parted.after),
        },
        "changed": [
            {
                "kind": KINDS[one.kind], "process": one.program.label, "call": one.before.name, "about": bare(one.before.subject),
                "count": one.count, "a": str(one.before), "b": str(one.after),
            }
            for one in sorted(found.changes.values(), key=lambda one: one.kind)
        ],
        "processes": {"a": list(map(program, found.vanished)), "b": list(map(program, found.appeared))},
        "calls": list(map(topic, found.topics.values())),
        "slower": [
            {
                "process": one.program.label, "call": found.book.topics[one.topic][0],
                "about": bare(found.book.topics[one.topic][1]), "count": one.count, "a_ns": one.a, "b_ns": one.b,
            }
            for one, _ in slower
        ],
        "noise": {"ratio": round(usual, 4), "factor": round(factor, 4)},
    }  # fmt: skip
    return msgspec.json.format(msgspec.json.encode(content), indent=2).decode() + "\n"


def text(line: Line | None) -> str | None:
    """A line, if there is one."""
    return None if line is None else str(line)


def side(side: Side) -> dict[str, Any]:
    """Which recording, and how much is in it."""
    made = {"file": side.recording.path, "command": side.origin.command, "calls": side.calls}
    return {**made, "problem": side.recording.problem} if side.recording.problem else made


def program(one: Program) -> dict[str, Any]:
    """A process without a counterpart."""
    return {"runs": one.label, "calls": one.size(), "children": len(one.children)}


def topic(one: Topic) -> dict[str, Any]:
    """Calls that only one side has, or more of."""
    return {
        "process": one.program.label, "call": one.name, "about": bare(one.subject), "a": one.a, "b": one.b,
        "line": str(one.line), "ns": one.duration,
    }  # fmt: skip
