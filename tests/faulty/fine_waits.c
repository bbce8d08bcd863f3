// Waits until there are no children, looks whether something is there, and whether a process still lives.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    int ends[2];
    char byte;
    pipe(ends);
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    int child = fork();
    if (!child)
        _exit(0);
    while (wait(0) > 0)
        ;
    kill(child, 0);
    while (read(ends[0], &byte, 1) < 0) {
        struct pollfd wait = {ends[0], POLLIN};
        write(ends[1], "x", 1);
        poll(&wait, 1, 1000);
    }
    return 0;
}
