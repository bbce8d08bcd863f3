/*
 * System calls that a tracer sees and that do nothing: a seccomp filter answers those whose sixth argument is one of
 * two numbers, with success or with ENOSYS. So any argument can be tried, and memory shown after any success.
 */
#ifndef PRETEND_H
#define PRETEND_H

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FAILURE 0x2badca11L
#define SUCCESS 0x600dca11L

/* An address where nothing is, and one beyond what a program may have. */
#define NOWHERE ((void *) 0x1000)
#define BEYOND ((void *) -1UL)

static inline void begin_pretending(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[5])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, FAILURE, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SUCCESS, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {sizeof filter / sizeof *filter, filter};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
		exit(77);
}

#define CALL_(number, a, b, c, d, e, f, ...) \
	syscall(number, (long) (a), (long) (b), (long) (c), (long) (d), (long) (e), (long) (f))
/* The real call; absent arguments are zero. */
#define call(number, ...) CALL_(number, ##__VA_ARGS__, 0, 0, 0, 0, 0, 0)

#define PRETEND_(answer, number, a, b, c, d, e, ...) CALL_(number, a, b, c, d, e, answer)
/* The call seems to fail, or to return 0. */
#define fails(number, ...) PRETEND_(FAILURE, number, ##__VA_ARGS__, 0, 0, 0, 0, 0)
#define succeeds(number, ...) PRETEND_(SUCCESS, number, ##__VA_ARGS__, 0, 0, 0, 0, 0)
#define both(...) (fails(__VA_ARGS__), succeeds(__VA_ARGS__))

/* `size` bytes just before a page that cannot be read, filled with `data` or with a pattern. */
static inline void *at_the_edge(const void *data, size_t size)
{
	size_t room = (size + 4095) & ~4095UL;
	char *area = mmap(NULL, room + 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *place = area + room - size;

	mprotect(area + room, 4096, PROT_NONE);
	if (data)
		return memcpy(place, data, size);
	for (size_t i = 0; i < size; i++)
		place[i] = (char) (0x81 + i);
	return place;
}

#endif
