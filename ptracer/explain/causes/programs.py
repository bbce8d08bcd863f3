"""Why a program cannot be executed although it is there. Source: execve(2), elf(5), open(2)."""

from __future__ import annotations

import os
import platform
import stat
from errno import EACCES, ELIBBAD, ENOENT, ENOEXEC, ETXTBSY

from ptracer.explain import searching
from ptracer.explain.case import Case
from ptracer.explain.causes import cause
from ptracer.explain.causes.paths import allowed, described, ways
from ptracer.explain.evidence import Facts
from ptracer.explain.findings import LIKELY, SURE, Reason
from ptracer.explain.saying import person, quoted

EXECUTING = "execve execveat"
ELF, SCRIPT, BYTE_ORDER_MARK = b"\x7fELF", b"#!", b"\xef\xbb\xbf"
MACHINES = {3: "i386", 40: "ARM", 62: "x86-64", 183: "ARM 64", 243: "RISC-V", 8: "MIPS", 20: "PowerPC", 21: "PowerPC 64",
            22: "S390", 258: "LoongArch"}  # fmt: skip
OURS = {"x86_64": (62, 3), "aarch64": (183, 40)}
EXECUTE = 1


def whole(case: Case) -> Facts | None:
    """The file that was to be executed, if it is there."""
    return next((way for way in ways(case) if way.get("failed") is None and way.get("steps")), None)


@cause(ENOENT, call=EXECUTING)
def no_interpreter(case: Case) -> Reason | None:
    way = whole(case)
    name, inner = (way.get("interpreter"), way.get("interpreted")) if way is not None else (None, None)
    if way is None or not isinstance(name, bytes) or not isinstance(inner, dict) or inner.get("failed") is None:
        return None
    path = quoted(way["path"])
    if bytes(way.get("beginning", b"")).startswith(ELF):
        text = f"{path} is there, but the dynamic linker that it names is not: {quoted(name)}"
        advice = "Install the C library it was made for, or use a program for this system."
        return Reason("program.no_linker", text, advice, SURE, key=way["path"])
    if name.endswith(b"\r"):
        text = f"the first line of {path} ends with a carriage return, so that it asks for {quoted(name)}"
        return Reason("program.line_ends", text, "Save the script with UNIX line ends (dos2unix).", SURE, key=way["path"])
    text = f"{path} is there, but the interpreter in its first line is not: {quoted(name)}"
    near = inner.get("nearest")
    if isinstance(near, bytes):
        text += f"; there is {quoted(near)}"
    return Reason("program.no_interpreter", text, "Install it, or name another one after '#!'.", SURE, key=way["path"])


@cause(EACCES, call=EXECUTING)
def interpreter_denied(case: Case) -> Reason | None:
    way, who = whole(case), case.facts.get("credentials") or {}
    inner = way.get("interpreted") if way is not None else None
    if way is None or not isinstance(inner, dict) or inner.get("failed") is not None or "uid" not in who:
        return None
    steps = inner.get("steps") or []
    if not allowed(way["steps"][-1], who, EXECUTE) or not steps:
        return None
    if not stat.S_ISREG(steps[-1][1]) or not allowed(steps[-1], who, EXECUTE):
        text = f"{quoted(way['path'])} names an interpreter that user {who['uid']} cannot execute: {described(steps[-1])}"
        return Reason("program.interpreter_denied", text, "Name an interpreter that can be executed.", SURE, key=way["path"])
    return None


@cause(ENOEXEC, ELIBBAD, call=EXECUTING)
def no_program(case: Case) -> Reason | None:
    way = whole(case)
    if way is None or not isinstance(way.get("beginning"), bytes):
        return None
    path, data, key = quoted(way["path"]), way["beginning"], way["path"]
    if not data:
        return Reason("program.empty", f"{path} is empty", "", LIKELY, True, key)
    if data.startswith(ELF):
        machine = way.get("machine")
        ours = OURS.get(platform.machine(), ())
        if isinstance(machine, int) and ours and machine not in ours:
            made = MACHINES.get(machine, f"another machine (e_machine {machine})")
            text = f"{path} was made for {made}, and this machine is {platform.machine()}"
            return Reason("program.other_machine", text, "Use a program for this machine, or an emulator.", SURE, key=key)
        return Reason("program.damaged", f"{path} is an ELF file that is damaged or cut short", "Make it again.", LIKELY, key=key)
    if data.startswith(BYTE_ORDER_MARK + SCRIPT):
        text = f"{path} begins with a byte order mark, so that '#!' is not at its very beginning"
        return Reason("program.byte_order_mark", text, "Save it without byte order mark.", SURE, key=key)
    if data.lstrip().startswith(SCRIPT) and not data.startswith(SCRIPT):
        text = f"{path} has white space before '#!', which must be at its very beginning"
        return Reason("program.first_line", text, "Remove what is before '#!'.", SURE, key=key)
    if data.startswith(SCRIPT):
        text = f"the first line of {path} names no interpreter, or is too long"
        return Reason("program.first_line", text, "Write the path of the interpreter after '#!'.", SURE, key=key)
    text = f"{path} is no program: it is no ELF file, and does not begin with '#!'"
    return Reason("program.no_first_line", text, "Let a script begin with '#!/bin/sh' or its like.", LIKELY, True, key)


@cause(ETXTBSY)
def busy(case: Case) -> Reason | None:
    way = whole(case)
    if way is None:
        return None
    path, key = bytes(way["steps"][-1][0]), way["path"]
    if case.name in EXECUTING.split():
        who = writer(case, path)
        text = f"{quoted(path)} is open for writing" + (f": {who}" if who else "")
        return Reason("program.being_written", text, "Close it before it is executed, also in children.", SURE, key=key)
    who = runner(case, path)
    text = f"{quoted(path)} is being executed" + (f": by {who}" if who else "")
    return Reason("program.running", text, "Write a new file and rename it over the old one.", SURE, key=key)


def writer(case: Case, path: bytes) -> str:
    """Who has it open for writing."""
    for process in list(case.world.processes.values()):
        for entry in process.descriptors.entries.values() if process.threads else ():
            if entry.description.writable and path in (entry.description.link, entry.description.path):
                return f"{person(process)} has it as descriptor {entry.number}"
    about = there(case, path)
    found = searching.writing(about.st_dev, about.st_ino) if about is not None else None
    return f"{searching.called(found[0])} has it as descriptor {found[1]}" if found is not None else ""


def runner(case: Case, path: bytes) -> str:
    """Who executes it."""
    for process in list(case.world.processes.values()):
        if process.program == path:
            return person(process)
    about = there(case, path)
    found = searching.executing(about.st_dev, about.st_ino) if about is not None else None
    return searching.called(found) if found is not None else ""


def there(case: Case, path: bytes) -> os.stat_result | None:
    """The file, while the tracee lives."""
    if not case.live:
        return None
    try:
        return os.stat(b"/proc/%d/root%s" % (case.call.tid, path))
    except OSError:
        return None
