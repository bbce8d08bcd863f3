// O_PATH opens nothing.
// finds: descriptor.path_only
#define _GNU_SOURCE
#include <fcntl.h>
#include <unistd.h>

int main(void)
{
    char byte;
    return read(open("/etc/passwd", O_PATH), &byte, 1) > 0;
}
