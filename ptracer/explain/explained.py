"""Explanations, put together for a trace that is listed."""

from __future__ import annotations

import time

from ptracer import messages
from ptracer.decode.call import Call
from ptracer.decode.decoder import Decoder, Renderer
from ptracer.explain.engine import Chosen, Engine
from ptracer.explain.findings import Finding
from ptracer.explain.telling import MARK, Explaining, Judging, WriteBelow, listed
from ptracer.hints import TYPE_CHECKING
from ptracer.model.world import World
from ptracer.render.results import Results
from ptracer.render.spelling import Spelling
from ptracer.render.text import joint

if TYPE_CHECKING:
    from ptracer.explain.waiting.watch import Watch


class Explained:
    """``live``: the tracees live now. ``system``: the kernel with its release; empty: nobody knows."""

    def __init__(self, what: str, spelling: Spelling, live: bool, system: str = "") -> None:
        self.spelling, self.results = spelling, Results(spelling)
        self.world = World()
        self.world.system = system
        self.engine = Engine(Chosen(what), self.world, self.line, live)
        self.judged: Judging | None = None
        self.reasons: dict[int, str] = {}  # of the call that is being shown, by thread

    def line(self, call: Call) -> str:
        """A call on one line."""
        spell = self.spelling.spell_all
        text = spell(call.entered)
        if not call.end:
            return f"{call.signature.prefix}{text} <unfinished ...>"
        if call.exited:
            text += (joint(call) if call.entered else "") + spell(call.exited)
        return f"{call.signature.prefix}{text}) = {self.results.spell(call)}"

    def below(self, renderer: Renderer, write_below: WriteBelow) -> Renderer:
        """Shows below each call what is to be said of it."""
        return Explaining(renderer, self.reasons, write_below)

    def judging(self, renderer: Renderer) -> Renderer:
        """Sees all calls."""
        self.judged = Judging(renderer, self.engine, self.reasons)
        return self.judged

    def watched(self, decoder: Decoder, write_below: WriteBelow) -> Watch:
        """What looks at threads that are blocked, beside us."""
        from ptracer.explain.waiting.watch import Watch

        def below(tid: int, text: str) -> None:
            write_below(tid, time.monotonic_ns(), f"{MARK}{text}\n")

        assert self.judged is not None
        watch = self.judged.watch = Watch(self.engine, decoder, below)
        return watch

    def findings(self) -> list[Finding]:
        """After the last record: what was found."""
        try:
            self.engine.end()
        except Exception as error:
            self.engine.defect("the end", error)
        for name, defect in self.engine.defects.items():
            messages.say(f"{name} could not be explained ({type(defect).__name__}: {defect}); please report this")
        return self.engine.findings.ordered()

    @staticmethod
    def text(findings: list[Finding]) -> str:
        """As it stands at the end of the trace."""
        return listed(findings)
