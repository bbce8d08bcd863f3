// A name that is not quite right.
// finds: path.missing
// says: '/etc' has no 'pasword'; it has 'passwd'
// below: '/etc' has no 'pasword'
#include <fcntl.h>

int main(void)
{
    return open("/etc/pasword", O_RDONLY) < 0;
}
