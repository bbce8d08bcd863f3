// finds: convention.pointer_truncated
// says: in rcx, an address in '[stack]': `int $0x80` takes 32 bits of it
	.globl _start
_start:	movq $0x0a696822, (%rsp)
	mov $4, %eax		# write(1, a place on the stack, 4)
	mov $1, %ebx
	mov %rsp, %rcx
	mov $4, %edx
	int $0x80
	mov $1, %eax
	xor %ebx, %ebx
	int $0x80
