// More comes through a pipe than it can hold, and only what it holds is read.
// finds: io.short_read
// says: the other end has written that many in one call
#include <sys/wait.h>
#include <unistd.h>

static char data[100000];

int main(void)
{
    int ends[2];
    pipe(ends);
    if (!fork()) {
        write(ends[1], data, sizeof data);
        _exit(0);
    }
    close(ends[1]);
    read(ends[0], data, sizeof data);
    close(ends[0]);
    wait(NULL);
    return 0;
}
