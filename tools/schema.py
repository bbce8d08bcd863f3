"""Write the JSON Schema of ``--format=json`` from the types of its objects.

Run as ``python tools/schema.py``; ``--check`` compares instead of writing.
"""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if __name__ == "__main__":
    sys.path[0] = str(ROOT)  # this directory has a module named like the library's `numbers`

from ptracer.formats import objects  # noqa: E402
from tools import generated  # noqa: E402

SCHEMA = ROOT / "docs" / "schema" / f"trace-{objects.FORMAT}.json"


def files() -> dict[Path, str]:
    """The file this tool writes, and what must be in it."""
    return {SCHEMA: json.dumps(objects.schema(), indent=2) + "\n"}


if __name__ == "__main__":
    sys.exit(generated.main(files))
