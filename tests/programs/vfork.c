/* vfork: children that share their parent's memory: one exits, one executes a program, one fails to execute. */
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static int finish(pid_t child)
{
    int status = -1;

    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int main(void)
{
    int exits, executes, fails;
    sigset_t chld;
    pid_t child;

    /* Blocked until the end: when the signal of a child arrives is a matter of chance. */
    sigemptyset(&chld);
    sigaddset(&chld, SIGCHLD);
    sigprocmask(SIG_BLOCK, &chld, NULL);
    child = vfork();
    if (child == 0)
        _exit(3);
    exits = finish(child);
    child = vfork();
    if (child == 0) {
        execl("/bin/true", "true", (char *)NULL);
        _exit(127);
    }
    executes = finish(child);
    child = vfork();
    if (child == 0) {
        execl("/nonexistent/program", "program", (char *)NULL);
        _exit(126);
    }
    fails = finish(child);
    sigprocmask(SIG_UNBLOCK, &chld, NULL);
    printf("%d %d %d\n", exits, executes, fails);
    return !(exits == 3 && executes == 0 && fails == 126);
}
