// What a child is given on purpose: by dup2, by its number in an argument, by clearing the flag, by a lock; and what is closed.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    int moved = open("moved", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    int named = open("named", O_RDWR | O_CREAT, 0600);
    int kept = open("kept", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    int locked = open("locked", O_RDWR | O_CREAT, 0600);
    int closed = open("closed", O_RDWR | O_CREAT, 0600);
    flock(locked, LOCK_EX);
    fcntl(kept, F_SETFD, 0);
    if (!fork()) {
        char argument[] = "--status-fd=4";
        argument[12] = '0' + named;
        dup2(moved, 9);
        close(closed);
        execl("/bin/true", "true", argument, NULL);
        _exit(127);
    }
    wait(NULL);
    return 0;
}
