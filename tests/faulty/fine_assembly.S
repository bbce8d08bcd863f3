// Everything as it should be: r10, values kept in rbx and r12, results compared with the whole range of errors.
	.globl _start
_start:	mov $3, %ebx
	mov $9, %eax		# mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0)
	xor %edi, %edi
	mov $4096, %esi
	mov $3, %edx
	mov $0x22, %r10d
	mov $-1, %r8
	xor %r9d, %r9d
	syscall
	cmp $-4095, %rax
	jae 9f
	mov %rax, %r12
1:	movl $0x0a6f68, (%r12)
	mov $1, %eax
	mov $1, %edi
	mov %r12, %rsi
	mov $3, %edx
	syscall
	mov $4, %ecx		# set anew
	dec %ecx
	dec %ebx
	jnz 1b
	push %rcx
	mov $11, %eax
	mov %r12, %rdi
	mov $4096, %esi
	syscall
	pop %rcx
9:	mov $60, %eax
	xor %edi, %edi
	syscall
