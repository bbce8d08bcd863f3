/* calls_security [TOPIC...]: every call about security and about the system itself, with arguments that make sense and with others.
 *
 * Nothing is changed: a filter answers all of them, see pretend.h, but for a few that only ask.
 */
#define _GNU_SOURCE
#include "pretend.h"

#include <linux/bpf.h>
#include <linux/keyctl.h>
#include <linux/perf_event.h>
#include <sys/uio.h>

enum {
	KEXEC_FILE_LOAD = 320, BPF = 321, LANDLOCK_CREATE = 444, LANDLOCK_ADD = 445, LANDLOCK_RESTRICT = 446,
	LSM_GET = 459, LSM_SET = 460, LSM_LIST = 461, LISTNS = 470,
};

#define INT(structure, offset) (*(unsigned *) ((char *) (structure) + (offset)))
#define GARBAGE 0xabcdef0000000000UL
#define EACH(i, first, last) for (long i = (first); i <= (last); i++)
#define EACH_BIT(bit, width) for (unsigned long bit = 1, n_ = 0; n_ < (width); n_++, bit <<= 1)

static char text[] = "some\ttext that is longer than thirty-two bytes";
static char unterminated[4096 * 2];

/* --- seccomp */

static void filters(void)
{
	struct sock_filter whole[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 4),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0xc000003e, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_THREAD),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP | 5),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 2),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO),
		BPF_STMT(BPF_RET | BPF_K, 0x7fc00000),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE | 0xffff),
		BPF_STMT(BPF_RET | BPF_K, 0x7ffc0000),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, 0x12345678),
		BPF_STMT(BPF_RET | BPF_K, 0xffffffff),
		BPF_STMT(BPF_RET | BPF_K, 0x00010000),
		BPF_STMT(BPF_RET | BPF_X, 5),
		BPF_STMT(BPF_RET | 0x10, 0),
		BPF_STMT(BPF_RET | 0x18, 7),
		BPF_JUMP(BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 1, 2),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0xfffff000),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0xfffff028),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0xfff00004),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0xffe00004),
		BPF_STMT(BPF_MISC | BPF_TAX, 0),
		BPF_STMT(BPF_MISC | BPF_TXA, 1),
	};
	struct sock_filter *place = at_the_edge(whole, sizeof whole);
	struct sock_fprog *program = at_the_edge(NULL, sizeof *program);
	long count = sizeof whole / sizeof *whole;
	unsigned short *sizes = at_the_edge(NULL, 6);
	unsigned *action = at_the_edge(NULL, 4);

	program->filter = place;
	EACH(n, 0, count + 1) {
		program->len = n;
		both(SYS_seccomp, 1, 0, program);
	}
	fails(SYS_prctl, 22, 2, program);
	program->len = 4096, both(SYS_seccomp, 1, 0, program);
	program->len = 4097, both(SYS_seccomp, 1, 0, program);
	program->len = 65535, both(SYS_seccomp, 1, 0, program);
	program->filter = NULL, both(SYS_seccomp, 1, 0, program);
	program->len = 1;
	program->filter = BEYOND, both(SYS_seccomp, 1, 0, program);
	program->filter = NOWHERE, both(SYS_seccomp, 1, 0, program);
	program->filter = (void *) ((char *) (place + count) - 4), both(SYS_seccomp, 1, 0, program);
	program->filter = place;
	struct sock_filter *one = at_the_edge(NULL, sizeof *one);
	program->filter = one;
	/* Every kind of instruction, with one high bit too. */
	EACH(code, 0, 0x1ff) {
		one->code = code, one->jt = code & 1, one->jf = code >> 1 & 1, one->k = 0x10 * code;
		fails(SYS_seccomp, 1, 0, program);
	}
	one->code = 0xffff, one->jt = one->jf = 255, one->k = 0xffffffff;
	fails(SYS_seccomp, 1, 0, program);
	EACH(k, 0, 70) {
		*one = (struct sock_filter) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0xfffff000 + k);
		fails(SYS_seccomp, 1, 0, program);
		one->code = BPF_LD | BPF_B | BPF_IND;
		fails(SYS_seccomp, 1, 0, program);
	}
	EACH_BIT(bit, 64)
		both(SYS_seccomp, 1, bit, NOWHERE);
	both(SYS_seccomp, GARBAGE | 1, GARBAGE | 0x3f, (char *) program + 1);
	both(SYS_seccomp, 1, -1, NULL);
	both(SYS_seccomp, 0, 0, 0);
	both(SYS_seccomp, 0, 1, program);
	both(SYS_seccomp, 0, -1, -1);
	EACH_BIT(bit, 32) {
		*action = bit;
		both(SYS_seccomp, 2, 0, action);
	}
	unsigned actions[] = {0, 0x7fff0000, 0x7ffc0000, 0x7ff00000, 0x7fc00000, 0x80000000, 0x50000, 0x50002, 0x7fff0001, 0xffffffff};
	for (unsigned i = 0; i < 10; i++)
		*action = actions[i], both(SYS_seccomp, 2, 0, action);
	both(SYS_seccomp, 2, 1, action);
	both(SYS_seccomp, 2, -1, (char *) action + 1);
	both(SYS_seccomp, 2, 0, NULL);
	call(SYS_seccomp, 3, 0, sizes);
	both(SYS_seccomp, 3, 0, sizes);
	both(SYS_seccomp, 3, 7, (char *) sizes + 1);
	both(SYS_seccomp, 3, -1, NULL);
	both(SYS_seccomp, 4, 1, program);
	both(SYS_seccomp, -1, -1, -1);
}

/* --- keys */

static void keys(void)
{
	char *payload = at_the_edge("payload\n\1", 9), *string = at_the_edge("name", 5);
	struct iovec vectors[] = {{payload, 9}, {text, sizeof text}, {NULL, 3}, {NOWHERE, 4}};
	struct iovec *many = at_the_edge(NULL, 40 * sizeof *many);
	struct keyctl_dh_params {int private, prime, base;} *diffie = at_the_edge(NULL, 12);
	struct keyctl_kdf_params {char *hashname; char *otherinfo; unsigned otherinfolen; unsigned spare[8];} *derive = at_the_edge(NULL, 56);
	struct {int key; unsigned in_len, out_len; unsigned spare[7];} *operation = at_the_edge(NULL, 40);
	long numbers[] = {0, 1, -1, -2, -3, -4, -5, -6, -7, -8, -9, 0x7fffffff, 0x80000000, GARBAGE | 5};

	for (unsigned i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		long n = numbers[i];
		both(SYS_add_key, "user", "desc", payload, n == 1 ? 9 : n, n);
		both(SYS_request_key, "user", string, n == 1 ? NULL : text, n);
		both(SYS_keyctl, 0, n, n);
		both(SYS_keyctl, 2, n, payload, 9);
		both(SYS_keyctl, 3, n, 5, 6, 7);
		both(SYS_keyctl, 4, n, n, n);
		both(SYS_keyctl, 5, n, n);
		both(SYS_keyctl, 6, n, text, 10);
		both(SYS_keyctl, 7, n);
		both(SYS_keyctl, 8, n, n);
		both(SYS_keyctl, 9, n, n);
		both(SYS_keyctl, 10, n, "user", text, n);
		both(SYS_keyctl, 11, n, payload, 9);
		both(SYS_keyctl, 12, n, payload, 9, n);
		both(SYS_keyctl, 13, n, n, n);
		both(SYS_keyctl, 14, n);
		both(SYS_keyctl, 15, n, n);
		both(SYS_keyctl, 16, n);
		both(SYS_keyctl, 17, n, payload, 9);
		both(SYS_keyctl, 18, n, n, n, n);
		both(SYS_keyctl, 19, n, n, n, n);
		both(SYS_keyctl, 20, n, vectors, 4, n);
		both(SYS_keyctl, 21, n);
		both(SYS_keyctl, 22, n, n);
		both(SYS_keyctl, 29, n, "user", "restriction");
		both(SYS_keyctl, 30, n, n, n, n);
		both(SYS_keyctl, 31, payload, n);
		both(SYS_keyctl, 32, n, n, n);
		both(SYS_keyctl, n, n, n, n, n);
	}
	EACH(op, 0, 40) {
		if (op != 18) /* which would change the keys of the tracer */
			call(SYS_keyctl, op, 0x12345678, NOWHERE, 5, 6, 0);
		both(SYS_keyctl, op, 1, NOWHERE, NOWHERE, NOWHERE);
		both(SYS_keyctl, op, BEYOND, BEYOND, BEYOND, BEYOND);
		both(SYS_keyctl, op, NULL, NULL, NULL, NULL);
		both(SYS_keyctl, op, payload, payload, payload, payload);
		both(SYS_keyctl, op, -1, string, string, string);
	}
	both(SYS_keyctl, 1, NULL);
	both(SYS_keyctl, 1, string);
	both(SYS_keyctl, 1, text);
	both(SYS_keyctl, 1, payload);
	EACH_BIT(bit, 64)
		both(SYS_keyctl, 5, 1, bit);
	both(SYS_keyctl, 5, 1, 0x3f3f3f3f);
	both(SYS_keyctl, 5, 1, 0x3f1f030b);
	both(SYS_keyctl, 5, 1, 0);
	EACH_BIT(bit, 33)
		both(SYS_keyctl, 30, 1, 2, 3, bit);
	EACH(n, -3, 12)
		both(SYS_keyctl, 14, n);
	EACH(n, -1, 5)
		both(SYS_keyctl, 20, 1, vectors, n, 3);
	for (int i = 0; i < 40; i++)
		many[i] = vectors[i & 1];
	both(SYS_keyctl, 20, 1, many, 40, 3);
	both(SYS_keyctl, 20, 1, many + 39, 2, 3);
	both(SYS_keyctl, 20, 1, many + 40, 2, 3);
	both(SYS_keyctl, 2, 1, text, sizeof text);
	both(SYS_keyctl, 2, 1, payload, 10);
	both(SYS_keyctl, 2, 1, payload, 0);
	both(SYS_keyctl, 2, 1, payload, -1);
	both(SYS_keyctl, 11, 1, text, -1);
	both(SYS_keyctl, 11, 1, text, 0);
	both(SYS_keyctl, 15, 1, -1);
	EACH(n, 0, 4)
		both(SYS_keyctl, 19, 1, 2, n * 33, 4), both(SYS_keyctl, 13, 1, n, 4);
	*diffie = (struct keyctl_dh_params) {1, -2, -3};
	*derive = (struct keyctl_kdf_params) {"sha256", payload, 9, {0}};
	both(SYS_keyctl, 23, diffie, payload, 9, NULL);
	both(SYS_keyctl, 23, diffie, payload, -1, derive);
	derive->spare[3] = 5, derive->otherinfolen = 10;
	both(SYS_keyctl, 23, diffie, payload, 9, derive);
	derive->hashname = NOWHERE, derive->otherinfo = NULL;
	both(SYS_keyctl, 23, (char *) diffie + 1, payload, 9, derive);
	both(SYS_keyctl, 23, diffie, payload, 9, (char *) derive + 1);
	memset(operation, 0, 40);
	operation->key = -3, operation->in_len = 5, operation->out_len = 7;
	EACH(op, 24, 28) {
		both(SYS_keyctl, op, operation, "enc=raw", payload, text);
		both(SYS_keyctl, op, operation, text, NOWHERE, payload);
		both(SYS_keyctl, op, 1, 0, "info", operation);
		both(SYS_keyctl, op, 1, 5, "info", operation);
		both(SYS_keyctl, op, (char *) operation + 1, "enc=raw", payload, text);
	}
	operation->in_len = -1, operation->out_len = 100, operation->spare[6] = 1;
	EACH(op, 24, 28)
		both(SYS_keyctl, op, operation, "enc=raw", payload, text);
	EACH(size, 0, 5) {
		memset(payload, size * 0x55, 9);
		both(SYS_keyctl, 31, payload, size);
		call(SYS_keyctl, 31, payload, size);
	}
	EACH_BIT(bit, 16) {
		payload[0] = bit, payload[1] = bit >> 8;
		both(SYS_keyctl, 31, payload, 2);
	}
	both(SYS_keyctl, 31, payload, 9);
	both(SYS_keyctl, 31, text, 40);
	both(SYS_add_key, NULL, NULL, NULL, 0, 0);
	both(SYS_add_key, text, text, text, sizeof text, 0x123456);
	both(SYS_add_key, NOWHERE, BEYOND, payload, 10, 0x123456);
	both(SYS_request_key, NOWHERE, BEYOND, NULL, 0x123456);
	both(SYS_request_key, text, text, text, -3);
	call(SYS_keyctl, 0, -3, 0);
	call(SYS_keyctl, 6, -3, text, 200);
	call(SYS_keyctl, 6, -3, NULL, 0);
	call(SYS_keyctl, 11, -3, text, 40);
	call(SYS_keyctl, 17, -3, text, 40);
}

/* --- Landlock, Linux security modules, name spaces */

static void modules_of_security(void)
{
	unsigned long *numbers = at_the_edge(NULL, 24);
	unsigned *size = at_the_edge(NULL, 4);
	struct {unsigned long access; int fd;} __attribute__((packed)) *beneath = at_the_edge(NULL, 12);
	char *area = at_the_edge(NULL, 256);

	numbers[0] = numbers[1] = numbers[2] = 0;
	EACH(n, 0, 48)
		both(LANDLOCK_CREATE, n <= 24 ? (char *) numbers : area, n, 0);
	memset(area, 0, 100);
	EACH(n, 20, 60)
		both(LANDLOCK_CREATE, area, n, 0);
	area[50] = 1;
	EACH(n, 49, 60)
		both(LANDLOCK_CREATE, area, n, 0);
	EACH_BIT(bit, 64) {
		numbers[0] = bit, numbers[1] = bit, numbers[2] = bit;
		both(LANDLOCK_CREATE, numbers, 24, bit);
		both(LANDLOCK_CREATE, numbers, 16, 0);
		both(LANDLOCK_CREATE, numbers, 8, 0);
	}
	numbers[0] = 0x1fff, numbers[1] = -1, numbers[2] = 3;
	both(LANDLOCK_CREATE, numbers, 24, 0);
	both(LANDLOCK_CREATE, numbers, 25, 0);
	both(LANDLOCK_CREATE, numbers, 4095, 0);
	both(LANDLOCK_CREATE, numbers, 4097, 0);
	both(LANDLOCK_CREATE, numbers, -1, GARBAGE | 1);
	both(LANDLOCK_CREATE, numbers + 1, 24, 0);
	both(LANDLOCK_CREATE, NOWHERE, 24, 0);
	EACH(n, 0, 4)
		call(LANDLOCK_CREATE, NULL, 0, n), both(LANDLOCK_CREATE, NULL, n & 1, n), both(LANDLOCK_CREATE, NOWHERE, 0, n);
	EACH_BIT(bit, 64) {
		beneath->access = bit, beneath->fd = -1;
		both(LANDLOCK_ADD, 3, 1, beneath, bit);
		numbers[1] = bit, numbers[2] = 80 * bit;
		both(LANDLOCK_ADD, 3, 2, numbers + 1, 0);
		both(LANDLOCK_RESTRICT, bit, bit);
	}
	beneath->access = 0, beneath->fd = -100;
	both(LANDLOCK_ADD, -1, 1, beneath, 0);
	both(LANDLOCK_ADD, GARBAGE | 3, 1, (char *) beneath + 1, -1);
	both(LANDLOCK_ADD, 3, 2, (char *) (numbers + 1) + 1, 0);
	both(LANDLOCK_ADD, 3, 2, NULL, 0);
	EACH(n, 0, 4)
		both(LANDLOCK_ADD, 3, n, NOWHERE, 0), both(LANDLOCK_ADD, 3, n, beneath, 1);
	both(LANDLOCK_ADD, -1, -1, -1, -1);
	both(LANDLOCK_RESTRICT, 0, 0);
	both(LANDLOCK_RESTRICT, -1, -1);
	both(LANDLOCK_RESTRICT, GARBAGE | 3, GARBAGE);

	/* One context after another: id, flags, len, ctx_len, ctx. */
	memset(area, 0, 256);
	unsigned long *context = (void *) area;
	context[0] = 104, context[1] = 0, context[2] = 40, context[3] = 5, memcpy(area + 32, "label", 5);
	context[5] = 102, context[6] = 1, context[7] = 216, context[8] = 100, memset(area + 72, 'x', 100);
	EACH(n, 0, 108)
		if (n < 12 || n > 98) {
			context[0] = n;
			*size = 40, both(LSM_GET, n, area, size, 0);
			*size = 256, both(LSM_GET, n, area, size, n);
			both(LSM_SET, n, area, 40, n);
			both(LSM_SET, n, area, 256, 0);
		}
	EACH_BIT(bit, 64) {
		context[1] = bit;
		*size = 40, both(LSM_GET, bit, area, size, bit);
		both(LSM_SET, bit, area, 40, bit);
	}
	context[2] = 8;
	*size = 40, both(LSM_GET, 100, area, size, 0), both(LSM_SET, 100, area, 40, 0);
	context[2] = 0;
	*size = 40, both(LSM_GET, 100, area, size, 0), both(LSM_SET, 100, area, 40, 0);
	context[2] = 40, context[3] = -1;
	*size = 40, both(LSM_GET, 100, area, size, 0), both(LSM_SET, 100, area, 40, 0);
	context[2] = -1;
	*size = 40, both(LSM_GET, 100, area, size, 0), both(LSM_SET, 100, area, 40, 0);
	context[2] = 32, context[3] = 0;
	EACH(n, 28, 36)
		*size = n, both(LSM_GET, 100, area, size, 0), both(LSM_SET, 100, area, n, 0);
	*size = 0, both(LSM_GET, 100, NULL, size, 0);
	*size = 40, both(LSM_GET, 100, NOWHERE, size, 0), both(LSM_GET, 100, area, NULL, 0), both(LSM_GET, 100, area, NOWHERE, 1);
	both(LSM_SET, -1, NULL, -1, -1), both(LSM_SET, 100, NOWHERE, 40, 0), both(LSM_SET, 100, area + 240, 40, 0);
	*size = 256, call(LSM_GET, 100, area, size, 0);
	unsigned long *ids = at_the_edge(NULL, 8 * 40);
	EACH(n, 0, 39)
		ids[n] = 95 + n;
	EACH(n, 0, 41)
		*size = n * 8, both(LSM_LIST, ids, size, 0);
	*size = 12, both(LSM_LIST, ids, size, -1);
	*size = -1, both(LSM_LIST, ids, size, 0);
	*size = 320, both(LSM_LIST, (char *) ids + 8, size, GARBAGE), both(LSM_LIST, NULL, size, 1), both(LSM_LIST, NOWHERE, size, 1);
	both(LSM_LIST, ids, NULL, 1), both(LSM_LIST, ids, NOWHERE, 1);
	*size = 320, call(LSM_LIST, ids, size, 0);
	*size = 320, call(LSM_LIST, ids, size, 1);
	*size = 8, call(LSM_LIST, ids, size, 0);

	struct {unsigned size, spare; unsigned long id; unsigned type, spare2; unsigned long user;} *request = at_the_edge(NULL, 32);
	memset(request, 0, 32);
	EACH(n, 0, 33)
		request->size = n, both(LISTNS, request, ids, 3, 0), call(LISTNS, request, ids, 3, 0);
	request->size = 32;
	EACH_BIT(bit, 32) {
		request->type = bit, request->id = bit, request->user = bit;
		both(LISTNS, request, ids, 0, bit);
	}
	request->spare = 5, request->spare2 = 6, request->type = 0, request->user = -1;
	both(LISTNS, request, ids, 40, 0);
	call(LISTNS, request, ids, 40, 0);
	request->spare = request->spare2 = request->type = request->user = 0;
	call(LISTNS, request, ids, 40, 0);
	call(LISTNS, request, ids, 2, 0);
	both(LISTNS, (char *) request + 1, NOWHERE, -1, -1);
	both(LISTNS, NULL, NULL, 1, 0);
	both(LISTNS, NOWHERE, NULL, 1, 0);
}

/* --- bpf */

static void programs(void)
{
	unsigned size = 168; /* of the union in Linux 7.2; older headers have fewer fields, which INT() reaches too */
	union bpf_attr *attributes = at_the_edge(NULL, size), *zeros = at_the_edge(NULL, size);
	unsigned char *large = at_the_edge(NULL, 4100);

	memset(zeros, 0, size);
	EACH(command, 0, 41) {
		both(BPF, command, zeros, size);
		both(BPF, command, attributes, size);
		both(BPF, command, NULL, size), both(BPF, command, NOWHERE, size), both(BPF, command, zeros, 0);
		EACH(n, 0, 40)
			fails(BPF, command, (char *) zeros + size - 4 * n, 4 * n);
		memset(large, 0, 4100);
		fails(BPF, command, large, 4096), fails(BPF, command, large, 4097), fails(BPF, command, large + 3900, 201);
		large[170] = 5;
		fails(BPF, command, large, 180), fails(BPF, command, large, 300), fails(BPF, command, large, 4096);
		memset(large, 1, 180);
		EACH(n, 1, 45)
			fails(BPF, command, large, 4 * n);
		fails(BPF, command, large + 4090, 20), fails(BPF, command, large + 4000, 99);
		fails(BPF, command, large, 3), fails(BPF, command, large, 7), fails(BPF, command, large, 33);
		memset(large, 255, 180);
		EACH(n, 1, 45)
			fails(BPF, command, large, 4 * n);
	}
	both(BPF, -1, NULL, -1);
	both(BPF, GARBAGE | 5, zeros, GARBAGE | 5);
	both(BPF, 0, zeros, -1);
	EACH(n, 0, 64) {
		memset(attributes, 0, size);
		attributes->map_type = n, attributes->map_flags = 1UL << n, strcpy(attributes->map_name, "name of the map");
		fails(BPF, BPF_MAP_CREATE, attributes, size);
		memset(attributes, 0, size);
		attributes->map_fd = n, attributes->flags = 1UL << n, attributes->key = (long) text;
		fails(BPF, BPF_MAP_LOOKUP_ELEM, attributes, 32), fails(BPF, BPF_MAP_UPDATE_ELEM, attributes, 32);
		memset(attributes, 0, size);
		attributes->prog_type = n, attributes->prog_flags = 1UL << n, attributes->expected_attach_type = n;
		strcpy(attributes->prog_name, "program"), attributes->license = (long) "GPL";
		fails(BPF, BPF_PROG_LOAD, attributes, size);
		memset(attributes, 0, size);
		attributes->attach_type = n, attributes->attach_flags = 1UL << n, INT(attributes, 20) = 7;
		fails(BPF, BPF_PROG_ATTACH, attributes, 32), fails(BPF, BPF_PROG_DETACH, attributes, 32), fails(BPF, BPF_PROG_ATTACH, attributes, 16);
		memset(attributes, 0, size);
		attributes->query.attach_type = n, attributes->query.query_flags = 1UL << n, attributes->query.attach_flags = 1UL << n;
		attributes->query.prog_ids = (long) text, attributes->query.prog_cnt = n;
		both(BPF, BPF_PROG_QUERY, attributes, 64), both(BPF, BPF_PROG_QUERY, attributes, 32);
		memset(attributes, 0, size);
		attributes->link_create.attach_type = n, attributes->link_create.flags = 1UL << n;
		fails(BPF, BPF_LINK_CREATE, attributes, 48), fails(BPF, BPF_LINK_CREATE, attributes, 16);
		memset(large, 1, 180);
		((unsigned *) large)[2] = n, ((unsigned *) large)[3] = 0;
		fails(BPF, BPF_LINK_CREATE, large, 64), fails(BPF, BPF_LINK_CREATE, large, 100), fails(BPF, BPF_LINK_CREATE, large, 36);
		memset(attributes, 0, size);
		attributes->pathname = (long) "/sys/fs/bpf/x", attributes->file_flags = 1UL << n, INT(attributes, 16) = -100;
		fails(BPF, BPF_OBJ_PIN, attributes, 20), fails(BPF, BPF_OBJ_GET, attributes, 20), fails(BPF, BPF_OBJ_PIN, attributes, 16);
		memset(attributes, 0, size);
		attributes->test.flags = 1UL << n, fails(BPF, BPF_PROG_TEST_RUN, attributes, 80);
		memset(attributes, 0, size);
		attributes->batch.flags = attributes->batch.elem_flags = 1UL << n;
		fails(BPF, BPF_MAP_LOOKUP_BATCH, attributes, 56), fails(BPF, BPF_MAP_UPDATE_BATCH, attributes, 56);
		memset(attributes, 0, size);
		attributes->task_fd_query.fd_type = n, attributes->task_fd_query.flags = 1UL << n;
		attributes->task_fd_query.buf = (long) text, attributes->task_fd_query.buf_len = n;
		both(BPF, BPF_TASK_FD_QUERY, attributes, 48);
		memset(attributes, 0, size);
		attributes->enable_stats.type = n, both(BPF, BPF_ENABLE_STATS, attributes, 4);
		memset(attributes, 0, size);
		attributes->link_update.flags = 1UL << n, attributes->link_update.old_prog_fd = n, both(BPF, BPF_LINK_UPDATE, attributes, 16);
		memset(attributes, 0, size);
		attributes->open_flags = 1UL << n;
		EACH(command, BPF_PROG_GET_NEXT_ID, BPF_MAP_GET_FD_BY_ID)
			both(BPF, command, attributes, 16);
		both(BPF, BPF_LINK_GET_FD_BY_ID, attributes, 16), both(BPF, BPF_BTF_GET_FD_BY_ID, attributes, 16);
	}
	struct bpf_insn *instructions = at_the_edge(NULL, 256 * 8);
	EACH(code, 0, 255)
		instructions[code] = (struct bpf_insn) {code, code & 15, code >> 4, code * 3 - 300, code * 7 - 500};
	memset(attributes, 0, size);
	attributes->prog_type = 1, attributes->license = (long) text, attributes->log_buf = (long) text;
	attributes->log_size = sizeof text, attributes->log_level = 1, attributes->kern_version = 0x50403;
	EACH(code, 0, 255) {
		attributes->insns = (long) (instructions + code), attributes->insn_cnt = 1;
		fails(BPF, BPF_PROG_LOAD, attributes, 48);
	}
	attributes->insns = (long) instructions;
	unsigned counts[] = {0, 1, 2, 31, 32, 33, 256, 257, 4096, 4097, 1000000, 0xffffffff};
	for (unsigned i = 0; i < sizeof counts / sizeof *counts; i++) {
		attributes->insn_cnt = counts[i];
		both(BPF, BPF_PROG_LOAD, attributes, 48);
		both(BPF, BPF_PROG_LOAD, attributes, size);
	}
	attributes->insns = 0, both(BPF, BPF_PROG_LOAD, attributes, 48);
	attributes->insns = 0x1000, both(BPF, BPF_PROG_LOAD, attributes, 48);
	attributes->insns = (long) (instructions + 255) + 4, both(BPF, BPF_PROG_LOAD, attributes, 48);
	attributes->insns = (long) instructions, attributes->insn_cnt = 1, attributes->license = 0x1000;
	attributes->attach_prog_fd = 3, attributes->attach_btf_id = 5, attributes->fd_array = (long) counts, INT(attributes, 148) = 3;
	both(BPF, BPF_PROG_LOAD, attributes, size);
	memset(attributes, 0, size);
	attributes->info.bpf_fd = 3, attributes->info.info = (long) text;
	EACH(n, 0, 50)
		attributes->info.info_len = n, both(BPF, BPF_OBJ_GET_INFO_BY_FD, attributes, 16);
	memset(attributes, 0, size);
	attributes->raw_tracepoint.name = (long) "name", attributes->raw_tracepoint.prog_fd = 3, INT(attributes, 16) = 77;
	both(BPF, BPF_RAW_TRACEPOINT_OPEN, attributes, 24), both(BPF, BPF_RAW_TRACEPOINT_OPEN, attributes, 12), both(BPF, BPF_RAW_TRACEPOINT_OPEN, attributes, 16);
	memset(attributes, 0, size);
	attributes->btf = (long) text, attributes->btf_log_buf = (long) text, attributes->btf_size = 10, attributes->btf_log_size = 5;
	both(BPF, BPF_BTF_LOAD, attributes, 28), both(BPF, BPF_BTF_LOAD, attributes, 40);
	attributes->btf_size = 100, attributes->btf_log_level = 1, INT(attributes, 32) = 1 << 16, both(BPF, BPF_BTF_LOAD, attributes, 40);
	memset(attributes, 0, size);
	attributes->link_create.iter_info = (long) counts, attributes->link_create.iter_info_len = 8;
	EACH(n, 0, 60)
		attributes->link_create.attach_type = n, fails(BPF, BPF_LINK_CREATE, attributes, 28);
	attributes->link_create.attach_type = BPF_TRACE_ITER;
	EACH(n, 0, 20)
		attributes->link_create.iter_info_len = n * 2, fails(BPF, BPF_LINK_CREATE, attributes, 28);
	memset(attributes, 0, size);
	attributes->link_create.attach_type = BPF_TRACE_KPROBE_MULTI;
	unsigned long *syms = calloc(40, 8);
	EACH(n, 0, 39)
		syms[n] = n & 3 ? (long) "symbol" : n & 4 ? 0 : (long) text;
	EACH(n, 0, 34) {
		attributes->link_create.kprobe_multi.cnt = n, attributes->link_create.kprobe_multi.flags = n;
		attributes->link_create.kprobe_multi.syms = attributes->link_create.kprobe_multi.cookies = (long) syms;
		attributes->link_create.kprobe_multi.addrs = (long) syms;
		fails(BPF, BPF_LINK_CREATE, attributes, 48);
	}
	memset(attributes, 0, size);
	EACH(n, 0, 34) {
		attributes->link_create.attach_type = 59; /* fentry of several */
		attributes->link_create.kprobe_multi.syms = (long) syms, INT(attributes, 16) = (long) counts & 0xffffffff, INT(attributes, 20) = (long) counts >> 32;
		INT(attributes, 32) = n, INT(attributes, 36) = 0;
		fails(BPF, BPF_LINK_CREATE, attributes, 40);
	}
	memset(attributes, 0, size);
	EACH(n, 0, 40) {
		INT(attributes, 0) = (long) text & 0xffffffff, INT(attributes, 4) = (long) text >> 32, INT(attributes, 8) = n;
		both(BPF, 37, attributes, 20);
	}
	memset(attributes, 0, size);
	attributes->link_create.attach_type = BPF_TRACE_KPROBE_MULTI + 6; /* uprobes */
	EACH(n, 0, 34) {
		unsigned long *field = (void *) ((char *) attributes + 16);
		field[0] = (long) "/bin/true", field[1] = field[2] = field[3] = (long) syms;
		field[4] = n | (unsigned long) n << 32, field[5] = 77;
		fails(BPF, BPF_LINK_CREATE, attributes, 64), fails(BPF, BPF_LINK_CREATE, attributes, 60), fails(BPF, BPF_LINK_CREATE, attributes, 56);
	}
}

/* --- perf_event_open */

static void counters(void)
{
	unsigned size = 144; /* in Linux 7.2 */
	struct perf_event_attr *attributes = at_the_edge(NULL, size);
	unsigned *words = (void *) attributes;
	char *large = at_the_edge(NULL, 4200);

	both(SYS_perf_event_open, attributes, -1, 0, -1, 0);
	memset(attributes, 0, size);
	both(SYS_perf_event_open, attributes, 0, -1, -1, 0);
	EACH(n, 0, size + 16) {
		attributes->size = n, attributes->type = n & 7;
		both(SYS_perf_event_open, attributes, 0, -1, -1, 0);
		memset(large + 4200 - 160, 0, 160), ((unsigned *) (large + 4200 - 160))[1] = n;
		fails(SYS_perf_event_open, large + 4200 - 160, 0, -1, -1, 0);
		memset(large + 4200 - 160, n, 160), ((unsigned *) (large + 4200 - 160))[1] = n;
		fails(SYS_perf_event_open, large + 4200 - 160, 0, -1, -1, 0);
	}
	attributes->size = 4096, fails(SYS_perf_event_open, attributes, 0, -1, -1, 0);
	attributes->size = 4097, fails(SYS_perf_event_open, attributes, 0, -1, -1, 0);
	attributes->size = -1, fails(SYS_perf_event_open, attributes, 0, -1, -1, 0);
	memset(large, 0, 4200), ((unsigned *) large)[1] = 4096, fails(SYS_perf_event_open, large, 0, -1, -1, 0);
	((unsigned *) large)[1] = 4104, fails(SYS_perf_event_open, large, 0, -1, -1, 0);
	((unsigned *) large)[1] = 4096, large[200] = 1, fails(SYS_perf_event_open, large, 0, -1, -1, 0);
	EACH(type, 0, 8)
		EACH(config, 0, 14) {
			memset(attributes, 0, size), attributes->type = type, attributes->size = size, attributes->config = config;
			fails(SYS_perf_event_open, attributes, 0, -1, -1, 0);
		}
	EACH(type, 0, 6) {
		memset(attributes, 0, size), attributes->type = type, attributes->size = size;
		EACH_BIT(bit, 64) {
			attributes->config = bit | 3, attributes->bp_type = bit, attributes->config1 = bit, attributes->config2 = bit;
			fails(SYS_perf_event_open, attributes, 0, -1, -1, 0);
		}
	}
	EACH(n, 0, 0x1ff) {
		memset(attributes, 0, size), attributes->type = 3, attributes->size = size;
		attributes->config = (n & 7) | (n >> 3 & 7) << 8 | (n >> 6 & 7) << 16;
		fails(SYS_perf_event_open, attributes, 0, -1, -1, 0);
	}
	EACH(word, 2, size / 4 - 1) {
		EACH_BIT(bit, 32) {
			memset(attributes, 0, size), attributes->size = size, words[word] = bit;
			fails(SYS_perf_event_open, attributes, 0, -1, -1, 0);
		}
		memset(attributes, 0, size), attributes->size = size, words[word] = -1;
		fails(SYS_perf_event_open, attributes, 0, -1, -1, 0);
		memset(attributes, 255, size), attributes->size = size, attributes->type = word % 7, words[word] = 0;
		fails(SYS_perf_event_open, attributes, 0, -1, -1, 0);
	}
	EACH(n, 0, 3)
		memset(attributes, 0, size), attributes->size = size, attributes->precise_ip = n, fails(SYS_perf_event_open, attributes, 0, -1, -1, 0);
	EACH_BIT(bit, 64)
		fails(SYS_perf_event_open, NULL, bit, bit, bit, bit);
	both(SYS_perf_event_open, NOWHERE, -1, -1, -1, -1);
	both(SYS_perf_event_open, (char *) attributes + 128, GARBAGE, GARBAGE, GARBAGE, GARBAGE);
	both(SYS_perf_event_open, large + 4190, 1, 2, 3, 4);
}

/* --- the kernel itself */

static void kernel(void)
{
	char *string = at_the_edge("option=1", 9), *image = at_the_edge(NULL, 40);
	struct segment {void *buf; size_t bufsz; void *mem; size_t memsz;} *segments = at_the_edge(NULL, 40 * sizeof *segments);

	both(SYS_init_module, image, 40, string), both(SYS_init_module, NULL, 0, NULL), both(SYS_init_module, NOWHERE, -1, BEYOND);
	both(SYS_init_module, image, 0x123456789, text);
	both(SYS_finit_module, 3, string, 0), both(SYS_finit_module, GARBAGE | 3, text, 0), both(SYS_finit_module, -1, NULL, -1);
	both(SYS_delete_module, string, 0), both(SYS_delete_module, text, 0), both(SYS_delete_module, NOWHERE, -1), both(SYS_delete_module, NULL, 0xa00);
	EACH_BIT(bit, 64) {
		both(SYS_finit_module, 3, NOWHERE, bit), both(SYS_delete_module, "", bit);
		both(SYS_kexec_load, bit, 0, NULL, bit), both(KEXEC_FILE_LOAD, 3, 4, 5, "x", bit);
		both(SYS_iopl, bit), both(SYS_ioperm, bit, bit, bit), both(SYS_syslog, bit, bit, bit);
		both(SYS_reboot, bit, bit, bit, bit), both(SYS_reboot, 0xfee1dead, 672274793, bit, NOWHERE);
	}
	both(SYS_create_module, string, 5), both(SYS_create_module, NULL, -1, 3, 4, 5), both(SYS_get_kernel_syms, image), both(SYS_get_kernel_syms, NULL);
	EACH(n, -1, 7)
		both(SYS_query_module, string, n, image, 40, image), both(SYS_query_module, NULL, n, NULL, 0, NULL);
	EACH(n, 0, 39)
		segments[n] = (struct segment) {image, n, NOWHERE, 4096};
	segments[1] = (struct segment) {NULL, -1, NULL, -1};
	EACH(n, 0, 18)
		both(SYS_kexec_load, 0x100000, n, segments, 0x3e0000), both(SYS_kexec_load, -1, n, segments + 38, n << 16);
	both(SYS_kexec_load, 0, -1, segments, -1), both(SYS_kexec_load, 0, 2, NULL, 3), both(SYS_kexec_load, 0, 2, NOWHERE, 7);
	both(SYS_kexec_load, 0, 1, (char *) (segments + 39) + 8, 0);
	both(KEXEC_FILE_LOAD, 3, -1, 9, string, 0), both(KEXEC_FILE_LOAD, GARBAGE | 3, GARBAGE | 4, 5, string, -1), both(KEXEC_FILE_LOAD, 3, 4, 100, text, 7);
	both(KEXEC_FILE_LOAD, -1, -1, -1, NULL, 0), both(KEXEC_FILE_LOAD, -1, -1, 46, text, 0), both(KEXEC_FILE_LOAD, 3, 4, 0, text, 1), both(KEXEC_FILE_LOAD, 3, 4, 10, string, 1);
	unsigned magics[] = {0, 672274793, 85072278, 369367448, 537993216, 0xfee1dead, -1};
	unsigned commands[] = {0x01234567, 0xcdef0123, 0x89abcdef, 0, 0x4321fedc, 0xa1b2c3d4, 0xd000fce2, 0x45584543, 1, -1};
	for (int i = 0; i < 7; i++)
		for (int j = 0; j < 10; j++)
			fails(SYS_reboot, magics[(i + 5) % 7], magics[i], commands[j], j & 1 ? string : text);
	both(SYS_reboot, GARBAGE | 0xfee1dead, GARBAGE | 672274793, GARBAGE | 0xa1b2c3d4, NULL), both(SYS_reboot, 0xfee1dead, 672274793, 0xa1b2c3d4, NOWHERE);
	EACH(n, -1, 12) {
		both(SYS_syslog, n, string, 5), both(SYS_syslog, n, NULL, -1), both(SYS_syslog, n, NOWHERE, 9), both(SYS_syslog, GARBAGE | n, text, 100);
		both(SYS_iopl, n), both(SYS_ioperm, n, n, n);
	}
	call(SYS_syslog, 9), call(SYS_syslog, 10), call(SYS_syslog, 3, text, 0);
	both(SYS_vhangup), both(SYS_vhangup, 1, 2, 3, 4, 5);
	struct {int *name; int nlen; void *oldval; size_t *oldlenp; void *newval; size_t newlen; long spare[4];} *control = at_the_edge(NULL, 80);
	int names[] = {1, 2, 3, 4};
	size_t length = 8;
	memset(control, 0, 80);
	both(SYS__sysctl, control), both(SYS__sysctl, NULL), both(SYS__sysctl, NOWHERE), both(SYS__sysctl, (char *) control + 40);
	EACH(n, 0, 5) {
		control->name = names, control->nlen = n, control->oldval = image, control->oldlenp = &length, control->newval = string, control->newlen = n;
		EACH(first, 0, 1)
			EACH(second, 0, 1)
				if (first < 2 && second < 2)
					names[0] = first, names[1] = second, names[2] = second, names[3] = first, both(SYS__sysctl, control);
	}
	control->nlen = -1, both(SYS__sysctl, control), control->nlen = 1000, both(SYS__sysctl, control);
	control->nlen = 2, control->oldlenp = NOWHERE, control->newval = NULL, both(SYS__sysctl, control);
	control->name = NOWHERE, both(SYS__sysctl, control);
	both(336, 1, 2, 3, 4, 5);
	int others[] = {SYS_nfsservctl, SYS_getpmsg, SYS_putpmsg, SYS_afs_syscall, SYS_tuxcall, SYS_security, SYS_vserver};
	for (int i = 0; i < 7; i++)
		both(others[i]), both(others[i], 1, string, 3, GARBAGE, -1), call(others[i], 1, 2, 3, 4, 5, 6);
	both(500, 1, 2, 3, 4, 5), both(-1, 1, 2, 3, 4, 5);
}

int main(int count, char **names)
{
	struct {const char *name; void (*run)(void);} topics[] = {
		{"filters", filters}, {"keys", keys}, {"modules", modules_of_security}, {"programs", programs}, {"counters", counters}, {"kernel", kernel},
	};

	(void) unterminated;
	begin_pretending();
	for (unsigned i = 0; i < sizeof topics / sizeof *topics; i++) {
		int wanted = count == 1;

		for (int j = 1; j < count; j++)
			wanted |= !strcmp(names[j], topics[i].name);
		if (wanted)
			topics[i].run();
	}
	return 0;
}
