// A signal interrupts a read, and the program takes it for an error.
// finds: retry.interrupted
// says: was interrupted by SIGUSR1
// below: without SA_RESTART
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static void handle(int number) {}

int main(void)
{
    struct sigaction action = {.sa_handler = handle};
    int ends[2];
    char byte;
    sigaction(SIGUSR1, &action, NULL);
    pipe(ends);
    pid_t child = fork();
    if (!child) {
        usleep(300000);
        kill(getppid(), SIGUSR1);
        usleep(300000);
        _exit(0);
    }
    int got = read(ends[0], &byte, 1);
    if (got < 0)
        perror("read");
    wait(NULL);
    return got < 0;
}
