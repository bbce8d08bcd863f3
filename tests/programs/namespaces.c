/* namespaces: a child in user, pid, mount, network, host and message namespaces of its own, and its child; each makes one getppid.
   Prints what they are called there; 77: the kernel does not let us. */
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int ends(pid_t child)
{
    int status = -1;

    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int main(void)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    if (unshare(CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWIPC) < 0)
        return 77;
    pid_t child = fork();
    if (child == 0) {
        syscall(SYS_getppid);
        if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 || mount("none", "/tmp", "tmpfs", 0, NULL) < 0)
            _exit(1);
        pid_t inner = fork();
        if (inner == 0) {
            syscall(SYS_getppid);
            printf("%d of %d\n", getpid(), getppid());
            _exit(3);
        }
        _exit(getpid() == 1 && ends(inner) == 3 ? 4 : 1);
    }
    return ends(child) != 4;
}
