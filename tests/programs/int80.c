/* int80: a 64-bit program that makes calls of the 32-bit ABI by `int $0x80`, between calls of its own ABI. */
#define _GNU_SOURCE
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static long old_call(long number, long first, long second, long third)
{
    long result;

    __asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(first), "c"(second), "d"(third)
                     : "memory", "r8", "r9", "r10", "r11");
    return result;
}

int main(void)
{
    /* The 32-bit ABI can only point to the low four gigabytes. */
    char *low = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    long text = (long)low, path = (long)low + 64, time = (long)low + 128;

    strcpy(low, "written by int $0x80\n");
    strcpy(low + 64, "/nonexistent/file");
    syscall(SYS_getppid);
    old_call(64, 0, 0, 0); /* getppid */
    old_call(200, 0, 0, 0); /* getgid32; in the 64-bit table this is tkill */
    old_call(20, 0, 0, 0); /* getpid */
    old_call(4, 1, text, 21); /* write */
    old_call(5, path, 0, 0); /* open: ENOENT */
    old_call(6, -1, 0, 0); /* close: EBADF */
    old_call(265, 1, time, 0); /* clock_gettime */
    old_call(4, 1, 16, 4); /* write: EFAULT */
    old_call(9999, 1, 2, 3); /* no such call */
    syscall(SYS_getppid);
    syscall(9999, 1, 2, 3);
    return 0;
}
