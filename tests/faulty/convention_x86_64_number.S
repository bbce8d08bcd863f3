// finds: convention.x86_64_number
// says: 3 is close in the x86_64 table, with arguments in rdi, as they were set (mov $7,%edi); `int $0x80` takes it as read
	.globl _start
_start:	mov $3, %eax		# close(7)
	mov $7, %edi
	int $0x80
	mov $60, %eax
	xor %edi, %edi
	syscall
