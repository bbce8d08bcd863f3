/* calls_ptrace: every request of ptrace, with arguments that succeed, fail, and make no sense. */
#define _GNU_SOURCE
#include "pretend.h"

#include <elf.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>

static void requests(void)
{
	static const unsigned sets[] = {0, 1, 2, 3, 4, 6, 0x100, 0x200, 0x201, 0x202, 0x203, 0x204, 0x400, 0x300, 0x46e62b7f, 0x53494749, 0x46494c45, 0xffffffff, 0xa00, 0x900};
	uint64_t *words = at_the_edge(NULL, 512);
	struct iovec { void *base; size_t size; } *vector = at_the_edge(NULL, sizeof *vector);
	static const unsigned ranges[][2] = {{0, 40}, {0x4200, 0x4220}};

	for (int range = 0; range < 2; range++)
		for (unsigned request = ranges[range][0]; request < ranges[range][1]; request++) {
			both(SYS_ptrace, request, 0, 0, 0);
			both(SYS_ptrace, request, 1, 2, 3);
			both(SYS_ptrace, request, -1, NOWHERE, NOWHERE);
			both(SYS_ptrace, request, 1, words, words);
			both(SYS_ptrace, request, 1, BEYOND, BEYOND);
		}
	both(SYS_ptrace, -1, -1, -1L, -1L), both(SYS_ptrace, 0x100000010, 0x100000001, 0, 0);
	for (int bit = 0; bit < 32; bit++) {
		both(SYS_ptrace, PTRACE_SETOPTIONS, 1, 0, 1UL << bit), both(SYS_ptrace, PTRACE_SEIZE, 1, 0, 1UL << bit);
		both(SYS_ptrace, PTRACE_CONT, 1, 0, bit), both(SYS_ptrace, PTRACE_DETACH, 1, 1, bit + 32), both(SYS_ptrace, PTRACE_SYSCALL, 1, 0, bit);
	}
	for (int offset = 0; offset < 1000; offset += 4)
		both(SYS_ptrace, PTRACE_PEEKUSER, 1, offset, words), fails(SYS_ptrace, PTRACE_POKEUSER, 1, offset, 5);
	for (unsigned i = 0; i < sizeof sets / sizeof *sets; i++)
		for (int size = 0; size < 300; size += 72) {
			vector->base = words, vector->size = size;
			both(SYS_ptrace, PTRACE_GETREGSET, 1, sets[i], vector), both(SYS_ptrace, PTRACE_SETREGSET, 1, sets[i], vector);
		}
	both(SYS_ptrace, PTRACE_GETREGSET, 1, 1, NULL), both(SYS_ptrace, PTRACE_GETREGSET, 1, 1, NOWHERE);
	vector->base = NULL;
	both(SYS_ptrace, PTRACE_GETREGSET, 1, 1, vector), both(SYS_ptrace, PTRACE_SETREGSET, 1, 1, vector);
	words[0] = 1, words[1] = 1, words[2] = 3;
	struct { uint64_t offset; uint32_t flags; int32_t count; } *peek = at_the_edge(NULL, 16);
	peek->offset = 1, peek->flags = 1, peek->count = 2;
	both(SYS_ptrace, PTRACE_PEEKSIGINFO, 1, peek, words);
	peek->flags = 6, peek->count = -1;
	both(SYS_ptrace, PTRACE_PEEKSIGINFO, 1, peek, words);
	for (int size = 0; size < 12; size++)
		both(SYS_ptrace, PTRACE_GETSIGMASK, 1, size, words), both(SYS_ptrace, PTRACE_SETSIGMASK, 1, size, words);
	unsigned char *info = at_the_edge(NULL, 88);
	for (int operation = 0; operation < 6; operation++)
		for (int size = 0; size < 90; size += 8) {
			info[0] = operation, info[4] = operation & 1 ? 0x3e : 3, info[5] = 0, info[6] = 0, info[7] = operation & 1 ? 0xc0 : 0x40;
			info[24] = operation == 2 ? -operation : 5, info[32] = operation & 1;
			memset(info + 25, operation == 2 ? 0xff : 0, 7);
			both(SYS_ptrace, PTRACE_GET_SYSCALL_INFO, 1, size, info);
			both(SYS_ptrace, 0x4212, 1, size, info);
		}
	for (int size = 0; size < 40; size += 8)
		both(SYS_ptrace, 0x420f, 1, size, words), both(SYS_ptrace, 0x4210, 1, size, words), both(SYS_ptrace, 0x4211, 1, size, words);
}

/* A real tracer of a child that runs a few calls. */
static void tracing(void)
{
	struct user_regs_struct registers;
	struct iovec { void *base; size_t size; } vector = {&registers, sizeof registers};
	siginfo_t info;
	int status;
	long message;
	pid_t pid = call(SYS_fork);
	char syscall_info[88];

	if (!pid) {
		call(SYS_ptrace, PTRACE_TRACEME);
		call(SYS_kill, getpid(), SIGSTOP);
		call(SYS_getppid);
		_exit(3);
	}
	call(SYS_wait4, pid, &status, 0, 0);
	call(SYS_ptrace, PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXIT);
	call(SYS_ptrace, PTRACE_GETREGS, pid, 0, &registers);
	call(SYS_ptrace, PTRACE_GETREGSET, pid, NT_PRSTATUS, &vector);
	call(SYS_ptrace, PTRACE_GETSIGINFO, pid, 0, &info);
	call(SYS_ptrace, PTRACE_PEEKUSER, pid, offsetof(struct user_regs_struct, orig_rax), &message);
	call(SYS_ptrace, PTRACE_PEEKDATA, pid, registers.rsp, &message);
	call(SYS_ptrace, PTRACE_POKEDATA, pid, registers.rsp, message);
	call(SYS_ptrace, PTRACE_SETREGS, pid, 0, &registers);
	for (int i = 0; i < 2; i++) {
		call(SYS_ptrace, PTRACE_SYSCALL, pid, 0, 0);
		call(SYS_wait4, pid, &status, 0, 0);
		call(SYS_ptrace, PTRACE_GET_SYSCALL_INFO, pid, sizeof syscall_info, syscall_info);
	}
	call(SYS_ptrace, PTRACE_CONT, pid, 0, 0);
	call(SYS_wait4, pid, &status, 0, 0);
	call(SYS_ptrace, PTRACE_GETEVENTMSG, pid, 0, &message);
	call(SYS_ptrace, PTRACE_DETACH, pid, 0, 0);
	call(SYS_wait4, pid, &status, 0, 0);
}

int main(void)
{
	begin_pretending();
	requests();
	tracing();
	return 0;
}
