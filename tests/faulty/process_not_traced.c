// Nobody may look into a process that he does not trace.
// finds: process.not_traced
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    int ends[2];
    char byte;
    pipe(ends);
    int child = fork();
    if (!child) {
        close(ends[1]);
        read(ends[0], &byte, 1);
        _exit(0);
    }
    int failed = ptrace(PTRACE_CONT, child, 0, 0) < 0;
    close(ends[1]);
    wait(0);
    return failed;
}
