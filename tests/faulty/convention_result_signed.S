// finds: convention.result_signed
// says: the address 0x90000000 is taken for an error: its lower half is looked at as a signed number
	.globl _start
_start:	mov $9, %eax		# mmap(0x90000000, 4096, PROT_READ, MAP_PRIVATE|MAP_FIXED|MAP_ANONYMOUS, -1, 0)
	mov $0x90000000, %edi
	mov $4096, %esi
	mov $1, %edx
	mov $0x32, %r10d
	mov $-1, %r8
	xor %r9d, %r9d
	syscall
	test %eax, %eax
	js 1f
	nop
1:	mov $60, %eax
	xor %edi, %edi
	syscall
