// finds: convention.register_lost
// says: rcx is used after `syscall`
// below: which has overwritten it with the address of the next instruction
	.globl _start
_start:	mov $3, %ecx
1:	mov $1, %eax
	mov $1, %edi
	lea text(%rip), %rsi
	mov $2, %edx
	syscall
	cmp $3, %ecx		# has been 3
	jne 2f
	jmp 1b
2:	mov $60, %eax
	xor %edi, %edi
	syscall
text:	.ascii "x\n"
