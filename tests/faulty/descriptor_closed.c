// A file is read after it was closed.
// finds: descriptor.closed
// says: was closed by thread
// says: close(3)
#include <fcntl.h>
#include <unistd.h>

int main(void)
{
    char byte;
    int file = open("/proc/self/comm", O_RDONLY);
    close(file);
    return read(file, &byte, 1) < 0;
}
