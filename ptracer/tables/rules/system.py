"""Rules of the other calls: System V and POSIX objects, mounts, security, measurement. Sources: the manual pages that the comments name."""

from __future__ import annotations

from errno import E2BIG, EOPNOTSUPP

from ptracer.tables.rules import (
    ALIGNMENT,
    FLAGS,
    KIND,
    PAGE,
    RANGE,
    SIZE,
    STATE,
    VALUE,
    choice,
    named,
    only,
    rule,
    seconds,
    zero,
)

IPC_PRIVATE, IPC_CREAT = 0, 0o1000
SHM_RND, SHM_REMAP = 0o20000, 0o40000
MOST_SEMAPHORES = 32000  # SEMMSL
MOST_MESSAGE = 8192  # MSGMAX, by default
MOST_PRIORITY = 32768
MNT_FORCE, MNT_DETACH, MNT_EXPIRE, UMOUNT_NOFOLLOW = 1, 2, 4, 8
MS_PROPAGATION = 0x20000 | 0x40000 | 0x80000 | 0x100000  # MS_UNBINDABLE, MS_PRIVATE, MS_SLAVE, MS_SHARED
SECCOMP_SET_MODE_FILTER = 1

RULES = {
    "shmget": (  # shmget(2)
        rule(SIZE, lambda a: a.size == 0, "size is 0, and a new segment has at least one byte", "With an existing segment 0 is right: is it there?"),
        rule(SIZE, lambda a: a.size >> 62, "size is larger than SHMMAX"),
        rule(SIZE, lambda a: a.key != IPC_PRIVATE, "size is {size:d}, and the segment that has this key is smaller"),
    ),
    "shmat": (
        rule(ALIGNMENT, lambda a: a.shmaddr % PAGE and not a.shmflg & SHM_RND, "shmaddr is {shmaddr:#x}, which is no multiple of the size of a page, 4096", "NULL lets the kernel choose."),
        rule(FLAGS, lambda a: a.shmflg & SHM_REMAP and not a.shmaddr, "shmflg has SHM_REMAP without an address"),
        rule(STATE, lambda a: True, "there is no segment {shmid:d}"),
    ),  # shmop(2)
    "shmdt": (rule(STATE, lambda a: True, "no segment is attached at {shmaddr:#x}"),),
    "semget": (  # semget(2)
        rule(SIZE, lambda a: a.nsems < 0 or a.nsems > MOST_SEMAPHORES, "nsems is {nsems:d}, and must be from 0 to 32000"),
        rule(SIZE, lambda a: a.nsems == 0, "nsems is 0, and a new set has at least one semaphore"),
        rule(SIZE, lambda a: a.key != IPC_PRIVATE, "nsems is {nsems:d}, and the set that has this key has fewer"),
    ),
    "semop semtimedop": (rule(SIZE, lambda a: a.nsops == 0, "nsops is 0: there is nothing to do"),),  # semop(2)
    "semop semtimedop ": (rule(STATE, lambda a: True, "there is no set of semaphores {semid:d}: it was never made, or has been removed"),),
    "semctl shmctl msgctl": (choice("op"),),
    "msgsnd": (  # msgop(2)
        rule(SIZE, lambda a: a.msgsz > MOST_MESSAGE, "msgsz is {msgsz:d}, which is more than a message may have (MSGMAX)"),
        rule(VALUE, lambda a: a.msgp.mtype <= 0, "mtype is {msgp.mtype:d}, and must be greater than 0"),
        rule(STATE, lambda a: True, "there is no queue {msqid:d}: it was never made, or has been removed"),
    ),
    "mq_open": (rule(RANGE, lambda a: a.attr and (a.attr.mq_maxmsg <= 0 or a.attr.mq_msgsize <= 0), "mq_maxmsg is {attr.mq_maxmsg:d} and mq_msgsize {attr.mq_msgsize:d}, and both must be greater than 0"),),  # mq_open(3)
    "mq_timedsend": (rule(RANGE, lambda a: a.msg_prio >= MOST_PRIORITY, "msg_prio is {msg_prio:d}, and must be less than 32768 (MQ_PRIO_MAX)"), seconds("abs_timeout")),  # mq_send(3)
    "umount2": (  # umount(2)
        only("flags", MNT_FORCE, MNT_DETACH, MNT_EXPIRE, UMOUNT_NOFOLLOW),
        rule(FLAGS, lambda a: a.flags & MNT_EXPIRE and a.flags & (MNT_FORCE | MNT_DETACH), "flags has MNT_EXPIRE with MNT_FORCE or MNT_DETACH"),
        rule(KIND, lambda a: True, "nothing is mounted there, or by another mount namespace"),
    ),
    "mount": (  # mount(2)
        rule(FLAGS, lambda a: (a.mountflags & MS_PROPAGATION).bit_count() > 1, "mountflags has several of MS_SHARED, MS_PRIVATE, MS_SLAVE and MS_UNBINDABLE"),
        rule(KIND, lambda a: a.mountflags & 0x20 or a.mountflags & MS_PROPAGATION, "the path is no mount point"),
    ),
    "fsopen": (only("flags", 1),),  # fsopen(2)
    "fsmount": (only("flags", 1), named("attr_flags")),
    "fspick": (only("flags", 15),),
    "open_tree": (only("flags", 1, 0x100, 0x800, 0x1000, 0x8000, 0o2000000), rule(FLAGS, lambda a: a.flags & 0x8000 and not a.flags & 1, "flags has AT_RECURSIVE without OPEN_TREE_CLONE")),  # open_tree(2)
    "move_mount": (named("flags"),),  # move_mount(2)
    "mount_setattr": (  # mount_setattr(2)
        only("flags", 0x100, 0x800, 0x1000, 0x8000),
        rule(SIZE, lambda a: a.size < 32, "size is {size:d}, and a struct mount_attr has at least 32 bytes"),
    ),
    "open_tree_attr": (only("flags", 1, 0x100, 0x800, 0x1000, 0x8000, 0o2000000),),
    "statmount": (named("flags"),),
    "listmount": (named("flags"),),
    "setxattrat getxattrat listxattrat removexattrat file_getattr file_setattr": (only("flags", 0x100, 0x1000),),
    "landlock_add_rule": (zero("flags"), choice("rule_type")),  # landlock_add_rule(2)
    "landlock_restrict_self": (only("flags", 7),),  # landlock_restrict_self(2)
    "fsconfig": (choice("cmd", error=EOPNOTSUPP),),
    "swapon": (named("swapflags"),),  # swapon(2)
    "seccomp": (  # seccomp(2)
        choice("operation", ordinary=True),
        rule(FLAGS, lambda a: a.operation != SECCOMP_SET_MODE_FILTER and a.flags, "flags is {flags:#x}, and must be 0 with this operation", ordinary=True),
        named("flags", ordinary=True),
        rule(SIZE, lambda a: a.operation == SECCOMP_SET_MODE_FILTER and not 0 < a.args.len <= 4096, "the filter has {args.len:d} instructions, and must have from 1 to 4096"),
        rule(VALUE, lambda a: a.operation == SECCOMP_SET_MODE_FILTER, "the filter is no valid program", "Each instruction must be one that seccomp allows, and the last of each way a BPF_RET."),
    ),
    "bpf": (  # bpf(2)
        choice("cmd", ordinary=True),
        rule(SIZE, lambda a: True, "size is {size:d}, and what lies beyond the union bpf_attr that the kernel knows is not zero", error=E2BIG, ordinary=True),
    ),
    "perf_event_open": (  # perf_event_open(2)
        only("flags", 15),
        rule(SIZE, lambda a: True, "the size in attr is that of no struct perf_event_attr, or what lies beyond the one that the kernel knows is not zero", error=E2BIG),
        rule(RANGE, lambda a: a.pid == -1 and a.cpu == -1, "pid and cpu are both -1: nothing would be measured", "One of them must say what."),
    ),
    "keyctl": (choice("operation", error=EOPNOTSUPP),),  # keyctl(2)
    "landlock_create_ruleset": (  # landlock_create_ruleset(2)
        rule(SIZE, lambda a: a.attr and a.size < 8, "size is {size:d}, and a struct landlock_ruleset_attr has at least 8 bytes"),
    ),
}
