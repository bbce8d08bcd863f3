/* calls_i386: the calls that only 32-bit programs have, with arguments that succeed, fail, and make no sense. */
#define _GNU_SOURCE
#include "pretend.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>

/* Words as the kernel sees them on this ABI. */
typedef uint32_t word;

struct moment {
	word seconds, fraction;
};

struct long_moment {
	int64_t seconds, fraction;
};

static void obsolete(void)
{
	static const word numbers[] = {
		SYS_break, SYS_stty, SYS_gtty, SYS_ftime, SYS_prof, SYS_lock, SYS_mpx, SYS_ulimit, SYS_profil, SYS_idle, SYS_bdflush,
	};
	char *names = at_the_edge("left right", 11);

	for (unsigned i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		call(numbers[i], 0, 0, 0, 0, 0, 0), call(numbers[i], 1, names, 0xfffffff0, 4, 5, 6), both(numbers[i], 1, names, 2, 3, 4);
		both(numbers[i], NOWHERE, BEYOND, 2, 3, 4);
	}
	for (int inc = -3; inc < 3; inc++)
		both(SYS_nice, inc);
	call(SYS_nice, 0);
}

static void times(void)
{
	word *seconds = at_the_edge(NULL, 4);
	struct moment *old = at_the_edge(NULL, 8), *older = at_the_edge(NULL, 16);
	struct long_moment *now = at_the_edge(NULL, 16), *left = at_the_edge(NULL, 16), *pair = at_the_edge(NULL, 32);
	static const struct long_moment moments[] = {
		{0, 0}, {1, 999999999}, {-1, 5}, {5, -1}, {5, 1000000000}, {1700000000, 123456789}, {INT64_MAX, 1LL << 40}, {INT64_MIN, 7},
	};

	call(SYS_time, 0), call(SYS_time, seconds), both(SYS_time, seconds), both(SYS_time, NOWHERE);
	for (unsigned i = 0; i < sizeof moments / sizeof *moments; i++) {
		*seconds = moments[i].seconds, *now = *left = pair[0] = moments[i], pair[1] = moments[(i + 1) % 8];
		old->seconds = moments[i].seconds, old->fraction = moments[i].fraction;
		older[0] = *old, older[1].seconds = i, older[1].fraction = -i;
		both(SYS_stime, seconds), both(SYS_time, seconds);
		both(SYS_clock_gettime32, i, old), both(SYS_clock_settime32, i, old), both(SYS_clock_getres_time32, i, old);
		both(SYS_clock_nanosleep_time32, i, 0, old, older), both(SYS_nanosleep, old, older);
		both(SYS_gettimeofday_time32, old, older), both(SYS_settimeofday_time32, old, older);
		both(SYS_clock_gettime64, i, now), both(SYS_clock_settime64, i, now), both(SYS_clock_getres_time64, i, now);
		both(SYS_clock_nanosleep_time64, i, i & 1, now, left);
		both(SYS_timer_settime64, i, i & 1, pair, pair), both(SYS_timer_gettime64, i, pair);
		both(SYS_timer_settime32, i, i & 1, older, older), both(SYS_timer_gettime32, i, older);
		both(SYS_timerfd_settime64, i, i & 1, pair, pair), both(SYS_timerfd_gettime64, i, pair);
		both(SYS_timerfd_settime32, i, i & 1, older, older), both(SYS_timerfd_gettime32, i, older);
		both(SYS_setitimer, i, older, older), both(SYS_getitimer, i, older);
		both(SYS_sched_rr_get_interval, i, old), both(SYS_sched_rr_get_interval_time64, i, now);
		both(SYS_utime, "path", old), both(SYS_utimes, "path", older), both(SYS_futimesat, -100, "path", older);
		both(SYS_utimensat, -100, "path", older, 0), both(SYS_utimensat_time64, -100, "path", pair, 0x100);
		both(SYS_rt_sigtimedwait, NULL, NULL, old, 8), both(SYS_rt_sigtimedwait_time64, NULL, NULL, now, 8);
		both(SYS_mq_timedsend, 3, "message", 7, 1, old), both(SYS_mq_timedsend_time64, 3, "message", 7, 1, now);
		both(SYS_mq_timedreceive, 3, NULL, 7, NULL, old), both(SYS_mq_timedreceive_time64, 3, NULL, 7, NULL, now);
		both(SYS_semtimedop_time64, 1, NULL, 0, now), both(SYS_recvmmsg_time64, 1, NULL, 0, 0, now), both(SYS_recvmmsg, 1, NULL, 0, 0, old);
		both(SYS_io_getevents, 1, 2, 3, NULL, old);
		for (int operation = 0; operation < 16; operation++) {
			call(SYS_futex, seconds, operation | 0x80, 7, i == 1 ? (void *) 1 : old, seconds, i), call(SYS_futex_time64, seconds, operation | 0x80, 7, i == 1 ? (void *) 1 : now, seconds, i);
		}
	}
	both(SYS_stime, NULL), both(SYS_stime, NOWHERE), both(SYS_stime, (char *) seconds + 1);
	both(SYS_clock_gettime64, 0, NULL), both(SYS_clock_gettime64, 1, NOWHERE), both(SYS_clock_settime64, 0, (char *) now + 8), both(SYS_clock_settime64, 0, NULL);
	both(SYS_clock_nanosleep_time64, 0, 0, NULL, NULL), both(SYS_clock_nanosleep_time64, 0, 0, NOWHERE, NOWHERE);
	call(SYS_clock_gettime64, 0, now), call(SYS_clock_getres_time64, 0, now), call(SYS_clock_gettime32, 0, old);
	now->seconds = 0, now->fraction = 1;
	call(SYS_clock_nanosleep_time64, 0, 0, now, left), call(SYS_ppoll_time64, NULL, 0, now, NULL, 8);
}

static void clocks(void)
{
	unsigned char *clock = at_the_edge(NULL, 208), *old = at_the_edge(NULL, 128);

	memset(clock, 0, 208), memset(old, 0, 128);
	call(SYS_adjtimex, old), call(SYS_clock_adjtime, 0, old), call(SYS_clock_adjtime64, 0, clock);
	for (int i = 0; i < 208; i++)
		clock[i] = 200 - i, old[i % 128] = 250 - i;
	both(SYS_adjtimex, old), both(SYS_clock_adjtime, 0, old), both(SYS_clock_adjtime64, 0, clock);
	both(SYS_adjtimex, NULL), both(SYS_clock_adjtime, 0, NOWHERE), both(SYS_clock_adjtime64, 0, old + 1), both(SYS_clock_adjtime64, 0, NULL);
}

static void signals(void)
{
	word *set = at_the_edge(NULL, 4), *old = at_the_edge(NULL, 4), *action = at_the_edge(NULL, 16), *former = at_the_edge(NULL, 16);
	word *new_action = at_the_edge(NULL, 76), *stack = at_the_edge(NULL, 12);
	static const word sets[] = {0, 1, 0x80000000, 0xffffffff, 0x7fbffeff, 0x00010003, 0xfffff};
	char *information = at_the_edge(NULL, 128);

	for (unsigned i = 0; i < sizeof sets / sizeof *sets; i++) {
		*set = *old = sets[i];
		for (int how = -1; how < 4; how++)
			both(SYS_sigprocmask, how, set, old);
		both(SYS_sigpending, set), both(SYS_sigsuspend, 0, 1, sets[i]), both(SYS_ssetmask, sets[i]), both(SYS_sgetmask, sets[i]);
		action[0] = i, action[1] = sets[i], action[2] = 0x04000000 << i | i, action[3] = 0x1234, memcpy(former, action, 16);
		both(SYS_sigaction, i, action, former), both(SYS_sigaction, 10 + i, NULL, former), both(SYS_sigaction, -i, action, NULL);
		new_action[0] = i, new_action[1] = 0x04000000 << i | i, new_action[2] = 0x1234, new_action[3] = sets[i], new_action[4] = i;
		both(SYS_rt_sigaction, i, new_action, new_action, 8);
		stack[0] = sets[i], stack[1] = i, stack[2] = 8192;
		both(SYS_sigaltstack, stack, stack);
	}
	both(SYS_sigprocmask, 0, NULL, NULL), both(SYS_sigprocmask, 0, NOWHERE, NOWHERE), both(SYS_sigprocmask, 0, (char *) set + 1, NULL);
	both(SYS_sigpending, NULL), both(SYS_sigpending, NOWHERE), both(SYS_sigaction, 5, NULL, NULL), both(SYS_sigaction, 5, NOWHERE, NOWHERE);
	both(SYS_sigaction, 5, (char *) action + 4, (char *) action + 4), both(SYS_sigsuspend, -1, -2, -3);
	for (int number = -1; number < 70; number += 6)
		for (word handler = 0; handler < 4; handler++)
			both(SYS_signal, number, handler - 1), both(SYS_signal, number, 0x8049000);
	call(SYS_signal, SIGUSR1, SIG_IGN), call(SYS_signal, SIGUSR1, SIG_DFL), call(SYS_signal, SIGUSR1, abs), call(SYS_signal, SIGUSR1, SIG_DFL), call(SYS_signal, 100, 1);
	call(SYS_sgetmask), call(SYS_ssetmask, 0x4000), call(SYS_sgetmask), call(SYS_ssetmask, 0);
	*set = 0x4000;
	call(SYS_sigprocmask, 0, set, old), call(SYS_sigprocmask, 1, set, old), call(SYS_sigprocmask, 2, set, NULL), call(SYS_sigprocmask, 7, set, old);
	call(SYS_kill, getpid(), SIGTERM), call(SYS_sigpending, old), call(SYS_signal, SIGTERM, SIG_IGN), *set = 0, call(SYS_sigprocmask, 2, set, NULL);
	memset(action, 0, 16), action[0] = (word) abs;
	call(SYS_sigaction, SIGUSR2, action, former), call(SYS_sigaction, SIGUSR2, NULL, former);
	call(SYS_kill, getpid(), SIGUSR2);
	memset(information, 0, 128);
	for (int code = -8; code < 8; code++) {
		for (int i = 0; i < 128; i++)
			information[i] = i;
		for (int number = 1; number < 34; number += code < 0 ? 7 : 1) {
			((int *) information)[0] = number, ((int *) information)[1] = 0, ((int *) information)[2] = code;
			both(SYS_rt_sigqueueinfo, 1, number, information), both(SYS_rt_tgsigqueueinfo, 1, 2, number, information), both(SYS_waitid, 0, 1, information, 4, NULL);
		}
	}
}

static void processes(void)
{
	word *status = at_the_edge(NULL, 4), *ids = at_the_edge(NULL, 40), *limit = at_the_edge(NULL, 8);
	uint16_t *short_ids = at_the_edge(NULL, 20);
	char *name = at_the_edge(NULL, 45), *long_name = at_the_edge(NULL, 325), *new_name = at_the_edge(NULL, 390), *usage = at_the_edge(NULL, 72), *information = at_the_edge(NULL, 64);
	static const word statuses[] = {0, 0x100, 0xff00, 9, 0x8b, 0x137f, 0x857f, 0xffff, 0x12345678};

	for (unsigned i = 0; i < sizeof statuses / sizeof *statuses; i++) {
		*status = statuses[i];
		both(SYS_waitpid, i, status, i), both(SYS_wait4, i, status, 1U << i, usage);
	}
	both(SYS_waitpid, -1, NULL, 0x40000001), both(SYS_waitpid, 0, NOWHERE, -1), call(SYS_waitpid, -1, status, 0);
	if (!fork())
		_exit(3);
	call(SYS_waitpid, -1, status, 0);
	both(SYS_wait4, -1, NULL, 0, usage), both(SYS_getrusage, 0, usage), both(SYS_sysinfo, information);
	call(SYS_getrusage, 0, usage), call(SYS_sysinfo, information), call(SYS_times, information);
	for (int i = 0; i < 4; i++) {
		word id = i == 0 ? 0 : i == 1 ? 0xffff : i == 2 ? 0xffffffff : 0x12345;

		both(SYS_setuid, id), both(SYS_setgid, id), both(SYS_setreuid, id, 1), both(SYS_setregid, 1, id), both(SYS_setresuid, id, 1, id), both(SYS_setresgid, id, id, 1);
		both(SYS_setfsuid, id), both(SYS_setfsgid, id), both(SYS_setuid32, id), both(SYS_setgid32, id), both(SYS_setreuid32, id, 1), both(SYS_setregid32, 1, id);
		both(SYS_setresuid32, id, 1, id), both(SYS_setresgid32, id, id, 1), both(SYS_setfsuid32, id), both(SYS_setfsgid32, id);
		both(SYS_chown, "path", id, 2), both(SYS_chown32, "path", 2, id);
	}
	both(SYS_getuid), both(SYS_getuid32), both(SYS_getgid32), both(SYS_geteuid32), both(SYS_getegid32);
	call(SYS_getuid), call(SYS_getuid32), call(SYS_getegid), call(SYS_getegid32);
	for (int i = 0; i < 10; i++)
		ids[i] = 70000 * i, short_ids[i] = 9000 * i;
	ids[9] = -1, short_ids[9] = -1;
	both(SYS_getresuid, short_ids, short_ids + 8, short_ids + 9), both(SYS_getresgid, short_ids, NULL, NOWHERE), both(SYS_getresuid32, ids, ids + 8, ids + 9), both(SYS_getresgid32, ids, NULL, NOWHERE);
	call(SYS_getresuid, short_ids, short_ids + 8, short_ids + 9), call(SYS_getresgid, short_ids, short_ids + 8, short_ids + 9);
	for (int count = -1; count < 13; count += 3) {
		both(SYS_setgroups, count, short_ids), both(SYS_setgroups32, count, ids), both(SYS_getgroups, count, short_ids), both(SYS_getgroups32, count, ids);
		both(SYS_setgroups, count, short_ids + 8), both(SYS_setgroups32, count, ids + 8), both(SYS_setgroups, count, NULL), both(SYS_setgroups32, count, NOWHERE);
	}
	call(SYS_getgroups, 10, short_ids), call(SYS_getgroups32, 10, ids), call(SYS_getgroups, 0, short_ids), call(SYS_getgroups32, 0, NULL);
	for (int resource = 0; resource < 18; resource++) {
		static const word limits[] = {0, 1, 1024, 0xffffffff, 0x7fffffff, 0x80000000, 8 << 20};

		limit[0] = limits[resource % 7], limit[1] = limits[(resource + 1) % 7];
		both(SYS_getrlimit, resource, limit), both(SYS_ugetrlimit, resource, limit), both(SYS_setrlimit, resource, limit), call(SYS_ugetrlimit, resource, limit), call(SYS_getrlimit, resource, limit);
	}
	both(SYS_getrlimit, 0, NULL), both(SYS_ugetrlimit, 0, NOWHERE);
	call(SYS_oldolduname, name), call(SYS_olduname, long_name), call(SYS_uname, new_name);
	both(SYS_oldolduname, name), both(SYS_olduname, long_name), both(SYS_uname, new_name), both(SYS_oldolduname, NULL), both(SYS_olduname, NOWHERE), both(SYS_uname, long_name);
	both(SYS_vm86old, name), both(SYS_vm86, 1, name), both(SYS_vm86, 2, 3), call(SYS_vm86, 0, 0), call(SYS_vm86, 9, 9), call(SYS_vm86old, 0), both(SYS_vm86old, NOWHERE);
	both(SYS_prlimit64, 0, 3, name, name), both(SYS_set_robust_list, ids, 12), both(SYS_get_robust_list, 0, ids, ids + 1), call(SYS_get_robust_list, 0, ids, ids + 1);
	both(SYS_clone, 0x3d0f00, 0x1000, ids, 0x2000, 0x3000), both(SYS_clone, 17, 0, 0, 0, 0), both(SYS_clone, 0x1200011, 0, 0, 0, ids);
}

static void segments(void)
{
	word *segment = at_the_edge(NULL, 16);

	for (int i = 0; i < 4; i++) {
		segment[0] = i ? 12 + i : -1U, segment[1] = i * 0x1111, segment[2] = i * 0x333, segment[3] = i * 0x2b;
		both(SYS_set_thread_area, segment), both(SYS_get_thread_area, segment), both(SYS_modify_ldt, i, segment, 16);
		call(SYS_modify_ldt, i, segment, i == 3 ? 15 : 16);
	}
	segment[0] = 12;
	call(SYS_get_thread_area, segment), call(SYS_set_thread_area, NULL), call(SYS_get_thread_area, NOWHERE);
	both(SYS_set_thread_area, NULL), both(SYS_get_thread_area, NOWHERE), both(SYS_modify_ldt, 0, NOWHERE, 16), both(SYS_modify_ldt, 1, NULL, 16);
}

static void memory(void)
{
	word *arguments = at_the_edge(NULL, 24);

	for (int i = 0; i < 6; i++)
		arguments[i] = (word[]){0, 8192, 3, 0x22, -1U, 0}[i];
	call(SYS_mmap, arguments), call(SYS_mmap2, 0, 8192, 3, 0x22, -1, 0), call(SYS_mmap2, 0x1000, 8192, 3, 0x22, 3, 0xfffff);
	arguments[5] = 4096, both(SYS_mmap, arguments), arguments[5] = 0xfffff000, call(SYS_mmap, arguments), both(SYS_mmap, arguments + 1), both(SYS_mmap, NULL), both(SYS_mmap, NOWHERE);
	call(SYS_mmap2, 0, 8192, 3, 0x22, 3, 0x12345678), call(SYS_mmap2, 0, 8192, 3, 0x22, 3, 0xffffffff);
	both(SYS_munmap, NULL, 0xffffffff), both(SYS_mremap, NULL, 1, 2, 3, 4), both(SYS_mprotect, arguments, 0xfffffff0, 7);
	both(SYS_brk, 0), both(SYS_brk, 0xfffff000), both(SYS_process_vm_readv, 1, NULL, 1, arguments, 2), both(SYS_move_pages, 0, 2, arguments, arguments, arguments);
	both(SYS_mbind, arguments, 0xffffff00, 1, arguments, 64);
	both(SYS_madvise, arguments, 4096, 4), both(SYS_remap_file_pages, arguments, 4096, 1, 0xffffffff, 0);
}

static void selecting(void)
{
	word *read_set = at_the_edge(NULL, 4), *write_set = at_the_edge(NULL, 8), *arguments = at_the_edge(NULL, 20), *time = at_the_edge(NULL, 8), *set = at_the_edge(NULL, 8), *mask = at_the_edge(NULL, 8);
	struct long_moment *long_time = at_the_edge(NULL, 16);
	struct pollfd *descriptors = at_the_edge(NULL, 16);

	*read_set = 0x80000025, write_set[0] = 3, write_set[1] = 0x80, set[0] = 0x101, set[1] = 0, mask[0] = (word) set, mask[1] = 8;
	for (int i = 0; i < 2; i++)
		descriptors[i].fd = i, descriptors[i].events = 5, descriptors[i].revents = i;
	for (int count = -1; count < 66; count += count < 31 ? 16 : 17) {
		time[0] = long_time->seconds = 1, time[1] = long_time->fraction = 500000;
		arguments[0] = count, arguments[1] = (word) read_set, arguments[2] = (word) write_set, arguments[3] = 0, arguments[4] = (word) time;
		both(SYS__newselect, count, read_set, write_set, NULL, time), both(SYS_select, arguments), both(SYS_pselect6, count, read_set, write_set, NULL, time);
		both(SYS_pselect6_time64, count, read_set, write_set, NULL, long_time), call(SYS_pselect6, count, BEYOND, write_set, NULL, time, mask), call(SYS_pselect6_time64, count, BEYOND, write_set, NULL, long_time, mask);
	}
	both(SYS_select, NULL), both(SYS_select, NOWHERE), both(SYS_select, arguments + 1), both(SYS__newselect, 3, NULL, NULL, NULL, NULL), both(SYS__newselect, 3, NOWHERE, NULL, NULL, NOWHERE);
	arguments[0] = 0, call(SYS_select, arguments), *read_set = 1, arguments[0] = 1, call(SYS_select, arguments), call(SYS__newselect, 1, read_set, 0, 0, time), call(SYS_select, time);
	mask[1] = 4, call(SYS_pselect6_time64, 3, NULL, NULL, NULL, NOWHERE, mask), call(SYS_pselect6, 3, NULL, NULL, NULL, NOWHERE, NOWHERE);
	both(SYS_ppoll, descriptors, 2, time, set, 8), both(SYS_ppoll_time64, descriptors, 2, long_time, set, 8), both(SYS_ppoll_time64, descriptors, 3, NULL, NULL, 0), both(SYS_poll, descriptors, 2, 7);
	long_time->seconds = long_time->fraction = time[0] = time[1] = 0;
	call(SYS_ppoll_time64, descriptors, 2, long_time, set, 8), call(SYS_ppoll, descriptors, 1, time, set, 8), call(SYS_pselect6_time64, 1, read_set, NULL, NULL, long_time, NULL);
	both(SYS_io_pgetevents, 0, 1, 2, NULL, time), both(SYS_io_pgetevents_time64, 0, 1, 2, NULL, long_time), call(SYS_io_pgetevents_time64, 0, 1, 2, NULL, long_time, mask);
	both(SYS_epoll_wait, 1, descriptors, 1, 2), both(SYS_epoll_pwait, 1, descriptors, 1, 2, set), both(SYS_epoll_pwait2, 1, descriptors, 1, long_time, set), both(SYS_epoll_ctl, 1, 1, 2, descriptors), both(SYS_epoll_ctl, 1, 1, 2, (char *) descriptors + 4);
}

static void large_files(void)
{
	char *text = at_the_edge("some text", 10);
	struct iovec *vectors = at_the_edge(NULL, 16);

	vectors[0].iov_base = text, vectors[0].iov_len = 4, vectors[1].iov_base = text + 4, vectors[1].iov_len = 6;
	both(SYS_pread64, 1, text, 4, 0x9abcdef0, 0x12345678), both(SYS_pwrite64, 1, text, 4, 0x9abcdef0, 0x12345678), both(SYS_truncate64, text, 0x9abcdef0, 0x12345678), both(SYS_ftruncate64, 1, 0x9abcdef0, 0x92345678);
	both(SYS_preadv, 1, vectors, 2, 0x9abcdef0, 0x12345678), both(SYS_pwritev, 1, vectors, 2, 0x9abcdef0, 0x12345678), call(SYS_preadv2, 1, vectors, 2, 0x9abcdef0, 0x12345678, 4), call(SYS_pwritev2, 1, vectors, 2, 0x9abcdef0, 0x12345678, 4);
	both(SYS_readahead, 1, 0x9abcdef0, 0x12345678, 77), call(SYS_sync_file_range, -1, 1, 2, 3, 4, 5), both(SYS_sync_file_range, 1, 1, 2, 3, 4), both(SYS_fadvise64, 1, 2, 3, 4, 5), call(SYS_fadvise64_64, -1, 2, 3, 4, 5, 6), call(SYS_fallocate, -1, 1, 2, 3, 4, 5), both(SYS_fallocate, 1, 2, 3, 4, 5);
	both(SYS_fanotify_mark, 1, 1, 0x9abcdef0, 0x12345678, -100, text), call(SYS_fanotify_mark, -1, 1, 0xf, 0x0, -100, text), both(SYS_lookup_dcookie, 1, 2, text, 3), both(SYS__llseek, 1, 1, 2, text, 1), both(SYS_lseek, 1, -1, 1), both(SYS_sendfile, 1, 2, text, 4), both(SYS_sendfile64, 1, 2, text, 4), both(SYS_copy_file_range, 1, text, 2, text, 5);
	both(SYS_readv, 1, vectors, 2), both(SYS_writev, 1, vectors, 2), both(SYS_vmsplice, 1, vectors, 2, 1), both(SYS_splice, 1, text, 2, text, 5);
	call(SYS_writev, -1, vectors, 2), call(SYS_pread64, -1, text, 4, -1, -1);
}

static void sockets(void)
{
	word *a = at_the_edge(NULL, 24), *vector = at_the_edge(NULL, 8), *message = at_the_edge(NULL, 28), *size = at_the_edge(NULL, 4), *time = at_the_edge(NULL, 8);
	char *text = at_the_edge("some text", 10);
	struct sockaddr_un *address = at_the_edge(NULL, 110);
	int pair[2];

#define CARRY(number, ...) (memcpy(a, (word[6]){__VA_ARGS__}, 24), call(SYS_socketcall, number, a), both(SYS_socketcall, number, a))
	memset(address, 0, 110), address->sun_family = AF_UNIX, strcpy(address->sun_path, "/nonexistent/socket");
	vector[0] = (word) text, vector[1] = 5, memset(message, 0, 28), message[2] = (word) vector, message[3] = 1, *size = 110, time[0] = 1, time[1] = 2;
	for (word number = 0; number < 24; number++)
		CARRY(number, 1000, 1, 0, 4, 5, 6), both(SYS_socketcall, number, NULL), both(SYS_socketcall, number, NOWHERE), both(SYS_socketcall, number, a + 4), both(SYS_socketcall, number | 0x10000, a);
	CARRY(1, AF_UNIX, SOCK_STREAM, 0), CARRY(1, AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 17), CARRY(2, 99, (word) address, 110), CARRY(3, 99, (word) address, 30), CARRY(4, 99, 5), CARRY(5, 99, (word) address, (word) size);
	CARRY(6, 99, (word) address, (word) size), CARRY(7, 99, (word) address, (word) size), CARRY(8, AF_UNIX, SOCK_STREAM, 0, (word) pair), CARRY(9, 99, (word) text, 9, 0x4000), CARRY(10, 99, (word) text, 9, 2);
	CARRY(11, 99, (word) text, 9, 0x40, (word) address, 110), CARRY(12, 99, (word) text, 9, 0x40, (word) address, (word) size), CARRY(13, 99, 2), CARRY(14, 99, 1, 2, (word) size, 4), CARRY(15, 99, 1, 4, (word) text, (word) size);
	*size = 110, CARRY(16, 99, (word) message, 0), CARRY(17, 99, (word) message, 0), CARRY(18, 99, (word) address, (word) size, 0x80800), CARRY(19, 99, (word) message, 1, 0, (word) time), CARRY(20, 99, (word) message, 1, 0);
	memcpy(a, (word[4]){AF_UNIX, SOCK_STREAM, 0, (word) pair}, 16);
	if (!call(SYS_socketcall, 8, a)) {
		CARRY(9, pair[0], (word) "hello", 5, 0), CARRY(10, pair[1], (word) text, 9, 0), CARRY(16, pair[0], (word) message, 0), CARRY(17, pair[1], (word) message, 0), CARRY(15, pair[0], 1, 4, (word) text, (word) size);
		CARRY(7, pair[0], (word) address, (word) size), CARRY(15, pair[0], 1, 17, (word) text, (word) size);
	}
	both(SYS_socket, AF_UNIX, SOCK_STREAM, 0), both(SYS_sendmsg, 99, message, 0), both(SYS_sendto, 99, text, 5, 0, NULL), both(SYS_getsockopt, 99, 1, 4, size, size), both(SYS_setsockopt, 99, 1, 20, time, 8), both(SYS_setsockopt, 99, 1, 26, vector, 8), both(SYS_setsockopt, 99, 1, 66, time, 16), both(SYS_setsockopt, 99, 1, 13, time, 8);
}

static void ipc(void)
{
	word *data = at_the_edge(NULL, 4 + 104), *pointer = at_the_edge(NULL, 4), *time = at_the_edge(NULL, 8), *kludge = at_the_edge(NULL, 8), *address = at_the_edge(NULL, 4);
	word id;

	memset(data, 0, 108), *pointer = (word) data, time[0] = 1, time[1] = 2, kludge[0] = (word) data, kludge[1] = 7;
	for (word number = 0; number < 30; number++)
		for (word version = 0; version < 3; version++) {
			call(SYS_ipc, number | version << 16, -1, 2, 3, NOWHERE, 5), call(SYS_ipc, number | version << 16, -1, 1, 0x3, 0, 0);
			if (number < 20)
				call(SYS_ipc, number | version << 16, -1, 1, 0x3, data, time), call(SYS_ipc, number | version << 16, -1, 1, 0x3, NOWHERE, NOWHERE);
		}
	for (word command = 0; command < 24; command++)
		for (word version = 0; version < 0x200; version += 0x100) {
			call(SYS_ipc, 3, -1, 0, command | version, pointer, 0), call(SYS_ipc, 3, -1, 0, command | version, NOWHERE, 0), call(SYS_ipc, 14, -1, command | version, 0, data, 0), call(SYS_ipc, 24, -1, command | version, 0, data, 0);
			both(SYS_semctl, -1, 0, command | version, data), both(SYS_msgctl, -1, command | version, data), both(SYS_shmctl, -1, command | version, data);
		}
	id = call(SYS_ipc, 2, 0, 2, 0600, 0, 0);
	for (word command = 23; command < 24; command--)
		if (command)
			call(SYS_ipc, 3, id, 0, command, pointer, 0), call(SYS_ipc, 3, id, 0, command | 0x100, pointer, 0);
	call(SYS_ipc, 1, id, 1, 0, data, 0), call(SYS_ipc, 4, id, 1, 0, data, time), call(SYS_ipc, 3, id, 0, 0, pointer, 0);
	id = call(SYS_ipc, 13, 0, 0600, 0, 0, 0);
	data[0] = 7, strcpy((char *) (data + 1), "a message");
	call(SYS_ipc, 11, id, 10, 0, data, 0), call(SYS_ipc, 12, id, 10, 0, kludge, 0), call(SYS_ipc, 11, id, 10, 04000, data, 0), call(SYS_ipc, 1 << 16 | 12, id, 10, 0, data, 7), call(SYS_ipc, 12, id, 10, 04000, kludge, 0);
	call(SYS_ipc, 14, id, 2, 0, data, 0), call(SYS_ipc, 14, id, 0x102, 0, data, 0), call(SYS_ipc, 14, id, 0, 0, 0, 0), call(SYS_ipc, 12, id, 10, 0, NOWHERE, 0), call(SYS_ipc, 12, id, 10, 0, kludge + 1, 0);
	id = call(SYS_ipc, 23, 0, 4096, 0600, 0, 0);
	call(SYS_ipc, 21, id, 0, address, 0, 0), call(SYS_ipc, 21, id, 0, 0, 0, 0), call(SYS_ipc, 1 << 16 | 21, id, 0, address, 0, 0), call(SYS_ipc, 21, id, 010000, address, 0x1000, 0), call(SYS_ipc, 22, 0, 0, 0, *address, 0);
	call(SYS_ipc, 24, id, 0x102, 0, data, 0), call(SYS_ipc, 24, id, 2, 0, data, 0), call(SYS_ipc, 24, id, 0, 0, 0, 0), call(SYS_ipc, 21, id, 0, NOWHERE, 0, 0);
}

int main(void)
{
	close(0), open("/dev/null", O_RDWR); /* always ready */
	begin_pretending();
	obsolete();
	times();
	clocks();
	signals();
	processes();
	segments();
	memory();
	selecting();
	large_files();
	sockets();
	ipc();
	return 0;
}
