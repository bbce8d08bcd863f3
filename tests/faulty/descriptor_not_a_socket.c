// A file is used as a socket.
// finds: descriptor.not_a_socket
// says: ('/etc/passwd') is no socket
#include <fcntl.h>
#include <sys/socket.h>

int main(void)
{
    return listen(open("/etc/passwd", O_RDONLY), 5) == 0;
}
