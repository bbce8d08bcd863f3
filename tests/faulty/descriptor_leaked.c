// A file is opened for each of a hundred questions, and never closed.
// finds: descriptor.leaked
// says: '/etc/passwd' is open 100 times
#include <fcntl.h>
#include <unistd.h>

int main(void)
{
    char byte;
    for (int count = 0; count < 100; count++)
        read(open("/etc/passwd", O_RDONLY | O_CLOEXEC), &byte, 1);
    return 0;
}
