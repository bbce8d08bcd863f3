"""Microseconds the decoding thread spends on a record, by what it makes of them: ``python benchmarks/consuming.py``.

A real run fills a ring that nobody takes from; then everything is taken at once, so that neither ptrace nor waiting is in the
figures, which are processor time. Each round does every way in turn. What `-c` and `--record` cost is the last row of each group.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).resolve().parent.parent / "tests"))
from programs.build import build  # noqa: E402

from ptracer.capture.choose import make  # noqa: E402
from ptracer.capture.protocol import Capture  # noqa: E402
from ptracer.decode.detail import Detail  # noqa: E402
from ptracer.decode.registry import Signatures  # noqa: E402
from ptracer.origin import Origin  # noqa: E402
from ptracer.pipeline import Calls, take_records  # noqa: E402
from ptracer.recordings.recorder import Recorder  # noqa: E402
from ptracer.render.summary import Summary  # noqa: E402
from ptracer.rendering import CountedCalls, Counting  # noqa: E402
from ptracer.spawn import Command, initial_environment, start  # noqa: E402
from ptracer.tracer import Tracer  # noqa: E402

EXECVE = 59
RING = 512 << 20

Take = Callable[[Capture], Any]
Feed = Callable[[Any], None]


def filled(argv: list[str], calls: Calls) -> Capture:
    """A capture in whose ring a whole run waits."""
    capture = make(RING)
    child = start(Command(argv, initial_environment()))
    tracer = Tracer(capture, calls, follow=True)
    capture.configure(cpu_time=True)
    tracer.start(child.pid, EXECVE)
    child.release()
    tracer.run()
    capture.finish()
    return capture


def spent(capture: Capture, take: Take, feed: Feed) -> int:
    """Nanoseconds of this thread until all was taken and fed."""
    began = time.thread_time_ns()
    while (batch := take(capture)) is not None:
        feed(batch)
    return time.thread_time_ns() - began


def nothing(batch: Any) -> None:
    """Only take."""


@contextmanager
def recorder() -> Iterator[Recorder]:
    """One that writes a real file, which is gone at once."""
    descriptor = os.memfd_create("recording")
    try:
        yield Recorder(descriptor, Origin(), lambda error: None)
    finally:
        os.close(descriptor)


def ways() -> Iterator[tuple[str, bool, Take, Feed]]:
    """Each way: its name, whether records have no memory, how it is taken and what is fed."""
    counting = Counting(Summary())
    yield "counted: records taken", True, take_records, nothing
    yield "counted: records taken and counted", True, take_records, Summary().feed
    yield "counted: sums taken and counted", True, counting.take, counting.feed
    yield "recorded: records taken", False, take_records, nothing
    with recorder() as one:
        yield "recorded: records taken, encoded and written", False, take_records, one.feed
    with recorder() as one:
        assert one.take is not None
        yield "recorded: encoded records taken", False, one.take, nothing
        yield "recorded: encoded records taken and written", False, one.take, one.feed_packed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--calls", type=int, default=20_000)
    options = parser.parse_args()
    signatures = Signatures(Detail(string_limit=256))
    commands = {
        "storm": [str(build("storm")), str(options.calls // 2)],
        "find": ["find", "/usr/share", "-maxdepth", "3", "-size", "+1c", "-name", "x"],
    }
    for name, command in commands.items():
        best: dict[str, float] = {}
        for _ in range(options.rounds):
            for way, bare, take, feed in ways():
                capture = filled(command, CountedCalls(signatures) if bare else Calls(signatures))
                best[way] = min(best.get(way, float("inf")), spent(capture, take, feed))
                del capture
        count = counted(command, signatures)
        print(f"{name}: {count} records; microseconds each")
        for way, nanoseconds in best.items():
            print(f"  {nanoseconds / count / 1000:6.3f}  {way}")


def counted(command: list[str], signatures: Signatures) -> int:
    """How many records a run makes."""
    capture, count = filled(command, CountedCalls(signatures)), 0
    while (batch := capture.take(2048)) is not None:
        count += len(batch)
    return count


if __name__ == "__main__":
    main()
