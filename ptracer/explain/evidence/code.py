"""The code at a call that failed, and the registers there. Source: ptrace(2), PTRACE_GETREGS."""

from __future__ import annotations

import struct
from errno import EBADF, EFAULT, EINVAL, ENOSYS

from ptracer.explain.evidence import Facts, Stop, witness
from ptracer.explain.sites import AFTER, BEFORE, CODE_SEGMENT, POINTER

PAGE = 4096


@witness(EFAULT, EINVAL, EBADF, ENOSYS)
def code(stop: Stop) -> Facts | None:
    """``code``: the ``bytes`` around where the thread is, ``at`` where among them, the ``segment`` that says in which mode the
    processor is, and the ``registers`` (struct user_regs_struct)."""
    reader = stop.call.fetch
    capture = getattr(reader, "capture", None)
    if capture is None:
        return None
    registers = capture.registers(stop.tid)
    (pointer,), (segment,) = struct.unpack_from("<Q", registers, POINTER), struct.unpack_from("<Q", registers, CODE_SEGMENT)
    start = pointer - BEFORE
    data = reader(start, BEFORE + AFTER)
    if not data:  # nothing is mapped so far before
        start = max(start, pointer & -PAGE)
        data = reader(start, BEFORE + AFTER)
    if len(data) < pointer - start:
        return None
    return {"code": {"bytes": data, "at": pointer - start, "segment": segment, "registers": registers}}
