// A child is waited for twice.
// finds: wait.waited_already
// says: was waited for already by thread
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    int child = fork();
    if (!child)
        _exit(0);
    waitpid(child, 0, 0);
    return waitpid(child, 0, 0) < 0;
}
