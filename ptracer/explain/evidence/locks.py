"""Who holds a lock that could not be had. Source: proc_locks(5)."""

from __future__ import annotations

import os
from errno import EACCES, EAGAIN, EDEADLK

from ptracer.explain.evidence import Facts, Stop, witness
from ptracer.model.effects import descriptor

ENOUGH = 1 << 16  # bytes


@witness(EAGAIN, EACCES, EDEADLK, call="fcntl fcntl64 flock")
def lock(stop: Stop) -> Facts | None:
    """``lock``: of the first lock of somebody else on the file its ``kind``, what it is for, and the process."""
    about = os.stat(f"/proc/{stop.tid}/fd/{descriptor(stop.call.args[0])}")
    name = f"{os.major(about.st_dev):02x}:{os.minor(about.st_dev):02x}:{about.st_ino}"
    with open("/proc/locks") as file:
        for line in file.read(ENOUGH).splitlines():
            words = line.split()
            if len(words) == 8 and words[5] == name and words[4] != str(stop.tid):
                return {"lock": {"kind": words[1], "use": words[3].lower(), "process": int(words[4])}}
    return None
