"""Which file a call touches: the one it names, else the one behind its descriptor.

What is behind a descriptor is followed from the calls that open and close; nobody is asked. It is unknown of what was
open before tracing began, except where a recording says it, and where such calls were not traced.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from ptracer.decode.behind import DESCRIPTOR
from ptracer.decode.call import Call
from ptracer.decode.signature import Signature
from ptracer.decode.values import Text
from ptracer.formats.processes import Process, readable
from ptracer.plans import LINKS, place

AT_FDCWD = -100
CONTENTS = {"symlink", "symlinkat"}  # their first path is what the link says: no file that is touched
MOST_CLOSED = 1 << 16  # descriptors, of one close_range


def signed(register: int) -> int:
    """A descriptor in a register."""
    register &= 0xFFFFFFFF
    return register - (1 << 32) if register & 1 << 31 else register


def absolute(base: str | None, path: str) -> str:
    """A path from where it counts. ``..`` is taken for the directory above, whatever is a link; else names would grow forever."""
    whole = os.path.join(base, path) if base else path
    return os.path.normpath(whole) if "/." in whole or path[0] == "." else whole


class Shape:
    """Where a signature has its first descriptor and its paths, as places among its arguments; -1: nowhere."""

    __slots__ = ("descriptor", "opens", "carried")

    def __init__(self, signature: Signature) -> None:
        places = [one.index for one in signature.described if one.type.behind == DESCRIPTOR]
        self.descriptor = places[0] if places else -1
        self.opens = signature.returns is not None and signature.returns.behind == DESCRIPTOR
        self.carried = signature.name in signature.abi.carriers  # what the registers hold are not its arguments


class Touched:
    """Finds the file and the descriptor of calls."""

    def __init__(self) -> None:
        self.shapes: dict[Signature, Shape] = {}
        self.after: dict[str, Callable[[Process, Call], None]] = {
            "close": lambda process, call: self.closed(process, signed(call.args[0]), signed(call.args[0])),
            "close_range": self.range_closed,
            "fchdir": self.moved,
        }

    def shape(self, signature: Signature) -> Shape:
        shape = self.shapes.get(signature)
        if shape is None:
            shape = self.shapes[signature] = Shape(signature)
        return shape

    def of(self, call: Call, process: Process) -> tuple[str | None, int | None]:
        """The file and the descriptor, each None where there is none or nobody knows; learns from what the call does."""
        shape = self.shapes.get(call.signature) or self.shape(call.signature)
        descriptor = signed(call.args[shape.descriptor]) if shape.descriptor >= 0 and not shape.carried else -1
        path = named = self.named(call, process, descriptor)
        if path is None and descriptor >= 0:
            path = self.behind(call, process, descriptor)
        if call.end and not call.error:
            if shape.opens:
                self.opened(process, call, path)
                return path, call.result if named is not None or descriptor < 0 else descriptor
            after = self.after.get(call.signature.name)
            if after is not None:
                after(process, call)
        return path, descriptor if descriptor >= 0 else None

    def named(self, call: Call, process: Process, descriptor: int) -> str | None:
        """The first path among its arguments, from the root where it is known from where it counts."""
        for value in call.entered:
            if type(value) is Text and value.path:
                if call.signature.name in CONTENTS:
                    value = next((last for last in reversed(call.entered) if type(last) is Text and last.path), value)
                if not value.data:
                    return None  # AT_EMPTY_PATH
                path = readable(value.data)
                if path[0] == "/":
                    return path
                base = process.descriptors.get(descriptor) if descriptor >= 0 else process.directory
                return absolute(base, path)
        return None

    @staticmethod
    def behind(call: Call, process: Process, descriptor: int) -> str | None:
        """What is behind a descriptor: what was captured if anybody asked (``-y``), else what is remembered."""
        link = call.entry_chunks.get(place(LINKS, descriptor)) if call.entry_chunks else None
        return readable(link) if link else process.descriptors.get(descriptor)

    # --- what calls do to descriptors

    def opened(self, process: Process, call: Call, path: str | None) -> None:
        """A descriptor is new, or a copy of another."""
        if path is None:
            process.descriptors.pop(call.result, None)
        else:
            process.descriptors[call.result] = path

    @staticmethod
    def closed(process: Process, first: int, last: int) -> None:
        if last - first > len(process.descriptors):
            process.descriptors = {number: path for number, path in process.descriptors.items() if not first <= number <= last}
            return
        for number in range(first, last + 1):
            process.descriptors.pop(number, None)

    def range_closed(self, process: Process, call: Call) -> None:
        if not call.args[2]:
            self.closed(process, call.args[0] & 0xFFFFFFFF, call.args[1] & 0xFFFFFFFF)

    @staticmethod
    def moved(process: Process, call: Call) -> None:
        """fchdir."""
        process.directory = process.descriptors.get(signed(call.args[0]), "")
