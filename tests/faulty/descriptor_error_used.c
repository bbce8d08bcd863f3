// Raw system calls return the error as a negative number.
// finds: descriptor.negative
// says: it may be the error EACCES
#include <unistd.h>

int main(void)
{
    return write(-13, "text", 4) > 0;
}
