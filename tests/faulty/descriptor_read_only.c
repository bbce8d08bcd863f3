// A file is written that was opened to be read.
// finds: descriptor.read_only
// says: was opened for reading only by thread
#include <fcntl.h>
#include <unistd.h>

int main(void)
{
    return write(open("/etc/passwd", O_RDONLY), "text", 4) > 0;
}
