"""What a capture is: the protocol that the C loop and its Python twin both keep.

Every method but those that take and ``note_interrupt`` is for the tracer's thread, which is the one that ptrace knows. OSError
reports a failed request with its errno; ESRCH there means that the tracee died meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable

from ptracer.capture.records import Chunks, Packed, Record
from ptracer.hints import Protocol
from ptracer.plans import Plan


class Capture(Protocol):
    """Waits for tracees, resumes them, copies their memory, and appends records to a bounded ring."""

    def seize(self, tid: int, options: int) -> None:
        """PTRACE_SEIZE with PTRACE_O_* options; the thread is known from then on."""

    def interrupt(self, tid: int) -> None:
        """PTRACE_INTERRUPT."""

    def resume(self, tid: int, signal: int = 0) -> None:
        """Continue to the next syscall-stop (or seccomp-stop where ``filtered``), delivering ``signal``."""

    def listen(self, tid: int) -> None:
        """PTRACE_LISTEN: leave the tracee in its group-stop."""

    def detach(self, tid: int, signal: int = 0) -> None:
        """PTRACE_DETACH; the thread is forgotten."""

    def add(self, tid: int, parent: int = 0) -> None:
        """Know a thread that the kernel attached by itself (PTRACE_O_TRACECLONE and its like); of which thread it is a child."""

    def hide(self, tid: int, until: int) -> None:
        """Make no record of the thread's calls before the one with the number ``until``, nor after it if it fails."""

    def forget(self, tid: int) -> None:
        """A thread has died or is none of ours any more."""

    def rename(self, former: int, tid: int) -> None:
        """Thread ``former`` has become ``tid`` by exec; what was known of ``tid`` is dropped."""

    def event_message(self, tid: int) -> int:
        """PTRACE_GETEVENTMSG."""

    def siginfo(self, tid: int) -> bytes:
        """PTRACE_GETSIGINFO: the 128 bytes of siginfo_t, at a signal-delivery-stop."""

    def registers(self, tid: int) -> bytes:
        """PTRACE_GETREGS: struct user_regs_struct of x86_64."""

    def system_call(self, tid: int) -> tuple[int, int] | None:
        """(arch, number) of the call a stopped thread is in, or None."""

    def read(self, tid: int, address: int, size: int) -> bytes:
        """As many bytes as can be read there, at most ``size``."""

    def write(self, tid: int, address: int, data: bytes) -> int:
        """Put bytes there, also where the tracee may only read; how many could be written."""

    def set_number(self, tid: int, number: int) -> None:
        """At the entry of a call: make it the call with this number (with the bit of its ABI), or none at all by -1."""

    def set_result(self, tid: int, result: int) -> None:
        """At the exit of a call: make this its signed result."""

    def set_plan(self, arch: int, number: int, selector: int, mask: int, key: int, plan: Plan | None) -> None:
        """What to copy for a call. ``selector`` is the argument that chooses a variant, or -1; ``key`` is
        the masked value it has for this plan. None: nobody asked for this call, make no record."""

    def configure(self, *, filtered: bool = ..., cpu_time: bool = ..., detaching: bool = ..., patience: int = ...) -> None:
        """``filtered``: a seccomp filter chooses the calls. ``cpu_time``: fill in ``cpu``. ``detaching``:
        hand every stop to the tracer, syscall-stops too. ``patience``: give up when the ring was full for so many nanoseconds;
        0: never. What is not named stays as it is."""

    def go_inside(self, traits: bytes) -> None:
        """Record calls inside of programs that have no seccomp filter but ours, but for what no plan can say.
        ``traits`` has a byte for each number: see ``inside.py``. Only the C loop can."""

    def wait(self) -> tuple | None:  # type: ignore[type-arg]
        """Handle stops until one needs policy: an event of ``records``. None: no tracee is left.

        A signal for ptracer makes it return (INTERRUPTED,), after Python's handlers have run. These need
        only note the signal; what they raise comes out of here. But a signal ends only a wait that blocks
        at that very moment: ``bell.Bell`` sees to it that one which came earlier is heard as well.
        """

    def note_interrupt(self) -> None:
        """For any thread: a wait that is busy, or the next one, returns (INTERRUPTED,)."""

    def give_up(self) -> None:
        """For any thread: when the ring is full nobody waits any more, but the record is dropped, and all that follow."""

    def gave_up(self) -> bool:
        """Whether that has happened. ``wait`` returns (INTERRUPTED,) when it does."""

    def append(self, record: Record) -> None:
        """Add a record of the tracer's own in its place among the others; waits while the ring is full.

        Signal handlers run meanwhile. What they raise comes out of here, or of ``wait``; then, and only
        then, a record is lost.
        """

    def finish(self) -> None:
        """No record will follow."""

    def take(self, most: int) -> list[Record] | None:
        """For the decoding thread: the next records, at least one; waits for them. None: the end."""

    def take_sums(self, most: int, overhead: int, apart: tuple[tuple[int, int, int], ...], /) -> list[Record] | None:
        """As many records, of which calls are summed up: what is no call, in order, and then a SUM of each kind of call that
        has returned; perhaps nothing. None: the end.

        ``overhead`` nanoseconds are taken off the time of each. ``apart`` has rows (arch, number, mask): these calls are told
        apart by the masked first argument. The two halves of a call must both be the capture's, or both the tracer's own.
        """

    def take_packed(self, most: int, encode: Callable[[object], bytes], /) -> Packed | None:
        """The next records as a MessagePack array, of about so many bytes; waits for them. None: the end.

        With them: how many, when the first and when the last of them was, or began, and those that are no part of a call,
        as tuples. ``encode`` makes MessagePack of anything.
        """


__all__ = ["Capture", "Chunks"]
