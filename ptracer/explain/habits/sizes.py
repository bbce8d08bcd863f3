"""Sizes that are no sizes, and fields that nobody has set. Sources: read(2), ip(7), the signatures of the calls."""

from __future__ import annotations

from collections.abc import Iterable

from ptracer.decode.call import Call
from ptracer.explain.case import Case
from ptracer.explain.findings import ODD, SURE, Reason
from ptracer.explain.habits import Habit, habit
from ptracer.explain.remembered import keep
from ptracer.explain.saying import errno_name, socket_address
from ptracer.model.processes import Event
from ptracer.model.world import World

# The argument that is a size of memory. Where SIZE_MAX is used on purpose, for "all of it", a call is not here.
SIZES = {
    "read": 2, "write": 2, "pread64": 2, "pwrite64": 2, "recvfrom": 2, "sendto": 2, "getdents64": 2, "readlink": 2,
    "readlinkat": 3, "getrandom": 1, "getcwd": 1, "ftruncate": 1, "truncate": 1,
}  # fmt: skip
ADDRESSES = {"bind": 2, "connect": 2, "sendto": 5}  # an int: the size of a struct sockaddr
LOWEST_ERROR = -4095
AF_INET, SOCKADDR_IN, ZERO_AT = 2, 16, 8


def signed(call: Call, place: int, bits: int) -> int:
    """An argument as what it would be with a sign."""
    number = call.args[place] & (1 << bits) - 1
    return number - (1 << bits) if number >> bits - 1 else number


@habit
class NegativeSizes(Habit):
    """-1, or the number of an error, where a number of bytes is wanted: the result of a call that failed, most often."""

    calls = " ".join({*SIZES, *ADDRESSES})

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.failed: dict[int, tuple[Event, int]] = {}  # by thread: the latest of these calls, if it failed, and its error

    def call(self, case: Case) -> Iterable[Reason]:
        call, name = case.call, case.name
        size = signed(call, SIZES[name], 8 * call.abi.word_size) if name in SIZES else 0
        which = SIZES.get(name, -1)
        if size >= 0 and name in ADDRESSES and call.args[ADDRESSES[name] - 1]:
            which = ADDRESSES[name]
            size = signed(call, which, 32)
        if LOWEST_ERROR <= size < 0:
            label = call.signature.names[which] if which < len(call.signature.names) else "size"
            text = f"{label} is {size}: a negative number is a huge size"
            failed = self.failed.get(call.tid)
            if failed is not None and size in (-1, -failed[1]):
                event, error = failed
                text += f" ({event.name}() at call {event.number} has failed with {errno_name(error)}: it may be its result)"
            advice = "Look at a result before it is used as a size."
            yield Reason("argument.negative_size", text, advice, SURE, key=name)
        if call.error:
            keep(self.failed, call.tid, (case.event, call.error))
        elif self.failed:
            self.failed.pop(call.tid, None)


@habit
class Uninitialised(Habit):
    """The bytes of a struct sockaddr_in behind the address, which are to be zero, and are what was in memory by chance."""

    calls = " ".join(ADDRESSES)

    def call(self, case: Case) -> Iterable[Reason]:
        name = "dest_addr" if case.name == "sendto" else "addr"
        if case.call.args[ADDRESSES[case.name]] & 0xFFFFFFFF != SOCKADDR_IN:
            return
        address = socket_address(case, name)
        if address is None or len(address) != SOCKADDR_IN or int.from_bytes(address[:2], "little") != AF_INET:
            return
        if any(address[ZERO_AT:]):
            text = f"sin_zero of the address is not zero but {address[ZERO_AT:].hex(' ')}: the structure was not initialised"
            yield Reason("argument.uninitialised", text, "Set the whole structure to zero first.", ODD, key=case.name)
