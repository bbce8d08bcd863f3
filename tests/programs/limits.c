/* limits WHICH: what a tracer cannot see, or changes, whatever it does. See docs/limits.md. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/io_uring.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int speak(void *unused)
{
    write(1, "untraced\n", 9);
    return 0;
}

/* A write that is an entry in a ring, and no system call. */
static int ring(void)
{
    struct io_uring_params p = {0};
    int fd = syscall(SYS_io_uring_setup, 4, &p);
    if (fd < 0)
        return 77;
    char *sq = mmap(NULL, p.sq_off.array + p.sq_entries * 4, PROT_READ | PROT_WRITE, MAP_SHARED, fd, IORING_OFF_SQ_RING);
    struct io_uring_sqe *entry = mmap(NULL, p.sq_entries * sizeof *entry, PROT_READ | PROT_WRITE, MAP_SHARED, fd, IORING_OFF_SQES);
    entry->opcode = IORING_OP_WRITE;
    entry->fd = 1;
    entry->addr = (unsigned long)"by a ring\n";
    entry->len = 10;
    entry->off = -1;
    *(unsigned *)(sq + p.sq_off.array) = 0;
    __atomic_store_n((unsigned *)(sq + p.sq_off.tail), 1, __ATOMIC_RELEASE);
    return syscall(SYS_io_uring_enter, fd, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) != 1;
}

/* getppid(2) is answered by a filter: with an error, or (traced) by whoever traces. */
static void filter(unsigned action)
{
    struct sock_filter code[] = {
        {BPF_LD | BPF_W | BPF_ABS, 0, 0, 0},
        {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, SYS_getppid},
        {BPF_RET | BPF_K, 0, 0, action},
        {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW},
    };
    struct sock_fprog program = {4, code};
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
    printf("%ld\n", syscall(SYS_getppid));
}

int main(int argc, char **argv)
{
    static char stack[65536];
    const char *which = argc > 1 ? argv[1] : "";
    int status;
    setvbuf(stdout, NULL, _IONBF, 0);
    if (!strcmp(which, "vdso")) {
        struct timespec now;
        for (int i = 0; i < 1000; i++)
            clock_gettime(CLOCK_MONOTONIC, &now);
    } else if (!strcmp(which, "untraced")) {
        waitpid(clone(speak, stack + sizeof stack, CLONE_UNTRACED | SIGCHLD, NULL), &status, 0);
    } else if (!strcmp(which, "ring")) {
        return ring();
    } else if (!strcmp(which, "refused")) {
        filter(SECCOMP_RET_ERRNO | ENOTTY);
    } else if (!strcmp(which, "forbidden")) {
        filter(SECCOMP_RET_KILL_PROCESS);
    } else if (!strcmp(which, "offered")) {
        filter(SECCOMP_RET_TRACE);
    } else if (!strcmp(which, "traceme")) {
        printf("%s\n", ptrace(PTRACE_TRACEME, 0, 0, 0) ? strerror(errno) : "traced");
    } else if (!strcmp(which, "mapped")) {
        char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        strcpy(page, "no call says this");
    } else
        return 2;
    return 0;
}
