/* sockets: TCP, UDP and unix sockets on the loopback device, ancillary data, options, and calls that fail. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

static struct sockaddr_in loopback(int port)
{
    return (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
}

static void options(int descriptor)
{
    int one = 1, value;
    struct linger linger = {1, 2};
    struct timeval wait = {1, 500000};
    socklen_t length;

    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one);
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    setsockopt(descriptor, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3);
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    setsockopt(descriptor, IPPROTO_IP, IP_TTL, &one, 0);
    setsockopt(descriptor, SOL_SOCKET, 9999, &one, sizeof one);
    length = sizeof value;
    getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &value, &length);
    getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &value, &length);
    length = 2;
    getsockopt(descriptor, SOL_SOCKET, SO_DOMAIN, &value, &length);
    length = sizeof linger;
    getsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, &length);
    length = sizeof value;
    getsockopt(descriptor, IPPROTO_TCP, TCP_MAXSEG, &value, &length);
    getsockopt(-1, SOL_SOCKET, SO_TYPE, &value, &length);
}

static void tcp(void)
{
    struct sockaddr_in address = loopback(0), peer;
    socklen_t length = sizeof address;
    char buffer[64];
    int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP), client, accepted, more;
    struct iovec parts[2] = {{"first ", 6}, {"second", 6}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};

    options(server);
    bind(server, (struct sockaddr *)&address, sizeof address);
    getsockname(server, (struct sockaddr *)&address, &length);
    listen(server, 5);
    client = socket(AF_INET, SOCK_STREAM, 0);
    connect(client, (struct sockaddr *)&address, sizeof address);
    length = sizeof peer;
    accepted = accept(server, (struct sockaddr *)&peer, &length);
    send(client, "hello", 5, MSG_NOSIGNAL);
    recv(accepted, buffer, sizeof buffer, MSG_PEEK);
    recv(accepted, buffer, 5, MSG_WAITALL);
    ioctl(accepted, FIONREAD, &more);
    sendmsg(client, &message, MSG_DONTWAIT);
    recv(accepted, buffer, 12, MSG_WAITALL);
    recv(accepted, buffer, sizeof buffer, MSG_DONTWAIT);
    getpeername(accepted, (struct sockaddr *)&peer, &length);
    shutdown(client, SHUT_WR);
    recv(accepted, buffer, sizeof buffer, 0);
    close(client);
    close(accepted);
    accept4(server, NULL, NULL, SOCK_NONBLOCK | 0x8000000);
    close(server);
    client = socket(AF_INET, SOCK_STREAM, 0);
    address.sin_port = htons(1);
    connect(client, (struct sockaddr *)&address, sizeof address);
    close(client);
}

static void udp(void)
{
    struct sockaddr_in address = loopback(0), from;
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons(5353), .sin6_flowinfo = htonl(7),
                               .sin6_addr = IN6ADDR_LOOPBACK_INIT, .sin6_scope_id = 1};
    socklen_t length = sizeof address;
    char first[16], second[16];
    int one = socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP), other = socket(AF_INET, SOCK_DGRAM, 0);
    struct iovec parts[2] = {{"one", 3}, {"three", 5}}, room[2] = {{first, 16}, {second, 16}};
    struct mmsghdr out[2] = {{.msg_hdr = {&address, sizeof address, &parts[0], 1, NULL, 0, 0}},
                             {.msg_hdr = {&address, sizeof address, &parts[1], 1, NULL, 0, 0}}};
    struct mmsghdr in[2] = {{.msg_hdr = {&from, sizeof from, &room[0], 1, NULL, 0, 0}},
                            {.msg_hdr = {NULL, 0, &room[1], 1, NULL, 0, 0}}};

    bind(one, (struct sockaddr *)&address, sizeof address);
    getsockname(one, (struct sockaddr *)&address, &length);
    sendto(other, "datagram", 8, 0, (struct sockaddr *)&address, sizeof address);
    length = sizeof from;
    recvfrom(one, first, 4, MSG_TRUNC, (struct sockaddr *)&from, &length);
    sendmmsg(other, out, 2, 0);
    recvmmsg(one, in, 2, MSG_WAITFORONE, NULL);
    recvfrom(one, first, sizeof first, MSG_DONTWAIT, (struct sockaddr *)&from, &length);
    sendto(other, "x", 1, 0, (struct sockaddr *)&six, sizeof six);
    sendto(other, "x", 1, 0, (struct sockaddr *)&address, 3);
    sendto(-1, "x", 1, MSG_OOB | MSG_MORE, NULL, 0);
    close(one);
    close(other);
}

static void unix_sockets(void)
{
    struct sockaddr_un named = {AF_UNIX, "./compare-socket"}, abstract = {AF_UNIX, "\0compare-abstract"}, from;
    union { char bytes[CMSG_SPACE(2 * sizeof(int)) + CMSG_SPACE(sizeof(struct ucred))]; struct cmsghdr align; } control;
    struct iovec part = {"with descriptors", 16};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes};
    struct cmsghdr *header;
    struct ucred credentials = {getpid(), getuid(), getgid()};
    socklen_t length = sizeof from;
    char buffer[32];
    int pair[2], server, client, one = 1, descriptors[2] = {0, 1};

    socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair);
    setsockopt(pair[1], SOL_SOCKET, SO_PASSCRED, &one, sizeof one);
    memset(&control, 0, sizeof control);
    message.msg_controllen = sizeof control.bytes;
    header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof descriptors);
    memcpy(CMSG_DATA(header), descriptors, sizeof descriptors);
    header = CMSG_NXTHDR(&message, header);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_CREDENTIALS;
    header->cmsg_len = CMSG_LEN(sizeof credentials);
    memcpy(CMSG_DATA(header), &credentials, sizeof credentials);
    sendmsg(pair[0], &message, 0);
    part.iov_base = buffer;
    part.iov_len = sizeof buffer;
    recvmsg(pair[1], &message, MSG_CMSG_CLOEXEC);
    recvmsg(pair[1], &message, 0);
    length = sizeof credentials;
    getsockopt(pair[1], SOL_SOCKET, SO_PEERCRED, &credentials, &length);
    close(pair[0]);
    close(pair[1]);

    server = socket(AF_UNIX, SOCK_STREAM, 0);
    bind(server, (struct sockaddr *)&named, sizeof named);
    listen(server, 1);
    client = socket(AF_UNIX, SOCK_STREAM, 0);
    connect(client, (struct sockaddr *)&named, sizeof named);
    length = sizeof from;
    close(accept(server, (struct sockaddr *)&from, &length));
    length = 4;
    getsockname(server, (struct sockaddr *)&from, &length);
    close(client);
    close(server);
    unlink(named.sun_path);
    client = socket(AF_UNIX, SOCK_DGRAM, 0);
    connect(client, (struct sockaddr *)&named, sizeof named);
    connect(client, (struct sockaddr *)&abstract, offsetof(struct sockaddr_un, sun_path) + 17);
    connect(client, (struct sockaddr *)&abstract, sizeof(sa_family_t));
    close(client);
}

int main(void)
{
    struct ifreq interface = {.ifr_name = "lo"};
    int descriptor = socket(AF_INET, SOCK_DGRAM, 0);

    ioctl(descriptor, SIOCGIFINDEX, &interface);
    ioctl(descriptor, SIOCGIFFLAGS, &interface);
    close(descriptor);
    tcp();
    udp();
    unix_sockets();
    socket(AF_INET, SOCK_STREAM, 4444);
    socket(999, 77, 0);
    socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, 9999);
    return 0;
}
