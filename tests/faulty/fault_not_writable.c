// A string literal is no buffer.
// finds: fault.not_writable
// says: buf is to be written to and lies in
// says: which is mapped r--p
#include <fcntl.h>
#include <unistd.h>

int main(void)
{
    char *buffer = "constant";
    return read(open("/proc/self/comm", O_RDONLY), buffer, 4) < 0;
}
