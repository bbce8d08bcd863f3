/* restart: calls that a signal or a stop interrupts and that are restarted, or are not (SA_RESTART, restart_syscall). */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int ends[2];

static void feed(int number)
{
    write(ends[1], "x", 1);
}

static void ignore(int number)
{
}

static void alarm_soon(void (*handler)(int), int flags)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags};

    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &(struct itimerval){.it_value = {0, 100000}}, NULL);
}

/* Runs `body` in a child, stops it in the middle and lets it continue. */
static int stopped_in_the_middle(int (*body)(void))
{
    int status = 0;
    pid_t child = fork();

    if (child == 0)
        _exit(body());
    nanosleep(&(struct timespec){0, 100000000}, NULL);
    kill(child, SIGSTOP);
    waitpid(child, &status, WUNTRACED);
    kill(child, SIGCONT);
    waitpid(child, &status, 0);
    return WEXITSTATUS(status);
}

static int sleeps(void)
{
    return nanosleep(&(struct timespec){0, 300000000}, NULL);
}

static int polls(void)
{
    struct pollfd nothing = {.fd = ends[0], .events = POLLIN};

    return poll(&nothing, 1, 300);
}

int main(void)
{
    char byte;
    int restarted, interrupted, slept, polled;
    sigset_t chld;

    /* Blocked until the end: when the signal of a child arrives is a matter of chance. */
    sigemptyset(&chld);
    sigaddset(&chld, SIGCHLD);
    sigprocmask(SIG_BLOCK, &chld, NULL);
    pipe(ends);
    alarm_soon(feed, SA_RESTART);
    restarted = read(ends[0], &byte, 1) == 1;
    alarm_soon(ignore, 0);
    interrupted = read(ends[0], &byte, 1) < 0 && errno == EINTR;
    alarm_soon(ignore, SA_RESTART);
    interrupted += nanosleep(&(struct timespec){10, 0}, NULL) < 0 && errno == EINTR;
    alarm_soon(ignore, SA_RESTART);
    interrupted += pause() < 0 && errno == EINTR;
    slept = stopped_in_the_middle(sleeps) == 0;
    polled = stopped_in_the_middle(polls) == 0;
    sigprocmask(SIG_UNBLOCK, &chld, NULL);
    printf("%d %d %d %d\n", restarted, interrupted, slept, polled);
    return !(restarted && interrupted == 3 && slept && polled);
}
