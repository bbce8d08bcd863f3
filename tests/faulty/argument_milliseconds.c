// A timeout as a number of milliseconds where a struct timeval is needed.
// finds: argument.size
// says: optlen is 4, which is too short for a struct timeval
#include <sys/socket.h>

int main(void)
{
    int milliseconds = 500;
    return setsockopt(socket(AF_INET, SOCK_STREAM, 0), SOL_SOCKET, SO_RCVTIMEO, &milliseconds, sizeof milliseconds) < 0;
}
