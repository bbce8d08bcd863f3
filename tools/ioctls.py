"""Write ``ptracer/tables/constants/ioctl.py``: what every ioctl number is called.

Run as ``python tools/ioctls.py``; ``--check`` compares instead of writing.

``tools/lists/ioctls.txt`` names the headers; the words mean what they mean in the lists of
`tools/constants.py`; a further group, with ``abi:i386,x32``, has exclusions and values that hold for
those ABIs only.  Besides the words, a command is every macro that is written with ``_IOC`` (as
``_IO``, ``_IOR``, ``_IOW`` and ``_IOWR`` are); older commands are plain numbers and need a word.

A number may belong to several drivers.  All its names are shown, in alphabetical order.  The size of
a structure is part of the number, so that i386 and x32 have numbers of their own: their tables have
only what is different, and an empty name for what is a command of x86_64 alone.
"""

import sys
from fnmatch import fnmatchcase
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if __name__ == "__main__":
    sys.path[0] = str(ROOT)  # this directory has a module named like the library's `numbers`

from tools import constants, generated, headers  # noqa: E402

LIST = ROOT / "tools" / "lists" / "ioctls.txt"


def commands(groups: list[constants.Group], abi: str) -> dict[int, str]:
    """Number to name, or to names joined with ``or``."""
    common, *others = groups
    special = [group for group in others if abi in group.abi.split(",")]
    known = headers.constants(tuple(common.headers), abi)
    macros = headers.expanding(common.headers, list(known), "_IOC", abi)
    literals = {name: value for group in special for name, value in group.literals.items()}
    known = known | common.literals | literals
    names = {*constants.expand(common, known), *without(macros, common.dropped)}
    dropped = [drop for group in special for drop in group.dropped]
    found: dict[int, set[str]] = {}
    for name in {*without(names, dropped), *literals}:
        found.setdefault(known[name] & 0xFFFFFFFF, set()).add(name)
    return {number: " or ".join(sorted(names)) for number, names in found.items()}


def without(names: set[str], dropped: list[str]) -> set[str]:
    """The names that no pattern matches."""
    return {name for name in names if not any(fnmatchcase(name, drop) for drop in dropped)}


def differences(table: dict[int, str], base: dict[int, str]) -> dict[int, str]:
    """What a table has that another has not, and an empty name for the contrary."""
    missing = {number: "" for number in base if number not in table}
    return missing | {n: name for n, name in table.items() if base.get(n) != name}


def modules() -> dict[Path, str]:
    """The file this tool writes, and what must be in it."""
    summary, groups = constants.parse(LIST.read_text())
    tables = {abi: commands(groups, abi) for abi in ("x86_64", "i386", "x32")}
    base = tables["x86_64"]
    parts = {
        "IOCTLS": base,
        "IOCTLS_I386": differences(tables["i386"], base),
        "IOCTLS_X32": differences(tables["x32"], base),
    }
    text = generated.module(
        summary,
        f"tools/ioctls.py from tools/lists/{LIST.name}",
        {name: generated.numbered(name, table, hex) for name, table in parts.items()},
    )
    return {constants.DIRECTORY / "ioctl.py": text}


if __name__ == "__main__":
    sys.exit(generated.main(modules))
