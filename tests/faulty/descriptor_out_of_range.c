// A number that no descriptor can have.
// finds: descriptor.out_of_range
#include <unistd.h>

int main(void)
{
    return dup2(0, 1 << 30) >= 0;
}
