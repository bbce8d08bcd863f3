// A loop that does nothing but ask.
// finds: poll.busy
// says: was to wait for no time
#include <poll.h>
#include <unistd.h>

int main(void)
{
    int ends[2];
    pipe(ends);
    struct pollfd one = {ends[0], POLLIN};
    for (int count = 0; count < 1200; count++)
        poll(&one, 1, 0);
    return 0;
}
