// mmap fails, and its result is used.
// finds: result.unchecked
// says: mmap() failed at call
#include <sys/mman.h>

int main(void)
{
    int *numbers = mmap(0, 0, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    numbers[1] = 1;
    return 0;
}
