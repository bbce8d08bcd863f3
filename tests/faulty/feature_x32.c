// getpid of the x32 ABI, on a kernel that has none.
// finds: feature.not_configured
// says: x32 ABI
#include <unistd.h>

int main(void)
{
    return syscall(0x40000000 + 39) < 0;
}
