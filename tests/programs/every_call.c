/*
 * every_call FILE: makes the calls that FILE lists (see tests/every_call.py), none of which happens: a supervisor answers
 * each in the kernel's place (seccomp_unotify(2)), and changes the memory that the call may have written. So any call
 * can be made with any arguments and any result. What the filter stops is the one instruction that makes listed calls.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { PAGE = 4096, SECONDS = 60, CANNOT = 77 };

struct listed_call {
	int64_t number, answer, arguments[6], stack;
};

/* The list: pages as they are before each call, pages as they are after it, and the calls. */
struct list {
	uint64_t calls, pages, place; /* Pages are at `place`, each with a page behind it that cannot be read. */
};

long make_call(const struct listed_call *call);
extern const char call_made[];

/* Where the stack was: a call that reads it, as rt_sigreturn does, has another one. */
uintptr_t own_stack;

#ifdef __x86_64__
__asm__(".globl make_call, call_made\n"
	"make_call: mov %rsp, own_stack(%rip); mov 64(%rdi), %rsp; mov (%rdi), %rax\n"
	"	mov 24(%rdi), %rsi; mov 32(%rdi), %rdx; mov 40(%rdi), %r10; mov 48(%rdi), %r8; mov 56(%rdi), %r9\n"
	"	mov 16(%rdi), %rdi; syscall\n"
	"call_made: mov own_stack(%rip), %rsp; ret\n");
#else
__asm__(".globl make_call, call_made\n"
	"make_call: push %ebx; push %esi; push %edi; push %ebp; mov 20(%esp), %eax; mov %esp, own_stack; mov 64(%eax), %esp\n"
	"	mov 16(%eax), %ebx; mov 24(%eax), %ecx; mov 32(%eax), %edx; mov 40(%eax), %esi; mov 48(%eax), %edi\n"
	"	mov 56(%eax), %ebp; mov (%eax), %eax; int $0x80\n"
	"call_made: mov own_stack, %esp; pop %ebp; pop %edi; pop %esi; pop %ebx; ret\n");
#endif

static const struct list *list;
static volatile uint64_t *now; /* shared: which call is made */

/* The image before or after a call, into the pages that programs see. */
static void fill(int after)
{
	const char *image = (const char *) (list + 1) + (after ? list->pages * PAGE : 0);

	for (uint64_t i = 0; i < list->pages; i++)
		memcpy((char *) (uintptr_t) list->place + 2 * i * PAGE, image + i * PAGE, PAGE);
}

static const struct listed_call *listed_calls(void)
{
	return (const struct listed_call *) ((const char *) (list + 1) + 2 * list->pages * PAGE);
}

/* Everything is let through but what returns to `call_made`. */
static int install(void)
{
	uint64_t place = (uintptr_t) call_made;
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, instruction_pointer)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t) place, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, instruction_pointer) + 4),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t) (place >> 32), 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {sizeof filter / sizeof *filter, filter};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -1;
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
}

static void supervise(int listener)
{
	/* The structures grow with the kernel. */
	union {
		struct seccomp_notif request;
		char room[512];
	} notified;
	union {
		struct seccomp_notif_resp answer;
		char room[512];
	} given;

	for (;;) {
		memset(&notified, 0, sizeof notified), memset(&given, 0, sizeof given);
		if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &notified.request))
			continue;
		int64_t answer = listed_calls()[*now].answer;

		if (answer >= 0)
			fill(1);
		given.answer.id = notified.request.id;
		given.answer.val = answer > -4096 && answer < 0 ? 0 : answer;
		given.answer.error = answer > -4096 && answer < 0 ? answer : 0;
		ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &given.answer);
	}
}

int main(int argc, char **argv)
{
	int file = open(argv[argc - 1], O_RDONLY);
	struct stat status;

	if (argc != 2 || fstat(file, &status))
		return 2;
	alarm(SECONDS);
	list = mmap(NULL, status.st_size, PROT_READ, MAP_PRIVATE, file, 0);
	now = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	mmap((void *) (uintptr_t) list->place, 2 * list->pages * PAGE, PROT_READ | PROT_WRITE,
	     MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	for (uint64_t i = 0; i < list->pages; i++)
		mprotect((char *) (uintptr_t) list->place + (2 * i + 1) * PAGE, PAGE, PROT_NONE);
	int listener = install(), parent = getpid();

	if (listener < 0)
		return CANNOT;
	if (!fork()) {
		alarm(SECONDS);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() == parent)
			supervise(listener);
		_exit(0);
	}
	write(-1, "begin", 5);
	for (*now = 0; *now < list->calls; ++*now) {
		fill(0);
		make_call(&listed_calls()[*now]);
	}
	return 0;
}
