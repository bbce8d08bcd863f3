"""What a call touches, without decoding it: the file it names, or what is behind its first descriptor."""

from __future__ import annotations

import posixpath
from typing import Any

from ptracer.capture.records import Record
from ptracer.decode.behind import DESCRIPTOR, endpoint
from ptracer.decode.detail import Detail
from ptracer.decode.pointers import PointerTo
from ptracer.decode.registry import Signatures
from ptracer.decode.signature import Parameter
from ptracer.decode.targets import String
from ptracer.decode.values import Name
from ptracer.plans import DETAILS, LINKS, place
from ptracer.regs import abi_of
from ptracer.render.spelling import Spelling
from ptracer.statistics.descriptors import Descriptors
from ptracer.statistics.processes import Processes

WORKING_DIRECTORY = -100  # AT_FDCWD
SAID = {("symlink", "oldpath"), ("symlinkat", "target")}  # what a link says is no file that the call touches
SOCKET = b"socket:["
REMEMBERED = 20_000  # of what is looked up again and again


class Shape:
    """Where the arguments of a call have descriptors and paths, of each path with the argument that has its directory."""

    __slots__ = ("name", "descriptors", "paths", "opens")

    def __init__(self, name: str, parameters: list[Parameter], opens: bool) -> None:
        self.name, self.opens = name, opens
        self.descriptors = [one.index for one in parameters if one.type.behind == DESCRIPTOR]
        self.paths: list[tuple[int, int]] = []
        for before, one in zip([None, *parameters], parameters):
            type = one.type
            if isinstance(type, PointerTo) and isinstance(type.target, String) and type.target.path:
                directory = before.index if before is not None and before.type.behind == DESCRIPTOR else -1
                if (name, one.name) not in SAID:
                    self.paths.append((directory, one.index))


class Touched:
    """Answers for CALL records what they touch. What was captured counts; where it was not, what earlier calls say."""

    def __init__(self, processes: Processes) -> None:
        self.processes = processes
        self.known = Descriptors()
        self.signatures = Signatures(Detail())
        self.shapes: dict[tuple[int, int], Shape] = {}
        self.sockets: dict[bytes, bytes] = {}  # by link, what is known of where they lead
        self.joined: dict[tuple[bytes, bytes], bytes] = {}
        self.spell = Spelling()

    def shape(self, call: Any) -> Shape:
        """Of the call with that number."""
        key = call[3:5]
        shape = self.shapes.get(key)
        if shape is None:
            abi, number = abi_of(*key)
            signature = self.signatures.find(abi, number, call[5])
            opens = signature.returns is not None and signature.returns.behind == DESCRIPTOR
            shape = self.shapes[key] = Shape(abi.name_of(number), signature.parameters, opens)
        return shape

    def descriptor(self, call: Any) -> int:
        """The first descriptor that a call has as an argument, or else its result if that is one; -1: none."""
        shape = self.shape(call)
        for index in shape.descriptors:
            number = call[5][index] & 0xFFFFFFFF
            if number < 1 << 31:
                return int(number)
        return call[9] if shape.opens and not call[10] else -1

    def behind(self, call: Any, number: int) -> bytes:
        """What a descriptor refers to, as its link in /proc says it, or in fewer words; empty: nobody knows."""
        for chunks in (call[7], call[12]):
            if chunks:
                link = chunks.get(place(LINKS, number))
                if link:
                    if link.startswith(SOCKET):
                        self.learn(link, chunks.get(place(DETAILS, number)))
                    return bytes(link)
        return self.known.behind(self.processes.of(call[1]), number)

    def learn(self, link: bytes, details: bytes | None) -> None:
        """Where a socket leads: the fullest of what was ever seen, for it is connected and closed while we look."""
        if details and len(details) > len(self.sockets.get(link, b"")):
            if len(self.sockets) >= REMEMBERED:
                self.sockets.clear()
            self.sockets[link] = details

    def path(self, call: Any) -> bytes:
        """The file that a call has opened, or the first that it names, or else what is behind its first descriptor; empty: none.

        What is opened is called as its descriptor will be, which links on the way to it are no part of.
        """
        shape = self.shape(call)
        chunks = call[7]
        if shape.opens and shape.paths and call[12] and not call[10]:
            link = call[12].get(place(LINKS, call[9]))
            if link:
                return bytes(link)
        if chunks:
            for directory, index in shape.paths:
                name = chunks.get(call[5][index])
                if name:
                    name = name.partition(b"\0")[0]
                    if name:
                        return self.absolute(call, directory, name)
        number = self.descriptor(call)
        return self.behind(call, number) if number >= 0 else b""

    def absolute(self, call: Any, directory: int, name: bytes) -> bytes:
        """A path with the directory that it begins at, where that is known."""
        if name.startswith(b"/"):
            return name
        number = WORKING_DIRECTORY
        if directory >= 0:
            number = call[5][directory] & 0xFFFFFFFF
            number -= (number >> 31) << 32
        if number == WORKING_DIRECTORY:
            base = call[7].get(place(LINKS, number)) or self.known.directory(self.processes.of(call[1]))
        else:
            base = self.behind(call, number)
        if not base.startswith(b"/"):
            return name
        made = self.joined.get((base, name))
        if made is None:
            if len(self.joined) >= REMEMBERED:
                self.joined.clear()
            made = self.joined[base, name] = posixpath.normpath(base + b"/" + name)
        return made

    def socket(self, call: Any) -> bytes:
        """What is behind the first descriptor of a call, if that is a socket; or of its result."""
        shape = self.shape(call)
        numbers = [call[5][index] & 0xFFFFFFFF for index in shape.descriptors]
        if shape.opens and not call[10]:
            numbers.append(call[9])
        for number in numbers:
            if number < 1 << 31:
                link = self.behind(call, number)
                if link.startswith(b"socket"):
                    return link
        return b""

    def text(self, what: bytes) -> str:
        """How a file is shown; of a socket where it leads, as ``-yy`` does."""
        details = self.sockets.get(what)
        if details:
            value = endpoint(details)
            if value is not None:
                return self.spell.spell(value)
        return self.spell.name(Name(what))

    # --- what calls say of descriptors

    def call(self, call: Any) -> None:
        """Learn from a call that has returned; after it was asked about."""
        if call[10]:
            return
        shape = self.shape(call)
        if shape.opens or self.known.concerns(shape.name):
            self.known.call(self.processes.of(call[1]), shape.name, call, self.path(call) if shape.paths else b"")

    def notice(self, record: Record) -> None:
        """Learn from a record that is no call; before or after does not matter."""
        self.known.notice(record, self.processes.by_thread)
