"""What the kernel says of a process at a moment: to whom a thread belongs, and what a process holds."""

from __future__ import annotations

import os

from ptracer.hints import Any

ENOUGH = 1 << 22  # bytes of a file in /proc


def process_of(tid: int) -> int:
    """The process that a thread belongs to; itself where nobody can say."""
    return kin_of(tid)[0]


def kin_of(tid: int) -> tuple[int, int]:
    """The process that a thread belongs to, itself where nobody can say; and who has started it: of a thread its process, of
    a process its parent, 0 where nobody can say."""
    process, parent = tid, 0
    try:
        with open(f"/proc/{tid}/status", "rb") as file:
            for line in file:
                if line.startswith(b"Tgid:"):
                    process = int(line[5:])
                elif line.startswith(b"PPid:"):
                    parent = int(line[5:])
                    break
    except OSError:
        pass
    return process, parent if process == tid else process


def held(process: int, arguments: bool = True) -> dict[str, Any]:
    """What a process holds, as far as we may know it: the facts of a HOLDS record.

    ``command`` (comm), ``program`` (exe), ``directory`` (cwd), ``root``: bytes. ``arguments``, if they are wanted: a list of
    bytes. ``descriptors``: what the link of each says. ``flags``: of each descriptor, as open(2) has them, O_CLOEXEC among
    them. ``maps``: /proc/PID/maps. ``status``: /proc/PID/status. What could not be read is not there.
    """
    facts: dict[str, Any] = {}
    for name, link in (("program", "exe"), ("directory", "cwd"), ("root", "root")):
        try:
            facts[name] = os.readlink(f"/proc/{process}/{link}".encode())
        except OSError:
            pass
    for name, file in (("command", "comm"), ("arguments", "cmdline"), ("maps", "maps"), ("status", "status")):
        try:
            with open(f"/proc/{process}/{file}", "rb") as stream:
                facts[name] = stream.read(ENOUGH)
        except OSError:
            pass
    if "command" in facts:
        facts["command"] = facts["command"].rstrip(b"\n")
    if not arguments:
        facts.pop("arguments", None)
    if "arguments" in facts:
        facts["arguments"] = facts["arguments"].split(b"\0")[:-1]
    facts["descriptors"] = descriptors(process)
    facts["flags"] = {number: flags for number in facts["descriptors"] if (flags := flags_of(process, number)) is not None}
    return facts


def flags_of(process: int, number: int) -> int | None:
    """The flags of a descriptor: proc_pid_fdinfo(5). None: nobody can say."""
    try:
        with open(f"/proc/{process}/fdinfo/{number}", "rb") as file:
            return next((int(line[6:], 8) for line in file if line.startswith(b"flags:")), None)
    except (OSError, ValueError):
        return None


def descriptors(process: int) -> dict[int, bytes]:
    """The links of its descriptors."""
    directory = f"/proc/{process}/fd"
    found: dict[int, bytes] = {}
    try:
        numbers = sorted(map(int, os.listdir(directory)))
    except OSError:
        return found
    for number in numbers:
        try:
            found[number] = os.readlink(f"{directory}/{number}".encode())
        except OSError:
            pass
    return found
