// A server sends on the socket that it listens on.
// finds: connection.not_connected
// says: is not connected, and the call names nobody to send to
#include <signal.h>
#include <sys/socket.h>

int main(void)
{
    int server = socket(AF_INET, SOCK_STREAM, 0);
    listen(server, 5);
    return recv(server, &server, 1, 0) >= 0 | send(socket(AF_UNIX, SOCK_DGRAM, 0), "x", 1, 0) > 0;
}
