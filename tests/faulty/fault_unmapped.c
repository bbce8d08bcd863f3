// A buffer that is unmapped before it is written.
// finds: fault.unmapped
// says: buf is 0x
// says: is mapped no more: anonymous memory
// below: munmap()
#include <sys/mman.h>
#include <unistd.h>

int main(void)
{
    char *buffer = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(buffer, 4096);
    return write(1, buffer, 100) < 0;
}
