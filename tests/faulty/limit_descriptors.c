// Files are opened and never closed.
// finds: limit.descriptors
// says: all 20 descriptors that the process may have (RLIMIT_NOFILE) are open
// says: are '/etc/passwd', made by openat()
#include <fcntl.h>
#include <sys/resource.h>

int main(void)
{
    struct rlimit limit = {20, 20};
    setrlimit(RLIMIT_NOFILE, &limit);
    for (int i = 0; i < 30; i++)
        open("/etc/passwd", O_RDONLY);
}
