// The protection of memory that is not there.
// finds: memory.unmapped_range
// says: nothing is mapped any more: it was unmapped by thread
#include <sys/mman.h>

int main(void)
{
    char *memory = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(memory + 4096, 4096);
    return mprotect(memory, 8192, PROT_READ) == 0;
}
