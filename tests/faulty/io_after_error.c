// Nobody reads the pipe any more, and the program writes on.
// finds: io.after_error
// says: EPIPE
#include <signal.h>
#include <unistd.h>

int main(void)
{
    int ends[2];
    signal(SIGPIPE, SIG_IGN);
    pipe(ends);
    close(ends[0]);
    for (int count = 0; count < 20; count++)
        write(ends[1], "line\n", 5);
    return 0;
}
