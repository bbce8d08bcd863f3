"""The data that calls read and write, whole: for ``-e read=`` and ``-e write=``.

Which calls these are, where their data lies, and how much of it there is. Sources: section 2 of the manual.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ptracer.decode.call import Call
from ptracer.errors import Fault
from ptracer.plans import ARGUMENT, BYTES, CONSTANT, FIELD, IOVEC, RESULT, Step, field_in, pointer_in
from ptracer.regs import ABI

MOST = 1 << 20  # bytes, of one call
MOST_VECTORS, MOST_MESSAGES = 1024, 1024  # UIO_MAXIOV

Line = str | bytes  # a heading, or data


class Dump:
    """How the data of some calls is found. ``written`` says that it is there at entry, and that all of it is meant."""

    def __init__(
        self,
        written: bool,
        steps: Callable[[ABI], list[Step]] | None,
        lines: Callable[[Call, int], Iterator[Line]],
    ) -> None:
        self.written, self.steps, self.lines = written, steps, lines

    def fetch(self, call: Call) -> None:
        """Read it for the sake of what is read, at the stop."""
        try:
            for _ in self.lines(call, MOST if self.written else max(call.result, 0)):
                pass
        except Fault:
            pass

    def of(self, call: Call) -> list[Line]:
        """The data of a call that has succeeded, with headings where it lies in pieces."""
        call.chunks = call.entry_chunks if self.written else call.exit_chunks
        try:
            return list(self.lines(call, MOST if self.written else max(call.result, 0)))
        except Fault:
            return []


def word(data: bytes, place: int, size: int) -> int:
    """An integer in memory."""
    return int.from_bytes(data[place : place + size], "little")


def vectors(call: Call, address: int, count: int, most: int) -> Iterator[Line]:
    """Data in a vector of struct iovec; an empty part ends it."""
    size = call.abi.word_size
    data = call.read(address, min(count, MOST_VECTORS) * 2 * size)
    for index in range(len(data) // (2 * size)):
        place = index * 2 * size
        length = min(word(data, place + size, size), most)
        if not length:
            return
        yield f" * {length} bytes in buffer {index}"
        yield call.read(word(data, place, size), length)
        most -= length


def message(call: Call, address: int, most: int) -> Iterator[Line]:
    """Data of a struct msghdr."""
    count, first = vector_of(call, address)
    return vectors(call, first, count, most)


def vector_of(call: Call, address: int) -> tuple[int, int]:
    """How many struct iovec a struct msghdr has, and where."""
    size = call.abi.word_size
    header = call.read(address, 4 * size)
    return word(header, 3 * size, size), word(header, 2 * size, size)


def messages(call: Call, written: bool) -> Iterator[Line]:
    """Data of an array of struct mmsghdr, of as many as the result says."""
    size = call.abi.word_size
    header = 56 if size == 8 else 28  # sizeof(struct msghdr); behind it stands how many bytes were transferred
    step = header + size
    for index in range(min(call.result, MOST_MESSAGES)):
        address = call.args[1] + index * step
        count, first = vector_of(call, address)
        yield f" = {count} buffers in vector {index}"
        yield from vectors(call, first, count, MOST if written else word(call.read(address + header, 4), 0, 4))


def buffer(written: bool) -> Dump:
    """Data at the second argument: as many bytes as the third says, or the result."""
    source = (ARGUMENT, 2) if written else (RESULT, 0)

    def lines(call: Call, most: int) -> Iterator[Line]:
        size = min(call.args[2], MOST) if written else most
        yield call.read(call.args[1], size)

    return Dump(written, lambda abi: [Step(BYTES, 1, *source, 1, MOST)], lines)


def gathered(written: bool) -> Dump:
    """Data in the vector at the second argument, of as many parts as the third says."""
    return Dump(
        written,
        lambda abi: [Step(IOVEC, 1, ARGUMENT, 2, 1, MOST)],
        lambda call, most: vectors(call, call.args[1], call.args[2], most),
    )


def message_steps(abi: ABI) -> list[Step]:
    """What to copy of a struct msghdr."""
    size = abi.word_size
    vector = Step(IOVEC, pointer_in(1, 2 * size), FIELD, field_in(1, 3 * size, size), 1, MOST)
    return [Step(BYTES, 1, CONSTANT, 4 * size), vector]


DUMPS: dict[str, Dump] = {
    **dict.fromkeys(("read", "pread64", "recv", "recvfrom"), buffer(written=False)),
    **dict.fromkeys(("write", "pwrite64", "send", "sendto"), buffer(written=True)),
    **dict.fromkeys(("readv", "preadv", "preadv2"), gathered(written=False)),
    **dict.fromkeys(("writev", "pwritev", "pwritev2", "vmsplice"), gathered(written=True)),
    "recvmsg": Dump(False, message_steps, lambda call, most: message(call, call.args[1], most)),
    "sendmsg": Dump(True, message_steps, lambda call, most: message(call, call.args[1], most)),
    # How many messages there are is known when the call has returned; until then only the tracee has all of them.
    **dict.fromkeys(("recvmmsg", "recvmmsg_time64"), Dump(False, None, lambda call, most: messages(call, False))),
    "sendmmsg": Dump(False, None, lambda call, most: messages(call, True)),
}


def direction(name: str) -> bool:
    """Whether the data of a call is written, else read."""
    return name.startswith(("write", "pwrite", "send", "vmsplice"))
