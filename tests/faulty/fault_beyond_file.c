// The file is shorter than what is mapped of it.
// finds: fault.beyond_file
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

int main(void)
{
    int file = open("short", O_RDWR | O_CREAT, 0600);
    char *mapped = mmap(0, 4096, PROT_READ, MAP_SHARED, file, 0);
    return write(1, mapped, 10) < 0;
}
