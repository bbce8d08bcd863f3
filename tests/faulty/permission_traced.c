// Two cannot trace one process.
// finds: permission.traced
#include <sys/ptrace.h>

int main(void)
{
    return ptrace(PTRACE_TRACEME, 0, 0, 0) < 0;
}
