// Reads are short, and each is gone on from: a length and its data, a stream to its end, a file shorter than the buffer.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

static char data[100000];

int main(void)
{
    int ends[2], length = sizeof data;
    pipe(ends);
    if (!fork()) {
        write(ends[1], &length, sizeof length);
        write(ends[1], data, sizeof data);
        write(ends[1], data, sizeof data);
        _exit(0);
    }
    close(ends[1]);
    read(ends[0], &length, sizeof length);
    for (long done = 0, got; done < length; done += got) {
        got = read(ends[0], data + done, length - done);
        if (got <= 0)
            return 1;
    }
    while (read(ends[0], data, sizeof data) > 0)
        ;
    wait(NULL);
    int file = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
    read(file, data, sizeof data);
    return 0;
}
