// A program that acts as root asks whether its user may read a file, and opens it then.
// finds: file.raced
// says: user 0 opens it
// needs: root
#include <fcntl.h>
#include <unistd.h>

int main(void)
{
    setreuid(65534, 0);
    if (!access("/etc/passwd", R_OK))
        open("/etc/passwd", O_RDONLY);
    return 0;
}
