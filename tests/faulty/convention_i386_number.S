// finds: convention.i386_number
// says: 4 is write in the i386 table, with arguments in ebx, ecx, edx, as they were set (mov $1,%ebx); `syscall` takes it as stat
// below: 4 is write in the i386 table
	.globl _start
_start:	mov $4, %eax
	mov $1, %ebx
	lea text(%rip), %rcx
	mov $6, %edx
	syscall
	mov $60, %eax
	xor %edi, %edi
	syscall
text:	.ascii "hello\n"
