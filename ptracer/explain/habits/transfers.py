"""What habits need to know of calls that read and write: how much, from where, of what."""

from __future__ import annotations

from collections.abc import Iterator

from ptracer.decode.call import Call
from ptracer.explain.case import Case
from ptracer.explain.saying import memory
from ptracer.model.descriptors import Description
from ptracer.model.effects import described

MOST_VECTORS = 1024  # IOV_MAX
O_NONBLOCK = 0o4000
IN_VECTORS = frozenset(("writev", "pwritev", "pwritev2", "readv"))
NO_DATA = (b"/dev/", b"/proc/", b"/sys/")  # what lies there has no contents that last

Segment = tuple[int, int]  # an address and a length


def target(case: Case) -> Description | None:
    """What the first argument, a descriptor, refers to."""
    thread = case.thread
    return described(thread, case.call.args[0]) if thread is not None else None


def is_file(description: Description) -> bool:
    """Whether it is a file on a disk, as far as names tell."""
    name = description.name
    return description.kind == "file" and name is not None and name.startswith(b"/") and not name.startswith(NO_DATA)


def is_stream(description: Description) -> bool:
    """Whether bytes go through it."""
    return description.kind in ("pipe", "socket")


def segments(call: Call) -> list[Segment] | None:
    """The memory that a call is to transfer; None: it was not captured."""
    if call.signature.name not in IN_VECTORS:
        return [(call.args[1], call.args[2])]
    size = call.abi.word_size
    count = call.args[2]
    if count > MOST_VECTORS:
        return None
    data = memory(call, call.args[1], 2 * size * count)
    if len(data) < 2 * size * count:
        return None
    words = [int.from_bytes(data[at : at + size], "little") for at in range(0, len(data), size)]
    return list(zip(words[::2], words[1::2]))


def total(parts: list[Segment]) -> int:
    """How many bytes."""
    return sum(length for _, length in parts)


def after(parts: list[Segment], done: int) -> int:
    """The address of the first byte that was not transferred."""
    for address, length in parts:
        if done < length:
            return address + done
        done -= length
    return 0


def contents(call: Call, parts: list[Segment], begin: int) -> bytes:
    """What stands in the memory from an offset on, as far as it was captured."""
    found = b""
    for address, length in parts:
        if begin >= length:
            begin -= length
            continue
        data = memory(call, address, length)
        found += data[begin:]
        if len(data) < length:
            break
        begin = 0
    return found


def owner(case: Case) -> int:
    """The process of a call."""
    process = case.process
    return process.pid if process is not None else case.call.tid


def of_process(table: dict, pid: int) -> Iterator:  # type: ignore[type-arg]
    """Take out of a table whose keys begin with a process what belongs to one."""
    for key in [key for key in table if key[0] == pid]:
        yield table.pop(key)
