// The result of a failed malloc is used, as it were.
// finds: fault.null
// says: buf is NULL
#include <fcntl.h>
#include <unistd.h>

int main(void)
{
    char *buffer = 0;
    return read(open("/proc/self/comm", O_RDONLY), buffer, 10) < 0;
}
