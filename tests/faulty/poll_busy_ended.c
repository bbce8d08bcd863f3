// The other side has ended, of which poll tells again and again.
// finds: poll.busy
// says: said that something is ready, and the program did nothing about it
#include <poll.h>
#include <unistd.h>

int main(void)
{
    int ends[2];
    pipe(ends);
    close(ends[1]);
    struct pollfd one = {ends[0], POLLIN};
    for (int count = 0; count < 1200; count++)
        if (poll(&one, 1, -1) > 0 && one.revents & POLLIN)
            return 1;
    return 0;
}
