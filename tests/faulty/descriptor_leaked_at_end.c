// Connections that the other side has ended stay open.
// finds: descriptor.leaked
// says: 20 descriptors made by pipe2() were read to their end
#define _GNU_SOURCE
#include <fcntl.h>
#include <unistd.h>

int main(void)
{
    char byte;
    for (int count = 0; count < 20; count++) {
        int ends[2];
        pipe2(ends, O_CLOEXEC);
        close(ends[1]);
        read(ends[0], &byte, 1);
    }
    return 0;
}
