"""Why an address could not be used: EFAULT. Source: the ERRORS of read(2) and execve(2), mmap(2), proc_pid_maps(5)."""

from __future__ import annotations

from collections.abc import Callable
from errno import EFAULT

from ptracer.explain.case import Case
from ptracer.explain.causes import cause
from ptracer.explain.evidence import Facts
from ptracer.explain.findings import SURE, Reason
from ptracer.explain.saying import by, quoted, size
from ptracer.model.memory import Mapping

PAGE, HIGHEST = 4096, 0x7FFF_FFFF_F000  # where user space ends: TASK_SIZE of x86-64 without five-level paging
MINUS_ONE = (0xFFFFFFFF, (1 << 64) - 1)
Say = Callable[..., Reason]
SIG_BLOCK, SIG_UNBLOCK, SIG_SETMASK = 0, 1, 2


@cause(EFAULT)
def fault(case: Case) -> Reason | None:
    for one in case.facts.get("faults", ()):
        if isinstance(one, dict) and isinstance(one.get("at"), int) and not was_there(case, one):
            return explained(case, one)
    return None


def was_there(case: Case, one: Facts) -> bool:
    """Whether it was read when the call began: execve that fails after the old memory is gone leaves nothing of what it named."""
    chunks = case.call.entry_chunks or {}
    return one.get("use") == "read" and one["at"] == one.get("address") and bool(chunks.get(one["at"]))


def explained(case: Case, one: Facts) -> Reason | None:
    """Of one range what is wrong with it."""
    address, at, length = one["address"], one["at"], one["size"]
    name, mapping, before = f"{one['argument']}{one['part']}", one.get("mapping"), one.get("before")
    quiet, key = probing(case), (case.name, name, at // PAGE)
    verb = "written to" if one["use"] == "written" else "read" if one["use"] == "read" else "read and written"

    def reason(kind: str, text: str, advice: str = "") -> Reason:
        return Reason(f"fault.{kind}", text, advice, SURE, quiet, key)

    if address == 0:
        return reason("null", f"{name} is NULL", "Pass the address of an object; check what malloc or its like has returned.")
    if address < PAGE:
        text = f"{name} is {address:#x}: a NULL pointer plus {address}, as of a member of a structure that is not there"
        return reason("null", text, "Check the pointer to the structure before its member is used.")
    if address in MINUS_ONE:
        text = f"{name} is -1, which mmap and shmat return when they fail"
        return reason("minus_one", text, "Compare the result with MAP_FAILED.")
    if mapping is not None:
        return protected(case, one, name, verb, reason)
    process = case.process
    gone = process.memory.removed(at) if process is not None else None
    where = f"{name} is {address:#x}" if at == address else f"{name} is {address:#x} and {length} bytes long, and at {at:#x}"
    if gone is not None and gone.removed is not None and at == address:
        text = f"{where}, which is mapped no more: {called(gone)} was unmapped{by(gone.removed)}"
        return reason("unmapped", text, "Use memory only while it is mapped.")
    if before is not None and at == before[1] and address < at:
        whole = f"{name} is {address:#x} and {length} bytes long, but only {at - address} of them are mapped"
        text = f"{whole}: {named(before)} ends there"
        return reason("past_end", text, "Give the size of the buffer, not more; end a string with NUL.")
    if before is not None and before[1] <= address < before[1] + PAGE:
        text = f"{name} is {address:#x}, {size(address - before[1])} past the end of {named(before)}"
        return reason("past_end", text.replace(", 0 bytes past", ", right past"), "Check the bounds of the buffer.")
    if at != address:
        return reason("past_end", f"{where} nothing is mapped", "Give the size of the buffer, not more.")
    what = "which no process can have mapped" if HIGHEST <= address else "where nothing is mapped"
    return reason("wild", f"{name} is {address:#x}, {what}{letters(address)}", "The pointer was overwritten, or never set.")


def protected(case: Case, one: Facts, name: str, verb: str, reason: Say) -> Reason | None:
    """Something is mapped there, but may not be used so."""
    mapping, at = one["mapping"], one["at"]
    permissions = bytes(mapping[2]).decode("ascii", "replace")
    process = case.process
    known = process.memory.at(at) if process is not None else None
    since = by(known.protected) if known is not None else ""
    since = f" (since mprotect{since.removesuffix(', mprotect()')})" if since else ""
    what = f"{named(mapping)}, which is mapped {permissions}{since}"
    lacks_read = one["use"] != "written" and "r" not in permissions
    if "w" not in permissions and one["use"] != "read" and not lacks_read:
        advice = "Give a buffer that may be written; string literals and constants may not."
        return reason("not_writable", f"{name} is to be {verb} and lies in {what}", advice)
    if "r" not in permissions:
        return reason("not_readable", f"{name} is to be {verb} and lies in {what}", "Do not use memory behind a guard page.")
    if mapping[3]:
        text = f"{name} lies in a page of {named(mapping)} that is beyond the end of the file"
        return reason("beyond_file", text, "Make the file as long as what is mapped of it.")
    return None


def probing(case: Case) -> bool:
    """Whether a program may only have asked whether an address can be used: unwinders and sanitizers do."""
    if case.name == "rt_sigprocmask":
        return case.argument("how") not in (SIG_BLOCK, SIG_UNBLOCK, SIG_SETMASK)
    return case.name == "write" and case.argument("count") == 1 and on_own_pipe(case)


def on_own_pipe(case: Case) -> bool:
    """Whether the call is on a pipe that the process has both ends of."""
    if case.thread is None:
        return False
    entries = case.thread.descriptors.entries
    entry = entries.get(case.call.args[0])
    other = entry.description.other if entry is not None else None
    return other is not None and any(one.description is other for one in entries.values())


def named(mapping: list[object]) -> str:
    """A mapping of the facts."""
    name = mapping[3]
    if isinstance(name, bytes) and name:
        return {b"[stack]": "the stack", b"[heap]": "the heap"}.get(name, quoted(name))
    return f"the anonymous mapping at {mapping[0]:#x}"


def called(mapping: Mapping) -> str:
    """A mapping of the model."""
    if mapping.file == b"[heap]":
        return "a part of the heap"
    what = f"the mapping of {quoted(mapping.file)}" if mapping.file else "anonymous memory"
    return f"{what} at {mapping.start:#x} (made{by(mapping.made)})" if mapping.made is not None else what


def letters(address: int) -> str:
    """What an address says if it is text."""
    data = address.to_bytes(8, "little").rstrip(b"\0")
    if len(data) >= 4 and all(0x20 <= byte < 0x7F for byte in data):
        return f"; its bytes are the characters {quoted(data)}"
    return ""

