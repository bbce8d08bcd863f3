"""What another process is, which a call named. Source: proc_pid_status(5)."""

from __future__ import annotations

import os
from errno import EPERM, ESRCH

from ptracer.explain.evidence import Facts, Stop, witness
from ptracer.model.effects import descriptor

CALLS = {"kill": 0, "tkill": 0, "tgkill": 1, "ptrace": 1, "process_vm_readv": 0, "process_vm_writev": 0, "pidfd_open": 0,
         "rt_sigqueueinfo": 0, "rt_tgsigqueueinfo": 1, "setpriority": 1, "sched_setaffinity": 0, "sched_setscheduler": 0,
         "prlimit64": 0, "wait4": 0, "setpgid": 0, "getpgid": 0, "getsid": 0, "kcmp": 0}  # fmt: skip
SCOPE = "/proc/sys/kernel/yama/ptrace_scope"
WANTED = {"State": "state", "Tgid": "process", "PPid": "parent", "TracerPid": "tracer", "Uid": "users", "Name": "name"}


@witness(EPERM, ESRCH, call=" ".join(CALLS))
def other(stop: Stop) -> Facts | None:
    """``other``: the ``id`` that the call names, and of the process: name, state (a letter), process, parent, tracer, users."""
    number = descriptor(stop.call.args[CALLS[stop.call.signature.name]])
    found: Facts = {"id": number}
    if number > 0:
        try:
            with open(f"/proc/{number}/status", "rb") as file:
                for line in file:
                    name, _, value = line.partition(b":")
                    key = WANTED.get(name.decode("ascii", "replace"))
                    if key is not None:
                        words = value.split()
                        text = key in ("state", "name")
                        found[key] = words[0] if text else [*map(int, words)] if key == "users" else int(words[0])
        except FileNotFoundError:
            pass
    if stop.error == EPERM and stop.call.signature.name == "ptrace" and os.path.exists(SCOPE):
        with open(SCOPE) as file:
            found["scope"] = int(file.read())
    return {"other": found}
