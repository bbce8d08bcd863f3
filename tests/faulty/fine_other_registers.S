// What is in rbx and rcx before a call need not be for the call: a counter of zero, something dropped from the stack.
	.globl _start
_start:	xor %ebx, %ebx
	mov $110, %eax		# getppid(), which is iopl for int $0x80
	syscall
	lea -16(%rsp), %rdi
	call pipe_
	push $1
	mov $-100, %rdi
	lea name(%rip), %rsi
	lea -256(%rsp), %rdx
	xor %r10d, %r10d
	pop %rcx
	mov $262, %eax		# newfstatat
	syscall
	mov %ebx, %edi
	mov $60, %eax
	syscall
pipe_:	mov %rsi, %rbx
	mov $22, %eax		# pipe, which is umount for int $0x80
	syscall
	xor %ebx, %ebx
	ret
name:	.asciz "/"
