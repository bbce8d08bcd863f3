// Memory without a file must be said to be anonymous.
// finds: descriptor.not_anonymous
#include <sys/mman.h>

int main(void)
{
    return mmap(0, 4096, PROT_READ, MAP_PRIVATE, -1, 0) != MAP_FAILED;
}
