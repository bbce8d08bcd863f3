// What a pipe does not take at once is written later: from where it ended, moved to the front, with more behind it, or in vectors.
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

static char data[200000], room[200000];

int main(void)
{
    int ends[2];
    pipe2(ends, O_NONBLOCK | O_CLOEXEC);
    for (unsigned long at = 0; at < sizeof data; at++)
        data[at] = at % 251;
    unsigned long left = sizeof data;
    for (long done; left; left -= done) {
        done = write(ends[1], data, left);
        if (done < 0)
            return 1;
        memmove(data, data + done, left - done);
        read(ends[0], room, sizeof room);
    }
    for (const char *at = data; at < data + sizeof data;) {
        struct iovec parts[2] = {{(void *)at, 10}, {(void *)(at + 10), data + sizeof data - at - 10}};
        long done = at + 10 < data + sizeof data ? writev(ends[1], parts, 2) : write(ends[1], at, data + sizeof data - at);
        if (done < 0)
            return 1;
        at += done;
        read(ends[0], room, sizeof room);
    }
    return 0;
}
