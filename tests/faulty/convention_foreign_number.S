// finds: convention.foreign_number
// says: 0x2000004 is how macOS writes the number 4 of its UNIX calls
	.globl _start
_start:	mov $0x2000004, %eax
	mov $1, %edi
	lea text(%rip), %rsi
	mov $6, %edx
	syscall
	mov $60, %eax
	xor %edi, %edi
	syscall
text:	.ascii "hello\n"
