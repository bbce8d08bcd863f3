/*
 * calls_x32: system calls with the bit of the x32 ABI, made by a 64-bit program. A kernel without x32 does nothing, and
 * no kernel does anything here that matters: a tracer sees numbers and arguments, and pretended results.
 */
#define _GNU_SOURCE
#include "pretend.h"

#include <sys/mman.h>

#define X32 0x40000000L
#define try(number, ...) both(X32 | (number), ##__VA_ARGS__)
/* With all six arguments, and the kernel's own answer. */
#define trial(number, ...) call(X32 | (number), ##__VA_ARGS__)

typedef uint32_t word;

/* Memory within the first four gigabytes, before a page that cannot be read. */
static void *low(size_t size)
{
	static char *next = (char *) 0x10000000;
	char *area = mmap(next, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

	next += 0x10000;

	mprotect(area + 4096, 4096, PROT_NONE);
	for (size_t i = 0; i < size; i++)
		area[4096 - size + i] = (char) (0x81 + i);
	return area + 4096 - size;
}

static char *low_string(const char *text)
{
	return strcpy(low(strlen(text) + 1), text);
}

static void times(void)
{
	int64_t *pair = low(32), *time = low(16), *one = low(8), *clock = low(208);
	word *event = low(64), *id = low(4), *mask = low(8), *set = low(8);

	char *path = low_string("path"), *text = low_string("message");

	time[0] = 1, time[1] = 7, pair[0] = 5, pair[1] = 6, pair[2] = -1, pair[3] = 1L << 40, *one = 1700000000;
	event[0] = 3, event[1] = 10, event[2] = 2, event[3] = 0x1234, event[4] = 0x5678, set[0] = 0x101, set[1] = 0, mask[0] = (word) (long) set, mask[1] = 8;
	try(96, time, id), try(164, time, id), try(201, one), try(201, NULL), try(35, time, time), try(227, 0, time), try(228, 0, time), try(229, 0, time), try(230, 1, 1, time, time);
	try(36, 0, pair), try(38, 1, pair, pair), try(526, 0, event, id), try(222, 0, event, id), try(223, 1, 1, pair, pair), try(224, 1, pair), try(225, 1), try(226, 1);
	try(283, 0, 0), try(286, 3, 1, pair, pair), try(287, 3, pair), try(159, clock), try(305, 0, clock), try(132, path, pair), try(235, path, pair), try(261, -100, path, pair), try(280, -100, path, pair, 0);
	try(23, 3, set, set, NULL, time), try(270, 3, set, set, NULL, time), trial(270, 3, set, set, NULL, time, mask), try(271, NULL, 0, time, set, 8), try(7, pair, 2, 1);
	try(202, id, 0, 5, time), try(202, id, 128 | 9, 5, time, id), try(202, id, 1, 5), try(202, id, 6, 0, time), try(148, 0, time), try(220, 1, set, 1, time), try(65, 1, set, 1), try(242, 3, text, 7, 1, time), try(243, 3, id, 3, id, time);
	for (int i = 0; i < 26; i++)
		clock[i] = i * 0x100000003L;
	try(159, clock), try(305, 0, clock);
}

static void signals(void)
{
	word *action = low(76), *stack = low(12), *information = low(128), *set = low(8);

	for (word i = 0; i < 5; i++) {
		action[0] = i * 0x1111, action[1] = 0x04000000 << i | i, action[2] = 0x1234, action[3] = 0x10101 << i, action[4] = i;
		stack[0] = 0x1000 * i, stack[1] = i, stack[2] = 8192, set[0] = 0x11 << i, set[1] = i;
		try(512, i + 1, action, action, 8), try(13, i + 1, action, action, 8), try(525, stack, stack), try(131, stack, stack), try(14, i, set, set, 8), try(522, set, 8), try(127, set, 8), try(130, set, 8);
	}
	for (int number = 1; number < 34; number++)
		for (int code = -8; code < 8; code++) {
			for (int i = 0; i < 128; i++)
				((char *) information)[i] = i;
			information[0] = number, information[1] = 0, information[2] = code;
			if (code == 1 || number % 8 == 1)
				succeeds(X32 | 524, 1, number, information), succeeds(X32 | 529, 0, 1, information, 4, NULL), succeeds(X32 | 536, 1, 2, number, information), succeeds(X32 | 523, set, information, NULL, 8);
		}
	try(62, 1, 2), try(234, 1, 2, 3), trial(513), try(282, -1, set, 8), try(289, -1, set, 8, 0);
}

static void processes(void)
{
	word *arguments = low(12), *numbers = low(40), *status = low(4);
	int64_t *usage = low(144), *limits = low(16), *information = low(112), *clock = low(32);

	memcpy(numbers, "left\0right\0", 12), arguments[0] = (word) (long) numbers, arguments[1] = arguments[0] + 5, arguments[2] = 0;
	*status = 0x8b, limits[0] = 1024, limits[1] = -1;
	try(520, numbers, arguments, arguments), try(59, numbers, arguments, arguments), try(545, -100, numbers, arguments, arguments, 0), try(322, -100, numbers, arguments, arguments, 0);
	try(61, 7, status, 2, usage), try(529, 0, 1, NULL, 4, usage), try(247, 0, 1, NULL, 4, usage), try(98, 0, usage), try(99, information), try(100, clock);
	try(97, 7, limits), try(160, 7, limits), try(302, 0, 7, limits, limits), try(530, numbers, 24), try(273, numbers, 24), try(531, 0, numbers, status), try(274, 0, numbers, status);
	try(56, 0x3d0f00, 0x1000, status, status, 0x3000), trial(56, 17), try(115, 2, numbers), try(116, 2, numbers), try(118, status, status, NULL), try(105, -1), try(63, numbers), try(157, 15, numbers), try(157, 23, 3), try(158, 0x1002, 0x1234567890L), try(158, 0x1003, usage);
	try(521, 0, 1, 2, 3), try(101, 0, 1, 2, 3), try(521, 1, 7, 8, status), try(521, 3, 7, 8, status), try(521, 0x4206, 7, 8, status), try(521, 0x4202, 7, 8, numbers), try(521, 12, 7, 8, usage), try(205, numbers), try(211, numbers), try(154, 1, numbers, 16);
	try(-5 & ~X32), try(999, 1, 2, 3, 4, 5), try(156, numbers), try(134, numbers), try(174, 1, 2), try(177, 1), try(178, 1, 2, 3, 4, 5), try(180, 1, 2, 3), try(214, 1, 2, 3, 4), try(215, 1, 2, 3, 4), try(236, 1, 2, 3, 4, 5), try(246, 1, 2, 3, 4), try(528, 1, 0, NULL, 4);
	try(334, numbers, 32, 0, 5), try(425, 1, numbers), try(435, usage, 88), try(317, 1, 0, numbers);
}

static void files(void)
{
	word *vectors = low(16), *result = low(16);
	char *text = low(10);
	int64_t *status = low(144);

	memcpy(text, "some text", 10), vectors[0] = (word) (long) text, vectors[1] = 4, vectors[2] = vectors[0] + 4, vectors[3] = 6;
	try(515, 1, vectors, 2), try(516, 1, vectors, 2), try(19, 1, vectors, 2), try(20, 1, vectors, 2), try(534, 1, vectors, 2, 0x123456789abL), try(535, 1, vectors, 2, -1), try(295, 1, vectors, 2, 4, 5), try(296, 1, vectors, 2, 4, 5), trial(546, 1, vectors, 2, 0x123456789abL, 0, 4), trial(547, 1, vectors, 2, 1, 0, 0), trial(546, 1, vectors, 2, 1, 2, 3), try(327, 1, vectors, 2, 1, 2), try(328, 1, vectors, 2, 1, 2);
	try(0, 1, text, 4), try(1, 1, text, 10), try(17, 1, text, 4, 0x123456789abL), try(18, 1, text, 4, -1), try(8, 1, 0x123456789abL, 1), try(8, 1, -1, 0), try(76, text, 0x123456789abL), try(77, 1, -1), try(285, 1, 3, 0x123456789abL, 1), try(277, 1, 0x123456789abL, 1, 2), try(221, 1, 0x123456789abL, 7, 3), try(187, 1, 0x123456789abL, 7);
	try(4, text, status), try(5, 1, status), try(6, text, status), try(262, -100, text, status, 0), try(137, text, status), try(138, 1, status), try(332, -100, text, 0, 0x7ff, status), try(40, 1, 2, status, 4), try(275, 1, status, 2, status, 4, 0), try(326, 1, status, 2, status, 5), try(532, 1, vectors, 2, 0), try(278, 1, vectors, 2, 0);
	try(72, 1, 5, status), try(72, 1, 6, status), try(72, 1, 36, status), try(72, 1, 16, result), try(72, 1, 1024, 1), try(514, 1, 0x5401, status), try(514, 1, 0x5413, result), try(16, 1, 0x5401, status), try(514, 1, 0x80087601, result), try(78, 1, status, 24), try(217, 1, status, 24), try(2, text, 0x241, 0644), try(257, -100, text, 0, 0), try(92, text, 1, -1);
	try(9, NULL, 4096, 3, 0x22, -1), try(9, NULL, 0x123456789abL, 3, 0x1, 3), trial(9, NULL, 4096, 3, 0x22, 3, 0x123456789000L), try(11, text, 0x123456789abL), try(12, 0x123456789abL), try(10, text, -1, 1), try(25, text, 1, 2, 1), try(27, text, 8192, result), try(533, 0, 2, vectors, vectors, result), try(279, 0, 2, vectors, vectors, result), try(539, 1, vectors, 2, vectors, 2), try(310, 1, vectors, 2, vectors, 2), try(540, 1, vectors, 2, vectors, 2), try(311, 1, vectors, 2, vectors, 2), try(237, text, 4096, 1, result, 64), try(440, 1, vectors, 2, 3, 0);
	try(32, 1), try(3, -1), try(22, result), try(293, result, 02000000), try(21, text, 4), try(79, text, 10), try(89, text, text, 10), try(301, 1, 1, 0xffL, -100, text), try(425, 1, text);
}

static void communication(void)
{
	word *message = low(28), *vector = low(8), *size = low(4), *control = low(12), *vectors = low(32), *event = low(12), *notification = low(64), *data = low(120);
	int64_t *time = low(16), *queue = low(64);
	char *text = low(10), *address = low(110);

	memset(address, 0, 110), address[0] = 1, memcpy(address + 2, "/path", 5), memcpy(text, "some text", 10), *size = 110, time[0] = 1, time[1] = 2;
	vector[0] = (word) (long) text, vector[1] = 5, control[0] = 16, control[1] = 1, control[2] = 1, memset(message, 0, 28);
	message[0] = (word) (long) address, message[1] = 110, message[2] = (word) (long) vector, message[3] = 1, message[4] = (word) (long) control, message[5] = 12, memcpy(vectors, message, 28), vectors[7] = 5;
	try(41, 1, 1, 0), try(42, 3, address, 110), try(51, 3, address, size), try(43, 3, address, size), try(44, 3, text, 10, 0x4000, address), try(517, 3, text, 10, 0x40, address), try(45, 3, text, 10, 0x40, address), trial(517, 3, text, 10, 0x40, address, size), try(518, 3, message, 0), try(519, 3, message, 0), try(46, 3, message, 0), try(47, 3, message, 0);
	try(537, 3, vectors, 1, 0, time), try(299, 3, vectors, 1, 0, time), try(538, 3, vectors, 1, 0), try(307, 3, vectors, 1, 0), try(541, 3, 1, 2, size, 4), try(542, 3, 1, 2, size, size), try(54, 3, 1, 2, size, 4), try(55, 3, 1, 2, size, size), try(541, 3, 1, 20, time, 16), try(541, 3, 1, 26, vector, 8), try(541, 3, 1, 13, time, 8), try(541, 3, 1, 66, time, 16);
	try(233, 3, 1, 4, event), try(232, 3, event, 1, 7), try(281, 3, event, 1, 7, event), notification[0] = (word) (long) text, notification[1] = 10, notification[2] = 2, notification[3] = 0x1234, notification[4] = 0x5678;
	try(527, 3, notification), try(244, 3, notification), try(240, address + 2, 0x40, 0600, queue), try(245, 3, queue, queue), try(206, 3, data), try(543, 3, data), try(209, 3, 1, vectors), try(544, 3, 1, vectors), try(208, 3, 1, 2, queue, time), try(210, 3, queue, queue);
	memset(data, 0, 120);
	for (int command = 0; command < 16; command++)
		try(31, 1, command, data), try(66, 1, 0, command, data), try(71, 1, command, data);
	try(29, 1, 0x123456789abL, 0600), try(30, 1, text, 0), try(64, 1, 2, 3), try(68, 1, 0600), try(69, 1, text, 4, 0), try(70, 1, text, 4, 7, 0), try(67, text);
	try(250, 1, 2, 3, 4), try(321, 1, data, 60), try(298, data, 0, 1, 2, 3), try(318, text, 10, 1);
}

int main(void)
{
	begin_pretending();
	times();
	signals();
	processes();
	files();
	communication();
	return 0;
}
