// More is to be locked than may be.
// finds: memory.lock_limit
// says: no more than 4 KiB may be locked in memory (RLIMIT_MEMLOCK)
// needs: root
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

int main(void)
{
    static char memory[1 << 16];
    struct rlimit limit = {4096, 4096};
    setrlimit(RLIMIT_MEMLOCK, &limit);
    setuid(64321);
    return mlock(memory, sizeof memory) == 0;
}
