/* processes: waiting, limits, scheduling, identity, sessions, prctl and other calls about processes. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t child_that(int how)
{
    pid_t child = fork();

    if (child)
        return child;
    if (how < 0)
        raise(-how);
    _exit(how);
}

static void waits(void)
{
    struct rusage usage;
    siginfo_t info;
    int status;
    pid_t child;

    wait4(child_that(3), &status, 0, NULL);
    wait4(child_that(0), &status, __WALL, &usage);
    wait4(child_that(-SIGUSR1), NULL, 0, NULL);
    child = child_that(9);
    waitid(P_PID, child, &info, WEXITED | WNOWAIT);
    waitid(P_ALL, 0, &info, WEXITED);
    child = child_that(-SIGSTOP);
    waitid(P_PID, child, &info, WSTOPPED);
    kill(child, SIGKILL);
    syscall(SYS_waitid, P_PID, child, &info, WEXITED, &usage);
    wait4(-1, &status, WNOHANG, NULL);
    wait4(1, &status, WNOHANG | 0x80, NULL);
    waitid(P_PGID, 0, &info, WEXITED);
    waitid(77, 5, NULL, 0);
    child = child_that(4);
    {
        int descriptor = syscall(SYS_pidfd_open, child, 0);
        waitid(P_PIDFD, descriptor, &info, WEXITED);
        syscall(SYS_pidfd_send_signal, descriptor, SIGTERM, NULL, 0);
        close(descriptor);
    }
}

static void limits(void)
{
    struct rlimit limit = {1234, 2048};

    for (int resource = 0; resource < 17; resource++)
        syscall(SYS_prlimit64, 0, resource, NULL, &(struct { uint64_t now, most; }){0, 0});
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = 100;
    setrlimit(RLIMIT_NOFILE, &limit);
    syscall(SYS_getrlimit, RLIMIT_CORE, &limit);
    prlimit(0, RLIMIT_CORE, &(struct rlimit){0, RLIM_INFINITY}, NULL);
    prlimit(999999999, RLIMIT_CPU, NULL, &limit);
    getpriority(PRIO_PROCESS, 0);
    setpriority(PRIO_PROCESS, 0, 5);
    getpriority(PRIO_USER, 0);
    getpriority(77, 0);
    syscall(SYS_ioprio_get, 1, 0);
    syscall(SYS_ioprio_set, 1, 0, 2 << 13 | 4);
}

static void scheduling(void)
{
    struct sched_param parameter = {0};
    struct { uint32_t size, policy; uint64_t flags; int32_t nice; uint32_t priority; uint64_t runtime, deadline, period; }
        attributes = {.size = 48};
    struct timespec slice;
    cpu_set_t processors;
    unsigned processor, node;

    sched_getscheduler(0);
    sched_setscheduler(0, SCHED_BATCH, &parameter);
    sched_setscheduler(0, SCHED_FIFO | 0x40000000, &(struct sched_param){.sched_priority = 500});
    sched_getparam(0, &parameter);
    sched_get_priority_max(SCHED_RR);
    sched_get_priority_min(99);
    sched_rr_get_interval(0, &slice);
    syscall(SYS_sched_getattr, 0, &attributes, sizeof attributes, 0);
    attributes.nice = 7;
    syscall(SYS_sched_setattr, 0, &attributes, 0);
    sched_getaffinity(0, sizeof processors, &processors);
    CPU_ZERO(&processors);
    CPU_SET(0, &processors);
    sched_setaffinity(0, sizeof processors, &processors);
    sched_setaffinity(0, 0, &processors);
    syscall(SYS_getcpu, &processor, &node, NULL);
    sched_yield();
    syscall(SYS_membarrier, 0, 0, 0);
}

static void identity(void)
{
    uid_t real, effective, saved;
    gid_t groups[64];
    struct utsname name;
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2];

    getuid();
    geteuid();
    getgid();
    getegid();
    getresuid(&real, &effective, &saved);
    getresgid(&real, &effective, &saved);
    setresuid(-1, -1, -1);
    setreuid(-1, getuid());
    getgroups(64, groups);
    syscall(SYS_getgroups, -1, groups);
    uname(&name);
    syscall(SYS_capget, &header, data);
    header.version = 1;
    syscall(SYS_capget, &header, NULL);
    getpgid(0);
    getpgrp();
    getsid(0);
    getpgid(999999999);
    setpgid(0, 0);
    personality(0xffffffff);
    if (fork() == 0) {
        setpgid(0, 0);
        setsid();
        setsid();
        _exit(0);
    }
    wait(NULL);
    kill(999999999, SIGTERM);
    kill(getpid(), 0);
    syscall(SYS_tkill, -1, SIGINT);
}

static void controls(void)
{
    char name[16];
    int value;

    prctl(PR_SET_NAME, "renamed \"prog\"");
    prctl(PR_GET_NAME, name);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_GET_PDEATHSIG, &value);
    prctl(PR_SET_DUMPABLE, 1);
    prctl(PR_GET_DUMPABLE);
    prctl(PR_CAPBSET_READ, 5);
    prctl(PR_GET_SECCOMP);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0);
    prctl(PR_SET_TIMERSLACK, 50001);
    prctl(PR_GET_TIMERSLACK);
    prctl(PR_GET_KEEPCAPS);
    prctl(PR_SET_CHILD_SUBREAPER, 0);
    prctl(0x7777, 1, 2, 3, 4);
    unshare(0);
    unshare(0x1);
    setns(-1, 0);
    syscall(SYS_seccomp, 2 /* SECCOMP_GET_ACTION_AVAIL */, 0, &(uint32_t){0x7fff0000});
    {
        struct iovec local = {name, 8}, remote = {"remote text", 8};
        process_vm_readv(getpid(), &local, 1, &remote, 1, 0);
        process_vm_writev(getpid(), &remote, 1, &local, 1, 1);
    }
    syscall(SYS_kcmp, getpid(), getpid(), 0, 1, 1);
}

int main(void)
{
    waits();
    limits();
    scheduling();
    identity();
    controls();
    return 0;
}
