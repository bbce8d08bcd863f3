/* poll_select: poll, ppoll, select, pselect6 and epoll: descriptors that are ready, timeouts, errors. */
#define _GNU_SOURCE
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void polls(int readable, int writable, int empty)
{
    struct pollfd one = {.fd = readable, .events = POLLIN | POLLPRI};
    struct pollfd several[4] = {{.fd = readable, .events = POLLIN}, {.fd = empty, .events = POLLIN},
                                {.fd = writable, .events = POLLOUT | POLLWRBAND}, {.fd = 999, .events = POLLIN}};
    struct pollfd many[40];
    struct timespec soon = {0, 1000000};
    sigset_t mask;

    sigemptyset(&mask);
    sigaddset(&mask, SIGUSR1);
    poll(&one, 1, -1);
    poll(several, 4, 0);
    poll(&several[1], 1, 1);
    poll(NULL, 0, 1);
    for (int i = 0; i < 40; i++)
        many[i] = (struct pollfd){.fd = i % 2 ? readable : -1, .events = POLLIN | POLLRDHUP};
    poll(many, 40, 0);
    ppoll(several, 3, &soon, &mask);
    ppoll(&several[1], 1, &soon, NULL);
    ppoll(&one, 1, &(struct timespec){-1, 0}, NULL);
    syscall(SYS_ppoll, &one, 1, NULL, &mask, 3);
}

static void selects(int readable, int writable, int empty)
{
    fd_set in, out;
    struct timeval soon = {0, 1000};
    struct timespec sooner = {0, 1000000};
    sigset_t mask;

    sigemptyset(&mask);
    sigaddset(&mask, SIGUSR2);
    FD_ZERO(&in);
    FD_ZERO(&out);
    FD_SET(readable, &in);
    FD_SET(empty, &in);
    FD_SET(writable, &out);
#ifdef SYS_select
    syscall(SYS_select, writable + 1, &in, &out, NULL, NULL);
    FD_SET(empty, &in);
    FD_CLR(readable, &in);
    syscall(SYS_select, empty + 1, &in, NULL, NULL, &soon);
    syscall(SYS_select, 0, NULL, NULL, NULL, &soon);
    syscall(SYS_select, -1, NULL, NULL, NULL, NULL);
#endif
    FD_ZERO(&in);
    FD_SET(readable, &in);
    FD_SET(empty, &in);
    pselect(writable + 1, &in, &out, NULL, &sooner, &mask);
    pselect(0, NULL, NULL, NULL, &sooner, NULL);
    FD_ZERO(&in);
    FD_SET(100, &in);
    pselect(101, &in, NULL, NULL, &sooner, NULL);
    pselect(1100, NULL, NULL, NULL, &sooner, NULL);
}

static void epolls(int readable, int writable, int empty)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data = {.u64 = 0x123456789abcdefULL}}, events[8];
    sigset_t mask;
    int set = epoll_create1(EPOLL_CLOEXEC);

    sigemptyset(&mask);
    sigaddset(&mask, SIGALRM);
#ifdef SYS_epoll_create
    close(syscall(SYS_epoll_create, 5));
#endif
    epoll_ctl(set, EPOLL_CTL_ADD, readable, &event);
    epoll_ctl(set, EPOLL_CTL_ADD, readable, &event);
    event.data.fd = writable;
    event.events = EPOLLOUT | EPOLLONESHOT | EPOLLRDHUP;
    epoll_ctl(set, EPOLL_CTL_ADD, writable, &event);
    event.events = EPOLLIN;
    epoll_ctl(set, EPOLL_CTL_ADD, empty, &event);
    epoll_wait(set, events, 8, 100);
    epoll_wait(set, events, 8, 1);
    epoll_pwait(set, events, 8, 0, &mask);
    syscall(SYS_epoll_pwait2, set, events, 8, &(struct timespec){0, 1000000}, NULL, 8);
    event.events = EPOLLPRI;
    epoll_ctl(set, EPOLL_CTL_MOD, empty, &event);
    epoll_ctl(set, EPOLL_CTL_DEL, empty, NULL);
    epoll_ctl(set, EPOLL_CTL_DEL, empty, NULL);
    epoll_ctl(set, 99, empty, &event);
    epoll_wait(set, events, 0, 0);
    epoll_wait(-1, events, 8, 0);
    epoll_create1(77);
    close(set);
}

int main(void)
{
    int full[2], empty[2];

    pipe(full);
    pipe(empty);
    write(full[1], "ready", 5);
    polls(full[0], full[1], empty[0]);
    selects(full[0], full[1], empty[0]);
    epolls(full[0], full[1], empty[0]);
    close(full[0]);
    poll(&(struct pollfd){.fd = full[1], .events = POLLOUT}, 1, 0); /* POLLERR */
    close(empty[1]);
    poll(&(struct pollfd){.fd = empty[0], .events = POLLIN}, 1, 0); /* POLLHUP */
    return 0;
}
