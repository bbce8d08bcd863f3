// The ends of a pipe are mixed up.
// finds: descriptor.write_only
#include <unistd.h>

int main(void)
{
    int ends[2];
    char byte;
    pipe(ends);
    return read(ends[1], &byte, 1) > 0;
}
