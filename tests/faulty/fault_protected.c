// A buffer whose protection has been taken away.
// finds: fault.not_readable
// says: which is mapped ---p (since mprotect by thread
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

int main(void)
{
    char *page = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct iovec parts[] = {{"a", 1}, {page, 100}};
    mprotect(page, 4096, PROT_NONE);
    return writev(1, parts + 1, 1) < 0;
}
