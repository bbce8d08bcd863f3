// No process may be made.
// finds: limit.processes
// says: RLIMIT_NPROC, 1 for all processes of the user
// needs: root
#include <sys/resource.h>
#include <unistd.h>

int main(void)
{
    struct rlimit limit = {1, 1};
    setrlimit(RLIMIT_NPROC, &limit);
    setuid(64321);
    fork();
    return fork() < 0;
}
