// A size that is larger than the buffer.
// finds: fault.past_end
// says: and 110 bytes long, but only 100 of them are mapped
#include <sys/mman.h>
#include <sys/socket.h>

int main(void)
{
    char *buffer = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(buffer + 4096, 4096);
    return bind(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)(buffer + 4096 - 100), 110);
}
