"""What a process may have, and what it and the system have already.

Sources: proc_pid_limits(5), proc_pid_status(5), proc_meminfo(5), proc_sys_vm(5).
"""

from __future__ import annotations

from errno import E2BIG, EAGAIN, ECHILD, EFBIG, EINTR, EMFILE, ENFILE, ENOMEM, EPERM

from ptracer.decode.vectors import pointers
from ptracer.explain.evidence import Facts, Stop, witness

LIMITS = {
    "Max open files": "files", "Max address space": "address_space", "Max data size": "data", "Max locked memory": "locked",
    "Max stack size": "stack", "Max file size": "file_size", "Max processes": "processes", "Max nice priority": "nice",
    "Max realtime priority": "realtime",
}  # fmt: skip
SIZES = {"VmSize": "address_space", "VmData": "data", "VmLck": "locked"}
SYSTEM = {"MemAvailable": "available", "CommitLimit": "commit_limit", "Committed_AS": "committed", "SwapFree": "swap"}
MOST_WORDS = 1 << 16  # of the arguments of a program
MOST_MEASURED = 64  # of which the length is looked at
LONGEST_WORD = 1 << 17  # MAX_ARG_STRLEN: 32 pages


@witness(EMFILE, ENOMEM, E2BIG, EFBIG, EPERM)
@witness(EAGAIN, call="fork vfork clone clone3 mlock mlock2 mlockall mmap")
def limits(stop: Stop) -> Facts | None:
    """``limits``: the soft limits by name, -1: unlimited."""
    found: Facts = {}
    with open(f"/proc/{stop.tid}/limits") as file:
        for line in file:
            name = LIMITS.get(line[:25].rstrip())
            if name is not None:
                soft = line[25:].split()[0]
                found[name] = int(soft) if soft.isdecimal() else -1
    return {"limits": found}


@witness(ENFILE)
def files(stop: Stop) -> Facts | None:
    """``files``: how many are open in the system, and how many may be."""
    with open("/proc/sys/fs/file-nr") as file:
        words = file.read().split()
    return {"files": [int(words[0]), int(words[2])]}


@witness(ENOMEM)
def memory(stop: Stop) -> Facts | None:
    """``memory``: what the process has (bytes), what the system has left, and how it overcommits."""
    found: Facts = {}
    for place, names in ((f"/proc/{stop.tid}/status", SIZES), ("/proc/meminfo", SYSTEM)):
        with open(place) as file:
            for line in file:
                name = names.get(line.partition(":")[0])
                if name is not None:
                    found[name] = int(line.split()[1]) * 1024
    for name in ("overcommit_memory", "max_map_count"):
        with open(f"/proc/sys/vm/{name}") as file:
            found[name] = int(file.read())
    return {"memory": found}


@witness(E2BIG)
def words(stop: Stop) -> Facts | None:
    """``words``: of a program that is to be executed how many arguments and variables there are, and the longest of the first."""
    call = stop.call
    if call.signature.name not in ("execve", "execveat"):
        return None
    word, found = call.abi.word_size, {}
    first = 1 + (call.signature.name == "execveat")
    longest = 0
    for name, address in (("arguments", call.args[first]), ("variables", call.args[first + 1])):
        all, _ = pointers(call, address, word, MOST_WORDS)
        found[name] = len(all)
        for pointer in all[:MOST_MEASURED] if len(all) < 16 * MOST_MEASURED else ():
            if len(call.fetch(pointer + LONGEST_WORD - 1, 1)):  # else it ends before
                data = call.fetch(pointer, LONGEST_WORD)
                longest = max(longest, len(data.partition(b"\0")[0]))
    return {"words": {**found, "longest": longest}}


@witness(EINTR, ECHILD)
def signals(stop: Stop) -> Facts | None:
    """``signals``: sets of bits: those that wait to be handled and are not blocked, and those that are ignored."""
    masks: dict[str, int] = {}
    with open(f"/proc/{stop.tid}/status") as file:
        for line in file:
            name, _, value = line.partition(":")
            if name in ("SigPnd", "ShdPnd", "SigBlk", "SigIgn"):
                masks[name] = int(value, 16)
    return {"signals": {"pending": (masks["SigPnd"] | masks["ShdPnd"]) & ~masks["SigBlk"], "ignored": masks["SigIgn"]}}
