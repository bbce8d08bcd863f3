"""Data as strace dumps it: sixteen bytes a line, in hexadecimal and as text."""

from __future__ import annotations

from collections.abc import Callable

from ptracer.decode.call import Call
from ptracer.decode.decoder import Renderer
from ptracer.decode.dumps import direction
from ptracer.render.output import Output
from ptracer.render.selective import Passing

WIDTH = 16
PRINTED = bytes(byte if 32 <= byte < 127 else 46 for byte in range(256))


def lines_of(data: bytes) -> str:
    """The lines of some bytes."""
    made = []
    for place in range(0, len(data), WIDTH):
        row = data[place : place + WIDTH]
        halves = (row[: WIDTH // 2].hex(" "), row[WIDTH // 2 :].hex(" "))
        text = row.translate(PRINTED).decode("ascii")
        made.append(f" | {place:05x}  {halves[0]:23}  {halves[1]:23}  {text:{WIDTH}} |\n")
    return "".join(made)


class Dumping(Passing):
    """Writes the data of calls below them: of those on descriptors for which ``reads`` and ``writes`` hold."""

    def __init__(
        self, inner: Renderer, output_of: Callable[[int], Output], reads: Callable[[int], bool], writes: Callable[[int], bool]
    ) -> None:
        super().__init__(inner)
        self.output_of = output_of
        self.holds = {False: reads, True: writes}

    def call(self, call: Call) -> None:
        self.inner.call(call)
        self.dump(call)

    def leave(self, call: Call) -> None:
        self.inner.leave(call)
        self.dump(call)

    def dump(self, call: Call) -> None:
        """The data of one call, if it has any that was asked for."""
        dump = call.signature.dump
        if dump is None or call.error or not self.holds[direction(call.signature.name)](call.args[0] & 0x7FFFFFFF):
            return
        text = "".join([f"{line}\n" if isinstance(line, str) else lines_of(line) for line in dump.of(call)])
        if text:
            self.output_of(call.tid).write(text)
