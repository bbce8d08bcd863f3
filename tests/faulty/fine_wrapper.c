// A wrapper as Go and others have it: arguments on the stack, the fourth moved to r10 through rcx, no C library in between.
// Offsets may be negative; -100 means the working directory, and -1 no file.
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>
long raw(long n, long a, long b, long c, long d, long e, long f);
__asm__("raw: mov %rdi,%rax; mov %rsi,%rdi; mov %rdx,%rsi; mov %rcx,%rdx; mov %r8,%rcx; mov %rcx,%r10; mov %r9,%r8;"
	"mov 8(%rsp),%r9; syscall; cmp $-4095,%rax; jb 1f; mov $-1,%rax; 1: ret");
int main(void) {
	long fd = raw(SYS_openat, -100, (long)"made", O_CREAT | O_RDWR, 0600, 0, 0);
	raw(SYS_write, fd, (long)"hello", 5, 0, 0, 0);
	raw(SYS_lseek, fd, -2, SEEK_END, 0, 0, 0);
	raw(SYS_pwrite64, fd, (long)"x", 1, 2, 0, 0);
	raw(SYS_mmap, 0, 4096, 3, 0x22, -1, 0);
	raw(SYS_unlinkat, -100, (long)"made", 0, 0, 0, 0);
	return 0;
}
