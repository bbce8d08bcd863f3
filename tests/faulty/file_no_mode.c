// O_CREAT without a mode: it is what the register had from before.
// finds: file.no_mode
// says: the call has no third argument
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void)
{
    register long mode __asm__("rdx") = 0x7ffe4001a4;
    long result = SYS_open;
    __asm__ volatile("syscall" : "+a"(result) : "D"("file"), "S"(O_CREAT | O_WRONLY), "r"(mode) : "rcx", "r11", "memory");
    return result < 0;
}
