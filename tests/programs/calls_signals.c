/* calls_signals: every call about signals, with arguments that succeed, fail, and make no sense. */
#define _GNU_SOURCE
#include "pretend.h"

#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>

#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
#define SYS_pidfd_open_ 434
#define SYS_pidfd_getfd_ 438

struct action {
	unsigned long handler, flags, restorer, mask;
};

static const uint64_t masks[] = {
	0, 1, 2, 0x4002, 0xffffffff, 0x7fffffff, 0xfffffffeUL, 0xffffffff00000000UL, ~0UL, ~0UL ^ 0x40100UL, ~1UL, 1UL << 63,
	0x180000000UL, 0x300000000UL, 0xfffffffe7ffbfeffUL, 0x5555555555555555UL,
};

static void sets(void)
{
	uint64_t *set = at_the_edge(NULL, 8), *old = at_the_edge(NULL, 8);
	struct timespec *time = at_the_edge(NULL, 16);

	for (unsigned i = 0; i < sizeof masks / sizeof *masks; i++) {
		*set = masks[i];
		*old = ~masks[i];
		for (int how = 0; how < 4; how++)
			both(SYS_rt_sigprocmask, how, set, old, 8);
		both(SYS_rt_sigpending, set, 8);
		both(SYS_rt_sigsuspend, set, 8);
	}
	for (int size = 0; size < 20; size++) {
		both(SYS_rt_sigprocmask, 0, set, NULL, size);
		both(SYS_rt_sigprocmask, 0, NULL, set, size);
		both(SYS_rt_sigpending, set, size);
		both(SYS_rt_sigsuspend, set, size);
		both(SYS_rt_sigtimedwait, set, NULL, NULL, size);
	}
	both(SYS_rt_sigprocmask, -1, NOWHERE, BEYOND, 8);
	both(SYS_rt_sigprocmask, 0x100000000, (char *) set + 4, (char *) old + 4, 8);
	both(SYS_rt_sigprocmask, 0, set, old, 128);
	both(SYS_rt_sigprocmask, 0, (char *) set - 128, (char *) old - 128, 128);
	both(SYS_rt_sigpending, NOWHERE, 8);
	both(SYS_rt_sigpending, (char *) set + 1, 8);
	both(SYS_rt_sigpending, NULL, 0x1000);
	both(SYS_rt_sigsuspend, NOWHERE, 8);
	both(SYS_rt_sigsuspend, NULL, 8);
	call(SYS_rt_sigpending, set, 8);
	call(SYS_rt_sigpending, set, 4);
	*set = 1 << 9;
	for (int i = 0; i < 3; i++) {
		time->tv_sec = (long[]){0, -1, 0}[i];
		time->tv_nsec = (long[]){1, 0, 1000000000}[i];
		call(SYS_rt_sigtimedwait, set, NULL, time, 8);
		call(SYS_rt_sigtimedwait, set, old, time, 8);
	}
	call(SYS_rt_sigtimedwait, NULL, NULL, time, 8);
	call(SYS_rt_sigtimedwait, set, NULL, NOWHERE, 8);
	both(SYS_rt_sigtimedwait, set, NOWHERE, NOWHERE, 8);
	both(SYS_rt_sigtimedwait, NOWHERE, NULL, NULL, 8);
}

static void actions(void)
{
	struct action *new = at_the_edge(NULL, 128), *old = at_the_edge(NULL, 128);

	for (int number = -1; number < 70; number++)
		both(SYS_rt_sigaction, number, NULL, old, 8);
	for (int bit = -1; bit < 64; bit++) {
		*new = (struct action){bit & 3, bit < 0 ? 0 : 1UL << bit, 0x12345678, 1UL << (bit & 63)};
		both(SYS_rt_sigaction, SIGUSR1, new, NULL, 8);
		*new = (struct action){0xdeadbeef, ~(1UL << (bit & 63)), 0, ~0UL};
		both(SYS_rt_sigaction, SIGUSR1, new, new, 8);
	}
	*new = (struct action){-1UL, SA_RESTART | SA_NODEFER, 0, 0};
	call(SYS_rt_sigaction, SIGUSR2, new, old, 8);
	*new = (struct action){1, SA_RESTART | SA_SIGINFO, 0, 0x8001};
	call(SYS_rt_sigaction, SIGUSR2, new, old, 8);
	call(SYS_rt_sigaction, SIGUSR2, NULL, old, 8);
	call(SYS_rt_sigaction, SIGUSR2, new, old, 0);
	call(SYS_rt_sigaction, SIGUSR2, new, old, 4);
	call(SYS_rt_sigaction, SIGKILL, new, old, 8);
	call(SYS_rt_sigaction, SIGUSR2, NOWHERE, NULL, 8);
	call(SYS_rt_sigaction, SIGUSR2, (char *) new + 100, NULL, 8);
	for (int size = 0; size < 12; size++)
		both(SYS_rt_sigaction, SIGUSR1, new, old, size);
	both(SYS_rt_sigaction, 0x10000000aUL, new, NOWHERE, 8);
	both(SYS_rt_sigaction, 10, BEYOND, BEYOND, -1L);
}

static void stacks(void)
{
	stack_t *new = at_the_edge(NULL, sizeof *new), *old = at_the_edge(NULL, sizeof *old);

	for (int bit = -1; bit < 32; bit++) {
		*new = (stack_t){.ss_sp = bit & 1 ? NULL : (void *) 0xdeadbeef, .ss_flags = bit < 0 ? 0 : 1 << bit, .ss_size = 8192};
		both(SYS_sigaltstack, new, NULL);
		new->ss_flags |= 3;
		both(SYS_sigaltstack, new, new);
	}
	call(SYS_sigaltstack, NULL, old);
	both(SYS_sigaltstack, NOWHERE, BEYOND);
	both(SYS_sigaltstack, (char *) new + 8, NULL);
	both(SYS_sigaltstack, NULL, (char *) old + 8);
}

static void informations(void)
{
	siginfo_t *info = at_the_edge(NULL, 128);
	int32_t *word = (void *) info;
	int signals[] = {SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSEGV, SIGCHLD, SIGPOLL, SIGSYS, SIGUSR1, SIGALRM, SIGPROF, 34, 0, 64, 65, -1, 7};

	for (unsigned i = 0; i < sizeof signals / sizeof *signals; i++)
		for (int code = -10; code < 20; code++) {
			word[0] = signals[i];
			word[1] = code & 1 ? 0 : i;
			word[2] = code;
			both(SYS_rt_sigqueueinfo, 0, signals[i], info);
		}
	for (int code = -70; code < 300; code++) {
		word[0] = SIGCHLD;
		word[2] = code;
		word[6] = code;
		fails(SYS_rt_sigqueueinfo, 1, SIGCHLD, info);
		word[0] = SIGPOLL;
		fails(SYS_rt_sigqueueinfo, 1, SIGPOLL, info);
	}
	for (int status = -2; status < 70; status++)
		for (int code = 1; code < 7; code++) {
			word[0] = SIGCHLD;
			word[2] = code;
			word[6] = status;
			fails(SYS_rt_sigqueueinfo, 1, SIGCHLD, info);
		}
	memset(info, 0, 128);
	for (unsigned i = 0; i < sizeof signals / sizeof *signals; i++)
		for (int code = -8; code < 12; code++) {
			word[0] = signals[i];
			word[2] = code;
			fails(SYS_rt_sigqueueinfo, 0, signals[i], info);
			word[2] = code ? 0x80000000 >> (code & 31) : 0x80;
			fails(SYS_rt_sigqueueinfo, 0, signals[i], info);
		}
	word[0] = SIGSYS;
	word[2] = 1;
	for (int number = -1; number < 480; number += 7) {
		word[6] = number;
		word[7] = (int[]){0xc000003e, 0x40000003, 0, 0xc00000b7}[number & 3];
		fails(SYS_rt_sigqueueinfo, 0, SIGSYS, info);
	}
	word[0] = SIGRTMIN;
	word[2] = SI_QUEUE;
	word[6] = 0x12345678;
	word[7] = 0;
	fails(SYS_rt_sigqueueinfo, 1, 1, info);
	word[7] = 1;
	fails(SYS_rt_sigqueueinfo, 1, 1, info);
	both(SYS_rt_sigqueueinfo, -1, 0, NULL);
	both(SYS_rt_sigqueueinfo, -1, 0, NOWHERE);
	both(SYS_rt_sigqueueinfo, 0x100000001, -1, (char *) info + 1);
	both(SYS_rt_tgsigqueueinfo, -1, -1, 0, NULL);
	both(SYS_rt_tgsigqueueinfo, 1, 2, SIGINT, info);
	both(SYS_rt_tgsigqueueinfo, 1, 2, 33, NOWHERE);
	both(SYS_pidfd_send_signal, 1, SIGINT, info, 0);
	both(SYS_pidfd_send_signal, -1, 65, NULL, 1);
	both(SYS_pidfd_send_signal, -100, 65, NOWHERE, 8);
	for (int bit = 0; bit < 32; bit++)
		both(SYS_pidfd_send_signal, -10000 - bit % 8, 9, info, 1U << bit);
	both(SYS_pidfd_send_signal, -1, 65, NOWHERE, -1);
	both(SYS_rt_sigtimedwait, NULL, info, NULL, 8);
}

/* Signals really delivered, with any code: a process may send those to itself. */
static void delivered(void)
{
	siginfo_t *info = at_the_edge(NULL, 128);
	int32_t *word = (void *) info;
	pid_t self = getpid();
	int signals[] = {SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSEGV, SIGCHLD, SIGPOLL, SIGSYS, SIGUSR1, SIGALRM, SIGRTMIN};

	for (unsigned i = 0; i < sizeof signals / sizeof *signals; i++) {
		signal(signals[i], SIG_IGN);
		for (int code = -8; code < 12; code++) {
			word[0] = signals[i];
			word[1] = 0;
			word[2] = code;
			call(SYS_rt_sigqueueinfo, self, signals[i], info);
			call(SYS_rt_tgsigqueueinfo, self, self, signals[i], info);
		}
	}
	for (int i = 1; i < 65; i++)
		if (i != SIGKILL && i != SIGSTOP && i != 32 && i != 33) {
			signal(i, SIG_IGN);
			call(SYS_tgkill, self, self, i);
			call(SYS_tkill, self, i);
			call(SYS_kill, self, i);
		}
}

static void sends(void)
{
	pid_t self = getpid();

	for (int i = -1; i < 70; i++)
		both(SYS_kill, 1, i);
	for (int i = 0; i < 5; i++) {
		int target = (int[]){0, -1, 1, 0x7fffffff, 0x80000000}[i];
		both(SYS_kill, target, 0);
		both(SYS_tkill, target, 34);
		both(SYS_tgkill, target, target, 65);
	}
	call(SYS_kill, self, 0);
	call(SYS_kill, self, 100);
	call(SYS_tgkill, self, self, 0);
	call(SYS_tgkill, -1, self, 0);
	call(SYS_tkill, self, 0);
	for (int bit = 0; bit < 32; bit++) {
		both(SYS_pidfd_open_, self, 1U << bit);
		both(SYS_pidfd_getfd_, bit - 1, bit, 1U << bit);
	}
	call(SYS_pidfd_open_, self, 0);
	call(SYS_pidfd_open_, self, 04000 | 0200);
	call(SYS_pidfd_open_, -1, 0);
	both(SYS_pidfd_open_, 1, 0);
	both(SYS_pidfd_open_, 1, -1);
	both(SYS_pidfd_getfd_, 3, 0, 0);
	both(SYS_alarm, 0);
	both(SYS_alarm, -1);
	both(SYS_alarm, 0x100000005);
	call(SYS_alarm, 0);
	both(SYS_pause);
}

int main(void)
{
	begin_pretending();
	sets();
	actions();
	stacks();
	informations();
	sends();
	delivered();
	return 0;
}
