// Temporary files as they are to be made.
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

int main(void)
{
    char name[] = "/tmp/exampleXXXXXX";
    int file = mkstemp(name);
    int again = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    unlink(name);
    return file < 0 || again < 0;
}
