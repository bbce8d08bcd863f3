/* times: clocks, timers and sleeps, by the calls themselves (the C library would not make some of them). */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/times.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

/* On i386 the calls with 64-bit times have other names. */
#ifdef SYS_clock_gettime64
#define SYS_clock_gettime SYS_clock_gettime64
#define SYS_clock_settime SYS_clock_settime64
#define SYS_clock_getres SYS_clock_getres_time64
#define SYS_clock_nanosleep SYS_clock_nanosleep_time64
#define SYS_timer_gettime SYS_timer_gettime64
#define SYS_timer_settime SYS_timer_settime64
#define SYS_gettimeofday SYS_gettimeofday_time32
#endif

int main(void)
{
    struct timespec moment, left;
    struct timeval now;
    struct timezone zone;
    struct tms spent;
    struct rusage usage;
    struct itimerval interval = {{0, 0}, {1000, 5}}, old;
    struct itimerspec soon = {{0, 0}, {100, 7}}, was;
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
    struct timex adjust;
    struct sysinfo system;
    uint64_t expirations;
    int timer, descriptor;
    clockid_t processor;

    for (int clock = 0; clock < 12; clock++)
        syscall(SYS_clock_gettime, clock, &moment);
    for (int clock = 0; clock < 3; clock++)
        syscall(SYS_clock_getres, clock, &moment);
    clock_getcpuclockid(1, &processor);
    syscall(SYS_clock_gettime, processor, &moment);
    syscall(SYS_clock_gettime, 77, &moment);
    syscall(SYS_clock_settime, CLOCK_MONOTONIC, &moment);
    syscall(SYS_gettimeofday, &now, NULL);
    syscall(SYS_gettimeofday, &now, &zone);
#ifdef SYS_time
    syscall(SYS_time, NULL);
#endif
    syscall(SYS_times, &spent);
    syscall(SYS_times, NULL);
    getrusage(RUSAGE_SELF, &usage);
    getrusage(RUSAGE_CHILDREN, &usage);
    getrusage(77, &usage);
    sysinfo(&system);
    memset(&adjust, 0, sizeof adjust);
    syscall(SYS_adjtimex, &adjust);
    adjust.modes = 0x7fff;
    syscall(SYS_clock_adjtime, 77, &adjust);

    syscall(SYS_nanosleep, &(struct timespec){0, 1000}, &left);
    syscall(SYS_nanosleep, &(struct timespec){0, -1}, &left);
    syscall(SYS_nanosleep, &(struct timespec){-1, 2000000000}, NULL);
    syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &(struct timespec){0, 2000}, &left);
    syscall(SYS_clock_nanosleep, CLOCK_REALTIME, TIMER_ABSTIME, &(struct timespec){1, 0}, NULL);
    syscall(SYS_clock_nanosleep, 77, 88, &(struct timespec){1, 0}, NULL);

    setitimer(ITIMER_VIRTUAL, &interval, &old);
    getitimer(ITIMER_PROF, &old);
    setitimer(ITIMER_VIRTUAL, &(struct itimerval){0}, NULL);
    getitimer(77, &old);
    syscall(SYS_timer_create, CLOCK_MONOTONIC, &event, &timer);
    syscall(SYS_timer_settime, timer, 0, &soon, &was);
    syscall(SYS_timer_gettime, timer, &was);
    syscall(SYS_timer_getoverrun, timer);
    syscall(SYS_timer_delete, timer);
    syscall(SYS_timer_delete, 7777);
    event.sigev_notify = SIGEV_NONE;
    syscall(SYS_timer_create, CLOCK_REALTIME, &event, &timer);
    event.sigev_notify = 99;
    syscall(SYS_timer_create, 77, &event, &timer);
    syscall(SYS_timer_create, CLOCK_REALTIME, NULL, &timer);

    descriptor = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    timerfd_settime(descriptor, 0, &soon, &was);
    timerfd_gettime(descriptor, &was);
    read(descriptor, &expirations, sizeof expirations);
    soon.it_value = (struct timespec){0, 1};
    timerfd_settime(descriptor, TFD_TIMER_ABSTIME, &soon, NULL);
    nanosleep(&(struct timespec){0, 1000000}, NULL);
    read(descriptor, &expirations, sizeof expirations);
    timerfd_settime(-1, 0x77, &soon, NULL);
    close(descriptor);
    return 0;
}
