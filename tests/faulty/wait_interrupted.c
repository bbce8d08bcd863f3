// A program that gives up when a signal comes.
// finds: wait.interrupted
// says: was interrupted by SIGALRM
#include <sys/epoll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>

static void handle(int signal) {}

int main(void)
{
    struct itimerval soon = {{0, 0}, {0, 50000}};
    signal(SIGALRM, handle);
    setitimer(ITIMER_REAL, &soon, 0);
    struct epoll_event event;
    if (epoll_wait(epoll_create1(0), &event, 1, 2000) < 0)
        perror("epoll_wait");
}
