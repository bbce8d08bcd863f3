// A file is closed twice.
// finds: descriptor.closed_twice
// says: ('/proc/self/comm') was closed by thread
#include <fcntl.h>
#include <unistd.h>

int main(void)
{
    int file = open("/proc/self/comm", O_RDONLY);
    close(file);
    close(file);
}
