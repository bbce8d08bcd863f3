// A signal interrupts a read, which is repeated; an alarm ends a wait, as it is meant to.
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void handle(int number) {}

int main(void)
{
    struct sigaction action = {.sa_handler = handle};
    int ends[2];
    char byte;
    sigaction(SIGUSR1, &action, NULL);
    sigaction(SIGALRM, &action, NULL);
    pipe(ends);
    if (!fork()) {
        usleep(200000);
        kill(getppid(), SIGUSR1);
        usleep(200000);
        write(ends[1], "x", 1);
        _exit(0);
    }
    while (read(ends[0], &byte, 1) < 0 && errno == EINTR)
        ;
    wait(NULL);
    alarm(1);
    if (read(ends[0], &byte, 1) >= 0)
        return 1;
    close(ends[0]);
    return 0;
}
