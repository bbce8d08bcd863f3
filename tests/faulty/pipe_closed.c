// Nobody reads any more.
// finds: pipe.closed
// says: exited with 0
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    int ends[2];
    pipe(ends);
    signal(SIGPIPE, SIG_IGN);
    if (!fork()) {
        usleep(200000);
        _exit(0);
    }
    close(ends[0]);
    wait(0);
    return write(ends[1], "x", 1) < 0;
}
