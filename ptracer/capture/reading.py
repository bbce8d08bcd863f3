"""Reading at a stop: a tracee's memory, and what is known of it beside that at addresses that no tracee has."""

from __future__ import annotations

from ptracer.capture.protocol import Capture
from ptracer.plans import COMMANDS, MAPS, OUTSIDE_END, SOCKETS, STACKS, TRANSLATIONS, place


class Reader:
    """Called with ``(address, size)`` it gives as many bytes as can be read; ``tid`` is the thread that is at a stop."""

    __slots__ = ("capture", "tid", "memory")

    def __init__(self, capture: Capture, tid: int) -> None:
        self.capture, self.tid, self.memory = capture, tid, capture.read

    def __call__(self, address: int, size: int) -> bytes:
        if not SOCKETS <= address < OUTSIDE_END:
            return self.memory(self.tid, address, size)
        if STACKS <= address <= MAPS:
            from ptracer.capture import stacks

            return stacks.read(self.capture, self.tid, address, size)
        from ptracer.capture import outside

        return outside.read(self.tid, address)


def sender_of(tid: int, information: bytes) -> tuple[bytes, bytes]:
    """The command of the process in a thread's siginfo_t, and its id for us if that is another one."""
    from ptracer.capture import outside

    pid = int.from_bytes(information[16:20], "little")  # si_pid, where there is one
    if not pid:
        return b"", b""
    return outside.read(tid, place(COMMANDS, pid)), outside.read(tid, place(TRANSLATIONS, pid))
