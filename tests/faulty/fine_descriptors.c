// Closes all that it might have, in a child, as daemons do; asks what is a terminal, a socket, or has a position; closes -1.
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    int file = open("/etc/passwd", O_RDONLY), ends[2], epoll = epoll_create1(0), type;
    socklen_t size = sizeof type;
    struct epoll_event event = {EPOLLIN};
    pipe(ends);
    epoll_ctl(epoll, EPOLL_CTL_ADD, ends[0], &event);
    close(ends[0]);
    epoll_ctl(epoll, EPOLL_CTL_DEL, ends[0], &event);
    isatty(file);
    getsockopt(file, SOL_SOCKET, SO_TYPE, &type, &size);
    lseek(ends[1], 0, SEEK_CUR);
    fcntl(file + 100, F_GETFD);
    close(-1);
    close(file);
    if (!fork()) {
        for (int number = 3; number < 64; number++)
            close(number);
        _exit(0);
    }
    wait(0);
}
