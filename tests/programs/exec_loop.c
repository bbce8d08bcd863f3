/* exec_loop N: a thread that is not the leader executes this program again, N times, while the leader sleeps and another thread
   makes calls; each time the executing thread makes one getppid before. Prints how many times that was. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static int left, done;

static void *busy(void *unused)
{
    for (;;)
        syscall(SYS_gettid);
    return NULL;
}

static void *executor(void *unused)
{
    char more[20], before[20];

    syscall(SYS_getppid);
    snprintf(more, sizeof more, "%d", left - 1);
    snprintf(before, sizeof before, "%d", done + 1);
    execl("/proc/self/exe", "exec_loop", more, before, (char *)NULL);
    _exit(1);
}

int main(int argc, char **argv)
{
    pthread_t first, second;

    left = argc > 1 ? atoi(argv[1]) : 3;
    done = argc > 2 ? atoi(argv[2]) : 0;
    if (left == 0) {
        printf("%d times\n", done);
        return 0;
    }
    pthread_create(&first, NULL, busy, NULL);
    pthread_create(&second, NULL, executor, NULL);
    pause();
    return 1;
}
