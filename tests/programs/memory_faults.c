/* memory_faults: pointers that cannot be read or written, and arrays that run into a hole, given to many calls. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* On i386 these calls have other names. */
#ifdef SYS_clock_gettime64
#define SYS_newfstatat SYS_fstatat64
#define SYS_clock_gettime SYS_clock_gettime64
#define SYS_clock_nanosleep SYS_clock_nanosleep_time64
#define SYS_gettimeofday SYS_gettimeofday_time32
#endif

#define CALL(name, ...) syscall(SYS_##name, ##__VA_ARGS__)

int main(void)
{
    char *pages = mmap(NULL, 2 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *hole = pages + 4096, *nowhere = (char *)-4096L, *small = (char *)8;
    int null = open("/dev/null", O_RDWR), zero = open("/dev/zero", O_RDONLY);
    char **words = (char **)(hole - 3 * sizeof(char *));
    struct iovec *parts = (struct iovec *)(hole - 2 * sizeof(struct iovec));
    struct msghdr *message = (struct msghdr *)(hole - sizeof(struct msghdr));
    char *bad[] = {NULL, small, hole, nowhere};

    munmap(hole, 4096);
    signal(SIGSYS, SIG_IGN);
    for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
        char *p = bad[i];
        CALL(openat, AT_FDCWD, p, O_RDONLY | O_CREAT, 0600);
        CALL(read, zero, p, 10);
        CALL(write, null, p, 10);
        CALL(readv, zero, p, 2);
        CALL(writev, null, p, 2);
        CALL(newfstatat, AT_FDCWD, "/", p, 0);
        CALL(readlinkat, AT_FDCWD, p, p, 10);
        CALL(getcwd, p, 100);
        CALL(getdents64, null, p, 100);
        CALL(rt_sigaction, SIGUSR1, p, NULL, 8);
        CALL(rt_sigaction, SIGUSR1, NULL, p, 8);
        CALL(rt_sigprocmask, SIG_BLOCK, p, NULL, 8);
        CALL(sigaltstack, p, NULL);
        CALL(nanosleep, p, NULL);
        CALL(clock_gettime, 0, p);
        CALL(clock_nanosleep, 0, 0, p, NULL);
        CALL(gettimeofday, p, NULL);
        CALL(times, p);
        CALL(setitimer, 0, p, NULL);
        CALL(getrusage, 0, p);
        CALL(prlimit64, 0, 3, p, NULL);
        CALL(prlimit64, 0, 3, NULL, p);
        CALL(uname, p);
        CALL(sysinfo, p);
        CALL(statfs, "/", p);
        CALL(pipe2, p, 0);
        CALL(ppoll, p, 2, NULL, NULL, 8);
        CALL(pselect6, 3, p, NULL, p, &(struct timespec){0, 0}, NULL);
        CALL(epoll_ctl, null, 1, zero, p);
        CALL(socketpair, AF_UNIX, SOCK_STREAM, 0, p);
        CALL(bind, null, p, 16);
        CALL(connect, null, p, 16);
        CALL(sendto, null, p, 10, 0, p, 16);
        CALL(sendmsg, null, p, 0);
        CALL(recvmsg, null, p, 0);
        CALL(getsockname, null, p, p);
        CALL(setsockopt, null, SOL_SOCKET, SO_REUSEADDR, p, 4);
        CALL(getsockopt, null, SOL_SOCKET, SO_TYPE, p, p);
        CALL(execve, p, words, p);
        CALL(execve, "/nonexistent", p, p);
        CALL(mount, p, p, p, 0, p);
        CALL(sched_setparam, 0, p);
        CALL(sched_getaffinity, 0, 128, p);
        CALL(getrandom, p, 16, 0);
        CALL(waitid, 0, 1, p, 4, NULL);
        CALL(wait4, -1, p, 0, p);
        CALL(capget, p, p);
        CALL(ioctl, null, 0x5401, p);
        CALL(fcntl, null, F_SETLK, p);
        CALL(timer_create, 0, p, p);
        CALL(futex, p, 0, 1, NULL);
        CALL(setxattr, p, p, p, 4, 0);
        CALL(clone3, p, 88);
        CALL(statx, AT_FDCWD, p, 0, 0, p);
        CALL(utimensat, AT_FDCWD, p, p, 0);
        CALL(rt_sigqueueinfo, getpid(), 0, p);
        CALL(process_vm_readv, getpid(), p, 1, p, 1, 0);
        CALL(bpf, 0, p, 48);
        CALL(seccomp, 1, 0, p);
        CALL(msgsnd, -1, p, 4, 0);
    }

    words[0] = "first";
    words[1] = "second";
    words[2] = hole;
    CALL(execve, "/nonexistent", words, words + 1); /* no NULL before the hole */
    words[1] = NULL;
    CALL(execve, "/nonexistent", words, words + 2);
    parts[0] = (struct iovec){"good", 4};
    parts[1] = (struct iovec){hole, 4};
    CALL(writev, null, parts, 2);
    CALL(writev, null, parts, 3);
    CALL(writev, null, parts, 2000);
    CALL(writev, null, parts, -1);
    memset(message, 0, sizeof *message);
    message->msg_iov = parts;
    message->msg_iovlen = 3;
    CALL(sendmsg, null, message, 0);
    message->msg_iov = (struct iovec *)hole;
    message->msg_name = hole;
    message->msg_namelen = 16;
    message->msg_control = hole;
    message->msg_controllen = 100;
    CALL(sendmsg, null, message, 0);
    CALL(read, zero, hole - 4, 10);
    CALL(write, null, pages, -1L);
    CALL(write, null, hole - 4, 0x7ffffffeL << 20 * (sizeof(long) == 8));
    CALL(ppoll, hole - 12, 2, NULL, NULL, 8);
    CALL(ppoll, hole - 16, -1, NULL, NULL, 8);
    return 0;
}
