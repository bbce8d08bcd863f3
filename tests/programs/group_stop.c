/* group_stop: a child stops itself twice, its parent sees it stop and continues it, then the child exits with 3. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    int signals[] = {SIGSTOP, SIGTSTP};
    int status = 0, stops = 0;
    sigset_t chld;
    pid_t child;

    /* Blocked until the end: when the signal of a child arrives is a matter of chance. */
    sigemptyset(&chld);
    sigaddset(&chld, SIGCHLD);
    sigprocmask(SIG_BLOCK, &chld, NULL);
    child = fork();
    if (child == 0) {
        raise(SIGSTOP);
        raise(SIGTSTP);
        _exit(3);
    }
    for (int i = 0; i < 2; i++) {
        waitpid(child, &status, WUNTRACED);
        stops += WIFSTOPPED(status) && WSTOPSIG(status) == signals[i];
        kill(child, SIGCONT);
    }
    waitpid(child, &status, 0);
    sigprocmask(SIG_UNBLOCK, &chld, NULL);
    printf("%d stops, exit %d\n", stops, WEXITSTATUS(status));
    return !(stops == 2 && WEXITSTATUS(status) == 3);
}
