// A device that is always full.
// finds: space.full
#include <fcntl.h>
#include <unistd.h>

int main(void)
{
    return write(open("/dev/full", O_WRONLY), "x", 1) > 0;
}
