// The size of a pointer to an address instead of that of the address.
// finds: argument.size
// says: addrlen is 8, which is too short for an address of AF_INET
#include <arpa/inet.h>
#include <sys/socket.h>

int main(void)
{
    struct sockaddr_in where = {AF_INET, 0, {htonl(INADDR_LOOPBACK)}}, *pointer = &where;
    return bind(socket(AF_INET, SOCK_STREAM, 0), (struct sockaddr *)pointer, sizeof pointer) < 0;
}
