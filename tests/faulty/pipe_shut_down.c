// A socket is written to after it was shut down.
// finds: pipe.shut_down
#include <signal.h>
#include <sys/socket.h>

int main(void)
{
    int ends[2];
    signal(SIGPIPE, SIG_IGN);
    socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
    shutdown(ends[0], SHUT_WR);
    return send(ends[0], "x", 1, 0) < 0;
}
