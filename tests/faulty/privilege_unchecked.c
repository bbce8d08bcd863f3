// Root cannot be given up, and the program goes on as root.
// finds: privilege.unchecked
// says: setuid failed with EPERM
// needs: root
#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2] = {{0, 0, 0}, {0, 0, 0}};
    syscall(SYS_capset, &header, data);
    setuid(65534);
    return 0;
}
