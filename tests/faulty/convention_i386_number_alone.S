// finds: convention.i386_number
// says: 4 is write in the i386 table, which fits the arguments; `syscall` takes it as stat
	.globl _start
_start:	mov $4, %eax
	mov $1, %edi
	lea text(%rip), %rsi
	mov $6, %edx
	syscall
	mov $60, %eax
	xor %edi, %edi
	syscall
text:	.ascii "hello\n"
