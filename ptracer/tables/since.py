"""Since which version of Linux there is a system call, and until when there was. What is not here is older than 2.6.

Source: syscalls(2), "System call list"; for those that it lacks the kernel's history of arch/x86/entry/syscalls/syscall_64.tbl.
"""

from __future__ import annotations

import functools

Version = tuple[int, ...]

SINCE = """
2.6.6 mq_open mq_unlink mq_timedsend mq_timedreceive mq_notify mq_getsetattr
2.6.6 mbind get_mempolicy set_mempolicy
2.6.10 waitid add_key request_key keyctl
2.6.13 ioprio_set ioprio_get inotify_init inotify_add_watch inotify_rm_watch kexec_load
2.6.16 openat mkdirat mknodat fchownat futimesat newfstatat fstatat64 unlinkat renameat linkat symlinkat readlinkat fchmodat faccessat
2.6.16 pselect6 ppoll unshare migrate_pages
2.6.17 set_robust_list get_robust_list splice tee vmsplice sync_file_range
2.6.18 move_pages
2.6.19 getcpu epoll_pwait
2.6.22 utimensat signalfd eventfd
2.6.23 fallocate
2.6.25 timerfd_create timerfd_settime timerfd_gettime
2.6.27 signalfd4 eventfd2 epoll_create1 dup3 pipe2 inotify_init1
2.6.28 accept4
2.6.30 preadv pwritev
2.6.31 rt_tgsigqueueinfo perf_event_open
2.6.33 recvmmsg
2.6.36 prlimit64
2.6.37 fanotify_init fanotify_mark
2.6.39 name_to_handle_at open_by_handle_at clock_adjtime syncfs
3.0 sendmmsg setns
3.2 process_vm_readv process_vm_writev
3.5 kcmp
3.8 finit_module
3.14 sched_setattr sched_getattr
3.15 renameat2
3.17 seccomp getrandom memfd_create kexec_file_load
3.18 bpf
3.19 execveat
4.3 userfaultfd membarrier
4.4 mlock2
4.5 copy_file_range
4.6 preadv2 pwritev2
4.9 pkey_mprotect pkey_alloc pkey_free
4.11 statx
4.18 io_pgetevents rseq
5.1 pidfd_send_signal io_uring_setup io_uring_enter io_uring_register
5.1 clock_gettime64 clock_settime64 clock_adjtime64 clock_getres_time64 clock_nanosleep_time64 timer_gettime64 timer_settime64
5.1 timerfd_gettime64 timerfd_settime64 utimensat_time64 pselect6_time64 ppoll_time64 io_pgetevents_time64 recvmmsg_time64
5.1 mq_timedsend_time64 mq_timedreceive_time64 semtimedop_time64 rt_sigtimedwait_time64 futex_time64 sched_rr_get_interval_time64
5.2 open_tree move_mount fsopen fsconfig fsmount fspick
5.3 pidfd_open clone3
5.6 openat2 pidfd_getfd
5.8 faccessat2
5.9 close_range
5.10 process_madvise
5.11 epoll_pwait2
5.12 mount_setattr
5.13 landlock_create_ruleset landlock_add_rule landlock_restrict_self
5.14 quotactl_fd memfd_secret
5.15 process_mrelease
5.16 futex_waitv
5.17 set_mempolicy_home_node
6.5 cachestat
6.6 fchmodat2 map_shadow_stack
6.7 futex_wake futex_wait futex_requeue
6.8 statmount listmount lsm_get_self_attr lsm_set_self_attr lsm_list_modules
6.10 mseal
6.11 uretprobe
6.13 setxattrat getxattrat listxattrat removexattrat
6.15 open_tree_attr
6.17 file_getattr file_setattr
6.19 listns
7.0 rseq_slice_yield
"""

# The first version without it; 0: Linux never had more than its number.
UNTIL = """
0 afs_syscall break ftime getpmsg gtty lock mpx prof profil putpmsg security stty tuxcall ulimit vserver epoll_ctl_old epoll_wait_old
2.6 create_module get_kernel_syms query_module
3.1 nfsservctl
5.5 _sysctl
5.15 bdflush
6.7 lookup_dcookie
"""


def version(text: str) -> Version:
    """``Linux 6.18.44-something`` as numbers; empty: it is none of Linux."""
    import re

    found = re.match(r"(?:Linux )?(\d+(?:\.\d+)*)", text)
    return tuple(map(int, found[1].split("."))) if found else ()


@functools.cache
def table(text: str) -> dict[str, str]:
    """A version by name of the call."""
    rows = (line.split() for line in text.split("\n") if line)
    return {name: first for first, *names in rows for name in names}


def since(call: str) -> str:
    """The version that brought a call; empty: it was always there."""
    return table(SINCE).get(call, "")


def until(call: str) -> str:
    """The version that has taken a call away; ``0``: it never did anything; empty: it is there."""
    return table(UNTIL).get(call, "")
