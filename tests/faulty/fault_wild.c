// A pointer that was overwritten with characters.
// finds: fault.wild
// says: its bytes are the characters 'overflow'
#include <string.h>
#include <unistd.h>

int main(void)
{
    char *name;
    memcpy(&name, "overflow", 8);
    return access(name, F_OK) < 0;
}
