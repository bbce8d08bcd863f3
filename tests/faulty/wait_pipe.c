// Waits for the end of what its child writes, but has the writing end open itself; the alarm ends it.
// finds: wait.pipe
// says: whose writing end only it has open itself, as descriptor 4: nobody else can end this
#include <unistd.h>

int main(void)
{
    int ends[2];
    char data[64];
    alarm(4);
    pipe(ends);
    if (fork() == 0)
        return write(ends[1], "all", 3) < 0;
    while (read(ends[0], data, sizeof data) > 0) {
    }
}
