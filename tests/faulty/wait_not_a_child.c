// A grandchild is nobody to wait for.
// finds: wait.not_a_child
// says: is not a child of this process, but of process
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    int ends[2], hold[2], grandchild;
    char byte;
    pipe(ends);
    pipe(hold);
    if (!fork()) {
        close(hold[1]);
        int child = fork();
        if (child)
            write(ends[1], &child, sizeof child);
        read(hold[0], &byte, 1);
        _exit(0);
    }
    read(ends[0], &grandchild, sizeof grandchild);
    return waitpid(grandchild, 0, 0) < 0;
}
