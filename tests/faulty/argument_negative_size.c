// The result of a read that failed is the size of a write.
// finds: argument.negative_size
// says: count is -1
// says: read() at call
#include <fcntl.h>
#include <unistd.h>

int main(void)
{
    char data[16];
    int file = open("file", O_WRONLY | O_CREAT, 0600);
    write(file, data, read(file, data, sizeof data));
    return 0;
}
