/* Calls of a few kinds over and over, in a process, a thread and a child, which go on whatever a tracer does to them. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void handler(int number)
{
    (void)number;
}

static void rounds(int count)
{
    char path[] = "/usr", data[16];
    struct timespec moment = {0, 1000000}, left = {0};
    for (int i = 0; i < count; i++) {
        syscall(SYS_getppid);
        syscall(SYS_chdir, "/");
        syscall(SYS_chdir, path);
        memset(data, 'x', sizeof data);
        int zero = open("/dev/zero", O_RDONLY);
        syscall(SYS_read, zero, data, 8);
        struct iovec vector[2] = {{data, 3}, {data + 3, 5}};
        syscall(SYS_readv, zero, vector, 2);
        close(zero);
        int pair[2] = {-1, -1};
        syscall(SYS_pipe2, pair, O_CLOEXEC | O_NONBLOCK);
        syscall(SYS_write, pair[1], "some data", 9);
        struct pollfd polled = {pair[0], POLLIN, 0};
        syscall(SYS_poll, &polled, 1, 0);
        syscall(SYS_read, pair[0], data, 16);
        close(pair[0]);
        close(pair[1]);
        syscall(SYS_umask, 022);
        syscall(SYS_lseek, 999, 1, 0);
        struct utsname name;
        syscall(SYS_uname, &name);
        clock_nanosleep(CLOCK_MONOTONIC, 0, &moment, &left);
        close(socket(AF_UNIX, SOCK_STREAM, 0));
        syscall(SYS_getuid);
    }
}

static void *thread(void *unused)
{
    rounds(4);
    return unused;
}

int main(void)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
    sigaction(SIGUSR1, &action, NULL);
    rounds(8);
    int child = fork();
    if (child == 0) {
        rounds(3);
        _exit(0);
    }
    while (child > 0 && waitpid(child, NULL, 0) < 0)
        ;
    pthread_t other;
    if (!pthread_create(&other, NULL, thread, NULL))
        pthread_join(other, NULL);
    return 0;
}
