// Root is given up, but not its groups.
// finds: privilege.groups_kept
// says: still belongs to group 0
// needs: root
#include <unistd.h>

int main(void)
{
    if (setuid(65534))
        return 1;
    execl("/bin/true", "true", NULL);
    return 127;
}
