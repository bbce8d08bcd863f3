// int $0x80 in 64-bit code with addresses below 4 GiB, and rcx and r11 kept across it.
	.globl _start
_start:	mov $2, %r11d
1:	mov $4, %eax
	mov $1, %ebx
	mov $text, %ecx
	mov $6, %edx
	int $0x80
	cmp $6, %eax
	jne 2f
	cmp $text, %ecx
	jne 2f
	dec %r11d
	jnz 1b
2:	mov $1, %eax
	xor %ebx, %ebx
	int $0x80
	.data
text:	.ascii "hello\n"
