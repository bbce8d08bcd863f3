/* Handles a secret in every way in which a program can: SECRET in its environment and its first argument say it, files of the
   directory in its second argument hold it. Nothing of it is ever a path, a name or a number. */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <mqueue.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

extern char **environ;

static char *secret, box[4096];
static size_t size;

static void vectors(int in, int out)
{
    struct iovec two[2] = {{secret, size}, {secret, size / 2}}, into[2] = {{box, size}, {box + size, size}};
    writev(out, two, 2);
    readv(in, into, 2);
    pwritev(out, two, 2, 0);
    preadv(in, into, 2, 0);
    pwritev2(out, two, 2, 0, 0);
    preadv2(in, into, 2, 0, 0);
    process_vm_writev(getpid(), two, 1, into, 1, 0);
    process_vm_readv(getpid(), into, 1, two, 1, 0);
}

static void files(const char *path)
{
    int file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    write(file, secret, size);
    pwrite(file, secret, size, 0);
    lseek(file, 0, SEEK_SET);
    read(file, box, sizeof box);
    pread(file, box, sizeof box, 0);
    vectors(file, file);
    ftruncate(file, 8192);
    char *mapped = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    memcpy(mapped, secret, size);
    msync(mapped, 4096, MS_SYNC);
    munmap(mapped, 4096);
    fsetxattr(file, "user.s", secret, size, 0);
    setxattr(path, "user.s", secret, size, 0);
    fgetxattr(file, "user.s", box, sizeof box);
    getxattr(path, "user.s", box, sizeof box);
    int pair[2];
    pipe(pair);
    struct iovec one = {secret, size};
    vmsplice(pair[1], &one, 1, 0);
    tee(pair[0], pair[1], size, 0);
    read(pair[0], box, sizeof box);
    aio_context_t context = 0;
    struct iocb block = {.aio_lio_opcode = IOCB_CMD_PWRITE, .aio_fildes = file, .aio_buf = (unsigned long)secret, .aio_nbytes = size};
    struct iocb *blocks[] = {&block};
    struct io_event event;
    syscall(SYS_io_setup, 4, &context);
    syscall(SYS_io_submit, context, 1, blocks);
    syscall(SYS_io_getevents, context, 1, 1, &event, NULL);
    write(9999, secret, size);
    read(9999, box, sizeof box);
}

static void sockets(void)
{
    int pair[2];
    union {
        char room[CMSG_SPACE(128)];
        struct cmsghdr head;
    } control = {.head = {.cmsg_len = CMSG_LEN(64), .cmsg_level = 99, .cmsg_type = 77}};
    memcpy(CMSG_DATA(&control.head), secret, size < 64 ? size : 64);
    struct iovec one = {secret, size}, into = {box, sizeof box};
    struct msghdr message = {.msg_iov = &one, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = CMSG_SPACE(64)};
    struct msghdr received = {.msg_iov = &into, .msg_iovlen = 1};
    struct mmsghdr several[2] = {{message, 0}, {message, 0}}, answers[2] = {{received, 0}, {received, 0}};
    socketpair(AF_UNIX, SOCK_DGRAM, 0, pair);
    for (int round = 0; round < 3; round++)
        sendto(pair[0], secret, size, MSG_DONTWAIT, NULL, 0);
    recvfrom(pair[1], box, sizeof box, MSG_PEEK, NULL, NULL);
    recvfrom(pair[1], box, sizeof box, MSG_DONTWAIT, NULL, NULL);
    sendmsg(pair[0], &message, MSG_DONTWAIT);
    recvmsg(pair[1], &received, MSG_DONTWAIT);
    sendmmsg(pair[0], several, 2, MSG_DONTWAIT);
    recvmmsg(pair[1], answers, 2, MSG_DONTWAIT, NULL);
    vectors(pair[1], pair[0]);
    int tcp = socket(AF_INET, SOCK_STREAM, 0);
    struct tcp_md5sig sum = {.tcpm_keylen = size < 80 ? size : 80};
    memcpy(sum.tcpm_key, secret, sum.tcpm_keylen);
    setsockopt(tcp, IPPROTO_TCP, TCP_MD5SIG, &sum, sizeof sum);
    setsockopt(tcp, IPPROTO_TCP, TCP_CONGESTION, secret, size);
    setsockopt(tcp, 279, 1, secret, size); /* SOL_ALG, ALG_SET_KEY */
    setsockopt(tcp, SOL_SOCKET, SO_BINDTODEVICE, secret, size);
    setsockopt(tcp, 12345, 54321, secret, size);
    setsockopt(tcp, IPPROTO_TCP, 38, secret, size < 288 ? 288 : size); /* TCP_AO_ADD_KEY */
    int netlink = socket(AF_NETLINK, SOCK_RAW, 0);
    sendto(netlink, secret, size, 0, NULL, 0);
    sendmsg(netlink, &message, 0);
}

static void others(const char *program)
{
    struct {
        long kind;
        char text[512];
    } letter = {1, ""};
    memcpy(letter.text, secret, size);
    int queue = msgget(IPC_PRIVATE, 0600);
    msgsnd(queue, &letter, size, IPC_NOWAIT);
    msgrcv(queue, &letter, sizeof letter.text, 0, IPC_NOWAIT);
    msgctl(queue, IPC_RMID, NULL);
    mqd_t posted = mq_open("/ptracer-redact", O_RDWR | O_CREAT, 0600, NULL);
    mq_send(posted, secret, size, 1);
    mq_receive(posted, box, 8192, NULL);
    mq_unlink("/ptracer-redact");
    syscall(SYS_add_key, "user", "description", secret, size, -2);
    syscall(SYS_request_key, "user", "nothing", secret, 0);
    syscall(SYS_keyctl, 2, 0x7fffffff, secret, size); /* KEYCTL_UPDATE */
    mount("none", "/nowhere", "tmpfs", 0, secret);
    syscall(SYS_fsconfig, -1, 1, "key", secret, 0);
    syscall(SYS_fsconfig, -1, 2, "key", secret, (int)size);
    syscall(SYS_fsopen, "nosuchfs", 0);
    syscall(SYS_bpf, 999, secret, (int)size);
    /* Names of which what lies behind them in memory is nobody's business. */
    static char crowded[512];
    strcpy(crowded, "short");
    memcpy(crowded + 6, secret, size);
    prctl(PR_SET_NAME, crowded);
    strcpy(crowded, "/no/such");
    memcpy(crowded + 9, secret, size);
    open(crowded, O_RDONLY);
    execve(crowded, (char *[]){crowded, NULL}, (char *[]){NULL});
    unlinkat(AT_FDCWD, crowded, 0);
    syscall(SYS_sethostname, secret, 4096);
    char *argv[] = {"true", "-", NULL}, *more[] = {crowded, NULL};
    char variable[600];
    snprintf(variable, sizeof variable, "SECRET=%s", secret);
    more[0] = variable;
    if (!vfork()) {
        execve("/no/such/program", argv, more);
        execve(program, argv, more);
        _exit(1);
    }
    wait(NULL);
    if (!vfork()) {
        argv[1] = secret;
        execve(program, argv, more);
        _exit(1);
    }
    wait(NULL);
}

int main(int argc, char **argv)
{
    secret = getenv("SECRET");
    if (argc < 3 || !secret)
        return 2;
    size = strlen(secret);
    char path[4096];
    snprintf(path, sizeof path, "%s/file", argv[2]);
    files(path);
    sockets();
    others("/bin/true");
    printf("%s\n", secret);
    fprintf(stderr, "%s\n", secret);
    fflush(stdout);
    return 0;
}
