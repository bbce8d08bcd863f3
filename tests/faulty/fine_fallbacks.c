// Tries what a kernel or a file system may not have, and does without, as programs do.
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <signal.h>
#include <unistd.h>

int main(void)
{
    char target[64];
    readlink("/etc/passwd", target, sizeof target); // no link: so it is the file itself
    for (int signal_number = 1; signal_number < 65; signal_number++) {
        struct sigaction before;
        sigaction(signal_number, 0, &before);
        if (before.sa_handler == SIG_IGN && signal_number != SIGKILL && signal_number != SIGSTOP)
            signal(signal_number, SIG_DFL);
    }
    signal(SIGKILL, SIG_DFL); // loops over all of them do that
    for (int capability = 0; prctl(PR_CAPBSET_READ, capability) >= 0; capability++)
        ;
    syscall(SYS_kexec_load, 0, 0, 0, 0);
    close(socket(AF_X25, SOCK_SEQPACKET, 0));
    fsync(1);
    int file = memfd_create("x", MFD_CLOEXEC);
    if (fallocate(file, FALLOC_FL_COLLAPSE_RANGE, 0, 4096) < 0)
        write(file, "x", 1);
    close(open("/proc/self/status", O_RDONLY | O_DIRECT));
    return 0;
}
