// finds: convention.result_cut
// says: is copied with its lower half only (mov %eax,%edi)
	.globl _start
_start:	mov $9, %eax		# mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0)
	xor %edi, %edi
	mov $4096, %esi
	mov $3, %edx
	mov $0x22, %r10d
	mov $-1, %r8
	xor %r9d, %r9d
	syscall
	mov %eax, %edi
	mov $4096, %esi
	mov $11, %eax		# munmap
	syscall
	mov $60, %eax
	xor %edi, %edi
	syscall
