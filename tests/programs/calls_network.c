/*
 * Every call on sockets, with addresses of all families and lengths, options of all levels, control messages, netlink
 * messages, and arguments that make no sense. The calls are pretended: see pretend.h. The last part does real ones.
 */
#define _GNU_SOURCE
#include "pretend.h"

#include <arpa/inet.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>

#define PAGE 4096

/* Bytes that end where readable memory does. */
static char *edge;

static void *at_edge(const void *data, size_t size)
{
	return memcpy(edge - size, data, size);
}

static void sockets(void)
{
	for (int family = -1; family < 48; family++)
		for (int protocol = 0; protocol < 9; protocol++)
			succeeds(SYS_socket, family, SOCK_STREAM, protocol);
	for (int type = 0; type < 12; type++)
		succeeds(SYS_socket, AF_INET, type | SOCK_CLOEXEC, 6);
	succeeds(SYS_socket, AF_INET, -1, -1);
	succeeds(SYS_socket, AF_PACKET, SOCK_RAW, htons(3));
	succeeds(SYS_socket, 9999, SOCK_STREAM | 0x10, -1);
	int pair[2] = {3, 4};
	succeeds(SYS_socketpair, AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair);
	fails(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, pair);
	succeeds(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, NULL);
	succeeds(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, NOWHERE);
	for (int how = -1; how < 4; how++)
		succeeds(SYS_shutdown, 3, how);
	succeeds(SYS_listen, 3, 128);
	fails(SYS_listen, -1, -1);
}

static void addresses(void)
{
	for (int family = 0; family < 48; family++)
		for (int length = 0; length <= 130; length += length < 40 ? 1 : 9) {
			unsigned char bytes[130] = {family & 255, family >> 8};
			for (int i = 2; i < length; i++)
				bytes[i] = 63 + i;
			succeeds(SYS_bind, 3, at_edge(bytes, length ? length : 1), length);
		}
	struct sockaddr_in in = {AF_INET, htons(80), {htonl(INADDR_LOOPBACK)}, {0}};
	struct sockaddr_in6 in6 = {AF_INET6, htons(80), 5, IN6ADDR_LOOPBACK_INIT, 1};
	struct sockaddr_un un = {AF_UNIX, "/tmp/socket"}, hidden = {AF_UNIX, "\0hidden"};
	socklen_t sizes[] = {-1, 0, 1, 2, 8, sizeof in, 128, 129, 1 << 30};
	fails(SYS_connect, 3, &in6, sizeof in6);
	fails(SYS_connect, 3, &un, sizeof un);
	fails(SYS_connect, 3, &hidden, 2 + 7);
	fails(SYS_connect, 3, NULL, 16);
	fails(SYS_connect, 3, NOWHERE, 16);
	int calls[] = {SYS_accept, SYS_accept4, SYS_getsockname, SYS_getpeername};
	for (unsigned c = 0; c < 4; c++) {
		for (unsigned s = 0; s < sizeof sizes / sizeof *sizes; s++) {
			succeeds(calls[c], 3, &in, &sizes[s], SOCK_CLOEXEC);
			fails(calls[c], 3, &in, &sizes[s], 1);
		}
		succeeds(calls[c], 3, NULL, &sizes[5], 0);
		succeeds(calls[c], 3, NULL, NULL, 0);
		succeeds(calls[c], 3, &in, NULL, 0);
		succeeds(calls[c], 3, &in, NOWHERE, 0);
		succeeds(calls[c], 3, NOWHERE, &sizes[5], -1);
	}
}

/* Every option of every level, with values of several lengths. */
static void options(void)
{
	static const int levels[] = {0, 1, 2, 6, 17, 41, 58, 101, 132, 136, 255, 256, 257, 263, 266, 268, 269, 270, 271,
				     272, 273, 274, 275, 276, 277, 278, 279, 280, 281, 282, 283, 284, 287};
	static const int lengths[] = {4, 16, 3, 0};
	char value[256];
	for (int i = 0; i < 256; i++)
		value[i] = i + 1;
	for (unsigned l = 0; l < sizeof levels / sizeof *levels; l++)
		for (int option = 0; option < 132; option++)
			for (int n = 0; n < (option % 16 ? 1 : 4); n++) {
				socklen_t length = lengths[n];
				if (levels[l] == 6 && option == 38)
					continue; /* a structure whose missing part strace takes from elsewhere */
				succeeds(SYS_setsockopt, 3, levels[l], option, at_edge(value, length), length);
				succeeds(SYS_getsockopt, 3, levels[l], option, at_edge(value, length), &length);
			}
	for (unsigned l = 0; l < sizeof levels / sizeof *levels; l++) {
		socklen_t length = sizeof value;
		succeeds(SYS_setsockopt, 3, levels[l], 1, value, -1);
		succeeds(SYS_setsockopt, 3, levels[l], 1, NULL, 4);
		succeeds(SYS_setsockopt, 3, levels[l], 1, NOWHERE, 4);
		succeeds(SYS_getsockopt, 3, levels[l], 1, value, &length);
		fails(SYS_getsockopt, 3, levels[l], 1, value, &length);
		succeeds(SYS_getsockopt, 3, levels[l], 1, value, NULL);
		succeeds(SYS_getsockopt, 3, levels[l], 1, NULL, &length);
	}
}

static void data(void)
{
	struct sockaddr_in in = {AF_INET, htons(80), {htonl(INADDR_LOOPBACK)}, {0}};
	socklen_t length = sizeof in;
	for (int bit = 0; bit < 32; bit++)
		fails(SYS_sendto, 3, "hello", 5, 1u << bit, &in, 0);
	fails(SYS_sendto, 3, "a string that is much longer than others", 40, MSG_NOSIGNAL, NULL);
	fails(SYS_sendto, 3, NULL, 5, 0, NULL);
	fails(SYS_sendto, 3, NOWHERE, 5, -1, NULL);
	fails(SYS_sendto, 3, "x", 0, 0, NULL);
	fails(SYS_recvfrom, 3, &in, 100, MSG_PEEK, &in);
	succeeds(SYS_recvfrom, 3, &in, 100, 0, &in);
	succeeds(SYS_recvfrom, 3, NULL, 0, MSG_TRUNC, NULL);
	(void) length;
}

static void message(int call, void *control, size_t size, void *name, int room, size_t vectors)
{
	struct iovec iov[] = {{"hello", 5}, {"", 0}, {NULL, 5}, {NOWHERE, 7}, {"more", 4}};
	struct msghdr header = {name, room, iov, vectors, control, size, MSG_EOR};
	succeeds(call, 3, &header, MSG_DONTWAIT);
	fails(call, 3, &header, MSG_DONTWAIT);
}

static void messages(void)
{
	static const int levels[] = {0, 1, 6, 17, 41, 263, 270, 279, 9999};
	struct sockaddr_in in = {AF_INET, htons(80), {htonl(INADDR_LOOPBACK)}, {0}};
	int calls[] = {SYS_sendmsg, SYS_recvmsg};
	for (unsigned c = 0; c < 2; c++) {
		for (unsigned l = 0; l < sizeof levels / sizeof *levels; l++)
			for (int type = 0; type < 90; type++) {
				char space[96];
				struct cmsghdr *control = (struct cmsghdr *) space;
				for (unsigned i = 0; i < sizeof space; i++)
					space[i] = i;
				control->cmsg_level = levels[l];
				control->cmsg_type = type;
				control->cmsg_len = CMSG_LEN(type % 3 ? 48 : type % 20);
				message(calls[c], space, CMSG_SPACE(control->cmsg_len - CMSG_LEN(0)), NULL, 0, 1);
			}
		char control[CMSG_SPACE(8) + 8] = {0};
		struct cmsghdr *first = (struct cmsghdr *) control;
		*first = (struct cmsghdr) {.cmsg_len = CMSG_LEN(8), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
		message(calls[c], control, sizeof control, &in, sizeof in, 5);
		message(calls[c], control, 3, &in, 1, 0);
		message(calls[c], control, 0, &in, -1, 2);
		message(calls[c], NOWHERE, 64, NOWHERE, 16, 2);
		message(calls[c], NULL, 64, NULL, 5, -1UL);
		succeeds(calls[c], 3, NULL, 0);
		succeeds(calls[c], 3, NOWHERE, -1);
	}
	struct iovec iov = {"abc", 3};
	struct mmsghdr vector[3] = {{{&in, sizeof in, &iov, 1, NULL, 0, 0}, 2}, {{NULL, 0, &iov, 1, NULL, 0, 0}, 3}};
	struct timespec time = {1, 2};
	for (int count = 0; count < 4; count++) {
		succeeds(SYS_sendmmsg, 3, vector, count, 0);
		fails(SYS_sendmmsg, 3, vector, count, 0);
		succeeds(SYS_recvmmsg, 3, vector, count, MSG_WAITFORONE, &time);
		fails(SYS_recvmmsg, 3, vector, count, MSG_WAITFORONE, &time);
	}
	succeeds(SYS_sendmmsg, 3, NOWHERE, 2, 0);
	succeeds(SYS_recvmmsg, 3, NULL, 2, 0, NULL);
	fails(SYS_recvmmsg, 3, NOWHERE, -1, 0, NOWHERE);
}

/* A message of each type to sockets of each protocol that there is. */
static void netlink(void)
{
	for (int protocol = 0; protocol < 23; protocol++) {
		int fd = call(SYS_socket, AF_NETLINK, SOCK_RAW, protocol);
		if (fd < 0)
			continue;
		fails(SYS_sendto, fd, "\24\0\0\0\22\0\1\3\1\0\0\0\0\0\0\0\2\0\0", 20, 0, NULL);
		struct sockaddr_nl own = {.nl_family = AF_NETLINK};
		call(SYS_bind, fd, &own, sizeof own);
		for (int type = 0; type < 130; type++) {
			struct {
				struct nlmsghdr header;
				unsigned char payload[64];
			} message = {{sizeof message, type, NLM_F_REQUEST | NLM_F_DUMP, 1, 0}, {AF_INET}};
			for (int attribute = 20; attribute < 60; attribute += 12) {
				struct nlattr *nla = (struct nlattr *) &message.payload[attribute];
				*nla = (struct nlattr) {12, attribute / 12 + type % 5};
			}
			fails(SYS_sendto, fd, &message, sizeof message, 0, NULL);
		}
		fails(SYS_sendto, fd, "too short", 9, 0, NULL);
		close(fd);
	}
}

/* Every attribute of one message, with contents of several lengths, and several messages in one call. */
static void attributes(int fd, int type, const void *head, size_t size, int flags)
{
	static const int lengths[] = {0, 1, 2, 4, 8, 12, 40, 44, 72, 100, 160};
	struct {
		struct nlmsghdr header;
		unsigned char payload[512];
	} message = {{0, type, flags, 1, 0}, {0}};
	struct nlattr *nla = (struct nlattr *) &message.payload[size];
	memcpy(message.payload, head, size);
	for (int attribute = 0; attribute < 28; attribute++)
		for (unsigned n = 0; n < sizeof lengths / sizeof *lengths; n++) {
			*nla = (struct nlattr) {sizeof *nla + lengths[n], attribute};
			for (int i = 0; i < lengths[n]; i++)
				((unsigned char *) (nla + 1))[i] = i % 4 ? 0 : 1 + i % 7;
			message.header.nlmsg_len = sizeof message.header + size + sizeof *nla + lengths[n];
			fails(SYS_sendto, fd, at_edge(&message, message.header.nlmsg_len), message.header.nlmsg_len, 0, NULL);
		}
	struct iovec iov = {&message, message.header.nlmsg_len};
	struct mmsghdr vector[2] = {{{NULL, 0, &iov, 1, NULL, 0, 0}, 20}, {{NULL, 0, &iov, 1, NULL, 0, 0}, 64}};
	succeeds(SYS_sendmmsg, fd, vector, 2, 0);
	fails(SYS_sendmmsg, fd, vector, 2, 0);
}

static void netlink_attributes(void)
{
	static const struct {
		unsigned char family, size;
	} answers[] = {{AF_UNIX, 16}, {AF_INET, 72}, {AF_INET6, 72}, {AF_NETLINK, 28}, {AF_PACKET, 16}, {43 /* AF_SMC */, 64}};
	struct sockaddr_nl own = {.nl_family = AF_NETLINK};
	int diag = call(SYS_socket, AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG);
	call(SYS_bind, diag, &own, sizeof own);
	for (unsigned i = 0; diag >= 0 && i < sizeof answers / sizeof *answers; i++)
		for (int flags = 0; flags < 2; flags++) {
			unsigned char head[72] = {answers[i].family, 1};
			attributes(diag, 20, head, answers[i].size, flags);
		}
	int generic = call(SYS_socket, AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);
	call(SYS_bind, generic, &own, sizeof own);
	if (generic >= 0) {
		attributes(generic, 16, "\1\2\0\0", 4, 0);
		attributes(generic, 16, "\1\2\0\0\14\0\2\0devlink\0\24\0\6\0\20\0\1\0\10\0\1\0\2\0\0\0", 36, 0);
	}
}

/* What the kernel answers. */
static void real(void)
{
	int pair[2];
	char buffer[64];
	call(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, pair);
	call(SYS_sendto, pair[0], "hello", 5, 0, NULL, 0);
	call(SYS_recvfrom, pair[1], buffer, sizeof buffer, 0, NULL, NULL);
	struct sockaddr_un name;
	socklen_t length = sizeof name;
	call(SYS_getsockname, pair[0], &name, &length);

	char control[CMSG_SPACE(sizeof pair)] = {0};
	struct iovec iov = {buffer, 1};
	struct msghdr header = {NULL, 0, &iov, 1, control, sizeof control, 0};
	struct cmsghdr *rights = CMSG_FIRSTHDR(&header);
	rights->cmsg_len = CMSG_LEN(sizeof pair);
	rights->cmsg_level = SOL_SOCKET;
	rights->cmsg_type = SCM_RIGHTS;
	memcpy(CMSG_DATA(rights), pair, sizeof pair);
	call(SYS_sendmsg, pair[0], &header, 0);
	call(SYS_recvmsg, pair[1], &header, MSG_CMSG_CLOEXEC);
	header.msg_name = &name;
	header.msg_namelen = sizeof name;
	call(SYS_recvmsg, pair[1], &header, MSG_DONTWAIT);

	int udp = call(SYS_socket, AF_INET, SOCK_DGRAM, 0), size;
	struct sockaddr_in own = {AF_INET, 0, {htonl(INADDR_LOOPBACK)}, {0}};
	call(SYS_bind, udp, &own, sizeof own);
	length = sizeof own;
	getsockname(udp, (struct sockaddr *) &own, &length);
	call(SYS_sendto, udp, "datagram", 8, 0, &own, sizeof own);
	length = sizeof name;
	call(SYS_recvfrom, udp, buffer, 4, MSG_TRUNC, &name, &length);
	length = 64;
	call(SYS_getsockopt, udp, SOL_SOCKET, SO_TYPE, buffer, &length);
	length = sizeof size;
	call(SYS_getsockopt, udp, SOL_SOCKET, SO_ERROR, &size, &length);
	call(SYS_getpeername, udp, &name, &length);
}

int main(void)
{
	char *memory = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	munmap(memory + PAGE, PAGE);
	edge = memory + PAGE;
	begin_pretending();
	sockets();
	addresses();
	options();
	data();
	messages();
	netlink();
	netlink_attributes();
	real();
	return 0;
}
