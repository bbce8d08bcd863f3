// finds: convention.register_lost
// says: rcx is used after `syscall`
// Inline assembly that does not say what it destroys: the compiler keeps the counter there.
static long close_(long fd, long *kept) {
	register long counter __asm__("rcx") = *kept;
	long result;
	__asm__ volatile("syscall" : "=a"(result), "+r"(counter) : "a"(3), "D"(fd) : "r11", "memory");
	*kept = counter;
	return result;
}
int main(void) {
	long counter = 5;
	close_(0, &counter);
	return counter == 5;
}
