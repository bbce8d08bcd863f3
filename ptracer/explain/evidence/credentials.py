"""As whom a thread acts. Source: proc_pid_status(5), credentials(7)."""

from __future__ import annotations

from errno import EACCES, EPERM

from ptracer.explain.evidence import Facts, Stop, witness


@witness(EACCES, EPERM)
def credentials(stop: Stop) -> Facts | None:
    """``credentials``: ``uid`` and ``gid`` (of file accesses), ``groups``, ``capabilities`` (effective, a set of bits)."""
    found: Facts = {}
    with open(f"/proc/{stop.tid}/status") as file:
        for line in file:
            name, _, value = line.partition(":")
            if name in ("Uid", "Gid"):
                found[name.lower()] = int(value.split()[3])
            elif name == "Groups":
                found["groups"] = [*map(int, value.split())]
            elif name == "CapEff":
                found["capabilities"] = int(value, 16)
    return {"credentials": found}
