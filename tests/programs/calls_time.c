/* calls_time: every call about time, with arguments that succeed, fail, and make no sense. */
#define _GNU_SOURCE
#include "pretend.h"

#include <signal.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <time.h>

static void clocks(void)
{
	struct timespec *time = at_the_edge(NULL, 16), *left = at_the_edge(NULL, 16);
	struct timeval *now = at_the_edge(NULL, 16);
	struct timezone *zone = at_the_edge(NULL, 8);
	time_t *seconds = at_the_edge(NULL, 8);
	static const struct timespec times[] = {
		{0, 0}, {1, 999999999}, {-1, 5}, {5, -1}, {5, 1000000000}, {1700000000, 123456789}, {0x7fffffffffffffff, 0}, {-9223372036854775807L - 1, 7},
	};

	for (int clock = -20; clock < 25; clock++) {
		both(SYS_clock_gettime, clock, time), both(SYS_clock_settime, clock, time), both(SYS_clock_getres, clock, time);
		both(SYS_clock_nanosleep, clock, clock & 3, time, left);
	}
	for (unsigned i = 0; i < sizeof times / sizeof *times; i++) {
		*time = times[i], *left = times[(i + 1) % 8];
		both(SYS_clock_gettime, 0, time), both(SYS_clock_settime, 0, time), both(SYS_nanosleep, time, left), both(SYS_nanosleep, time, NULL);
		both(SYS_clock_nanosleep, 1, 0, time, left), both(SYS_clock_nanosleep, 1, 1, time, left);
		now->tv_sec = times[i].tv_sec, now->tv_usec = times[i].tv_nsec / 1000;
		zone->tz_minuteswest = i, zone->tz_dsttime = -i;
		both(SYS_gettimeofday, now, zone), both(SYS_settimeofday, now, zone), both(SYS_gettimeofday, now, NULL);
		*seconds = times[i].tv_sec;
		both(SYS_time, seconds);
	}
	for (int bit = 0; bit < 32; bit++)
		both(SYS_clock_nanosleep, 1U << bit, 1U << bit, time, NULL);
	both(SYS_clock_gettime, 0x80000000, time), both(SYS_clock_gettime, ~(5 << 3) | 2, time), both(SYS_clock_gettime, ~1234 << 3 | 6, time);
	both(SYS_clock_gettime, 0, NULL), both(SYS_clock_gettime, 0, NOWHERE), both(SYS_clock_settime, 0, NULL), both(SYS_clock_settime, 1, (char *) time + 8);
	both(SYS_nanosleep, NULL, NULL), both(SYS_nanosleep, NOWHERE, NOWHERE), both(SYS_nanosleep, (char *) time + 8, left);
	both(SYS_gettimeofday, NULL, zone), both(SYS_gettimeofday, NULL, NULL), both(SYS_gettimeofday, NOWHERE, NOWHERE), both(SYS_settimeofday, NULL, NOWHERE);
	both(SYS_time, NULL), both(SYS_time, NOWHERE);
	time->tv_sec = 0, time->tv_nsec = 1;
	call(SYS_nanosleep, time, left), call(SYS_clock_nanosleep, 0, 0, time, NULL), call(SYS_clock_nanosleep, 1, 1, time, left);
	time->tv_nsec = -1;
	call(SYS_nanosleep, time, left), call(SYS_clock_nanosleep, 0, 0, time, NULL);
	call(SYS_clock_getres, 1, time), call(SYS_clock_getres, 1, NULL), call(SYS_clock_getres, 100, time), call(SYS_clock_gettime, 3, NOWHERE);
}

static void interrupted(void)
{
	struct itimerval soon = {{0, 0}, {0, 2000}};
	struct timespec *second = at_the_edge(NULL, 16), *left = at_the_edge(NULL, 16);

	signal(SIGALRM, (void (*)(int)) abs);
	second->tv_sec = 1, second->tv_nsec = 0;
	call(SYS_setitimer, 0, &soon, NULL);
	call(SYS_nanosleep, second, left);
	call(SYS_setitimer, 0, &soon, NULL);
	call(SYS_clock_nanosleep, 1, 0, second, left);
	call(SYS_setitimer, 0, &soon, NULL);
	call(SYS_clock_nanosleep, 1, 0, second, NULL);
}

static void adjustment(void)
{
	struct timex *values = at_the_edge(NULL, sizeof *values);

	both(SYS_adjtimex, values), both(SYS_clock_adjtime, 0, values);
	for (int bit = -1; bit < 32; bit++) {
		values->modes = bit < 0 ? 0 : 1U << bit, values->status = bit < 0 ? 0 : 1U << bit;
		both(SYS_adjtimex, values), both(SYS_clock_adjtime, bit, values);
	}
	values->modes = 0x8001, values->status = 0;
	both(SYS_adjtimex, values);
	values->modes = 0xa001;
	both(SYS_adjtimex, values);
	values->modes = 0, values->time.tv_sec = -1, values->time.tv_usec = -1;
	both(SYS_adjtimex, values);
	call(SYS_adjtimex, values), call(SYS_clock_adjtime, 0, values);
	both(SYS_adjtimex, NULL), both(SYS_adjtimex, NOWHERE), both(SYS_clock_adjtime, -5, NULL), both(SYS_clock_adjtime, 3, (char *) values + 8);
}

static void intervals(void)
{
	struct itimerval *new = at_the_edge(NULL, 32), *old = at_the_edge(NULL, 32);

	for (int which = -1; which < 5; which++) {
		new->it_interval.tv_sec = which, new->it_value.tv_usec = which * 1000;
		both(SYS_setitimer, which, new, old), both(SYS_getitimer, which, old);
	}
	both(SYS_setitimer, 0, NULL, NULL), both(SYS_setitimer, 0, NOWHERE, NOWHERE), both(SYS_getitimer, 0, NULL), both(SYS_setitimer, 0, (char *) new + 8, old);
	call(SYS_getitimer, 0, old), call(SYS_getitimer, 9, old), call(SYS_getitimer, 0, NOWHERE);
}

static void timers(void)
{
	struct sigevent *event = at_the_edge(NULL, sizeof *event);
	struct itimerspec *new = at_the_edge(NULL, 32), *old = at_the_edge(NULL, 32);
	int *timer = at_the_edge(NULL, 4);

	for (int notify = -1; notify < 9; notify++) {
		event->sigev_notify = notify, event->sigev_signo = notify * 5, *timer = notify;
		both(SYS_timer_create, notify, event, timer);
	}
	memset(event, 0, sizeof *event);
	for (int notify = 0; notify < 5; notify++) {
		event->sigev_notify = notify, event->sigev_signo = 34, event->sigev_value.sival_int = notify - 1;
		((int *) event)[4] = notify - 2;
		both(SYS_timer_create, 0, event, timer);
	}
	call(SYS_timer_create, 1, NULL, timer);
	both(SYS_timer_create, 0, NOWHERE, NOWHERE), both(SYS_timer_create, -6, NULL, NULL), both(SYS_timer_create, 0, (char *) event + 8, timer);
	memset(new, 0, 32);
	new->it_value.tv_sec = 100;
	call(SYS_timer_settime, *timer, 0, new, old), call(SYS_timer_gettime, *timer, old), call(SYS_timer_getoverrun, *timer), call(SYS_timer_delete, *timer);
	for (int bit = 0; bit < 32; bit++) {
		both(SYS_timer_settime, bit, 1U << bit, new, old), both(SYS_timerfd_settime, bit, 1U << bit, new, old);
		both(SYS_timerfd_create, bit, 1U << bit);
	}
	both(SYS_timer_settime, -1, -1, NULL, NULL), both(SYS_timer_settime, 1, 0, NOWHERE, NOWHERE), both(SYS_timer_gettime, -1, old), both(SYS_timer_gettime, 1, NULL);
	both(SYS_timer_getoverrun, -1), both(SYS_timer_delete, -1), both(SYS_timer_delete, 0x100000001);
	call(SYS_timerfd_create, 1, 02004000);
	call(SYS_timerfd_settime, 3, 0, new, old), call(SYS_timerfd_settime, 3, 1, new, NULL), call(SYS_timerfd_gettime, 3, old), call(SYS_timerfd_settime, -1, 0, new, old);
	both(SYS_timerfd_settime, -1, -1, NULL, NULL), both(SYS_timerfd_gettime, -1, old), both(SYS_timerfd_gettime, 0, NOWHERE), both(SYS_timerfd_create, -1, -1);
}

int main(void)
{
	begin_pretending();
	clocks();
	interrupted();
	adjustment();
	intervals();
	timers();
	return 0;
}
