// An argument vector that does not end with NULL where its memory does.
// finds: fault.wild
// says: argv[1] is 0x1000
#include <unistd.h>

int main(void)
{
    char *arguments[] = {"true", (char *)0x1000, 0};
    return execve("/bin/true", arguments, 0) < 0;
}
