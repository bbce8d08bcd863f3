/* bomb DEPTH: processes that each start two more, down to a depth; each makes one getppid; prints how many there were. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    int depth = argc > 1 ? atoi(argv[1]) : 4, children = 0, status;
    long *count = mmap(NULL, sizeof *count, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t first = getpid();

    do {
        syscall(SYS_getppid);
        __atomic_add_fetch(count, 1, __ATOMIC_RELAXED);
        children = 0;
        if (depth-- > 0)
            for (; children < 2; children++)
                if (fork() == 0) {
                    children = -1;
                    break;
                }
    } while (children < 0);
    while (children-- > 0)
        if (wait(&status) < 0 || status != 0)
            return 1;
    if (getpid() == first)
        printf("%ld processes\n", *count);
    return 0;
}
