"""What the descriptors that a call was given refer to. Source: proc_pid_fd(5), proc_pid_fdinfo(5)."""

from __future__ import annotations

import os
from errno import EBADF, ENOTSOCK, ENOTTY, ESPIPE

from ptracer.decode.behind import DESCRIPTOR
from ptracer.explain.evidence import Facts, Stop, witness
from ptracer.model.effects import descriptor

SELECTS = ("select", "_newselect", "pselect6", "pselect6_time64")
MOST_IN_SET = 1024


@witness(EBADF, ENOTSOCK, ENOTTY, ESPIPE)
def descriptors(stop: Stop) -> Facts | None:
    """``descriptors``: of each that the call names its argument, its number, its link (None: it is not open) and its flags."""
    call = stop.call
    found = []
    for one in call.signature.described:
        if one.type.behind == DESCRIPTOR and one.index < len(call.args):
            number = descriptor(call.args[one.index])
            found.append({"argument": one.name, "number": number, **about(stop.tid, number)})
    if call.signature.name in SELECTS and stop.error == EBADF:
        found += in_sets(stop)
    return {"descriptors": found} if found else None


def about(tid: int, number: int) -> Facts:
    """What /proc says of one."""
    if number < 0:
        return {"link": None}
    try:
        link = os.readlink(f"/proc/{tid}/fd/{number}".encode())
    except OSError:
        return {"link": None}
    found: Facts = {"link": link}
    with open(f"/proc/{tid}/fdinfo/{number}", "rb") as file:
        for line in file:
            if line.startswith(b"flags:"):
                found["flags"] = int(line[6:], 8)
                break
    return found


def in_sets(stop: Stop) -> list[Facts]:
    """The first descriptor in the sets of select(2) that is not open."""
    call = stop.call
    count = min(call.args[0] & 0x7FFFFFFF, MOST_IN_SET)
    for place, name in ((1, "readfds"), (2, "writefds"), (3, "exceptfds")):
        bits = call.fetch(call.args[place], (count + 7) // 8) if call.args[place] else b""
        for number in range(min(count, 8 * len(bits))):
            if bits[number // 8] >> number % 8 & 1 and not os.path.lexists(f"/proc/{stop.tid}/fd/{number}"):
                return [{"argument": name, "number": number, "link": None}]
    return []
