// The file may not be so long.
// finds: limit.file_size
// says: may not be longer than 4 KiB (RLIMIT_FSIZE)
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

int main(void)
{
    struct rlimit limit = {4096, 4096};
    setrlimit(RLIMIT_FSIZE, &limit);
    signal(SIGXFSZ, SIG_IGN);
    return pwrite(open("file", O_WRONLY | O_CREAT, 0600), "text", 4, 5000) > 0;
}
