// SEEK_END and offset in the wrong order.
// finds: argument.unknown_value
// says: whence is 100 and offset 2: the two seem to be exchanged
#include <fcntl.h>
#include <unistd.h>

int main(void)
{
    return lseek(open("/etc/passwd", O_RDONLY), SEEK_END, 100) < 0;
}
