// A file may not grow any more: a part is written, and the program ends as if it were all.
// finds: io.short_write
// says: wrote only 5000
// says: the rest was never written
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

static char data[10000];

int main(void)
{
    struct rlimit limit = {5000, 5000};
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
    int file = open("file", O_WRONLY | O_CREAT | O_TRUNC, 0600);
    write(file, data, sizeof data);
    close(file);
    return 0;
}
