// select() is asked for a descriptor that was closed.
// finds: descriptor.closed
// says: descriptor 7
#include <sys/select.h>
#include <sys/time.h>
#include <unistd.h>

int main(void)
{
    struct timeval now = {0, 0};
    fd_set set;
    dup2(0, 7);
    close(7);
    FD_ZERO(&set);
    FD_SET(7, &set);
    return select(8, &set, 0, 0, &now) >= 0;
}
