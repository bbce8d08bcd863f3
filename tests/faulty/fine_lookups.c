// Looks for files in several places, as programs do, and finds one.
#include <fcntl.h>
#include <unistd.h>

int main(void)
{
    const char *places[] = {"/nowhere/a.conf", "/etc/a.conf", "/etc/hostname"};
    for (int i = 0; i < 3; i++) {
        int fd = open(places[i], O_RDONLY);
        if (fd >= 0) {
            char byte;
            int got = read(fd, &byte, 1);
            close(fd);
            return got < 0;
        }
    }
    return 1;
}
