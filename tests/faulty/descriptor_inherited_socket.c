// A child executes a program in which a listening socket of its parent is open.
// finds: descriptor.inherited
// says: (a socket
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int listening = socket(AF_INET, SOCK_STREAM, 0);
    bind(listening, (struct sockaddr *)&address, sizeof address);
    listen(listening, 1);
    if (!fork()) {
        execl("/bin/true", "true", NULL);
        _exit(127);
    }
    wait(NULL);
    return 0;
}
