"""A mistake in a rule of ours must not cost anybody the trace."""

from __future__ import annotations

import pytest

from ptracer.decode.call import Call
from ptracer.decode.detail import Detail
from ptracer.decode.registry import Signatures
from ptracer.explain.engine import Chosen, Engine
from ptracer.explain.habits import Habit
from ptracer.explain.telling import Judging
from ptracer.model.world import World
from ptracer.regs import X86_64
from ptracer.render.selective import Silent


class Broken(Habit):
    """Cannot do anything."""

    def call(self, case: object) -> list[object]:  # type: ignore[override]
        raise ZeroDivisionError("no")


def test_a_rule_that_fails_is_noted_and_the_trace_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine(Chosen("all"), World(), lambda call: "", live=False)
    engine.habits = [Broken(engine.world)]
    judging = Judging(Silent(), engine, {})
    signature = Signatures(Detail()).find(X86_64, 39, (0,) * 7)
    call = Call(1, signature, 39, (0,) * 7, 1, None)
    judging.call(call)
    judging.call(call)
    assert [*map(str, engine.defects.values())] == ["no"] and "getpid" in engine.defects
