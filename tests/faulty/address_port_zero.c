// The port was never set.
// finds: address.port_zero
#include <netinet/in.h>
#include <sys/socket.h>

int main(void)
{
    struct sockaddr_in6 address = {AF_INET6, 0, 0, IN6ADDR_LOOPBACK_INIT};
    return connect(socket(AF_INET6, SOCK_STREAM, 0), (struct sockaddr *)&address, sizeof address) == 0;
}
