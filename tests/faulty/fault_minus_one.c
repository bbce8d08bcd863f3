// The result of a failed mmap is used.
// finds: fault.minus_one
#include <sys/mman.h>
#include <unistd.h>

int main(void)
{
    char *buffer = mmap(0, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return write(1, buffer, 1) < 0;
}
