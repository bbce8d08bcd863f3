/* storm N: writes one byte to /dev/null and reads one byte from /dev/zero, N times each. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    long count = argc > 1 ? atol(argv[1]) : 200;
    int null = open("/dev/null", O_WRONLY);
    int zero = open("/dev/zero", O_RDONLY);
    char byte = 'x';

    for (long i = 0; i < count; i++)
        if (write(null, &byte, 1) != 1 || read(zero, &byte, 1) != 1)
            return 1;
    return 0;
}
