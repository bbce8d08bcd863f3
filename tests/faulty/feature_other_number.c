// clock_gettime64 by its number on i386.
// finds: feature.no_such_call
// says: on i386 that is clock_gettime64
#include <time.h>
#include <unistd.h>

int main(void)
{
    struct timespec now;
    return syscall(403, CLOCK_REALTIME, &now) < 0;
}
