// Two processes take two locks in opposite order.
// finds: wait.deadlock
// says: to wait for the lock on descriptor 3 ('
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

static int lock(int file, int place)
{
    struct flock lock = {.l_type = F_WRLCK, .l_start = place, .l_len = 1};
    return fcntl(file, F_SETLKW, &lock);
}

int main(void)
{
    int file = open("lock", O_RDWR | O_CREAT, 0600), first[2], second[2];
    char byte;
    pipe(first);
    pipe(second);
    int child = fork(), mine = !child;
    lock(file, mine);
    write(child ? first[1] : second[1], "x", 1);
    read(child ? second[0] : first[0], &byte, 1);
    int failed = lock(file, !mine) < 0;
    close(file);
    if (child)
        wait(0);
    return failed;
}
