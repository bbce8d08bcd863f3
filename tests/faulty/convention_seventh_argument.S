// finds: convention.seventh_argument
// says: a seventh value was put on the stack (push $7), but a system call takes six arguments
	.globl _start
_start:	push $7
	xor %r9d, %r9d
	mov $-1, %r8
	mov $0x22, %r10d
	mov $3, %edx
	mov $4096, %esi
	xor %edi, %edi
	mov $9, %eax
	syscall
	add $8, %rsp
	mov $60, %eax
	xor %edi, %edi
	syscall
