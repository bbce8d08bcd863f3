"""From arbitrary bytes to a trace, and through everything that reads traces: what any fuzzer can drive.

    python tests/fuzz/harness.py [--seconds=60] [DIRECTORY]     coverage-guided where atheris is installed, else at random
    python tests/fuzz/harness.py FILE...                        only these inputs, to see what one of them does

``consume(data)`` never raises and never takes long, whatever the bytes are; a fault in ptracer is what makes it do so. Bytes are
choices: of calls, of their registers, of what lies in memory. So they become traces that no kernel would make, but whose shape is
that of a recording. What a recording is read from is tested by ``read``, which takes the bytes as they are.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
try:
    import atheris
except ImportError:
    atheris = None
if __name__ == "__main__":
    sys.path[:0] = [str(ROOT), str(ROOT.parent)]
    if atheris is not None:
        atheris.instrument_imports(include=["ptracer"]).__enter__()  # all that is imported from here on, whenever that is
os.environ.setdefault("PTRACER_STRICT", "1")  # what cannot be decoded is not shown raw here, but raised

from traces import ORIGIN, TRACE, Kept  # noqa: E402

from ptracer import plans  # noqa: E402
from ptracer.capture import records  # noqa: E402
from ptracer.capture.records import Record  # noqa: E402
from ptracer.decode import registry  # noqa: E402
from ptracer.errors import PtracerError  # noqa: E402
from ptracer.listing import detail  # noqa: E402
from ptracer.options import Options, parse  # noqa: E402
from ptracer.outputs import Destination  # noqa: E402
from ptracer.recordings import shapes  # noqa: E402
from ptracer.recordings.recording import Recording  # noqa: E402
from ptracer.regs import I386, X32, X32_BIT, X86_64  # noqa: E402
from ptracer.rendering import Feed  # noqa: E402

WORD = (1 << 64) - 1
HERE, STEP, PLACES = 0x7F00_0000_1000, 0x200, 12  # where memory lies: chunks one after another, some of which overlap
MOST_RECORDS = 12  # of one input
LONGEST = 512  # bytes of one chunk
SLOW = 5.0  # seconds of a processor that no input may take

FORMS: tuple[Sequence[str], ...] = (
    ("-f",), ("-f", "-v", "-s", "4096", "-yy", "-Y"), ("-f", "-X", "verbose", "-N", "-xx", "-v"), ("-f", "-X", "raw", "--registers", "-x"),
    ("-f", "--verbose=none", "-i", "-n", "-ttt", "-T", "-r"), ("-f", "--explain=all"), ("--format=json", "-v", "-yy"), ("--format=csv", "-v"),
    ("--format=chrome", "-yy"), ("--format=collapsed",), ("--format=speedscope",), ("-c", "-w"), ("-P", "/tmp/a", "-yy"),
    ("--by=syscall,thread,process,path,fd,peer", "--account", "--slowest=9"), ("-f", "--redact=data,environment,arguments", "-v"),
    ("-f", "-e", "read=all", "-e", "write=all"), ("-f", "--filter=dur >= 0 && (fd == 1 || path =~ \"a\" || size > 1)"),
)  # fmt: skip
INTERESTING = (
    0, 1, 2, 3, 4, 8, 16, 33, 127, 128, 255, 4095, 4096, 65535, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 1 << 32, 1 << 62, 1 << 63, WORD,
    WORD - 1, WORD - 99, WORD - 4095, 0x5401, 0xC0045405, 0xFFFF_8000_0000_0001,
)  # fmt: skip
ASIDE = (plans.SOCKETS, plans.LINKS, plans.DETAILS, plans.COMMANDS, plans.TRANSLATIONS, plans.NAMESPACES, plans.STACKS, plans.MAPS)
SAID = (b"/tmp/a", b"pipe:[123]", b"socket:[5]", b"char 5:1", b"TCP:[1.2.3.4:5->6.7.8.9:10]", b"anon_inode:[eventpoll]", b"\0\0\0\0", b"sh\n")


class Choices:
    """Bytes as choices; when they have come to an end every choice is the first."""

    def __init__(self, data: bytes) -> None:
        self.data, self.place = data, 0

    def byte(self) -> int:
        """A number below 256."""
        self.place += 1
        return self.data[self.place - 1] if self.place <= len(self.data) else 0

    def below(self, limit: int) -> int:
        """A number below a limit."""
        return int.from_bytes(self.some(2), "little") % limit if limit > 256 else self.byte() % limit

    def of(self, things: Sequence[Any]) -> Any:
        """One of several."""
        return things[self.below(len(things))]

    def some(self, size: int) -> bytes:
        """So many bytes, or what is left."""
        self.place += size
        return self.data[self.place - size : self.place]

    @property
    def left(self) -> bool:
        """Whether there are any."""
        return self.place < len(self.data)


def number(choices: Choices) -> int:
    """What may be in a register: a place in memory as often as not."""
    kind = choices.byte()
    if kind < 128:
        return HERE + choices.below(PLACES) * STEP + kind % 3 * 8
    return choices.of(INTERESTING) if kind < 240 else int.from_bytes(choices.some(8), "little")


def memory(choices: Choices) -> dict[int, bytes] | None:
    """What was copied at a stop."""
    chunks: dict[int, bytes] = {}
    for _ in range(choices.below(PLACES)):
        kind = choices.byte()
        if kind < 32:
            chunks[choices.of(ASIDE) + (choices.below(8) << (plans.APART if kind & 1 else 0))] = choices.of(SAID)
            continue
        size = choices.below(LONGEST)
        data = choices.some(size) if kind < 160 else words(choices, size // 8)
        chunks[HERE + choices.below(PLACES) * STEP] = data if kind & 1 else data.ljust(size, b"\0")
    return chunks or None


def words(choices: Choices, count: int) -> bytes:
    """Memory full of numbers and pointers."""
    return b"".join(number(choices).to_bytes(8, "little") for _ in range(min(count, 24)))


def record(choices: Choices, when: int) -> Record:
    """One record."""
    tid, kind = 100 + choices.below(3), choices.byte()
    if kind > 235:
        return other(choices, tid, when)
    abi = choices.of((X86_64, X86_64, I386, X32))
    numbers = sorted(abi.numbers)
    call = choices.of(numbers) if kind < 230 else choices.below(65536)
    registers = (*(number(choices) & ((1 << 8 * abi.register_size) - 1 if abi is I386 else WORD) for _ in range(6)), number(choices))
    start = (tid, when, abi.audit_arch, call | (X32_BIT if abi is X32 else 0), registers, number(choices) & WORD >> 1)
    before = memory(choices)
    if kind > 215:
        return (records.ENTRY, *start, before)
    result = choices.of((0, 1, -1, -2, -14, -22, -512, 64, 4096, HERE, -(1 << 63), (1 << 63) - 1, choices.byte()))
    end = (when + choices.below(5000), result, -4096 < result < 0, choices.byte())
    if kind > 205:
        return (records.EXIT, tid, *end, memory(choices))
    return (records.CALL, *start, before, *end, memory(choices))


def other(choices: Choices, tid: int, when: int) -> Record:
    """What is no call."""
    small, data = choices.byte() - 1, choices.some(choices.below(128))
    facts = {"command": data, "arguments": [data, b""], "descriptors": {small: data}, "flags": {0: small}, "maps": data, "status": data}
    rests: tuple[tuple[Any, ...], ...] = (
        (records.SIGNAL, small, data if small & 1 else None, (data, b"") if small & 2 else None, 0), (records.STOPPED, small),
        (records.LEAVING, small), (records.EXITED, small), (records.KILLED, small, bool(small & 1)), (records.EXECED, 100 + small % 3),
        (records.STARTED, 100 + small % 3, small % 5, 100 + small % 3), (records.DETACHED,), (records.INSIDE, X86_64.audit_arch, small),
        (records.TAMPERED, small), (records.WARNING, data.decode("latin-1")), (records.STACK, data), (records.SPACE, tid, data, data),
        (records.HOLDS, facts),
    )  # fmt: skip
    first, *rest = choices.of(rests)
    return (first, tid, when, *rest)


def trace(choices: Choices) -> list[Record]:
    """The records that bytes stand for; some of a real trace stand among them."""
    made: list[Record] = list(TRACE[: choices.below(len(TRACE))])
    when = ORIGIN.began + 1_000_000
    for _ in range(MOST_RECORDS):
        if not choices.left:
            break
        when += choices.below(100_000)
        made.append(record(choices, when))
    return made


class Nowhere(Destination):
    """Keeps what would be written."""

    def __init__(self) -> None:
        self.name = self.record = self.separate = self.pipe = None
        self.failed, self.standard, self.recording, self.shared = False, 1, -1, Kept()

    def close(self) -> None:
        """There is nothing to close."""


known: dict[Sequence[str], Options] = {}


def options_of(words: Sequence[str]) -> Options:
    """Options as for a recording."""
    made = known.get(words)
    if made is None:
        made = known[words] = parse([*words, "true"])
        made.replay, made.command = "input", []
    return made


def show(batch: list[Record], words: Sequence[str]) -> str:
    """A trace in one form."""
    destination = Nowhere()
    feed = Feed(options_of(words), destination, ORIGIN)
    feed.feed(batch)
    feed.flush()
    feed.close()
    return destination.shared.text


def consume(data: bytes) -> None:
    """A trace of these bytes in one of all forms, after it was written to a recording and read again."""
    choices = Choices(data)
    words = choices.of(FORMS)
    made = shapes.decode(shapes.encode(trace(choices)))
    begun = time.process_time()
    show(made, words)
    taken = time.process_time() - begun
    if taken > SLOW:
        raise TimeoutError(f"{taken:.1f} s")


def read(data: bytes, directory: str) -> None:
    """Bytes that are said to be a recording."""
    path = os.path.join(directory, "input")
    with open(path, "wb") as file:
        file.write(data)
    try:
        for batch in Recording(path).batches():
            show(batch, FORMS[len(data) % len(FORMS)])
    except PtracerError:
        pass


def either(data: bytes, directory: str) -> None:
    """Whichever of the two the first byte says."""
    if data[:1] == b"\xff":
        read(data[1:], directory)
    else:
        consume(data)


def warm_up() -> None:
    """Import what is imported when it is needed: that takes long, and longer where it is instrumented."""
    for words in FORMS:
        show(list(TRACE), words)
    signatures = registry.Signatures(detail(options_of(FORMS[0])))
    for abi in (X86_64, I386, X32):
        for call in sorted(abi.numbers):
            signatures.find(abi, call, (0,) * 6)


def at_random(run: Callable[[bytes], None], seconds: float, seed: int = 0) -> int:
    """Without coverage: random inputs, and parts of them exchanged; how many. An input that fails is in the error's notes."""
    chance, end, tried = random.Random(seed), time.monotonic() + seconds, 0
    while time.monotonic() < end:
        data = chance.randbytes(chance.choice((40, 200, 800, 3000)))
        try:
            run(data)
        except Exception as error:
            error.add_note(f"input: {data.hex()}")
            raise
        tried += 1
    return tried


def main(arguments: Sequence[str]) -> int:
    """See above."""
    registry.STRICT = True
    files = [name for name in arguments if Path(name).is_file()]
    seconds = next((int(word.partition("=")[2]) for word in arguments if word.startswith("--seconds=")), 60)
    with tempfile.TemporaryDirectory() as directory:
        for name in files:
            either(Path(name).read_bytes(), directory)
        if files:
            return 0
        if atheris is None:
            print(at_random(lambda data: either(data, directory), seconds, seed=os.getpid()), "inputs at random")
            return 0
        warm_up()
        corpus = [name for name in arguments if Path(name).is_dir()]
        limits = [f"-max_total_time={seconds}", "-max_len=4096", "-len_control=0", "-timeout=60"]
        atheris.Setup([sys.argv[0], *limits, *corpus], lambda data: either(data, directory))
        atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
