// O_TMPFILE where the file system has none, and a program that ends of it.
// finds: feature.not_supported
// says: the file system has no O_TMPFILE
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>

int main(void)
{
    if (open("/proc", O_TMPFILE | O_RDWR, 0600) < 0) {
        perror("/proc");
        return 1;
    }
    return 0;
}
