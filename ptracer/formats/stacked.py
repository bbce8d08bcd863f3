"""Formats of flame graphs: who spent how long in which call. With ``-k`` there are the functions between the two."""

from __future__ import annotations

from array import array

import msgspec

from ptracer.decode.call import Call
from ptracer.formats.gathering import Gathering, Setting
from ptracer.formats.plain import Plain
from ptracer.formats.processes import Process
from ptracer.messages import visible


class Stacked(Gathering):
    """What the two have in common: the names of the boxes under which a call stands, the outermost first."""

    def boxes(self, call: Call, process: Process) -> tuple[str, ...]:
        outer = process.command or str(process.pid)
        stack = self.stacks.get(call.tid)
        if not stack:
            return outer, call.signature.name
        return outer, *[frame.name for frame in reversed(self.frames.of(stack))], call.signature.name


class Collapsed(Stacked):
    """Brendan Gregg's format: ``process;function;...;call nanoseconds``, a line for each different stack."""

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        self.total: dict[tuple[str, ...], int] = {}

    def whole(self, call: Call, process: Process) -> None:
        boxes = self.boxes(call, process)
        self.total[boxes] = self.total.get(boxes, 0) + max((call.end or self.latest) - call.start, 0)

    def finish(self) -> None:
        write = self.output(0).write
        for boxes, total in sorted(self.total.items()):
            line = ";".join(visible(box.replace(";", ":").replace("\n", " ")) for box in boxes)
            write(f"{line} {total}\n")


class Timeline:
    """What one thread did, one thing after the other: numbers of stacks, and how long each lasted."""

    def __init__(self, process: Process, start: int) -> None:
        self.process, self.start, self.end = process, start, start
        self.stacks, self.weights = array("I"), array("q")

    def add(self, stack: int, weight: int) -> None:
        if self.stacks and self.stacks[-1] == stack:
            self.weights[-1] += weight
        else:
            self.stacks.append(stack)
            self.weights.append(weight)
        self.end += weight


class Speedscope(Stacked):
    """speedscope's own format: a profile a thread, in the order of time. Between calls the process stands alone.

    Source: https://www.speedscope.app/file-format-schema.json
    """

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        self.numbers: dict[str, int] = {}  # of boxes
        self.stacked: dict[tuple[str, ...], int] = {}
        self.timelines: dict[int, Timeline] = {}
        self.past: list[tuple[int, Timeline]] = []

    def stack(self, boxes: tuple[str, ...]) -> int:
        """The number of a stack."""
        return self.stacked.setdefault(boxes, len(self.stacked))

    def whole(self, call: Call, process: Process) -> None:
        timeline = self.timelines.get(call.tid)
        if timeline is None or timeline.process is not process:
            if timeline is not None:
                self.past.append((call.tid, timeline))  # its id is another thread's now
            timeline = self.timelines[call.tid] = Timeline(process, call.start)
        boxes = self.boxes(call, process)
        if call.start > timeline.end:
            timeline.add(self.stack(boxes[:1]), call.start - timeline.end)
        end = call.end or self.latest
        if end > timeline.end:
            timeline.add(self.stack(boxes), end - timeline.end)

    def finish(self) -> None:
        output = self.output(0)
        stacks = [[self.numbers.setdefault(box, len(self.numbers)) for box in boxes] for boxes in self.stacked]
        head: dict[str, Plain] = {
            "$schema": "https://www.speedscope.app/file-format-schema.json",
            "exporter": f"ptracer@{self.origin.ptracer}",
            "name": " ".join(self.origin.command) or "ptracer",
            "shared": {"frames": [{"name": name} for name in self.numbers]},
        }
        output.write(msgspec.json.encode(head).decode()[:-1] + ',"profiles":[')
        for place, (tid, timeline) in enumerate([*self.past, *self.timelines.items()]):
            profile = {
                "type": "sampled",
                "name": f"{timeline.process.command or 'process'} {tid}",
                "unit": "nanoseconds",
                "startValue": timeline.start - self.origin.began,
                "endValue": timeline.end - self.origin.began,
                "samples": [stacks[number] for number in timeline.stacks],
                "weights": timeline.weights.tolist(),
            }
            output.write((",\n" if place else "\n") + msgspec.json.encode(profile).decode())
        output.write("\n]}\n")
