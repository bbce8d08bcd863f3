/* calls_process: every call about processes, with arguments that succeed, fail, and make no sense. */
#define _GNU_SOURCE
#include "pretend.h"

#include <linux/capability.h>
#include <linux/futex.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <sys/times.h>
#include <sys/utsname.h>
#include <sys/wait.h>

enum { FUTEX_WAITV = 449, FUTEX_WAKE2 = 454, FUTEX_WAIT2 = 455, FUTEX_REQUEUE2 = 456, RSEQ_YIELD = 471 };

static char text[] = "some\ttext that is longer than thirty-two bytes";
static char *arguments[] = {"/nonexistent", "-x", "with \"quotes\" and \\", "longer than thirty-two bytes is this", NULL};
static char *environment[] = {"A=B", "C=D", NULL};

static void executing(void)
{
	char **unterminated = at_the_edge(NULL, 16), **bad = at_the_edge(NULL, 32), **many = calloc(102, sizeof *many), **none = at_the_edge(NULL, 8);

	unterminated[0] = text, unterminated[1] = text;
	bad[0] = text, bad[1] = NOWHERE, bad[2] = BEYOND, bad[3] = NULL;
	none[0] = NULL;
	for (int i = 0; i < 100; i++)
		many[i] = "x";
	call(SYS_execve, "/nonexistent", arguments, environment);
	call(SYS_execve, "/nonexistent", none, none);
	call(SYS_execve, "/nonexistent", many, many);
	call(SYS_execve, "/nonexistent", arguments, environment + 1);
	call(SYS_execve, "/nonexistent", unterminated, unterminated);
	call(SYS_execve, "/nonexistent", bad, bad);
	call(SYS_execve, NOWHERE, NOWHERE, BEYOND);
	call(SYS_execve, NULL, NULL, NULL);
	call(SYS_execve, "", (char *) none + 4, (char *) none + 4);
	for (int i = 30; i < 34; i++) {
		many[i] = NULL;
		fails(SYS_execve, "/nonexistent", many, many);
		many[i] = "x";
	}
	call(SYS_execveat, -100, "nonexistent", arguments, environment, 0);
	for (int bit = 0; bit < 32; bit++)
		call(SYS_execveat, bit, "nonexistent", arguments, environment, 1U << bit);
	call(SYS_execveat, -1, "nonexistent", NULL, NULL, 0x1900);
	call(SYS_execveat, -1, NULL, NULL, NULL, -1);
}

static void creation(void)
{
	int *parent = at_the_edge(NULL, 4), *child = at_the_edge(NULL, 4), status;
	struct clone_args *args = at_the_edge(NULL, 88);
	char *larger = at_the_edge(NULL, 100);
	pid_t pid;

	*parent = 7, *child = 8;
	both(SYS_fork);
	both(SYS_vfork);
	for (int bit = 0; bit < 64; bit++) {
		both(SYS_clone, 1UL << bit, 0, parent, child, 5);
		both(SYS_clone, 1UL << bit | CLONE_VM | SIGCHLD, 0x1234, parent, child, 5);
	}
	both(SYS_clone, CLONE_CHILD_CLEARTID | CLONE_CHILD_SETTID | SIGCHLD, NULL, NULL, child, 0);
	both(SYS_clone, 0x3d0f00, 0x1234, parent, child, 0x700);
	both(SYS_clone, CLONE_PARENT_SETTID | 255, 0, NOWHERE, child, 0);
	both(SYS_clone, CLONE_PIDFD | CLONE_PARENT_SETTID | 65, 0, NULL, child, 0);
	both(SYS_clone, -1L, -1L, -1L, -1L, -1L);
	memset(args, 0, 88);
	both(SYS_clone3, args, 88);
	args->pidfd = (long) parent, args->parent_tid = (long) child, args->child_tid = 5, args->exit_signal = SIGCHLD;
	args->stack = 0x1000, args->stack_size = 0x2000, args->tls = 0x77;
	for (int bit = 0; bit < 64; bit++) {
		args->flags = 1UL << bit;
		both(SYS_clone3, args, 64);
		both(SYS_clone3, args, 88);
		args->flags |= CLONE_PARENT_SETTID | CLONE_PIDFD;
		both(SYS_clone3, args, 88);
	}
	args->set_tid = (long) parent, args->set_tid_size = 1, args->cgroup = 5;
	for (int size = 40; size <= 88; size += 4)
		both(SYS_clone3, args, size);
	args->flags = CLONE_INTO_CGROUP | CLONE_NEWPID, args->set_tid_size = 3, args->exit_signal = 500;
	both(SYS_clone3, args, 88);
	args->set_tid_size = 0;
	both(SYS_clone3, args, 88);
	args->set_tid_size = 50, args->exit_signal = -1UL;
	both(SYS_clone3, args, 88);
	memcpy(larger, args, 88);
	both(SYS_clone3, larger, 100);
	memset(larger + 88, 0, 12);
	both(SYS_clone3, larger, 100);
	both(SYS_clone3, larger, 96);
	both(SYS_clone3, larger, 104);
	both(SYS_clone3, larger, 5000);
	both(SYS_clone3, larger, -1L);
	both(SYS_clone3, NULL, 88);
	both(SYS_clone3, NOWHERE, 88);
	for (int i = 0; i < 3; i++) {
		pid = i ? call(SYS_clone, CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | SIGCHLD, 0, parent, child, 0) : call(SYS_fork);
		if (!pid)
			_exit(i * 3);
		call(SYS_wait4, pid, i ? &status : NULL, i & 1 ? 0 : __WALL, 0);
	}
	memset(args, 0, 88);
	args->flags = CLONE_PIDFD | CLONE_PARENT_SETTID, args->pidfd = (long) parent, args->parent_tid = (long) child, args->exit_signal = SIGCHLD;
	if (!call(SYS_clone3, args, 88))
		_exit(0);
	call(SYS_wait4, -1, &status, 0, 0);
	call(SYS_set_tid_address, child);
	call(SYS_set_robust_list, child, 24);
	call(SYS_set_robust_list, NULL, -1L);
	call(SYS_get_robust_list, 0, parent, child);
	call(SYS_get_robust_list, 0, &parent, &args->tls);
	call(SYS_get_robust_list, -1, NOWHERE, NULL);
}

static void waiting(void)
{
	int *status = at_the_edge(NULL, 4);
	struct rusage *usage = at_the_edge(NULL, sizeof *usage);
	siginfo_t *info = at_the_edge(NULL, 128);
	pid_t pid;

	for (int bit = 0; bit < 32; bit++) {
		both(SYS_wait4, -1, status, 1U << bit, usage);
		both(SYS_waitid, bit, bit, info, 1U << bit, usage);
	}
	both(SYS_wait4, 0x100000001, NULL, -1, NULL);
	both(SYS_wait4, -1, NOWHERE, 0, NOWHERE);
	both(SYS_waitid, -1, -1, NULL, -1, NULL);
	both(SYS_waitid, P_PID, 5, NOWHERE, WEXITED, NOWHERE);
	memset(info, 0, 128);
	both(SYS_waitid, P_PIDFD, 5, info, WEXITED | WSTOPPED | WCONTINUED | WNOWAIT, NULL);
	call(SYS_wait4, -1, status, 0, usage);
	call(SYS_waitid, P_ALL, 0, info, WEXITED, usage);
	if (!(pid = call(SYS_fork)))
		for (;;)
			pause();
	call(SYS_wait4, pid, status, WNOHANG, usage);
	call(SYS_waitid, P_PID, pid, info, WNOHANG | WEXITED, usage);
	call(SYS_kill, pid, SIGSTOP);
	call(SYS_wait4, pid, status, WUNTRACED, NULL);
	call(SYS_kill, pid, SIGCONT);
	call(SYS_wait4, pid, status, WCONTINUED, NULL);
	call(SYS_kill, pid, SIGKILL);
	call(SYS_waitid, P_PID, pid, info, WEXITED | WNOWAIT, NULL);
	call(SYS_wait4, pid, status, 0, NULL);
	if (!(pid = call(SYS_fork)))
		_exit(77);
	call(SYS_waitid, P_PID, pid, info, WEXITED, NULL);
}

static void identities(void)
{
	static const int none[] = {
		SYS_getpid, SYS_getppid, SYS_gettid, SYS_getuid, SYS_geteuid, SYS_getgid, SYS_getegid, SYS_getpgrp, SYS_sched_yield,
	};
	uint32_t *ids = at_the_edge(NULL, 12);
	unsigned *groups = at_the_edge(NULL, 40 * 4);

	for (unsigned i = 0; i < sizeof none / sizeof *none; i++)
		call(none[i]);
	call(SYS_getpgid, 0), call(SYS_getpgid, -1), call(SYS_getsid, 0), call(SYS_getsid, -1);
	both(SYS_setpgid, -1, 0x100000001), both(SYS_setsid);
	both(SYS_setuid, -1), both(SYS_setuid, 0xfffffffe), both(SYS_setgid, -1), both(SYS_setgid, 5);
	both(SYS_setreuid, -1, 1), both(SYS_setregid, 1, -1);
	both(SYS_setresuid, -1, 0x1ffffffff, 2), both(SYS_setresgid, 1, -1, -2);
	both(SYS_setfsuid, -1), both(SYS_setfsgid, -1), both(SYS_setfsuid, 1), both(SYS_setfsgid, 1);
	ids[0] = 1, ids[1] = -1, ids[2] = -2;
	both(SYS_getresuid, ids, ids + 1, ids + 2), both(SYS_getresgid, ids, ids + 1, ids + 2);
	both(SYS_getresuid, NULL, NOWHERE, ids + 2);
	call(SYS_getresuid, ids, ids + 1, ids + 2), call(SYS_getresgid, ids, ids + 1, ids + 2);
	for (int i = 0; i < 40; i++)
		groups[i] = i ? i : -1;
	for (int count = -2; count < 45; count += 3) {
		both(SYS_setgroups, count, groups);
		both(SYS_getgroups, count, groups);
	}
	both(SYS_setgroups, 0, NULL), both(SYS_setgroups, 3, NULL), both(SYS_setgroups, 3, NOWHERE), both(SYS_setgroups, 0x7fffffff, groups);
	both(SYS_getgroups, 0, NULL), both(SYS_getgroups, 65537, NULL);
	call(SYS_getgroups, 40, groups), call(SYS_getgroups, 0, NULL), call(SYS_getgroups, 0, groups);
	both(SYS_setgroups, 65536, groups), both(SYS_setgroups, 65537, groups);
}

static void capabilities(void)
{
	struct __user_cap_header_struct *header = at_the_edge(NULL, sizeof *header);
	struct __user_cap_data_struct *data = at_the_edge(NULL, 2 * sizeof *data);
	static const uint32_t versions[] = {0, _LINUX_CAPABILITY_VERSION_1, _LINUX_CAPABILITY_VERSION_2, _LINUX_CAPABILITY_VERSION_3, -1};

	for (unsigned i = 0; i < 5; i++) {
		header->version = versions[i], header->pid = i - 1;
		both(SYS_capget, header, data), both(SYS_capset, header, data);
		both(SYS_capget, header, NULL), both(SYS_capset, header, data + 1);
	}
	header->version = _LINUX_CAPABILITY_VERSION_3, header->pid = 0;
	memset(data, 0, 2 * sizeof *data);
	both(SYS_capset, header, data);
	for (int bit = 0; bit < 64; bit++) {
		memset(data, 0, 2 * sizeof *data);
		data[bit / 32].effective = 1U << bit % 32, data[bit / 32].permitted = ~data[bit / 32].effective;
		both(SYS_capset, header, data);
	}
	memset(data, 0xff, 2 * sizeof *data);
	both(SYS_capset, header, data);
	call(SYS_capget, header, NULL), call(SYS_capget, header, data), call(SYS_capget, NULL, data), call(SYS_capget, NOWHERE, data);
	header->version = 5;
	call(SYS_capget, header, data);
	both(SYS_capset, NULL, NULL);
}

static void controls(void)
{
	char *name = at_the_edge("a name longer than sixteen", 27);
	uint64_t *words = at_the_edge(NULL, 64);

	for (int option = 0; option < 100; option++) {
		both(SYS_prctl, option, 0, 0, 0, 0);
		both(SYS_prctl, option, 1, 2, 3, 4);
		both(SYS_prctl, option, words, words, words, words);
		both(SYS_prctl, option, -1L, -1L, -1L, -1L);
		both(SYS_prctl, option, NOWHERE, NOWHERE, name, 14);
		for (int number = 0; number < 20; number++)
			both(SYS_prctl, option, number, number & 1 ? 1UL << number : number, number * 3, number * 5);
		for (int bit = 0; bit < 64; bit += 5)
			both(SYS_prctl, option, 1UL << bit, 1UL << bit, 1UL << bit, 1UL << bit);
	}
	static const long options[] = {0x41555856, 0x53564d41, 0x59616d61, 0x4d444d58, 0x53564d41, 1000, -1};
	for (unsigned i = 0; i < sizeof options / sizeof *options; i++) {
		both(SYS_prctl, options[i], 0, name, 16, name);
		both(SYS_prctl, options[i], 1, words, 16, NULL);
		both(SYS_prctl, options[i], -1L, 1, 2, 3);
		for (int number = 0; number < 8; number++)
			both(SYS_prctl, options[i], number, number, number, number);
	}
	both(SYS_prctl, PR_SET_NAME, name), both(SYS_prctl, PR_GET_NAME, name);
	both(SYS_prctl, PR_SET_NAME, "short"), both(SYS_prctl, PR_GET_NAME, "short");
	both(SYS_prctl, PR_SET_NAME, name + 20), both(SYS_prctl, PR_SET_NAME, "fifteen letters"), both(SYS_prctl, PR_SET_NAME, "sixteen letters.");
	both(SYS_prctl, 0x53564d41, 0, words, 16, name), both(SYS_prctl, 0x53564d41, 0, words, 16, NULL);
	for (int code = 0x1000; code < 0x1030; code++)
		both(SYS_arch_prctl, code, words);
	for (int code = 0x2000; code < 0x2004; code++)
		both(SYS_arch_prctl, code, code);
	for (int code = 0x3000; code < 0x3004; code++)
		both(SYS_arch_prctl, code, 1);
	for (int code = 0x4000; code < 0x4008; code++)
		both(SYS_arch_prctl, code, 1);
	for (int code = 0x5000; code < 0x5008; code++)
		both(SYS_arch_prctl, code, words), both(SYS_arch_prctl, code, 3);
	both(SYS_arch_prctl, 0x1003, NULL), both(SYS_arch_prctl, 0x1003, NOWHERE), both(SYS_arch_prctl, -1, -1L);
	call(SYS_arch_prctl, 0x1003, words), call(SYS_arch_prctl, 0x1011, 0);
	for (int bit = 0; bit < 32; bit++)
		both(SYS_personality, 1UL << bit), both(SYS_personality, bit), both(SYS_personality, 1UL << bit | 8);
	both(SYS_personality, 0x12345678abcd0000), both(SYS_personality, -1L);
	call(SYS_personality, 0xffffffff);
	call(SYS_personality, PR_GET_NAME | 0x20000), call(SYS_personality, 0xffffffff), call(SYS_personality, 0);
}

static void limits(void)
{
	static const uint64_t values[] = {0, 1, 1023, 1024, 1025, 8192 * 1024, 8 << 20, 1000, ~0UL, ~0UL >> 1, 0xffffffff, 1UL << 62, ~0UL << 10, 2048};
	uint64_t *limit = at_the_edge(NULL, 16), *old = at_the_edge(NULL, 16);
	struct rusage *usage = at_the_edge(NULL, sizeof *usage);
	struct tms *clocks = at_the_edge(NULL, sizeof *clocks);
	struct sysinfo *system = at_the_edge(NULL, sizeof *system);
	struct utsname *names = at_the_edge(NULL, sizeof *names);

	for (unsigned i = 0; i < sizeof values / sizeof *values; i++) {
		limit[0] = values[i], limit[1] = values[(i + 1) % 14], old[0] = values[i] + 1, old[1] = values[i] * 3;
		both(SYS_prlimit64, i, i, limit, old), both(SYS_getrlimit, i, limit), both(SYS_setrlimit, i, limit);
	}
	for (int i = 14; i < 20; i++)
		both(SYS_prlimit64, -1, i, NULL, NOWHERE);
	both(SYS_prlimit64, -1, -1, NOWHERE, NULL), both(SYS_setrlimit, 3, NOWHERE), both(SYS_getrlimit, 3, NULL);
	call(SYS_getrlimit, 3, limit), call(SYS_prlimit64, 0, 7, NULL, limit), call(SYS_setrlimit, 3, limit);
	for (int who = -3; who < 3; who++)
		both(SYS_getrusage, who, usage), both(SYS_getrusage, who, NULL);
	memset(usage, 0, sizeof *usage);
	succeeds(SYS_getrusage, 0, usage);
	call(SYS_getrusage, -9, usage), call(SYS_getrusage, 0, NOWHERE);
	both(SYS_times, clocks), both(SYS_times, NULL), both(SYS_times, NOWHERE);
	both(SYS_sysinfo, system), both(SYS_sysinfo, NULL), both(SYS_sysinfo, NOWHERE);
	memset(system, 0, sizeof *system);
	succeeds(SYS_sysinfo, system);
	both(SYS_uname, names), both(SYS_uname, NULL), both(SYS_uname, NOWHERE);
	memset(names, 'x', sizeof *names);
	succeeds(SYS_uname, names);
	call(SYS_uname, names);
	both(SYS_sethostname, text, 5), both(SYS_sethostname, text, 46), both(SYS_sethostname, text, 0), both(SYS_sethostname, NULL, 5);
	both(SYS_sethostname, text, -1), both(SYS_setdomainname, text, 40), both(SYS_setdomainname, NOWHERE, 4), both(SYS_sethostname, text, 1000);
}

static void scheduling(void)
{
	int *parameter = at_the_edge(NULL, 4);
	struct timespec *interval = at_the_edge(NULL, 16);
	unsigned long *mask = at_the_edge(NULL, 256);
	char *attributes = at_the_edge(NULL, 56), *larger = at_the_edge(NULL, 80);
	uint32_t *words = (void *) attributes;
	unsigned *cpu = at_the_edge(NULL, 4), *node = at_the_edge(NULL, 4);

	for (int policy = -1; policy < 10; policy++) {
		*parameter = policy;
		both(SYS_sched_setscheduler, policy, policy, parameter), both(SYS_sched_setparam, policy, parameter);
		both(SYS_sched_getparam, policy, parameter), both(SYS_sched_getscheduler, policy);
		both(SYS_sched_get_priority_max, policy), both(SYS_sched_get_priority_min, policy);
		both(SYS_sched_rr_get_interval, policy, interval);
		both(SYS_getpriority, policy, policy), both(SYS_setpriority, policy, policy, policy);
		both(SYS_ioprio_get, policy, policy), both(SYS_ioprio_set, policy, policy, policy << 13 | policy);
	}
	for (int bit = 0; bit < 32; bit++) {
		both(SYS_sched_setscheduler, 0, 1U << bit, parameter), both(SYS_ioprio_set, 1, 0, 1U << bit);
		both(SYS_ioprio_set, 1, 0, 0x4000 | 1U << bit), both(SYS_sched_setattr, 0, NULL, 1U << bit), both(SYS_sched_getattr, 0, NULL, 48, 1U << bit);
		both(SYS_ioprio_set, 1, 0, 0x6000 | bit << 3 | (bit & 7));
	}
	both(SYS_sched_setscheduler, 0, 0x40000001, parameter), both(SYS_sched_setscheduler, 0, 0x40000009, NULL), both(SYS_sched_setscheduler, 0, 0, NOWHERE);
	call(SYS_sched_getscheduler, 0), call(SYS_sched_getparam, 0, parameter), call(SYS_sched_rr_get_interval, 0, interval);
	call(SYS_getpriority, 0, 0), call(SYS_ioprio_get, 1, 0), call(SYS_getpriority, 5, 0), call(SYS_ioprio_set, 1, 0, 0x4004), call(SYS_ioprio_get, 1, 0);
	memset(mask, 0, 256);
	mask[0] = 0x8000000000000005, mask[1] = 3, mask[3] = 1UL << 63;
	for (int size = -1; size < 300; size += size < 40 ? 1 : 50)
		both(SYS_sched_setaffinity, 1, size, mask), both(SYS_sched_getaffinity, 1, size, mask);
	memset(mask, 0xff, 256);
	both(SYS_sched_setaffinity, 1, 8, mask), both(SYS_sched_setaffinity, 1, 256, mask);
	memset(mask, 0, 256);
	both(SYS_sched_setaffinity, 1, 8, mask), both(SYS_sched_setaffinity, 1, 8, NULL), both(SYS_sched_setaffinity, 1, 8, NOWHERE), both(SYS_sched_setaffinity, 1, 1000, mask);
	call(SYS_sched_getaffinity, 0, 128, mask), call(SYS_sched_getaffinity, 0, 8, mask), call(SYS_sched_getaffinity, 0, 7, mask);
	for (unsigned i = 0; i < 60; i += 4) {
		words[0] = i;
		both(SYS_sched_setattr, 0, attributes, 0), both(SYS_sched_getattr, 0, attributes, i, 0);
	}
	memset(attributes, 0, 56);
	for (int policy = 0; policy < 10; policy++)
		for (int bit = -1; bit < 12; bit++) {
			words[0] = bit & 1 ? 56 : 48, words[1] = policy | (bit == 5) << 30, words[2] = bit < 0 ? 0 : 1U << bit, words[4] = bit, words[5] = policy;
			words[6] = bit * 7, words[8] = policy * 9, words[10] = bit, words[12] = bit, words[13] = policy;
			both(SYS_sched_setattr, 0, attributes, bit);
		}
	words[0] = 56;
	both(SYS_sched_setattr, 0, attributes, 0), both(SYS_sched_setattr, 0, NOWHERE, 0);
	words = (void *) larger;
	words[0] = 80;
	both(SYS_sched_setattr, 0, larger, 0);
	memset(larger + 56, 0, 24);
	both(SYS_sched_setattr, 0, larger, 0);
	words[0] = 72;
	both(SYS_sched_setattr, 0, larger, 0);
	words[0] = 800;
	both(SYS_sched_setattr, 0, larger, 0), both(SYS_sched_getattr, 0, larger, 80, 0);
	call(SYS_sched_getattr, 0, larger, 80, 0), call(SYS_sched_getattr, 0, larger, 48, 0), call(SYS_sched_getattr, 0, larger, 56, 0), call(SYS_sched_getattr, -1, larger, 48, 0);
	both(SYS_getcpu, cpu, node, NULL), both(SYS_getcpu, NULL, NOWHERE, cpu);
	both(SYS_setns, 3, 0), both(SYS_setns, -1, -1), both(SYS_unshare, -1), both(SYS_unshare, 0);
	for (int bit = 0; bit < 32; bit++)
		both(SYS_setns, bit, 1U << bit), both(SYS_setns, bit, 0x8000000 | 1U << bit), both(SYS_unshare, 1U << bit);
	both(SYS_unshare, 0x7e020000), both(SYS_setns, 3, 0x7e020080);
	for (int type = -1; type < 10; type++)
		both(SYS_kcmp, 1, 2, type, 3, 4);
	uint32_t *slot = at_the_edge(NULL, 12);
	slot[0] = 1, slot[1] = 2, slot[2] = 3;
	both(SYS_kcmp, 1, 2, 7, 3, slot), both(SYS_kcmp, 1, 2, 7, 3, NULL), both(SYS_kcmp, 1, 2, 7, 3, NOWHERE);
	both(RSEQ_YIELD);
}

static void waits(void)
{
	int *word = at_the_edge(NULL, 4);
	struct timespec *time = at_the_edge(NULL, 16);
	uint64_t *list = at_the_edge(NULL, 24 * 3);
	static const int flags[] = {0, 128, 256, 384, 512, 1024};

	time->tv_sec = 0, time->tv_nsec = 1;
	for (int operation = 0; operation < 16; operation++)
		for (unsigned i = 0; i < 6; i++) {
			call(SYS_futex, (char *) word + 1, operation | flags[i], operation + 5, operation == 4 || operation == 3 || operation == 5 || operation == 12 ? (void *) 3 : time, (char *) word + 1, operation == 12 ? 7 : -operation);
			call(SYS_futex, 1, operation | flags[i], -1, NULL, 3, 4);
		}
	call(SYS_futex, word, 0, 1, time), call(SYS_futex, word, 0, 1, NOWHERE), call(SYS_futex, word, 129, 1), call(SYS_futex, word, 1, 0x7fffffff);
	call(SYS_futex, word, 137, *word, time, NULL, -1), call(SYS_futex, word, 137, *word, time, NULL, 5), call(SYS_futex, word, -1, 1, 2, 3, 4);
	for (int operation = 0; operation < 16; operation++)
		for (int comparison = 0; comparison < 16; comparison += operation & 1 ? 1 : 5)
			call(SYS_futex, 1, 5, 1, 2, 3, (unsigned) operation << 28 | comparison << 24 | 0x123 << 12 | 0xfff);
	time->tv_nsec = 1000000000;
	call(SYS_futex, word, 0, *word, time), call(SYS_futex, 1, 6, 0, time), call(SYS_futex, 1, 13, 0, time);
	for (int i = 0; i < 3; i++)
		list[i * 3] = i + 5, list[i * 3 + 1] = (long) word, list[i * 3 + 2] = (uint64_t) (1U << i * 2 | 2) | (uint64_t) (i & 1) << 32;
	for (int bit = 0; bit < 32; bit++) {
		list[2] = 1U << bit;
		both(FUTEX_WAITV, list, 1, 1U << bit, time, bit);
		both(FUTEX_WAKE2, word, 0xff, 3, 1U << bit);
		both(FUTEX_WAIT2, word, 5, 0xffffffff, 1U << bit, time);
		both(FUTEX_REQUEUE2, list, 1U << bit, 1, 2);
	}
	for (int count = 0; count < 5; count++)
		both(FUTEX_WAITV, list, count, 0, NULL, 0);
	call(FUTEX_WAITV, list, 1, 0, time, 1), call(FUTEX_WAITV, list, 129, 0, time, -1), call(FUTEX_WAITV, NULL, 0, 0, NULL, 1);
	call(FUTEX_WAIT2, word, 5, 7, 0x82, time, 1), call(FUTEX_WAIT2, word, -1L, -1L, 0x82, NULL, 1), call(FUTEX_WAKE2, word, -1L, -1, 2);
	both(FUTEX_REQUEUE2, NOWHERE, 0, 1, 2), both(FUTEX_REQUEUE2, NULL, 0, -1, -1), both(FUTEX_REQUEUE2, (char *) list + 48, 0, 1, 2);
}

static void restartable(void)
{
	char *area = at_the_edge(NULL, 32);

	both(334, area, 32, 0, 0x53053053), both(334, area, 32, 1, 5), both(334, area, 32, -1, -1);
	for (int size = 0; size < 80; size += 4)
		both(334, area - 48, size, 0, 0x53053053);
	for (int bit = 0; bit < 32; bit++) {
		uint32_t *words = (void *) area;

		words[4] = 1U << bit;
		words[1] = bit < 3 ? -bit : bit;
		both(334, area, 32, 1U << bit, 0);
	}
	both(334, NULL, 32, 0, 0), both(334, NOWHERE, 32, 0, 0), both(334, area + 16, 32, 0, 0);
}

int main(void)
{
	begin_pretending();
	executing();
	creation();
	waiting();
	identities();
	capabilities();
	controls();
	limits();
	scheduling();
	waits();
	restartable();
	both(SYS_restart_syscall);
	both(SYS_ptrace, 0, 0, 0, 0);
	fails(SYS_exit_group, 0x100000001), fails(SYS_exit, -1);
	call(SYS_exit_group, 0x100);
	return 0;
}
