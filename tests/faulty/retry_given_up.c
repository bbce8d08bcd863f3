// The size of the terminal changes, and the program does not read what it wanted to read.
// finds: retry.interrupted
// says: was interrupted by SIGWINCH
// says: it was closed without having been tried again
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void handle(int number) {}

int main(void)
{
    struct sigaction action = {.sa_handler = handle};
    int ends[2];
    char byte;
    sigaction(SIGWINCH, &action, NULL);
    pipe(ends);
    if (!fork()) {
        usleep(300000);
        kill(getppid(), SIGWINCH);
        usleep(300000);
        write(ends[1], "x", 1);
        _exit(0);
    }
    read(ends[0], &byte, 1);
    close(ends[0]);
    signal(SIGPIPE, SIG_IGN);
    wait(NULL);
    return 0;
}
