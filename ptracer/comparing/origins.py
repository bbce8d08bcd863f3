"""How two runs were made differently: what explains a difference, and is none of itself."""

from __future__ import annotations

import shlex

from ptracer.comparing.side import Side
from ptracer.origin import Origin

TOLD = (
    ("command", lambda origin: shlex.join(origin.command)),
    ("directory", lambda origin: origin.directory),
    ("user", lambda origin: str(origin.user)),
    ("host", lambda origin: origin.host),
    ("kernel", lambda origin: origin.system),
    ("machine", lambda origin: origin.machine),
    ("ptracer", lambda origin: origin.ptracer),
    ("string limit", lambda origin: str(origin.string_limit)),
)
NOT_COMPARED = ("--record",)  # options of which the value is the recording itself
STANDARD = {0: "stdin", 1: "stdout", 2: "stderr"}


def differences(a: Side, b: Side) -> list[tuple[str, str, str]]:
    """What is different, with what each side has."""
    found = []
    for name, tell in TOLD:
        left, right = tell(a.origin), tell(b.origin)
        if left != right:
            found.append((name, left, right))
    left, right = options(a.origin), options(b.origin)
    if left != right:
        found.append(("options", left, right))
    mine, theirs = set(a.origin.environment), set(b.origin.environment)
    if mine != theirs:
        found.append(("environment", " ".join(sorted(mine - theirs)), " ".join(sorted(theirs - mine))))
    for number, name in STANDARD.items():
        left, right = (kind(side.held.get(number, "")) for side in (a, b))
        if left != right:
            found.append((name, left, right))
    return found


def options(origin: Origin) -> str:
    """Those of the command line, without the file that was written."""
    words = []
    skipping = False
    for word in origin.options:
        if skipping or word.partition("=")[0] in NOT_COMPARED:
            skipping = not skipping and word in NOT_COMPARED
            continue
        words.append(word)
    return shlex.join(words)


def kind(link: str) -> str:
    """What a descriptor is, without numbers that say nothing."""
    return link.partition(":[")[0].rstrip("0123456789") if link.startswith("/dev/pts/") or ":[" in link else link
