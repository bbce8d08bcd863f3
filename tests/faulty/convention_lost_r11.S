// finds: convention.register_lost
// says: r11 is used after `syscall` (mov %r11,%rdi), which has overwritten it with the flags
	.globl _start
_start:	mov $7, %r11d
	mov $39, %eax		# getpid()
	syscall
	mov %r11, %rdi		# exit(7)
	mov $60, %eax
	syscall
