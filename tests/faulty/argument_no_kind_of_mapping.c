// mmap without MAP_PRIVATE or MAP_SHARED.
// finds: argument.flags
// says: flags has neither MAP_SHARED nor MAP_PRIVATE
#define _GNU_SOURCE
#include <sys/mman.h>

int main(void)
{
    return mmap(0, 4096, PROT_READ, MAP_ANONYMOUS, -1, 0) == MAP_FAILED;
}
