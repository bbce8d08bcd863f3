// Root is given up before the groups.
// finds: privilege.order
// says: setgroups is refused because setuid
// needs: root
#define _GNU_SOURCE
#include <grp.h>
#include <unistd.h>

int main(void)
{
    setuid(65534);
    setgroups(0, NULL);
    return 0;
}
