// finds: convention.fourth_argument
// says: the fourth argument, mode, was put into rcx (mov $0x1a4,%ecx)
	.globl _start
_start:	mov $257, %eax		# openat(AT_FDCWD, "made", O_CREAT|O_WRONLY, 0644): the file gets the mode 0
	mov $-100, %rdi
	lea name(%rip), %rsi
	mov $0101, %edx
	mov $0644, %ecx
	syscall
	mov $60, %eax
	xor %edi, %edi
	syscall
name:	.asciz "made"
