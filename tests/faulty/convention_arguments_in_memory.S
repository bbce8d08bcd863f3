// finds: convention.arguments_in_memory
// says: mmap (number 90) takes one argument, the address of its six in memory; they were put into registers
	.globl _start
_start:	mov $90, %eax		# mmap(NULL, 4096, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0)
	xor %ebx, %ebx
	mov $4096, %ecx
	mov $1, %edx
	mov $0x22, %esi
	mov $-1, %edi
	xor %ebp, %ebp
	int $0x80
	mov $1, %eax
	xor %ebx, %ebx
	int $0x80
