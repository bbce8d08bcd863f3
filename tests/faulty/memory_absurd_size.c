// A negative size.
// finds: memory.absurd_size
// says: as a signed number -4096
#include <sys/mman.h>

int main(void)
{
    long size = -4096;
    return mmap(0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
}
