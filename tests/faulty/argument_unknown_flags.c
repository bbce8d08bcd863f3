// The status flag O_APPEND for a pipe.
// finds: argument.unknown_flags
// says: flags has O_APPEND, which pipe2 does not know
#define _GNU_SOURCE
#include <fcntl.h>
#include <unistd.h>

int main(void)
{
    int both[2];
    return pipe2(both, O_CLOEXEC | O_APPEND) < 0;
}
