// More address space than the process may have.
// finds: memory.limit
// says: of address space (RLIMIT_AS)
// says: and 200 MiB more were asked for
#include <stdlib.h>
#include <sys/resource.h>

int main(void)
{
    struct rlimit limit = {100 << 20, 100 << 20};
    setrlimit(RLIMIT_AS, &limit);
    return malloc((200 << 20) - 4096) != 0;
}
