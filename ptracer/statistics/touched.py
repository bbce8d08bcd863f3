"""What a call touches, without decoding it: the file it names, or what is behind its first descriptor; and how that is shown."""

from __future__ import annotations

from typing import Any

from ptracer.decode.behind import endpoint
from ptracer.decode.values import Name
from ptracer.model import touched as model
from ptracer.model.touched import Shape
from ptracer.model.world import World
from ptracer.plans import DETAILS, LINKS, place
from ptracer.regs import abi_of
from ptracer.render.spelling import Spelling

SOCKET = b"socket:["
REMEMBERED = 20_000  # sockets of which it is known where they lead


class Touched:
    """Answers for CALL records what they touch, before the world learns from them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.known = model.Touched(world)
        self.signatures = world.signatures
        self.shapes: dict[tuple[int, int], Shape] = {}
        self.sockets: dict[bytes, bytes] = {}  # by link, what is known of where they lead
        self.spell = Spelling()

    def shape(self, call: Any) -> Shape:
        """Of the call with that number."""
        key = call[3:5]
        shape = self.shapes.get(key)
        if shape is None:
            abi, number = abi_of(*key)
            shape = self.shapes[key] = self.known.shape(self.signatures.find(abi, number, call[5]))
        return shape

    def descriptor(self, call: Any) -> int:
        """The first descriptor that a call has as an argument, or else its result if that is one; -1: none."""
        number = self.known.descriptor(self.shape(call), call[5], None if call[10] else call[9])
        return -1 if number is None else number

    def behind(self, call: Any, number: int) -> bytes:
        """What a descriptor refers to, as its link in /proc says it, or in fewer words; empty: nobody knows."""
        link = self.known.behind(call[1], number, call[7], call[12])
        if link is None:
            return b""
        if link.startswith(SOCKET):
            for chunks in (call[7], call[12]):
                if chunks and place(LINKS, number) in chunks:
                    self.learn(link, chunks.get(place(DETAILS, number)))
                    break
        return link

    def learn(self, link: bytes, details: bytes | None) -> None:
        """Where a socket leads: the fullest of what was ever seen, for it is connected and closed while we look."""
        if details and len(details) > len(self.sockets.get(link, b"")):
            if len(self.sockets) >= REMEMBERED:
                self.sockets.clear()
            self.sockets[link] = details

    def path(self, call: Any) -> bytes:
        """The file that a call has opened or that it names first, or else what is behind its first descriptor; empty: none."""
        shape = self.shape(call)
        if shape.paths:
            path = self.known.path(call[1], shape, call[5], call[7], call[12], None if call[10] else call[9])
            if path is not None:
                return path
        for index in shape.descriptors:
            number = call[5][index] & 0xFFFFFFFF
            if not number >> 31:
                return self.behind(call, number)
        return self.behind(call, call[9]) if shape.opens and not call[10] else b""

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
