// A pipe takes a part of what is written to it, and the program goes on with the next message.
// finds: io.short_write
// says: wrote only 65536
// says: the next write begins with something else
#define _GNU_SOURCE
#include <fcntl.h>
#include <unistd.h>

static char data[200000], room[200000];

int main(void)
{
    int ends[2];
    pipe2(ends, O_NONBLOCK | O_CLOEXEC);
    data[65536] = 'x';
    write(ends[1], data, sizeof data);
    read(ends[0], room, sizeof room);
    write(ends[1], "the next message", 16);
    return 0;
}
