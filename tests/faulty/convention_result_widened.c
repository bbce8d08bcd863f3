// finds: convention.result_cut
// says: is copied with its lower half only (movslq
// A wrapper that returns an int, whatever the call returns.
long raw(long length);
__asm__("raw: mov %rdi,%rsi; xor %edi,%edi; mov $3,%edx; mov $0x22,%r10d; mov $-1,%r8; xor %r9d,%r9d; mov $9,%eax; syscall;"
	"movslq %eax,%rax; ret");
int main(void) {
	return !raw(4096);
}
