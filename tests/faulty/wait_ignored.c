// Nobody can wait for children while SIGCHLD is ignored.
// finds: wait.ignored
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    signal(SIGCHLD, SIG_IGN);
    int child = fork();
    if (!child)
        _exit(3);
    return waitpid(child, 0, 0) < 0;
}
