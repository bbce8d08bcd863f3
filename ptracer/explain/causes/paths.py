"""Why a path could not be used: which component, and what is wrong with it. Source: path_resolution(7), the ERRORS of open(2)."""

from __future__ import annotations

import stat
from errno import EACCES, EEXIST, EISDIR, ELOOP, ENAMETOOLONG, ENOENT, ENOTDIR, ENOTEMPTY, EROFS, EXDEV

from ptracer.explain.case import Case
from ptracer.explain.causes import cause
from ptracer.explain.evidence import Facts
from ptracer.explain.findings import LIKELY, ODD, Reason
from ptracer.explain.saying import quoted

NAME_MAX, PATH_MAX = 255, 4096
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2
READ, WRITE, EXECUTE = 4, 2, 1
KINDS = {
    stat.S_IFREG: "a file", stat.S_IFDIR: "a directory", stat.S_IFLNK: "a symbolic link", stat.S_IFSOCK: "a socket",
    stat.S_IFIFO: "a FIFO", stat.S_IFBLK: "a block device", stat.S_IFCHR: "a character device",
}  # fmt: skip
O_ACCMODE, O_WRONLY, O_RDWR, O_CREAT = 3, 1, 2, 0o100
NEEDED_BY = {"execve": EXECUTE, "execveat": EXECUTE, "chdir": EXECUTE, "truncate": WRITE, "truncate64": WRITE}
CHANGES_DIRECTORY = frozenset(
    ("creat", "mkdir", "mkdirat", "rmdir", "unlink", "unlinkat", "rename", "renameat", "renameat2", "link", "linkat", "symlink",
     "symlinkat", "mknod", "mknodat")
)  # fmt: skip


def ordinary(way: Facts, name: str, text: str, advice: str = "", weight: int = LIKELY) -> Reason:
    """What well-behaved programs meet too, who try whether a path can be used."""
    return Reason(name, text, advice, weight, True, way["path"])


def kind(mode: int) -> str:
    """What a file is."""
    return KINDS.get(stat.S_IFMT(mode), "something else")


def ways(case: Case) -> list[Facts]:
    """What was taken down of the paths; the first that cannot be passed comes first."""
    found = [way for way in case.facts.get("paths", ()) if isinstance(way, dict) and isinstance(way.get("path"), bytes)]
    return sorted(found, key=lambda way: way.get("error", 0) != case.call.error)


def directory(way: Facts) -> bytes:
    """The last place that was reached."""
    steps = way.get("steps") or [(way.get("base", b"/"), 0, 0, 0, None)]
    return bytes(steps[-1][0])


@cause(ENOENT)
def missing(case: Case) -> Reason | None:
    for way in ways(case):
        path, failed, steps = way["path"], way.get("failed"), way.get("steps") or []
        if not path:
            return ordinary(way, "path.empty", "the path is empty", "Give a path, or AT_EMPTY_PATH to mean the descriptor.")
        if way.get("error") != ENOENT or failed is None:
            continue
        if steps and steps[-1][4] is not None:
            link, target = steps[-1][0], steps[-1][4]
            text = f"{quoted(link)} is a symbolic link to {quoted(target)}, and {quoted(failed)} does not exist there"
            return ordinary(way, "path.dangling", text, "Restore what the link points to, or the link.")
        last = failed == path.rstrip(b"/").rpartition(b"/")[2]
        text = f"{quoted(directory(way))} has no {quoted(failed)}" + ("" if last else ", so there is nothing below it")
        near = way.get("nearest")
        if near:
            text += f"; it has {quoted(near)}"
        if not path.startswith(b"/") and "base" in way and len(steps) == 1:
            text += " (the path is relative)"
        return ordinary(way, "path.missing", text)
    return None


@cause(ENOTDIR)
def not_a_directory(case: Case) -> Reason | None:
    for way in ways(case):
        steps = way.get("steps") or []
        if way.get("error") == ENOTDIR and steps:
            path, mode = steps[-1][:2]
            return ordinary(way, "path.not_a_directory", f"{quoted(path)} is {kind(mode)}, not a directory")
        if steps and not stat.S_ISDIR(steps[-1][1]):
            path, mode = steps[-1][:2]
            return ordinary(way, "path.not_a_directory", f"{quoted(path)} is {kind(mode)}, and a directory is needed")
    return None


@cause(ELOOP)
def loop(case: Case) -> Reason | None:
    for way in ways(case):
        links = [step for step in way.get("steps") or [] if step[4] is not None]
        if way.get("error") == ELOOP and links:
            text = f"symbolic links lead in a circle: {quoted(links[-1][0])} to {quoted(links[-1][4])}"
            return ordinary(way, "path.loop", text, "Break the circle.")
        if links:
            where = f"{quoted(links[-1][0])} is a symbolic link (to {quoted(links[-1][4])})"
            text = f"{where}, and O_NOFOLLOW or its like forbids those"
            return ordinary(way, "path.no_follow", text)
    return None


@cause(ENAMETOOLONG)
def too_long(case: Case) -> Reason | None:
    for way in ways(case):
        path = way["path"]
        longest = max(path.split(b"/"), key=len)
        if len(path) >= PATH_MAX:
            return ordinary(way, "path.too_long", f"the path has {PATH_MAX} bytes or more, and {PATH_MAX - 1} are allowed")
        if len(longest) > NAME_MAX:
            text = f"a name in the path has {len(longest)} bytes, and {NAME_MAX} are allowed: {quoted(longest[:20])}..."
            return ordinary(way, "path.too_long", text)
    return None


def allowed(step: tuple[bytes, int, int, int, bytes | None], who: Facts, wanted: int) -> bool:
    """Whether the permissions of a file let somebody do something, without access control lists."""
    _, mode, owner, group, _ = step
    capabilities = who.get("capabilities", 0)
    if capabilities >> CAP_DAC_OVERRIDE & 1 and (not wanted & EXECUTE or stat.S_ISDIR(mode) or mode & 0o111):
        return True
    if capabilities >> CAP_DAC_READ_SEARCH & 1 and (wanted == READ or (stat.S_ISDIR(mode) and not wanted & WRITE)):
        return True
    if who.get("uid") == owner:
        bits = mode >> 6
    elif group == who.get("gid") or group in who.get("groups", ()):
        bits = mode >> 3
    else:
        bits = mode
    return wanted & ~bits & 7 == 0


def needed(case: Case) -> int:
    """What the call needs to do with the file itself."""
    flags = case.argument("flags")
    if case.name in ("open", "openat") and flags is not None:
        access = flags & O_ACCMODE
        return READ if access == 0 else WRITE if access == O_WRONLY else READ | WRITE
    if case.name in ("access", "faccessat", "faccessat2"):
        return (case.argument("mode") or 0) & 7
    return NEEDED_BY.get(case.name, 0)


VERBS = {READ: "read", WRITE: "written", EXECUTE: "executed", READ | WRITE: "read and written"}


@cause(EACCES)
def denied(case: Case) -> Reason | None:
    who = case.facts.get("credentials") or {}
    if "uid" not in who:
        return None
    wanted = needed(case)
    for way in ways(case):
        steps = [step for step in way.get("steps") or [] if step[4] is None]
        whole = way.get("failed") is None
        passed = steps if not whole else steps[:-1]
        for step in passed:
            if stat.S_ISDIR(step[1]) and not allowed(step, who, EXECUTE):
                text = f"{described(step)}, and {person(who)} may not search it"
                return ordinary(way, "path.denied", text, "It needs execute permission for the directory.")
        if not steps:
            continue
        last = steps[-1]
        if whole and wanted and not allowed(last, who, wanted):
            verb = "searched" if stat.S_ISDIR(last[1]) and wanted == EXECUTE else VERBS.get(wanted, "used so")
            return ordinary(way, "path.denied", f"{described(last)}, and may not be {verb} by {person(who)}")
        if whole and wanted == EXECUTE:
            if not stat.S_ISREG(last[1]):
                text = f"{quoted(last[0])} is {kind(last[1])}, which cannot be executed"
                return Reason("path.not_a_program", text, key=way["path"])
            if way.get("no_exec"):
                text = f"{quoted(last[0])} lies on a file system that is mounted noexec"
                return Reason("path.no_exec", text, "Put it elsewhere, or mount that without noexec.", key=way["path"])
        holder = steps[-1] if not whole else steps[-2] if len(steps) > 1 else None
        changes = case.name in CHANGES_DIRECTORY or (not whole and (case.argument("flags") or 0) & O_CREAT)
        if changes and holder is not None and not allowed(holder, who, WRITE | EXECUTE):
            text = f"{described(holder)}, and {person(who)} may not change what is in it"
            return ordinary(way, "path.denied", text, "It needs write permission for the directory.")
    return None


def described(step: tuple[bytes, int, int, int, bytes | None]) -> str:
    """A file with what decides who may use it."""
    path, mode, owner, group, _ = step
    return f"{quoted(path)} is {stat.filemode(mode)} of user {owner} and group {group}"


def person(who: Facts) -> str:
    """As whom the process acts."""
    return f"user {who.get('uid')}"


@cause(EROFS)
def read_only(case: Case) -> Reason | None:
    for way in ways(case):
        if way.get("read_only"):
            text = f"{quoted(directory(way))} lies on a file system that is mounted read-only"
            return ordinary(way, "path.read_only", text)
    return None


@cause(EEXIST)
def exists(case: Case) -> Reason | None:
    for way in reversed(ways(case)):
        steps = way.get("steps") or []
        if way.get("failed") is None and steps:
            return ordinary(way, "path.exists", f"{quoted(steps[-1][0])} exists: it is {kind(steps[-1][1])}", weight=ODD)
    return None


@cause(EISDIR)
def is_directory(case: Case) -> Reason | None:
    for way in ways(case):
        steps = way.get("steps") or []
        if steps and stat.S_ISDIR(steps[-1][1]):
            return ordinary(way, "path.is_directory", f"{quoted(steps[-1][0])} is a directory")
    return None


@cause(ENOTEMPTY)
def not_empty(case: Case) -> Reason | None:
    for way in reversed(ways(case)):
        steps = way.get("steps") or []
        if steps and way.get("failed") is None:
            return ordinary(way, "path.not_empty", f"{quoted(steps[-1][0])} is not empty")
    return None


@cause(EXDEV)
def across(case: Case) -> Reason | None:
    found = ways(case)
    if len(found) != 2:
        return None
    names = " and ".join(quoted(way["path"]) for way in found)
    text = f"{names} lie on different file systems or mounts, and a name cannot move from one to the other"
    return ordinary(found[0], "path.across", text, "Copy the file and remove the former one, as mv(1) does.")
