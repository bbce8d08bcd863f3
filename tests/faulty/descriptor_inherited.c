// A child executes a program in which a file of its parent is open.
// finds: descriptor.inherited
// says: /secret'), made by thread
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    open("secret", O_RDWR | O_CREAT, 0600);
    if (!fork()) {
        execl("/bin/true", "true", NULL);
        _exit(127);
    }
    wait(NULL);
    return 0;
}
