"""The tracer that changes calls at their stops."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ptracer import own_signals as signal
from ptracer.capture.protocol import Capture
from ptracer.capture.reading import Reader
from ptracer.hints import TYPE_CHECKING, Any
from ptracer.tampering.changes import Tampering
from ptracer.tampering.rules import Rule
from ptracer.tasks import Task
from ptracer.tracer import Tracer

if TYPE_CHECKING:
    from ptracer.decode.call import Call
    from ptracer.pipeline import Calls


class TamperingTracer(Tracer):
    """Asks ``tampering`` at each stop of a call that comes to Python, and tells it what becomes of threads.

    ``strike`` interrupts the wait once, ``chosen`` says of a call at its entry whether rules may apply to it at all.
    """

    def __init__(
        self,
        rules: Sequence[Rule],
        strike: Callable[[], None],
        chosen: Callable[[Call], bool] | None,
        capture: Capture,
        calls: Calls,
        **options: Any,
    ) -> None:
        super().__init__(capture, calls, **options)
        self.tampering = Tampering(rules, calls, capture, self.resume, strike, chosen)
        calls.changing = self.tampering.concerns

    def on_live_entry(self, tid: int, start: int, arch: int, number: int, args: tuple[int, ...], pointer: int) -> None:
        if self.executed or tid != self.command:  # the exec that begins the command is ours
            self.tampering.enter(tid, arch, number, args, Reader(self.capture, tid))
        super().on_live_entry(tid, start, arch, number, args, pointer)

    def on_live_exit(
        self, tid: int, end: int, arch: int, number: int, args: tuple[int, ...], result: int, failed: bool, cpu: int
    ) -> None:
        result, failed = self.tampering.leave(tid, result, failed)
        super().on_live_exit(tid, end, arch, number, args, result, failed, cpu)

    def go_on(self, tid: int) -> None:
        self.tampering.go_on(tid)

    def on_interrupted(self) -> None:
        super().on_interrupted()
        self.tampering.delays.let_go_on()

    def rename(self, former: int, tid: int) -> None:
        super().rename(former, tid)
        self.tampering.rename(former, tid)

    def on_death(self, tid: int, status: int) -> None:
        self.tampering.forget(tid)
        super().on_death(tid, status)

    def detach_all(self) -> None:
        self.tampering.delays.release_all()
        super().detach_all()

    def release(self, task: Task, number: int, event: int) -> None:
        if event == 0 and number == signal.SIGTRAP | 0x80:
            self.tampering.finish(task.tid)
        super().release(task, number, event)

    def let_go(self, tid: int, deliver: int = 0) -> None:
        self.tampering.forget(tid)
        super().let_go(tid, deliver)
