"""What a process may not do, and what it would need for it. Source: capabilities(7), kill(2), ptrace(2), setuid(2), chown(2)."""

from __future__ import annotations

import stat
from errno import EACCES, EPERM

from ptracer.explain.case import Case
from ptracer.explain.causes import cause
from ptracer.explain.causes.paths import described, ways
from ptracer.explain.evidence import Facts
from ptracer.explain.findings import LIKELY, SURE, Reason
from ptracer.explain.saying import person, printable, quoted

# By call: the capability it needs (its number and name), and what for.
ADMIN, CHROOT, TIME, BOOT, MODULE, NICE, RESOURCE, RAWIO, PACCT, TTY = (
    (21, "CAP_SYS_ADMIN"), (18, "CAP_SYS_CHROOT"), (25, "CAP_SYS_TIME"), (22, "CAP_SYS_BOOT"), (16, "CAP_SYS_MODULE"),
    (23, "CAP_SYS_NICE"), (24, "CAP_SYS_RESOURCE"), (17, "CAP_SYS_RAWIO"), (20, "CAP_SYS_PACCT"), (26, "CAP_SYS_TTY_CONFIG"),
)  # fmt: skip
CHOWN, FOWNER, KILL, SETGID, SETUID, MKNOD, RAW, PTRACE, SETPCAP, LOCK = (
    (0, "CAP_CHOWN"), (3, "CAP_FOWNER"), (5, "CAP_KILL"), (6, "CAP_SETGID"), (7, "CAP_SETUID"), (27, "CAP_MKNOD"),
    (13, "CAP_NET_RAW"), (19, "CAP_SYS_PTRACE"), (8, "CAP_SETPCAP"), (14, "CAP_IPC_LOCK"),
)  # fmt: skip
Capability = tuple[int, str]
NEEDS: dict[str, tuple[Capability, str]] = {
    **dict.fromkeys(("mount", "umount2", "pivot_root", "fsopen", "fsmount", "move_mount", "open_tree", "mount_setattr", "fspick"),
                    (ADMIN, "mount anything")),
    **dict.fromkeys(("sethostname", "setdomainname"), (ADMIN, "name the machine")),
    **dict.fromkeys(("swapon", "swapoff"), (ADMIN, "change swap space")),
    "setns": (ADMIN, "enter a namespace"), "unshare": (ADMIN, "make a namespace that is not a user namespace"),
    "quotactl": (ADMIN, "manage quotas"), "bpf": (ADMIN, "load programs into the kernel"),
    "open_by_handle_at": ((2, "CAP_DAC_READ_SEARCH"), "open files by handle"),
    "chroot": (CHROOT, "change the root directory"), "reboot": (BOOT, "restart the machine"),
    **dict.fromkeys(("settimeofday", "clock_settime", "adjtimex", "clock_adjtime", "stime"), (TIME, "set the clock")),
    **dict.fromkeys(("init_module", "finit_module", "delete_module"), (MODULE, "load or remove kernel modules")),
    **dict.fromkeys(("sched_setscheduler", "sched_setparam", "sched_setattr", "sched_setaffinity", "setpriority", "nice",
                     "ioprio_set"), (NICE, "raise priorities, or change those of others")),
    **dict.fromkeys(("setrlimit", "prlimit64"), (RESOURCE, "raise a hard limit")),
    **dict.fromkeys(("iopl", "ioperm"), (RAWIO, "use input and output ports")),
    "acct": (PACCT, "account for processes"), "vhangup": (TTY, "hang up terminals"),
    **dict.fromkeys(("setuid", "setreuid", "setresuid", "setfsuid"), (SETUID, "become another user")),
    **dict.fromkeys(("setgid", "setregid", "setresgid", "setgroups"), (SETGID, "become another group")),
    **dict.fromkeys(("mknod", "mknodat"), (MKNOD, "make device files")),
    "socket": (RAW, "make raw and packet sockets"), "capset": (SETPCAP, "give itself a capability that it does not have"),
    **dict.fromkeys(("mlock", "mlock2", "mlockall"), (LOCK, "lock memory, where RLIMIT_MEMLOCK is 0")),
}  # fmt: skip
CHANGING_OWNER = "chown fchown lchown fchownat"
OF_OWNER = "chmod fchmod fchmodat fchmodat2 utimensat utime utimes futimesat fsetxattr setxattr lsetxattr"
REMOVING = "unlink unlinkat rmdir rename renameat renameat2"
O_NOATIME = 0o1000000
SCOPES = {1: "only descendants may be traced", 2: "only with CAP_SYS_PTRACE", 3: "nobody may trace"}
PTRACE_TRACEME = 0
TRIES = frozenset(("sched_setscheduler", "setpriority", "nice", "sched_setattr", "setrlimit", "prlimit64", "unshare", "bpf",
                   "setgroups", "ioprio_set", "mlockall", "open_tree"))  # fmt: skip


def credentials(case: Case) -> Facts | None:
    """As whom the thread has acted."""
    found = case.facts.get("credentials")
    return found if isinstance(found, dict) and isinstance(found.get("uid"), int) else None


def has(who: Facts, capability: Capability) -> bool:
    """Whether a capability is in effect."""
    return bool(who.get("capabilities", 0) >> capability[0] & 1)


@cause(EPERM)
@cause(EACCES, call="setpriority sched_setattr")
def lacks(case: Case) -> Reason | None:
    who = credentials(case)
    needed = NEEDS.get(case.name)
    if who is None or needed is None or has(who, needed[0]):
        return None
    capability, what = needed
    text = f"user {who['uid']} has not {capability[1]}, which is needed to {what}"
    advice = f"Run it as root, or give it the capability (setcap, or systemd's AmbientCapabilities={capability[1]})."
    return Reason("permission.capability", text, advice, SURE, case.name in TRIES, (case.name, capability[1]))


@cause(EPERM, call="kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo")
def cannot_signal(case: Case) -> Reason | None:
    who, other = credentials(case), case.facts.get("other")
    if who is None or not isinstance(other, dict) or not isinstance(other.get("users"), list) or has(who, KILL):
        return None
    number = other["id"]
    text = f"{owned(case, other)}, and user {who['uid']} may signal only processes of the same user"
    return Reason("permission.signal", text, "It needs CAP_KILL, or the same user.", SURE, not case.argument("sig"), number)


def owned(case: Case, other: Facts) -> str:
    """Another process with its user."""
    number, name = other["id"], other.get("name")
    process = case.world.process(number)
    shown = person(process) if process is not None else f"process {number}"
    if process is None and isinstance(name, bytes):
        shown += printable(f" ({name.decode('utf-8', 'backslashreplace')})")
    return f"{shown} is of user {other['users'][0]}"


@cause(EPERM, call="ptrace")
def cannot_trace(case: Case) -> Reason | None:
    who, other = credentials(case), case.facts.get("other")
    if who is None or not isinstance(other, dict):
        return None
    number, process = other.get("id"), case.process
    tracer = other.get("tracer")
    if case.call.args[0] == PTRACE_TRACEME:
        text = "the process is traced already" + (" (by ptracer: two cannot trace at once)" if case.live else "")
        return Reason("permission.traced", text, "Only one may trace a process at a time.", SURE, key="me")
    if process is not None and (number == process.pid or other.get("process") == process.pid):
        return Reason("permission.itself", "a process cannot trace itself", "Start a child that does it.", SURE, key=number)
    if isinstance(tracer, int) and tracer:
        by = "" if case.world.process(tracer) is None else f" by {person(case.world.process(tracer))}"
        text = f"process {number} is traced already{by or f' by process {tracer}'}"
        return Reason("permission.traced", text, "Only one may trace a process at a time.", SURE, key=number)
    users = other.get("users")
    if has(who, PTRACE) or not isinstance(users, list):
        return None
    if who["uid"] not in users[:3]:
        text = f"{owned(case, other)}, and user {who['uid']} may trace only processes of the same user"
        return Reason("permission.trace", text, "It needs CAP_SYS_PTRACE, or the same user.", SURE, key=number)
    scope = other.get("scope", 0)
    if scope in SCOPES:
        text = f"kernel.yama.ptrace_scope is {scope}: {SCOPES[scope]}"
        advice = "Trace from the parent, use PR_SET_PTRACER, or lower the setting."
        return Reason("permission.scope", text, advice, SURE, key=number)
    return None


@cause(EPERM, call=CHANGING_OWNER)
def not_chown(case: Case) -> Reason | None:
    who = credentials(case)
    if who is None or has(who, CHOWN):
        return None
    text = f"user {who['uid']} has not CAP_CHOWN: only with it may a file be given to another user"
    return Reason("permission.owner", text, "Run it as root, or leave the owner as it is.", SURE, True, case.name)


@cause(EPERM, call=OF_OWNER)
def not_owner(case: Case) -> Reason | None:
    who = credentials(case)
    if who is None or has(who, FOWNER):
        return None
    for way in ways(case):
        steps = way.get("steps") or []
        if way.get("failed") is None and steps and steps[-1][2] != who["uid"]:
            text = f"{described(steps[-1])}; only its owner may do this, and the process is of user {who['uid']}"
            return Reason("permission.not_owner", text, "Act as the owner, or with CAP_FOWNER.", SURE, True, way["path"])
    return None


@cause(EPERM, call=REMOVING)
def sticky(case: Case) -> Reason | None:
    who = credentials(case)
    if who is None or has(who, FOWNER):
        return None
    for way in ways(case):
        steps = way.get("steps") or []
        if way.get("failed") is not None or len(steps) < 2:
            continue
        holder, last = steps[-2], steps[-1]
        if holder[1] & stat.S_ISVTX and who["uid"] not in (holder[2], last[2]):
            text = f"{quoted(holder[0])} is sticky: {quoted(last[0])} is of user {last[2]}, who alone may remove or rename it"
            return Reason("permission.sticky", text, "Act as the owner of the file.", SURE, True, way["path"])
    return None


@cause(EPERM, call="open openat")
def no_access_time(case: Case) -> Reason | None:
    who = credentials(case)
    if who is None or not (case.argument("flags") or 0) & O_NOATIME or has(who, FOWNER):
        return None
    for way in ways(case):
        steps = way.get("steps") or []
        if steps and way.get("failed") is None and steps[-1][2] != who["uid"]:
            text = f"{described(steps[-1])}, and only its owner may open it with O_NOATIME"
            return Reason("permission.not_owner", text, "Open it without O_NOATIME.", LIKELY, True, way["path"])
    return None


@cause(EPERM, call="link linkat")
def protected_link(case: Case) -> Reason | None:
    for way in ways(case)[:1]:
        steps = way.get("steps") or []
        if steps and way.get("failed") is None and stat.S_ISDIR(steps[-1][1]):
            text = f"{quoted(steps[-1][0])} is a directory, to which there cannot be hard links"
            return Reason("permission.link", text, "Make a symbolic link.", SURE, key=way["path"])
    return None
