// splice from a file to a file.
// finds: argument.kind
// says: neither descriptor is a pipe
#define _GNU_SOURCE
#include <fcntl.h>
#include <unistd.h>

int main(void)
{
    int from = open("/etc/passwd", O_RDONLY), to = open("copy", O_WRONLY | O_CREAT, 0600);
    return splice(from, 0, to, 0, 100, 0) < 0;
}
