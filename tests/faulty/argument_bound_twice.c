// Binds a socket to two addresses.
// finds: argument.state
// says: the socket is bound already
#include <arpa/inet.h>
#include <sys/socket.h>

int main(void)
{
    struct sockaddr_in where = {AF_INET, 0, {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    bind(fd, (struct sockaddr *)&where, sizeof where);
    return bind(fd, (struct sockaddr *)&where, sizeof where) < 0;
}
