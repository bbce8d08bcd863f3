"""Attaching to live processes: their threads, and why it is refused."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable

CAP_SYS_PTRACE = 19
YAMA = "/proc/sys/kernel/yama/ptrace_scope"
YAMA_MEANING = {
    1: "only a process's own ancestors may trace it (kernel.yama.ptrace_scope is 1)",
    2: "only root may attach (kernel.yama.ptrace_scope is 2)",
    3: "nobody may attach until the machine is started again (kernel.yama.ptrace_scope is 3)",
}


def status_of(pid: int) -> dict[str, str]:
    """The fields of ``/proc/PID/status``; empty when there is no such process."""
    try:
        with open(f"/proc/{pid}/status", errors="surrogateescape") as file:
            return dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
    except OSError:
        return {}


def threads_of(pid: int) -> list[int]:
    """The threads of a process."""
    try:
        return [int(name) for name in os.listdir(f"/proc/{pid}/task")]
    except OSError:
        return []


def attach(pid: int, seize: Callable[[int], None], all_threads: bool) -> int:
    """Seize a process: its one thread, or all, looking again until no new ones appear. The number of threads.

    OSError: it is refused. A leader that has ended while its threads go on cannot be seized; they can.
    """
    if not all_threads:
        seize(pid)
        return 1
    refused: OSError | None = None
    tried: set[int] = set()
    seized = 0
    while new := [tid for tid in threads_of(pid) if tid not in tried]:
        for tid in new:
            tried.add(tid)
            try:
                seize(tid)
                seized += 1
            except OSError as error:
                # Ended since it was listed, or cloned by a thread of ours and so traced already.
                if error.errno != errno.ESRCH and refused is None:
                    refused = error
    if not seized:
        raise refused or ProcessLookupError(errno.ESRCH, os.strerror(errno.ESRCH))
    return seized


def explain(pid: int, error: OSError) -> list[str]:
    """Lines that say why seizing a process failed."""
    lines = [f"attach: ptrace(PTRACE_SEIZE, {pid}): {os.strerror(error.errno or 0)}"]
    status = status_of(pid)
    if error.errno != errno.EPERM or not status:
        return lines
    tracer = int(status.get("TracerPid", "0"))
    if pid == os.getpid():
        lines.append("A process cannot trace itself")
    elif tracer:
        lines.append(f"Process {pid} is already being traced by pid {tracer} ({status_of(tracer).get('Name', '?')})")
    elif status.get("State", "").startswith("Z"):
        lines.append(f"Process {pid} is a zombie: it has ended, and waits for its parent to notice")
    elif status.get("Kthread") == "1":
        lines.append(f"Process {pid} is a thread of the kernel")
    else:
        lines += denied(pid, status)
    return lines


def explain_command(pid: int, error: OSError) -> list[str]:
    """The same for a child of ours, which only somebody above us can forbid."""
    lines = explain(pid, error)[:1]
    tracer = int(status_of(pid).get("TracerPid", "0"))
    if tracer:
        lines.append(f"The command has a tracer already: pid {tracer} ({status_of(tracer).get('Name', '?')}) follows children")
    elif yama_scope() == 3:
        lines.append(f"The command may not be traced: {YAMA_MEANING[3]}")
    elif error.errno in (errno.EPERM, errno.ENOSYS):
        lines.append("Tracing is forbidden here, perhaps by a container: give it the capability SYS_PTRACE")
    return lines


def denied(pid: int, status: dict[str, str]) -> list[str]:
    """Why the kernel's checks say no."""
    if has_capability(CAP_SYS_PTRACE):
        return [f"Process {pid} is protected: it may be in another user namespace, or under a security module"]
    owners = set(status.get("Uid", "").split())
    if owners != {str(os.getuid())}:
        owner = status.get("Uid", "? ").split()[0]
        return [f"process {pid} may be owned by a different user: it belongs to uid {owner}, ptracer runs as uid {os.getuid()}"]
    scope = yama_scope()
    if scope in YAMA_MEANING:
        return [f"Process {pid} may not be attached to: {YAMA_MEANING[scope]}", "Start it under ptracer, or run ptracer as root"]
    return [f"Process {pid} has made itself undumpable, or has capabilities that ptracer has not: run ptracer as root"]


def has_capability(number: int) -> bool:
    """Whether we have an effective capability."""
    return bool(int(status_of(os.getpid()).get("CapEff", "0"), 16) >> number & 1)


def yama_scope() -> int:
    """kernel.yama.ptrace_scope, or 0 without Yama."""
    try:
        with open(YAMA) as file:
            return int(file.read())
    except (OSError, ValueError):
        return 0
