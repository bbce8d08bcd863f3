"""How much room a file system has. Source: statvfs(3), inotify(7)."""

from __future__ import annotations

import os
from errno import EDQUOT, ENOSPC

from ptracer.decode.behind import DESCRIPTOR
from ptracer.explain.evidence import Facts, Stop, witness
from ptracer.explain.evidence.paths import PATH_MAX, places
from ptracer.model.effects import descriptor

AT_FDCWD = -100


@witness(ENOSPC, EDQUOT)
def space(stop: Stop) -> Facts | None:
    """``space``: of the file system that the call writes to: a place on it, bytes in all and left, files in all and left."""
    call = stop.call
    for _, directory, index in places(call.signature):
        path = call.read_string(call.args[index], PATH_MAX).partition(b"\0")[0]
        fd = descriptor(call.args[directory]) if directory >= 0 else AT_FDCWD
        base = b"root" if path.startswith(b"/") else b"cwd" if fd == AT_FDCWD else b"fd/%d" % fd
        holder = path.rpartition(b"/")[0].lstrip(b"/")
        return room(b"/proc/%d/%s/%s" % (stop.tid, base, holder))
    for one in call.signature.described:
        if one.type.behind == DESCRIPTOR:
            return room(b"/proc/%d/fd/%d" % (stop.tid, descriptor(call.args[one.index])))
    return None


def room(place: bytes) -> Facts:
    """As statvfs says it."""
    about = os.statvfs(place)
    return {"space": {"place": os.path.realpath(place), "size": about.f_blocks * about.f_frsize,
                      "left": about.f_bavail * about.f_frsize, "reserved": (about.f_bfree - about.f_bavail) * about.f_frsize,
                      "files": about.f_files, "files_left": about.f_favail}}  # fmt: skip
