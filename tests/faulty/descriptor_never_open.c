// A descriptor that nobody opened.
// finds: descriptor.never_open
// says: was never open in this process; the highest that is open is
#include <unistd.h>

int main(void)
{
    return write(1000, "text", 4) > 0;
}
