"""Draws the pictures of the documentation: ``python tools/pictures.py [NAME...]`` writes docs/pictures/NAME.svg.

Each is what ptracer shows of a real command on a terminal of that width, traced here and now; so no two runs are alike.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
if __name__ == "__main__":
    sys.path[0] = str(ROOT)  # this directory has a module named like the library's `numbers`

from ptracer.capture import records  # noqa: E402
from ptracer.recordings.recording import Recording  # noqa: E402
from ptracer.statistics.part import Statistics  # noqa: E402
from ptracer.statistics.text import Line  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"
PTRACER = [sys.executable, "-m", "ptracer"]
COLUMNS = 100
FONTS = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)  # which would come from another server
COMMAND = "tar -czf docs.tgz docs share tools"
PLACE = Path(tempfile.gettempdir()) / "project"  # what pictures say of where somebody works


def draw(name: str, command: str, lines: list[Line], columns: int = COLUMNS) -> None:
    """Lines below the command that shows them, as an SVG that needs nothing from elsewhere."""
    from rich.console import Console
    from rich.terminal_theme import DIMMED_MONOKAI
    from rich.text import Text

    console = Console(
        record=True, width=columns, file=io.StringIO(), force_terminal=True, color_system="truecolor", highlight=False
    )
    if command:
        console.print(Text.assemble(("$ ", "dim"), (command, "bold")))
    for line in lines:
        console.print(Text.assemble(*apart(line)), no_wrap=True, crop=True)
    PICTURES.mkdir(exist_ok=True)
    svg = console.export_svg(title="ptracer", theme=DIMMED_MONOKAI, unique_id=name)
    (PICTURES / f"{name}.svg").write_text(FONTS.sub("", svg))


def apart(line: Line) -> Line:
    """The same with every word for itself: not all that draw SVG keep blanks at the beginning of a text.

    Words and blanks get styles that look alike and are not the same, or rich would join them again.
    """
    parts = [(part, style) for text, style in line for part in re.split(r"( +)", text) if part]
    return [(part, f"{style} not italic" if part.strip() else style if "reverse" in style else "") for part, style in parts]


def recorded(*options: str) -> Recording:
    """A recording of the command, in a place and with an environment as anybody's."""
    if PLACE.exists():
        shutil.rmtree(PLACE)
    for name in ("docs", "share", "tools"):
        shutil.copytree(ROOT / name, PLACE / name, ignore=shutil.ignore_patterns("__pycache__", "pictures*"))
    path = PLACE / "recording"
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)}
    subprocess.run(
        [*PTRACER, *options, "-E", "PYTHONPATH", "--record", str(path), *COMMAND.split()],
        cwd=PLACE, env=environment, check=True, timeout=120,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    recording = Recording(str(path))
    shutil.rmtree(PLACE)
    return recording


def summary() -> None:
    """A table by system call, and one by what is behind descriptors."""
    statistics = Statistics(["syscall"])
    for batch in recorded("-f").batches():
        statistics.feed(batch)
    draw("summary", f"ptracer -f --by {COMMAND}", statistics.lines(COLUMNS)[:16])


def account() -> None:
    """Where the time of each process went."""
    statistics = Statistics([], account=True)
    for batch in recorded("-f", "-yy").batches():
        statistics.feed(batch)
    statistics.settle()
    draw("account", f"ptracer -f --account {COMMAND}", statistics.lines(COLUMNS)[:20])


def top() -> None:
    """The live view in the middle of the run."""
    from ptracer.statistics.view import View

    statistics = Statistics(["path", "syscall", "thread"])
    view = View(statistics, statistics.feed, 1.0, COMMAND, screen=Still())
    batches = list(recorded("-f", "-y").batches())
    began, now = batches[0][0][2], time.monotonic()
    half = [record for batch in batches for record in batch][: sum(map(len, batches)) * 3 // 4]
    view.feed(half[: len(half) // 2])
    view.look(now)
    view.feed(half[len(half) // 2 :])
    passed = max(record[8 if record[0] == records.CALL else 2] for record in half) - began
    view.began, view.looked = now - passed / 1e9, now
    view.look(now + passed / 2e9)
    draw("top", "", view.lines(COLUMNS, 24))


class Still:
    """No screen: the picture is drawn elsewhere."""

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)


ALL: dict[str, Callable[[], None]] = {"summary": summary, "account": account, "top": top}


def main() -> None:
    """All pictures, or those that are named."""
    for name in sys.argv[1:] or ALL:
        ALL[name]()


if __name__ == "__main__":
    main()
