/* interrupted: what interrupts system calls, and leaves them in other ways than by returning. Prints what must be the same each time. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile long ticks, cleaned;
static sigjmp_buf away;
static int quiet[2];

static void on_tick(int number)
{
    int saved = errno;
    ticks++;
    syscall(SYS_getppid);
    errno = saved;
}

static void on_jump(int number)
{
    siglongjmp(away, 1);
}

static void clean(void *unused)
{
    cleaned++;
}

static void *blocked(void *unused)
{
    char byte;
    pthread_cleanup_push(clean, NULL);
    read(quiet[0], &byte, 1);
    pthread_cleanup_pop(0);
    return NULL;
}

static void handle(int number, void (*handler)(int), int flags)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
    sigaction(number, &action, NULL);
}

/* Signals every so many microseconds, while calls are made that must all succeed. */
static void storm(int flags)
{
    struct itimerval often = {{0, 300}, {0, 300}}, never = {{0, 0}, {0, 0}};
    char text[64], back[64];
    int pipes[2], wrong = 0;

    pipe(pipes);
    handle(SIGALRM, on_tick, flags);
    setitimer(ITIMER_REAL, &often, NULL);
    memset(text, 'a', sizeof text);
    for (int i = 0; i < 3000; i++)
        wrong += write(pipes[1], text, sizeof text) != sizeof text || read(pipes[0], back, sizeof back) != sizeof back ||
                 getppid() < 0 || write(-1, text, 1) != -1;
    setitimer(ITIMER_REAL, &never, NULL);
    printf("storm: %d wrong\n", wrong);
    close(pipes[0]);
    close(pipes[1]);
}

int main(void)
{
    char byte, stack[65536];
    struct itimerval soon = {{0, 0}, {0, 20000}};
    volatile int jumps = 0;
    pthread_t thread;
    void *result;
    stack_t other = {.ss_sp = stack, .ss_size = sizeof stack};

    pipe(quiet);
    storm(SA_RESTART);
    sigaltstack(&other, NULL);
    storm(SA_RESTART | SA_ONSTACK);

    handle(SIGALRM, on_tick, 0);
    setitimer(ITIMER_REAL, &soon, NULL);
    printf("read: %zd, %s\n", read(quiet[0], &byte, 1), strerror(errno));

    handle(SIGALRM, on_jump, SA_RESTART);
    for (int i = 0; i < 5; i++) {
        if (sigsetjmp(away, 1) == 0) {
            setitimer(ITIMER_REAL, &soon, NULL);
            read(quiet[0], &byte, 1);
        } else
            jumps++;
    }
    printf("jumps: %d\n", jumps);

    for (int i = 0; i < 3; i++) {
        pthread_create(&thread, NULL, blocked, NULL);
        usleep(10000);
        pthread_cancel(thread);
        pthread_join(thread, &result);
        printf("canceled: %d\n", result == PTHREAD_CANCELED);
    }
    printf("cleaned: %ld\n", cleaned);

    struct sigaction now;
    sigset_t faults, blocked;
    handle(SIGSEGV, SIG_IGN, 0);
    sigemptyset(&faults);
    sigaddset(&faults, SIGSEGV);
    sigprocmask(SIG_BLOCK, &faults, NULL);
    for (int i = 0; i < 5; i++)
        if (write(-1, (void *)0x123456789000, 5) != -1 || write(quiet[1], (void *)0x123456789000, 5) != -1 || errno != EFAULT)
            printf("no fault\n");
    sigaction(SIGSEGV, NULL, &now);
    sigprocmask(SIG_UNBLOCK, &faults, &blocked);
    printf("ignored and blocked still: %d %d\n", now.sa_handler == SIG_IGN, sigismember(&blocked, SIGSEGV));
    handle(SIGALRM, on_tick, SA_RESTART);
    setitimer(ITIMER_REAL, &soon, NULL);
    pid_t child = fork();
    if (child == 0) {
        for (int i = 0; i < 100; i++)
            getppid();
        _exit(7);
    }
    int status;
    waitpid(child, &status, 0);
    printf("child: %d\n", WEXITSTATUS(status));
    return 0;
}
