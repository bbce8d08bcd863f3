// A loop that reads until something comes.
// finds: poll.busy
// says: failed with EAGAIN
#define _GNU_SOURCE
#include <fcntl.h>
#include <unistd.h>

int main(void)
{
    int ends[2];
    char byte;
    pipe2(ends, O_NONBLOCK);
    for (int count = 0; count < 1200; count++)
        if (read(ends[0], &byte, 1) > 0)
            return 1;
    return 0;
}
