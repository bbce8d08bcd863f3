"""Whether filters look at the calls of a thread. Source: proc_pid_status(5), seccomp(2)."""

from __future__ import annotations

from errno import EACCES, ENOSYS, EPERM

from ptracer.explain.evidence import Facts, Stop, witness


@witness(ENOSYS, EPERM, EACCES)
def seccomp(stop: Stop) -> Facts | None:
    """``seccomp``: the mode (0: none, 1: strict, 2: filters), ``filters`` how many there are (kernels before 5.9: not said)."""
    found: Facts = {}
    with open(f"/proc/{stop.tid}/status") as file:
        for line in file:
            name, _, value = line.partition(":")
            if name == "Seccomp":
                found["seccomp"] = int(value)
            elif name == "Seccomp_filters":
                found["filters"] = int(value)
    return found
