// Half a second in microseconds where nanoseconds over a second are given.
// finds: argument.range
// says: tv_nsec of req is 1500000000, and must be from 0 to 999999999
// below: tv_nsec of req is 1500000000
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int main(void)
{
    struct timespec while_ = {0, 1500000000};
    return syscall(SYS_nanosleep, &while_, 0) < 0;
}
