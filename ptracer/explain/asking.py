"""What the capture is asked for, for the sake of explanations: failed calls come to Python before the tracee goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ptracer.capture.records import Chunks
from ptracer.explain.evidence import EVIDENCE, Stop, gather, prepare, wanted
from ptracer.plans import Plan
from ptracer.regs import abi_of

if TYPE_CHECKING:
    from ptracer.pipeline import Calls

    Base = Calls
else:
    Base = object


class Asking(Base):
    """To be mixed with ``Calls``."""

    prepared = False

    def plan(self, arch: int, number: int, args: tuple[int, ...]) -> tuple[int, int, int, Plan | None]:
        selector, mask, key, plan = super().plan(arch, number, args)
        if plan is None:
            return selector, mask, key, None
        if not self.prepared:
            prepare()
            self.prepared = True
        entry, exit, live_entry, live_exit, on_error, _ = plan
        abi, plain = abi_of(arch, number)
        return selector, mask, key, Plan(entry, exit, live_entry, live_exit, on_error, wanted(abi.name_of(plain)))

    def fetch_exit(
        self, arch: int, number: int, args: tuple[int, ...], result: int, failed: bool, read: Callable[[int, int], bytes]
    ) -> Chunks:
        chunks = super().fetch_exit(arch, number, args, result, failed, read)
        if failed:
            call = self.live(arch, number, args, read)
            call.result, call.error = result, -result
            reader: Any = read  # which knows the thread that is at the stop
            data = gather(Stop(reader.tid, call, -result))
            if data:
                chunks[EVIDENCE] = data
        return chunks
