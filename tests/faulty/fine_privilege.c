// Root is given up as it ought to be.
// needs: root
#define _GNU_SOURCE
#include <grp.h>
#include <unistd.h>

int main(void)
{
    if (setgroups(0, NULL) || setgid(65534) || setuid(65534))
        return 1;
    execl("/bin/true", "true", NULL);
    return 127;
}
