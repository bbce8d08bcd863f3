// finds: convention.upper_half
// says: the upper half 0x1234 is left over from something else, the lower is an address in
	.globl _start
_start:	mov $1, %eax
	mov $1, %edi
	lea text(%rip), %rsi
	mov $0x1234, %ecx
	shl $32, %rcx
	or %rcx, %rsi
	mov $6, %edx
	syscall
	mov $60, %eax
	xor %edi, %edi
	syscall
text:	.ascii "hello\n"
