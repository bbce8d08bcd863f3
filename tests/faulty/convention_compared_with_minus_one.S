// finds: convention.compared_with_minus_one
// says: the result is compared with -1 (cmp $-1,%rax), but it is -2: ENOENT (No such file or directory) goes unnoticed
	.globl _start
_start:	mov $2, %eax		# open("missing", O_RDONLY)
	lea name(%rip), %rdi
	xor %esi, %esi
	syscall
	cmp $-1, %rax
	je 1f
	nop
1:	mov $60, %eax
	xor %edi, %edi
	syscall
name:	.asciz "missing"
