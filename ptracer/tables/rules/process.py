"""Rules of calls on processes and threads. Sources: the ERRORS of the manual pages that the comments name."""

from __future__ import annotations

from errno import E2BIG, ENOSYS

from ptracer.hints import Any
from ptracer.tables.rules import (
    ALIGNMENT,
    FLAGS,
    KIND,
    RANGE,
    RESERVED,
    SIZE,
    STATE,
    SUPPORT,
    VALUE,
    Rule,
    choice,
    named,
    only,
    rule,
    seconds,
    zero,
)

CLONE_VM, CLONE_FS, CLONE_SIGHAND, CLONE_PIDFD = 0x100, 0x200, 0x800, 0x1000
CLONE_THREAD, CLONE_NEWNS, CLONE_SYSVSEM, CLONE_DETACHED, CLONE_PARENT_SETTID = 0x10000, 0x20000, 0x40000, 0x400000, 0x100000
CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID, CLONE_CLEAR_SIGHAND, CLONE_NEWTIME = 0x08000000, 0x10000000, 0x20000000, 0x100000000, 0x80
UNSHARED = CLONE_THREAD | CLONE_FS | CLONE_NEWNS | CLONE_SIGHAND | CLONE_VM | 0x400 | CLONE_SYSVSEM | 0x04000000 | CLONE_NEWIPC | 0x40000000 | CLONE_NEWUSER | CLONE_NEWPID | 0x02000000 | CLONE_NEWTIME
WNOHANG, WUNTRACED, WEXITED, WCONTINUED, WNOWAIT, W_LINUX = 1, 2, 4, 8, 0x01000000, 0xE0000000
SCHED_OTHER, SCHED_FIFO, SCHED_RR, SCHED_BATCH, SCHED_IDLE, SCHED_DEADLINE = 0, 1, 2, 3, 5, 6
RESET_ON_FORK = 0x40000000
FUTEX_COMMAND = 0x7F
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_KEEPCAPS, PR_CAPBSET_READ, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 4, 8, 23, 24, 38
PR_SET_SECCOMP, PR_SET_VMA, PR_SET_THP_DISABLE, PR_GET_NO_NEW_PRIVS = 22, 0x53564D41, 41, 39
ALONE = {PR_GET_NO_NEW_PRIVS: 0, PR_SET_NO_NEW_PRIVS: 1}  # how many of the other arguments have a meaning


def flags_of(a: Any) -> Any:
    """The flags of clone and of clone3."""
    return a.cl_args.flags if a.call == "clone3" else a.flags


def together(one: int, other: int, sentence: str) -> Rule:
    """A row: two flags exclude each other."""
    return rule(FLAGS, lambda a: flags_of(a) & one and flags_of(a) & other, sentence)


def needs(one: int, other: int, sentence: str) -> Rule:
    """A row: a flag needs another."""
    return rule(FLAGS, lambda a: flags_of(a) & one and not flags_of(a) & other, sentence)


def priority_fits(a: Any) -> bool:
    """sched_setscheduler: real time has priorities from 1 to 99, everything else 0."""
    real = a.policy & ~RESET_ON_FORK in (SCHED_FIFO, SCHED_RR)
    return bool(1 <= a.param.sched_priority <= 99 if real else a.param.sched_priority == 0)


def limits_cross(name: str) -> Rule:
    """A row: of a pair of limits the soft one is not above the hard one."""
    text = f"rlim_cur is {{{name}.rlim_cur:d}} and rlim_max {{{name}.rlim_max:d}}: the soft limit is above the hard one"
    return rule(RANGE, lambda a: a[name] and a[name].rlim_cur > a[name].rlim_max, text, "Set both, or at most the hard one.")


RULES = {
    "clone clone3": (  # clone(2)
        needs(CLONE_SIGHAND, CLONE_VM, "flags has CLONE_SIGHAND without CLONE_VM"),
        needs(CLONE_THREAD, CLONE_SIGHAND, "flags has CLONE_THREAD without CLONE_SIGHAND"),
        together(CLONE_NEWNS, CLONE_FS, "flags has both CLONE_NEWNS and CLONE_FS"),
        together(CLONE_NEWUSER, CLONE_FS, "flags has both CLONE_NEWUSER and CLONE_FS"),
        together(CLONE_THREAD, CLONE_NEWUSER | CLONE_NEWPID, "flags has CLONE_THREAD with CLONE_NEWUSER or CLONE_NEWPID: a thread stays where its process is"),
        together(CLONE_NEWIPC, CLONE_SYSVSEM, "flags has both CLONE_NEWIPC and CLONE_SYSVSEM"),
    ),
    "clone": (rule(FLAGS, lambda a: a.flags & CLONE_PIDFD and a.flags & (CLONE_PARENT_SETTID | CLONE_DETACHED), "flags has CLONE_PIDFD with CLONE_PARENT_SETTID or CLONE_DETACHED: both would use parent_tid"),),
    "clone3": (
        rule(SIZE, lambda a: a.registers[1] < 64, "size is less than 64, and a struct clone_args has at least that"),
        rule(SIZE, lambda a: a.registers[1] > 88, "what lies beyond the 88 bytes of clone_args that the kernel knows is not zero, or the size is absurd", error=E2BIG),
        named("cl_args.flags"),
        rule(RANGE, lambda a: a.cl_args.exit_signal > 64, "exit_signal is {cl_args.exit_signal:d}, which is no signal"),
        rule(FLAGS, lambda a: a.cl_args.flags & (CLONE_THREAD | 0x8000) and a.cl_args.exit_signal, "exit_signal is set, and the new thread or sibling sends none"),
        rule(FLAGS, lambda a: bool(a.cl_args.stack) != bool(a.cl_args.stack_size), "of stack and stack_size only one is set", "stack is where it begins, at the lowest address."),
        rule(FLAGS, lambda a: a.cl_args.flags & CLONE_CLEAR_SIGHAND and a.cl_args.flags & CLONE_SIGHAND, "flags has both CLONE_CLEAR_SIGHAND and CLONE_SIGHAND"),
    ),
    "unshare": (  # unshare(2)
        only("flags", UNSHARED),
        rule(STATE, lambda a: a.flags & (CLONE_VM | CLONE_SIGHAND | CLONE_THREAD | CLONE_NEWUSER), "the process has several threads, and only one with a single thread may do that", "Do it before threads are started."),
    ),
    "setns": (named("nstype"), rule(KIND, lambda a: a.kind(a.fd) in ("file", "pipe", "socket") and not (a.of(a.fd).link or b"").startswith((b"/proc/", b"mnt:")), "fd is no namespace"),),  # setns(2)
    "wait4": (rule(FLAGS, lambda a: a.options & ~(WNOHANG | WUNTRACED | WCONTINUED | W_LINUX), "options has {options:name}, and wait4 knows only WNOHANG, WUNTRACED and WCONTINUED"),),  # wait4(2)
    "waitid": (  # waitid(2)
        only("options", WNOHANG, WUNTRACED, WEXITED, WCONTINUED, WNOWAIT, W_LINUX),
        rule(FLAGS, lambda a: not a.options & (WEXITED | WUNTRACED | WCONTINUED), "options has none of WEXITED, WSTOPPED and WCONTINUED: nothing would be waited for"),
        choice("idtype"),
        rule(RANGE, lambda a: a.idtype == 1 and a.id <= 0, "id is {id:d}, which is no process"),
    ),
    "setpgid": (rule(RANGE, lambda a: a.pgid < 0, "pgid is negative: {pgid:d}"),),  # setpgid(2)
    "getpriority setpriority": (choice("which"),),  # getpriority(2)
    "setuid": (rule(RANGE, lambda a: a.uid & 0xFFFFFFFF == 0xFFFFFFFF, "uid is -1, which is nobody"),),
    "setgid": (rule(RANGE, lambda a: a.uid & 0xFFFFFFFF == 0xFFFFFFFF, "gid is -1, which is no group"),),
    "setgroups": (rule(SIZE, lambda a: not 0 <= a.size <= 65536, "size is {size:d}, and must be from 0 to 65536"),),  # getgroups(2)
    "getgroups": (rule(SIZE, lambda a: True, "size is {size:d}, and the process has more groups", "Ask with size 0 how many there are."),),
    "getrlimit setrlimit prlimit64": (choice("resource"),),  # getrlimit(2)
    "setrlimit": (limits_cross("rlim"),),
    "prlimit64": (limits_cross("new_limit"),),
    "getrusage": (choice("who"),),  # getrusage(2)
    "sethostname setdomainname": (rule(SIZE, lambda a: a.len > 64, "len is {len:d}, and a name has at most 64 bytes"),),  # sethostname(2)
    "sched_setscheduler": (  # sched_setscheduler(2)
        rule(RANGE, lambda a: a.pid < 0, "pid is negative: {pid:d}"),
        rule(VALUE, lambda a: not 0 <= a.policy & ~RESET_ON_FORK <= 7 or a.policy & ~RESET_ON_FORK == 4, "policy is {policy:#x}, which is none that there is"),
        rule(VALUE, lambda a: a.policy & ~RESET_ON_FORK == SCHED_DEADLINE, "SCHED_DEADLINE has more to say", "Use sched_setattr."),
        rule(RANGE, lambda a: not priority_fits(a), "sched_priority is {param.sched_priority:d}: from 1 to 99 for SCHED_FIFO and SCHED_RR, 0 for all others"),
    ),
    "sched_setparam": (rule(RANGE, lambda a: a.pid < 0, "pid is negative: {pid:d}"), rule(RANGE, lambda a: True, "sched_priority is {param.sched_priority:d}, which does not suit the policy that the thread has: from 1 to 99 for SCHED_FIFO and SCHED_RR, 0 for all others")),
    "sched_getparam sched_getscheduler sched_rr_get_interval": (rule(RANGE, lambda a: a.pid < 0, "pid is negative: {pid:d}"),),
    "sched_get_priority_max sched_get_priority_min": (choice("policy"),),
    "sched_setaffinity": (rule(VALUE, lambda a: True, "mask has no processor that the thread may use"),),  # sched_setaffinity(2)
    "sched_getaffinity": (rule(ALIGNMENT, lambda a: a.cpusetsize % 8, "cpusetsize is {cpusetsize:d}, and must be a multiple of 8"), rule(SIZE, lambda a: True, "cpusetsize is {cpusetsize:d}, which is too small for the processors that the machine can have", "Try a larger one.", ordinary=True)),
    "sched_setattr sched_getattr": (zero("flags"), rule(RANGE, lambda a: a.pid < 0, "pid is negative: {pid:d}")),  # sched_setattr(2)
    "sched_getattr": (rule(SIZE, lambda a: a.size < 48, "size is {size:d}, and a struct sched_attr has at least 48 bytes"),),
    "ioprio_get ioprio_set": (choice("which"),),  # ioprio_set(2)
    "ioprio_set": (rule(VALUE, lambda a: True, "ioprio is {ioprio:#x}, which is no class with a level of it"),),
    "kcmp": (choice("type"),),  # kcmp(2)
    "capget capset": (rule(VALUE, lambda a: a.hdrp.version not in (0x19980330, 0x20071026, 0x20080522), "version is {hdrp.version:#x}, which is none that there is", ordinary=True),),  # capget(2)
    "arch_prctl": (choice("op", ordinary=True),),  # arch_prctl(2)
    "rseq": (rule(SIZE, lambda a: a.rseq_len < 32, "rseq_len is {rseq_len:d}, and a struct rseq has at least 32 bytes"),),
    "prctl": (  # prctl(2)
        choice("op", ordinary=True),
        rule(RANGE, lambda a: a.op == PR_SET_PDEATHSIG and a.registers[1] > 64, "there is no signal {sig:d}"),
        rule(VALUE, lambda a: a.op == PR_SET_DUMPABLE and a.registers[1] not in (0, 1), "PR_SET_DUMPABLE takes 0 and 1 only"),
        rule(VALUE, lambda a: a.op == PR_SET_KEEPCAPS and a.registers[1] not in (0, 1), "PR_SET_KEEPCAPS takes 0 and 1 only"),
        rule(RANGE, lambda a: a.op in (PR_CAPBSET_READ, PR_CAPBSET_DROP), "this kernel has no such capability", ordinary=True),
        rule(VALUE, lambda a: a.op == PR_SET_NO_NEW_PRIVS and a.registers[1] != 1, "PR_SET_NO_NEW_PRIVS takes 1 only: it cannot be taken back"),
        rule(RESERVED, lambda a: a.op in ALONE and any(a.registers[1 + ALONE[int(a.op)] : 5]), "the arguments that {op:name} does not use must be 0", "Pass 0 for each."),
        rule(SUPPORT, lambda a: a.op == PR_SET_VMA, "this kernel does not let memory have a name (CONFIG_ANON_VMA_NAME), or there is none at that place", ordinary=True),
    ),
    "futex": (  # futex(2)
        rule(VALUE, lambda a: a.futex_op & FUTEX_COMMAND > 13, "futex_op has no command that there is: {futex_op:#x}", error=ENOSYS),
        rule(ALIGNMENT, lambda a: a.uaddr % 4, "uaddr is {uaddr:#x}, which is no multiple of 4"),
        rule(VALUE, lambda a: a.futex_op & FUTEX_COMMAND in (9, 10) and a.val3 == 0, "val3 is 0: no waiter has any of no bits"),
        seconds("timeout"),
    ),
    "futex_wait futex_wake": (named("flags"),),
    "futex_requeue futex_waitv": (zero("flags"),),
    "futex_waitv": (rule(RANGE, lambda a: not 0 < a.nr_futexes <= 128, "nr_futexes is {nr_futexes:d}, and must be from 1 to 128"), choice("clockid")),
    "execveat": (only("flags", 0x100, 0x1000, 0x10000),),  # execveat(2)
    "syslog": (rule(VALUE, lambda a: not 0 <= a.type <= 10, "type is {type:d}, and must be from 0 to 10"),),  # syslog(2)
    "reboot": (choice("magic"), choice("magic2"), choice("op")),  # reboot(2)
}
