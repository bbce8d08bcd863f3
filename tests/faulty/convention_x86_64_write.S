// finds: convention.x86_64_number
// says: 1 is write in the x86_64 table, with arguments in rdi, rsi, rdx, as they were set (mov $1,%edi); `int $0x80` takes it as exit
// below: 1 is write in the x86_64 table
// It ends here: that is what 1 is with int $0x80.
	.globl _start
_start:	mov $1, %eax
	mov $1, %edi
	lea text(%rip), %rsi
	mov $6, %edx
	int $0x80
text:	.ascii "hello\n"
