// finds: convention.upper_half
// says: the length (count) is 0xffffffff00000006: its upper half 0xffffffff is left over from something else, the lower is 6
	.globl _start
_start:	mov $1, %eax
	mov $1, %edi
	lea text(%rip), %rsi
	mov $-1, %rdx
	shl $32, %rdx
	or $6, %rdx		# an int was put into the half of a register
	syscall
	mov $60, %eax
	xor %edi, %edi
	syscall
text:	.ascii "hello\n"
