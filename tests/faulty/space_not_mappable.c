// A pipe cannot be mapped.
// finds: space.not_mappable
#include <sys/mman.h>
#include <unistd.h>

int main(void)
{
    int ends[2];
    pipe(ends);
    return mmap(0, 4096, PROT_READ, MAP_PRIVATE, ends[0], 0) == MAP_FAILED;
}
