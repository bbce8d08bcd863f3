// A signal for a child that has ended and was waited for.
// finds: process.ended
// says: exited with 3, and was waited for by thread
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    int child = fork();
    if (!child)
        _exit(3);
    waitpid(child, 0, 0);
    return kill(child, SIGTERM) < 0;
}
