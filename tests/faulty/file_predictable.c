// A temporary file that everybody can foresee.
// finds: file.predictable
// says: can be foreseen
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int main(void)
{
    char name[64];
    snprintf(name, sizeof name, "/tmp/example.%d", getpid());
    int file = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    unlink(name);
    return file < 0;
}
