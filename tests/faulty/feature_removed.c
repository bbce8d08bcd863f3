// A call that Linux has removed, and a program that gives up.
// finds: feature.no_such_call
// says: nfsservctl is no more: Linux 3.1 has removed it
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void)
{
    if (syscall(SYS_nfsservctl, 0, 0, 0) < 0) {
        perror("nfsservctl");
        return 1;
    }
    return 0;
}
