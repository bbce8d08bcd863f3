// A file is written byte by byte.
// finds: io.tiny
// says: 1000 bytes in a row were written
#include <fcntl.h>
#include <unistd.h>

int main(void)
{
    int file = open("file", O_WRONLY | O_CREAT | O_TRUNC, 0600);
    for (int count = 0; count < 1200; count++)
        write(file, "x", 1);
    return 0;
}
