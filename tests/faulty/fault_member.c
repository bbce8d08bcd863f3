// A member of a structure that is not there.
// finds: fault.null
// says: a NULL pointer plus 8
#include <sys/stat.h>
#include <unistd.h>
#include <sys/syscall.h>

struct node { long length; char name[100]; };

int main(void)
{
    struct node *node = 0;
    return syscall(SYS_readlink, "/proc/self/exe", node->name, 100) < 0;
}
