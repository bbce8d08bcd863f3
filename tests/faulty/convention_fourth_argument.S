// finds: convention.fourth_argument
// says: the fourth argument, flags, was put into rcx (mov $0x22,%ecx), as for a function; the kernel takes it from r10
// below: the fourth argument, flags, was put into rcx
	.globl _start
_start:	mov $9, %eax		# mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0)
	xor %edi, %edi
	mov $4096, %esi
	mov $3, %edx
	mov $0x22, %ecx
	mov $-1, %r8
	xor %r9d, %r9d
	syscall
	mov $60, %eax
	xor %edi, %edi
	syscall
