// The new program expects a descriptor that exec closes.
// finds: descriptor.closed_by_exec
// says: O_CLOEXEC
#define _GNU_SOURCE
#include <fcntl.h>
#include <unistd.h>

int main(int count, char **arguments)
{
    char byte;
    if (count > 1)
        return read(9, &byte, 1) > 0;
    dup3(open("/etc/passwd", O_RDONLY), 9, O_CLOEXEC);
    return execl("/proc/self/exe", arguments[0], "again", NULL);
}
