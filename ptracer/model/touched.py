"""What a call touches: the file that it names, or what is behind its first descriptor.

What was captured at the call counts (``-y``); where nothing was, what earlier calls say.
"""

from __future__ import annotations

from ptracer.capture.records import Chunks
from ptracer.decode.behind import DESCRIPTOR
from ptracer.decode.call import Call
from ptracer.decode.pointers import PointerTo
from ptracer.decode.signature import Signature
from ptracer.decode.targets import String
from ptracer.model.addresses import spelled
from ptracer.model.descriptors import Description, Entry
from ptracer.model.effects import AT_FDCWD, descriptor
from ptracer.model.population import Population
from ptracer.plans import LINKS, place

SAID = {("symlink", "oldpath"), ("symlinkat", "target")}  # what a link says is no file that the call touches
REMEMBERED = 20_000  # of what is put together again and again
NOWHERE = -1


class Shape:
    """Where the arguments of a call have descriptors and paths, of each path with the argument that has its directory (NOWHERE:
    none), and whether its result is a descriptor."""

    __slots__ = ("descriptors", "paths", "opens", "nothing")

    def __init__(self, signature: Signature) -> None:
        parameters = signature.described
        self.opens = signature.returns is not None and signature.returns.behind == DESCRIPTOR
        self.descriptors = [one.index for one in parameters if one.type.behind == DESCRIPTOR]
        self.paths: list[tuple[int, int]] = []
        for before, one in zip([None, *parameters], parameters):
            type = one.type
            if isinstance(type, PointerTo) and isinstance(type.target, String) and type.target.path:
                directory = before.index if before is not None and before.type.behind == DESCRIPTOR else NOWHERE
                if (signature.name, one.name) not in SAID:
                    self.paths.append((directory, one.index))
        self.nothing = not (self.opens or self.descriptors or self.paths)


class Touch:
    """What one call touches: the ``path`` that it names or has opened, its first ``descriptor`` (of what was opened the new
    one), and the ``entry`` of that in the
    table of its thread. None: there is none, or nobody knows."""

    __slots__ = ("path", "descriptor", "entry")

    def __init__(self, path: bytes | None, descriptor: int | None, entry: Entry | None) -> None:
        self.path, self.descriptor, self.entry = path, descriptor, entry


NOTHING = Touch(None, None, None)


class Touched:
    """Answers of calls, before the population learns from them. ``args`` are those of the call itself, ``before`` and ``after``
    what was captured at its entry and exit, ``result`` is what it has returned; None: nothing, or an error."""

    def __init__(self, population: Population) -> None:
        self.population = population
        self.shapes: dict[Signature, Shape] = {}
        self.joined: dict[tuple[bytes | None, bytes], bytes | None] = {}

    def of(self, call: Call) -> Touch:
        """All of it, of a call whose arguments are its own."""
        shape = self.shapes.get(call.signature) or self.shape(call.signature)
        if shape.nothing:
            return NOTHING
        result = call.result if call.end and not call.error else None
        number = result if shape.opens and shape.paths and result is not None else self.descriptor(shape, call.args, result)
        thread = self.population.threads.get(call.tid)
        entry = thread.descriptors.at(number) if thread is not None and number is not None else None
        path = None
        if shape.paths:
            path = self.path(call.tid, shape, call.args, call.entry_chunks, call.exit_chunks, result)
        return Touch(path, number, entry)

    def shape(self, signature: Signature) -> Shape:
        """Of calls with this signature."""
        shape = self.shapes.get(signature)
        if shape is None:
            shape = self.shapes[signature] = Shape(signature)
        return shape

    def descriptor(self, shape: Shape, args: tuple[int, ...], result: int | None) -> int | None:
        """The first descriptor among the arguments, or else the result if that is one; None: there is none."""
        for index in shape.descriptors:
            number = args[index] & 0xFFFFFFFF
            if not number >> 31:
                return number
        return result if shape.opens else None

    def description(self, tid: int, number: int) -> Description | None:
        """What a descriptor of a thread refers to."""
        thread = self.population.threads.get(tid)
        entry = thread.descriptors.at(number) if thread is not None else None
        return entry.description if entry is not None else None

    def behind(self, tid: int, number: int, before: Chunks | None, after: Chunks | None) -> bytes | None:
        """What a descriptor is called: its link, its path, or what kind of thing it is; None: nobody knows."""
        for chunks in (before, after):
            if chunks:
                link = chunks.get(place(LINKS, number))
                if link:
                    return bytes(link)
        description = self.description(tid, number)
        return called(description) if description is not None else None

    def path(
        self, tid: int, shape: Shape, args: tuple[int, ...], before: Chunks | None, after: Chunks | None, result: int | None
    ) -> bytes | None:
        """The file that a call has opened, or the first that it names; None: none, or it is not known where it begins.

        What is opened is called as its descriptor will be, which links on the way to it are no part of.
        """
        if shape.opens and shape.paths and after and result is not None:
            link = after.get(place(LINKS, result))
            if link:
                return bytes(link)
        if before:
            for directory, index in shape.paths:
                data = before.get(args[index])
                name = data.partition(b"\0")[0] if data else b""
                if name:
                    return self.absolute(tid, name, NOWHERE if directory < 0 else args[directory], before)
        return None

    def absolute(self, tid: int, name: bytes, directory: int, chunks: Chunks) -> bytes:
        """A path with the directory that it begins at, where that is known."""
        thread = self.population.threads.get(tid)
        base = None
        if not name.startswith(b"/"):
            number = descriptor(directory) if directory >= 0 else AT_FDCWD
            if number != AT_FDCWD:
                base = self.behind(tid, number, chunks, None)
            else:
                base = chunks.get(place(LINKS, AT_FDCWD)) or (thread.places.directory if thread is not None else None)
        if thread is None or (thread.places.root or b"/") != b"/":
            return (thread.places.absolute(name, base) if thread is not None else None) or name
        key = base, name
        if key not in self.joined:
            if len(self.joined) >= REMEMBERED:
                self.joined.clear()
            self.joined[key] = thread.places.absolute(name, base)
        return self.joined[key] or name


def called(description: Description) -> bytes | None:
    """What something is called: its link or its path, or in few words what it is."""
    if description.name is not None or description.kind is None:
        return description.name
    if description.kind == "file":
        return None
    peer = spelled(description.peer) if description.peer is not None else b""
    return b"socket to " + peer if peer else description.kind.encode()
