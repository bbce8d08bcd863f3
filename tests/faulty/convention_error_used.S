// finds: convention.error_used
// says: the descriptor (fd) is -2, which open returned at call
// says: the length (count) is -9, which read returned at call
// below: EBADF (Bad file descriptor)
	.globl _start
_start:	mov $2, %eax		# open("missing", O_RDONLY)
	lea name(%rip), %rdi
	xor %esi, %esi
	syscall
	mov %rax, %rdi		# read(-2, ...)
	lea -256(%rsp), %rsi
	mov $256, %edx
	xor %eax, %eax
	syscall
	mov %rax, %rdx		# write(1, ..., -9)
	mov $1, %edi
	mov $1, %eax
	syscall
	mov $60, %eax
	xor %edi, %edi
	syscall
name:	.asciz "missing"
