// The result of an open that failed is used.
// finds: descriptor.of_failed_call
// says: failed at call
// says: with ENOENT (No such file or directory)
#include <fcntl.h>
#include <unistd.h>

int main(void)
{
    char byte;
    return read(open("missing", O_RDONLY), &byte, 1) > 0;
}
