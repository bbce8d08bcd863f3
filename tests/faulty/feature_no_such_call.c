// A system call of a number that no table has.
// finds: feature.no_such_call
// says: x86_64 has no call 9999
#include <unistd.h>

int main(void)
{
    return syscall(9999) < 0;
}
