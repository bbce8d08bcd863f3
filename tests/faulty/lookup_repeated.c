// The same file is looked for again and again.
// finds: lookup.repeated
// says: '/etc/nothing.conf' was looked for 1000 times
#include <unistd.h>

int main(void)
{
    for (int count = 0; count < 1200; count++)
        access("/etc/nothing.conf", R_OK);
    return 0;
}
