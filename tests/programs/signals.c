/* signals: handlers, masks, faults with siginfo, an alternate stack, queued values, waiting for signals, SIGCHLD. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static sigjmp_buf after_fault;

static void plain(int number)
{
    syscall(SYS_getppid);
}

static void detailed(int number, siginfo_t *info, void *context)
{
    syscall(SYS_getppid);
}

static void fault(int number, siginfo_t *info, void *context)
{
    siglongjmp(after_fault, 1);
}

static void handle(int number, int flags, void (*handler)(int, siginfo_t *, void *))
{
    struct sigaction action = {.sa_flags = flags | SA_SIGINFO, .sa_sigaction = handler};

    sigemptyset(&action.sa_mask);
    sigaddset(&action.sa_mask, SIGTERM);
    sigaction(number, &action, NULL);
}

static void faults(void)
{
    volatile char *page = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    volatile char *beyond;
    int file = open("/proc/self/exe", O_RDONLY);
    off_t end = lseek(file, 0, SEEK_END) & ~4095L;
    volatile int zero = 0;

    beyond = mmap(NULL, 3 * 4096, PROT_READ, MAP_PRIVATE, file, end);
    handle(SIGSEGV, SA_NODEFER, fault);
    handle(SIGBUS, 0, fault);
    handle(SIGFPE, 0, fault);
    handle(SIGILL, SA_RESETHAND, fault);
    if (!sigsetjmp(after_fault, 1))
        *(volatile char *)16 = 1;
    if (!sigsetjmp(after_fault, 1))
        *page = 1;
    if (!sigsetjmp(after_fault, 1))
        (void)beyond[2 * 4096];
#if defined(__x86_64__) || defined(__i386__)
    if (!sigsetjmp(after_fault, 1))
        __asm__ volatile("idivl %0" : : "r"(zero), "a"(1), "d"(0));
    if (!sigsetjmp(after_fault, 1))
        __asm__ volatile("ud2");
    handle(SIGTRAP, 0, detailed);
    __asm__ volatile("int3");
#endif
    (void)zero;
}

int main(void)
{
    sigset_t blocked, none, old;
    siginfo_t info;
    stack_t alternate = {.ss_sp = malloc(65536), .ss_size = 65536}, before;
    struct sigaction action = {.sa_handler = plain, .sa_flags = SA_RESTART};
    struct itimerval soon = {.it_value = {0, 20000}};
    int descriptor, status;
    pid_t child;

    sigaction(SIGUSR1, &action, NULL);
    raise(SIGUSR1);
    handle(SIGUSR1, SA_RESTART | SA_NODEFER, detailed);
    kill(getpid(), SIGUSR1);

    sigaltstack(&alternate, &before);
    handle(SIGUSR2, SA_ONSTACK | SA_RESETHAND, detailed);
    raise(SIGUSR2);
    sigaltstack(NULL, &before);
    alternate.ss_flags = SS_DISABLE;
    sigaltstack(&alternate, NULL);

    /* Blocked until sigsuspend: whoever is slow, the alarm is seen there. */
    handle(SIGALRM, 0, detailed);
    sigemptyset(&none);
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGALRM);
    sigprocmask(SIG_BLOCK, &blocked, &old);
    setitimer(ITIMER_REAL, &soon, NULL);
    sigsuspend(&none);
    alarm(100);
    alarm(0);

    sigaddset(&blocked, SIGRTMIN);
    sigaddset(&blocked, SIGRTMIN + 1);
    sigaddset(&blocked, SIGCHLD);
    sigprocmask(SIG_BLOCK, &blocked, NULL);
    sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = 42});
    sigpending(&old);
    sigwaitinfo(&blocked, &info);
    sigtimedwait(&blocked, &info, &(struct timespec){0, 1000000});
    syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), SIGRTMIN + 1);
    descriptor = signalfd(-1, &blocked, SFD_CLOEXEC | SFD_NONBLOCK);
    {
        struct signalfd_siginfo read_info;
        read(descriptor, &read_info, sizeof read_info);
        read(descriptor, &read_info, sizeof read_info);
    }

    child = fork();
    if (child == 0)
        _exit(7);
    sigwaitinfo(&blocked, &info);
    waitpid(child, &status, 0);
    child = fork();
    if (child == 0) {
        sigprocmask(SIG_SETMASK, &none, NULL);
        raise(SIGTERM);
        _exit(1);
    }
    sigwaitinfo(&blocked, &info);
    waitpid(child, &status, 0);
    handle(SIGCHLD, SA_NOCLDSTOP, detailed);
    child = fork();
    if (child == 0)
        _exit(0);
    sigsuspend(&none);
    waitpid(child, &status, 0);

    signal(SIGPIPE, SIG_IGN);
    {
        int ends[2];
        pipe(ends);
        close(ends[0]);
        write(ends[1], "x", 1);
        signal(SIGPIPE, plain);
        write(ends[1], "x", 1);
    }
    faults();

    sigaction(SIGKILL, &action, NULL);
    kill(getpid(), 0);
    kill(getpid(), 200);
    syscall(SYS_rt_sigprocmask, 77, &none, NULL, 8);
    syscall(SYS_rt_sigprocmask, SIG_BLOCK, &none, NULL, 128);
    syscall(SYS_rt_sigaction, 0, NULL, NULL, 8);
    return 0;
}
