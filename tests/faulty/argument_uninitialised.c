// A part of the address is what was in memory before.
// finds: argument.uninitialised
// says: sin_zero
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

int main(void)
{
    struct sockaddr_in address;
    memset(&address, 0x5a, sizeof address);
    address.sin_family = AF_INET;
    address.sin_port = 0;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return bind(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), (struct sockaddr *)&address, sizeof address) < 0;
}
