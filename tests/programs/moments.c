/* moments WHICH: a process at a moment at which it is delicate to attach to it, or to let it go. It says "ready" just before; what
   waits for a byte of standard input ends when it gets that; then it says what became of it. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SECONDS 3

static volatile sig_atomic_t handled;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void ready(void)
{
    write(1, "ready\n", 6);
}

static int byte(void)
{
    char c;
    return read(0, &c, 1) == 1 ? c : -1;
}

static void handler(int number)
{
    ready();
    handled = byte();
}

static void *last(void *unused)
{
    sleep(1); /* until the leader has ended */
    ready();
    _exit(byte() == 'x' ? 3 : 1);
}

static void say(const char *what, int well)
{
    printf("%s: %s\n", what, well ? "well" : strerror(errno));
}

/* A call that ends after a time, and how long that was. */
static void timed(const char *which)
{
    struct timespec time = {SECONDS, 0};
    struct timeval old_time = {SECONDS, 0};
    int result = -1, word = 0;

    ready();
    double began = now();
    if (!strcmp(which, "nanosleep"))
        result = nanosleep(&time, NULL);
    else if (!strcmp(which, "clock_nanosleep"))
        result = clock_nanosleep(CLOCK_MONOTONIC, 0, &time, NULL);
    else if (!strcmp(which, "poll"))
        result = poll(NULL, 0, SECONDS * 1000);
    else if (!strcmp(which, "ppoll"))
        result = ppoll(NULL, 0, &time, NULL);
    else if (!strcmp(which, "select"))
        result = select(0, NULL, NULL, NULL, &old_time);
    else if (!strcmp(which, "futex"))
        result = syscall(SYS_futex, &word, FUTEX_WAIT, 0, &time, NULL, 0) < 0 && errno == ETIMEDOUT ? 0 : -1;
    else if (!strcmp(which, "epoll_wait"))
        result = epoll_wait(epoll_create1(0), &(struct epoll_event){0}, 1, SECONDS * 1000);
    else
        exit(2);
    double took = now() - began;
    if (result == 0 && (took < SECONDS || took > SECONDS + 1.5)) /* it may have been begun anew */
        printf("%s: %.1f seconds\n", which, took);
    else
        say(which, result == 0);
}

int main(int argc, char **argv)
{
    const char *which = argc > 1 ? argv[1] : "";
    int status;

    if (!strcmp(which, "read")) {
        ready();
        say(which, byte() == 'x');
    } else if (!strcmp(which, "handler")) {
        signal(SIGUSR1, handler);
        raise(SIGUSR1);
        say(which, handled == 'x');
    } else if (!strcmp(which, "vfork")) {
        pid_t child = vfork();
        if (child == 0) {
            ready();
            _exit(byte() == 'x' ? 3 : 1);
        }
        say(which, waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 3);
    } else if (!strcmp(which, "wait")) {
        pid_t child = fork();
        if (child == 0) {
            ready();
            _exit(byte() == 'x' ? 3 : 1);
        }
        say(which, waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 3);
    } else if (!strcmp(which, "leader")) {
        pthread_t thread;
        pthread_create(&thread, NULL, last, NULL);
        pthread_exit(NULL);
    } else
        timed(which);
    return 0;
}
