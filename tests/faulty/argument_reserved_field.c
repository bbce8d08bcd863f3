// A structure that was not set to zero first.
// finds: argument.reserved
// says: the reserved field resv
#include <linux/io_uring.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void)
{
    struct io_uring_params params;
    memset(&params, 0, sizeof params);
    params.resv[1] = 7;
    return syscall(SYS_io_uring_setup, 4, &params) < 0;
}
