# Opens a file of 3 GiB as 32-bit programs do that were compiled without large files.
# finds: argument.large_file
# says: the file has 2 GiB or more, and flags lack O_LARGEFILE
	.globl _start
_start:
	mov $2, %eax		# open, as a 64-bit program
	lea name(%rip), %rdi
	mov $0102, %esi		# O_RDWR|O_CREAT
	mov $0600, %edx
	syscall
	mov %eax, %edi
	mov $77, %eax		# ftruncate
	mov $0xC0000000, %esi
	syscall
	mov $5, %eax		# open, as a 32-bit program
	mov $name, %ebx
	xor %ecx, %ecx
	xor %edx, %edx
	int $0x80
	mov $60, %eax
	xor %edi, %edi
	syscall

	.data
name:	.asciz "large"
