/* self_count N: makes N getppid, N failing close and N one-byte write calls; prints how many calls these were. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    long count = argc > 1 ? atol(argv[1]) : 100, calls = 0;
    int null = open("/dev/null", O_WRONLY);

    for (long i = 0; i < count; i++) {
        syscall(SYS_getppid);
        close(-1);
        write(null, "x", 1);
        calls += 3;
    }
    printf("%ld\n", calls);
    return 0;
}
