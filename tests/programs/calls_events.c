/* calls_events: every call that waits for events, with arguments that succeed, fail, and make no sense. */
#define _GNU_SOURCE
#include "pretend.h"

#include <linux/aio_abi.h>
#include <linux/io_uring.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <time.h>

static uint64_t *mask, *nothing;

static void polls(void)
{
	struct pollfd several[] = {{0, -1, -1}, {-3, POLLIN, 0x4000}, {5, POLLIN, 0}}, many[60];
	struct timespec soon = {0, 100}, impossible = {-1, -5};
	void *edge = at_the_edge(several, sizeof several);

	for (int i = 0; i < 60; i++)
		many[i] = (struct pollfd){i, POLLIN, POLLIN};
	both(SYS_poll, edge, 3, 0);
	both(SYS_poll, edge, 5, -1);
	both(SYS_poll, edge, 0, 0);
	both(SYS_poll, edge, 0x7fffffff, 0);
	both(SYS_poll, many, 60, 0);
	both(SYS_poll, NULL, 3, 0);
	both(SYS_poll, NOWHERE, 3, 0x1ffffffffL);
	call(SYS_ppoll, NULL, 0, &soon, mask, 8);
	call(SYS_ppoll, many, 1, &impossible, mask, 8);
	call(SYS_ppoll, many, 1, NOWHERE, nothing, 8);
	call(SYS_ppoll, many, 1, NULL, mask, 7);
	call(SYS_ppoll, many, 1, &impossible, NULL, 0);
}

static void selects(void)
{
	fd_set some, none, far;
	struct timeval now = {0, 0}, impossible = {-1, 0x7fffffff};
	struct timespec soon = {0, 9};
	struct { const void *mask; size_t size; } with_mask = {mask, 8}, wrong = {mask, 9}, without = {NULL, 8};

	FD_ZERO(&some);
	FD_ZERO(&none);
	FD_ZERO(&far);
	for (int i = 0; i < 3; i++)
		FD_SET(i, &some);
	FD_SET(1023, &far);
	both(SYS_select, 3, &some, &some, &none, NULL);
	both(SYS_select, 2, &some, NULL, &some, NULL);
	both(SYS_select, 1024, &far, NULL, NULL, NULL);
	call(SYS_select, 0, &some, &some, &some, &now);
	call(SYS_select, -1, &some, NULL, NULL, &impossible);
	call(SYS_select, 5, NOWHERE, BEYOND, NULL, NOWHERE);
	call(SYS_select, 5, at_the_edge(NULL, 4), NULL, NULL, &now);
	call(SYS_pselect6, 0, &none, NULL, NULL, &soon, &with_mask);
	call(SYS_pselect6, 0, NULL, NULL, NULL, &soon, &wrong);
	call(SYS_pselect6, 0, NULL, NULL, NULL, &soon, &without);
	call(SYS_pselect6, 0, NULL, NULL, NULL, &soon, NOWHERE);
	call(SYS_pselect6, 0, NULL, NULL, NULL, &soon, at_the_edge(NULL, 8));
}

static void epolls(void)
{
	struct epoll_event events[40];
	struct timespec now = {0, 0};

	for (int i = 0; i < 40; i++)
		events[i] = (struct epoll_event){.events = 1U << i % 32, .data.u64 = i * 0x10001L};
	call(SYS_epoll_create, -1);
	call(SYS_epoll_create1, 0x80001);
	call(SYS_epoll_create1, 1);
	for (int operation = 0; operation < 6; operation++)
		for (int i = 0; i < 3; i++)
			both(SYS_epoll_ctl, -1, operation, -2, i == 0 ? events : i == 1 ? NULL : NOWHERE);
	for (int bit = 0; bit < 32; bit++)
		fails(SYS_epoll_ctl, -1, EPOLL_CTL_ADD, 0, &events[bit]);
	both(SYS_epoll_wait, 3, events, 40, -1);
	both(SYS_epoll_wait, 3, NULL, -1, 0x1ffffffffL);
	call(SYS_epoll_pwait, -1, events, 5, 0, mask, 8);
	call(SYS_epoll_pwait2, -1, events, 5, &now, mask, 8);
	call(SYS_epoll_pwait2, -1, events, 5, NOWHERE, NOWHERE, 9);
}

static void notifications(void)
{
	for (int bit = 0; bit < 32; bit++) {
		fails(SYS_inotify_add_watch, -1, "name", 1U << bit);
		fails(SYS_fanotify_mark, -1, 1 << bit, 1L << bit, -100, "name");
		fails(SYS_fanotify_mark, -1, 1, 1L << (bit + 32), bit, NULL);
		fails(SYS_fanotify_init, 1 << bit, 1 << bit);
		fails(SYS_eventfd2, bit, 1 << bit);
		fails(SYS_signalfd4, -1, mask, 8, 1 << bit);
		fails(SYS_inotify_init1, 1 << bit);
		fails(SYS_userfaultfd, 1 << bit);
		fails(SYS_getrandom, mask, 4, 1 << bit);
	}
	both(SYS_fanotify_init, 0xf00c, 3);
	both(SYS_fanotify_init, -1, -1);
	both(SYS_eventfd, -1);
	both(SYS_signalfd, -1, mask, 7);
	both(SYS_signalfd4, 5, NOWHERE, 8, -1);
	both(SYS_inotify_rm_watch, -1, -5);
	both(SYS_getrandom, NOWHERE, -1L, -1);
	both(SYS_inotify_init);
}

static void requests(void)
{
	static char text[] = "something that is longer than thirty-two bytes";
	struct { void *place; size_t size; } vectors[] = {{text, 5}, {text, sizeof text}};
	struct iocb one, *list[] = {&one, NULL, NOWHERE, &one};
	struct io_event events[3] = {{1, 2, 3, 4}, {-1, -1, -1, -1}, {0}};
	struct timespec soon = {-1, -2};
	uint64_t context = 0x123456, with_mask[] = {(uint64_t) mask, 8};

	both(SYS_io_setup, -1, &context);
	both(SYS_io_setup, 5, NOWHERE);
	both(SYS_io_destroy, context);
	for (int command = 0; command < 11; command++)
		for (int way = 0; way < 5; way++) {
			void *places[] = {text, vectors, NULL, NOWHERE, text};
			long sizes[] = {sizeof text, 2, 0, 2, -1};
			one = (struct iocb){
				.aio_data = way, .aio_key = way, .aio_lio_opcode = command, .aio_reqprio = way * 0x2001, .aio_fildes = -way,
				.aio_buf = (uint64_t) places[way], .aio_nbytes = sizes[way], .aio_offset = -way, .aio_flags = way,
				.aio_resfd = way * 3, .aio_rw_flags = way << command,
			};
			fails(SYS_io_submit, context, 1, list);
			fails(SYS_io_cancel, context, &one, events);
		}
	both(SYS_io_submit, context, 4, list);
	both(SYS_io_submit, 0, 5, at_the_edge(list, sizeof list));
	both(SYS_io_submit, 0, -1L, NULL);
	both(SYS_io_submit, 0, 0, list);
	both(SYS_io_cancel, context, NOWHERE, events);
	both(SYS_io_getevents, context, -1L, 2, events, &soon);
	call(SYS_io_pgetevents, 0, 1, 2, events, &soon, with_mask);
}

static void rings(void)
{
	struct io_uring_params parameters;
	struct io_uring_getevents_arg argument = {(uint64_t) mask, 8, 3, (uint64_t) &(struct timespec){1, 2}};

	for (int bit = 0; bit < 32; bit++) {
		memset(&parameters, bit, sizeof parameters);
		parameters.flags = parameters.features = 1U << bit;
		both(SYS_io_uring_setup, bit, &parameters);
		call(SYS_io_uring_enter, -1, bit, 1, 1U << bit & ~0x48, mask, 8);
	}
	memset(&parameters, 0, sizeof parameters);
	both(SYS_io_uring_setup, -1, &parameters);
	both(SYS_io_uring_setup, -1, NOWHERE);
	call(SYS_io_uring_enter, -1, 0, 0, IORING_ENTER_EXT_ARG, &argument, sizeof argument);
	call(SYS_io_uring_enter, -1, 0, 0, IORING_ENTER_EXT_ARG, NOWHERE, sizeof argument);
	argument.sigmask = argument.ts = 7;
	call(SYS_io_uring_enter, -1, -1, -2, IORING_ENTER_EXT_ARG, &argument, 0);
	call(SYS_io_uring_enter, -1, 0, 0, 0x40, 5, 0);
}

static void registrations(void)
{
	static uint32_t words[64];
	uint64_t *places = (uint64_t *) words;

	for (uint32_t operation = 0; operation < 40; operation++)
		for (int way = 0; way < 4; way++) {
			for (int i = 0; i < 64; i++)
				words[i] = way == 1 ? i + 1 : way == 2 ? i * 0x10203 : 0;
			if (way == 3)
				places[1] = places[2] = places[3] = (uint64_t) words;
			for (unsigned count = 0; count < 3; count++)
				call(SYS_io_uring_register, -1, operation, words, count);
			call(SYS_io_uring_register, -1, operation, words, 32);
			call(SYS_io_uring_register, -1, operation, at_the_edge(words, 16), 1);
			call(SYS_io_uring_register, 0, operation | 1U << 31, NOWHERE, -1);
		}
	for (int operation = 0; operation < 66; operation++) {
		memset(words, 0, sizeof words);
		words[0] = operation;
		words[7] = -1;
		words[14] = operation & 1;
		call(SYS_io_uring_register, -1, 31, words, 1);
	}
}

int main(void)
{
	mask = at_the_edge((uint64_t[]){0x203}, 8);
	nothing = NOWHERE;
	begin_pretending();
	polls();
	selects();
	epolls();
	notifications();
	requests();
	rings();
	registrations();
	return 0;
}
