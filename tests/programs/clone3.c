/* clone3: the clone3 call with many of its fields, with and without success, and the older clone with flags. */
#define _GNU_SOURCE
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static long clone3(void *arguments, size_t size)
{
    long child = syscall(SYS_clone3, arguments, size);

    if (child == 0)
        syscall(SYS_exit, 7);
    return child;
}

static char stack[65536] __attribute__((aligned(16)));

static int body(void *unused)
{
    return 5;
}

int main(void)
{
    int pidfd = -1, parent_tid = -1, child_tid = -1, status;
    struct clone_args plain = {.exit_signal = SIGCHLD};
    struct clone_args full = {
        .flags = CLONE_PIDFD | CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | CLONE_FS,
        .pidfd = (uintptr_t)&pidfd, .child_tid = (uintptr_t)&child_tid, .parent_tid = (uintptr_t)&parent_tid,
        .exit_signal = SIGCHLD,
    };
    struct clone_args silent = {.flags = CLONE_CLEAR_SIGHAND, .exit_signal = 0};
    struct { struct clone_args arguments; uint64_t more; } longer = {{.exit_signal = SIGCHLD}, 1};
    struct clone_args wrong = {.flags = CLONE_THREAD, .exit_signal = SIGUSR1};
    pid_t used[] = {1};
    struct clone_args taken = {.exit_signal = SIGCHLD, .set_tid = (uintptr_t)used, .set_tid_size = 1};
    struct clone_args group = {.flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD, .cgroup = 9999};

    /* Blocked until the end: when the signal of a child arrives is a matter of chance. */
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGCHLD);
    sigaddset(&ends, SIGUSR1);
    sigprocmask(SIG_BLOCK, &ends, NULL);
    signal(SIGUSR1, SIG_IGN);

    waitpid(clone3(&plain, 64), &status, 0);
    waitpid(clone3(&full, sizeof full), &status, 0);
    close(pidfd);
    waitpid(clone3(&silent, sizeof silent), &status, __WALL);
    longer.more = 0;
    waitpid(clone3(&longer, sizeof longer), &status, 0);

    longer.more = 1;
    clone3(&longer, sizeof longer); /* E2BIG: a field the kernel does not know is set */
    clone3(&wrong, sizeof wrong);
    clone3(&taken, sizeof taken);
    clone3(&group, sizeof group);
    clone3(&plain, 8);
    clone3(NULL, sizeof plain);
    clone3((void *)16, sizeof plain);

    waitpid(clone(body, stack + sizeof stack, SIGCHLD, NULL), &status, 0);
    waitpid(clone(body, stack + sizeof stack, CLONE_VM | CLONE_FILES | SIGCHLD, NULL), &status, 0);
    waitpid(clone(body, stack + sizeof stack, CLONE_VM | CLONE_VFORK | SIGUSR1, NULL), &status, __WCLONE);
    syscall(SYS_clone, CLONE_SIGHAND, 0, 0, 0, 0); /* EINVAL: needs CLONE_VM */
    sigprocmask(SIG_UNBLOCK, &ends, NULL);
    return WEXITSTATUS(status) != 5;
}
