/* stops N: a child whose threads count getppid calls is stopped and continued N times, mostly without a pause between the two, and
   then told to end; prints how many calls it made. Every eighth time its parent sees it stop, and continue. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static atomic_long *calls;
static atomic_int *over, *ready;

static void *work(void *unused)
{
    ++*ready;
    while (!*over) {
        syscall(SYS_getppid);
        ++*calls;
        nanosleep(&(struct timespec){0, 200000}, NULL);
    }
    return NULL;
}

static void sees(pid_t child, int options, const char *what)
{
    siginfo_t info;

    if (waitid(P_PID, child, &info, options) < 0) {
        printf("not seen: %s\n", what);
        kill(child, SIGKILL);
        exit(1);
    }
}

int main(int argc, char **argv)
{
    int times = argc > 1 ? atoi(argv[1]) : 20, status;
    void *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t child;

    calls = shared;
    over = (atomic_int *)(calls + 1);
    ready = over + 1;
    child = fork();
    if (child == 0) {
        pthread_t thread;
        pthread_create(&thread, NULL, work, NULL);
        work(NULL);
        pthread_join(thread, NULL);
        _exit(5);
    }
    while (*ready < 2)
        nanosleep(&(struct timespec){0, 1000000}, NULL);
    for (int i = 0; i < times; i++) {
        kill(child, SIGSTOP);
        if (i % 8 == 0)
            sees(child, WSTOPPED, "a stop");
        kill(child, SIGCONT);
        if (i % 8 == 0)
            sees(child, WCONTINUED, "a continuation");
    }
    *over = 1;
    kill(child, SIGCONT);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    printf("%ld calls\n", *calls);
    return !(WIFEXITED(status) && WEXITSTATUS(status) == 5);
}
