"""Microseconds the decoding thread spends on a call, by system call: ``python benchmarks/decoding.py COMMAND``.

The records of a real run are captured first and decoded afterwards, again and again, with nothing else
running: what is measured is decoding and rendering to text, without ptrace and without writing.
"""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from ptracer.capture import records
from ptracer.capture.choose import make
from ptracer.decode.decoder import Decoder
from ptracer.decode.detail import Detail
from ptracer.decode.registry import Signatures
from ptracer.pipeline import Calls, DecodingThread, take_records
from ptracer.regs import X86_64, abi_of
from ptracer.render.output import Output
from ptracer.render.spelling import Spelling
from ptracer.render.text import Layout, TextRenderer
from ptracer.spawn import Command, initial_environment, start
from ptracer.tracer import Tracer

EXECVE = 59
PASSES, LEAST = 10, 0.04  # over all calls, and seconds of each: a shared processor is slow for seconds at a time
DEFAULT = ["python3", "-c", "import ssl, subprocess; subprocess.run(['ls', '-l', '/usr/bin'], capture_output=True)"]


class Keeper:
    """Takes the place of a decoder and keeps the records."""

    def __init__(self) -> None:
        self.records: list[records.Record] = []
        self.take = take_records

    def feed(self, batch: list[records.Record]) -> None:
        self.records += batch


def capture_run(argv: list[str], signatures: Signatures) -> list[records.Record]:
    """The records of one run of a command and its children."""
    keeper, capture = Keeper(), make(8 << 20)
    child = start(Command(argv, initial_environment()))
    tracer = Tracer(capture, Calls(signatures), follow=True)
    thread = DecodingThread(capture, keeper, lambda: None)  # type: ignore[arg-type]
    thread.start()
    try:
        tracer.start(child.pid, EXECVE)
        child.release()
        tracer.run()
    finally:
        capture.finish()
        thread.join()
    return keeper.records


def decoder_of(signatures: Signatures) -> tuple[Decoder, Callable[[], None]]:
    """A decoder whose text goes nowhere."""
    output = Output(-1, lambda error: None)
    return Decoder(signatures, TextRenderer(Spelling(), Layout(pid="file"), None, lambda tid: output)), output.parts.clear


def measure(kept: list[records.Record], signatures: Signatures) -> dict[str, tuple[float, int]]:
    """By name: microseconds a call (the best of many rounds) and how many there were."""
    by_name: dict[str, list[Any]] = defaultdict(list)
    for record in kept:
        if record[0] == records.CALL:
            abi, number = abi_of(record[3], record[4])
            by_name[abi.numbers.get(number, hex(number))].append(record)
    decoder, clear = decoder_of(signatures)
    best = dict.fromkeys(by_name, float("inf"))
    for _ in range(PASSES):
        for name, batch in by_name.items():
            until = time.perf_counter() + LEAST
            while (begin := time.perf_counter()) < until:
                decoder.feed(batch)
                best[name] = min(best[name], time.perf_counter() - begin)
                clear()
    return {name: (best[name] / len(batch) * 1e6, len(batch)) for name, batch in by_name.items()}


def main() -> None:
    signatures = Signatures(Detail())
    signatures.table(X86_64)
    kept = capture_run(sys.argv[1:] or DEFAULT, signatures)
    times = measure(kept, signatures)
    print(f"{'us a call':>10} {'calls':>7}  system call")
    for name, (each, count) in sorted(times.items(), key=lambda item: -item[1][1])[:50]:
        print(f"{each:>10.2f} {count:>7}  {name}")
    total = sum(count for _, count in times.values())
    print(f"{sum(each * count for each, count in times.values()) / total:>10.2f} {total:>7}  all, by how often they come")


if __name__ == "__main__":
    main()
