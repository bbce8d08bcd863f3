// PR_SET_NO_NEW_PRIVS with what happened to be in the other arguments.
// finds: argument.reserved
// says: the arguments that PR_SET_NO_NEW_PRIVS does not use must be 0
#include <sys/prctl.h>

int main(void)
{
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 1, 0, 0) < 0;
}
