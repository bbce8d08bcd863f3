// finds: convention.i386_number
// says: 1 is exit in the i386 table, with arguments in ebx, as they were set (xor %ebx,%ebx); `syscall` takes it as write
	.globl _start
_start:	mov $1, %eax
	xor %ebx, %ebx
	syscall			# goes on
	mov $60, %eax
	xor %edi, %edi
	syscall
